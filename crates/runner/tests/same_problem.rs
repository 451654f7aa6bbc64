//! The same problem is trained once and counted once; what an older store lacks is measured from its weights.

mod common;

use std::collections::HashMap;

use common::{CPU, Folder, SMALL, csv_rows, errors, number, store, stored, table, weights, words};

const TWICE: &str = "name = \"twice\"\n[target]\nfunction = \"x^2\"\n[data]\nrange = [[-5, 5], [-20, 20], [-5, 5.00001]]\n\
                     samples = 32\n[network]\nhidden = [8]\nactivation = [\"relu\", \"tanh\"]\n\
                     [training]\nlearning_rate = 1e-2\nsteps = 300\n[sweep]\nseeds = 6\n";

/// x^2 on [-5, 5] and on [-20, 20]: four times and sixteen times as large, to the last bit. On [-5, 5.00001] it is the same
/// problem, as near as anybody can tell, but not the same bits.
#[test]
fn the_same_problem_is_trained_once_and_counted_once() {
    let folder = Folder::new();
    folder.write("twice.toml", TWICE);
    let dry = folder.ok(&["sweep", "twice.toml", "--backend", CPU, "--dry-run"]);
    assert!(dry.stdout.contains("the same  12 of those to train"), "{}", dry.stdout);
    // Three ranges, but one comparison.
    assert!(
        dry.stdout.contains("decides   1 comparison of activations"),
        "{}",
        dry.stdout
    );
    let swept = folder.ok(&["sweep", "twice.toml", "--backend", CPU]);
    assert!(
        swept
            .stderr
            .contains("training 36 trials (12 of them together with another)"),
        "{}",
        swept.stderr
    );
    for note in [
        "x^2 on [-20, 20] is the same problem as x^2 on [-5, 5]: of each, 12 trials are trained once and counted once",
        "x^2 on [-5, 5.00001] is the same problem as x^2 on [-5, 5]: of each, 12 trials are counted once",
    ] {
        assert!(swept.stderr.contains(note), "{}", swept.stderr);
    }
    assert_eq!(stored(&folder.path().join("runs/twice")), 36);
    // Each trial is stored in its own units.
    let rows = csv_rows(&folder, "runs/twice");
    let of = |range: &str, like: &HashMap<String, String>| {
        let same = |row: &&HashMap<String, String>| {
            row["range"] == range && row["seed"] == like["seed"] && row["activation"] == like["activation"]
        };
        rows.iter().find(same).expect("a trial").clone()
    };
    let weights = weights(&folder, "runs/twice");
    let tensors = |trial: &str| {
        let file = &weights[trial];
        let header = u64::from_le_bytes(file[..8].try_into().expect("eight bytes")) as usize;
        file[8 + header..].to_vec()
    };
    for small in rows.iter().filter(|row| row["range"] == "[-5, 5]") {
        let large = of("[-20, 20]", small);
        assert_eq!(tensors(&small["trial"]), tensors(&large["trial"]));
        for column in ["far_rmse", "test_rmse"] {
            // Powers of two scale without rounding, but for the mean of the network's answers.
            let ratio = number(&large, column) / number(small, column);
            assert!((ratio / 16.0 - 1.0).abs() < 1e-9, "{column}: {ratio}");
        }
    }
    // The same as if it had been trained by itself.
    let set = ["--set", "data.range=[-20, 20]", "--out", "alone"];
    folder.ok(&[&["sweep", "twice.toml", "--backend", CPU], &set[..]].concat());
    let alone = common::weights(&folder, "alone");
    assert_eq!(alone.len(), 12);
    assert!(alone.iter().all(|(trial, file)| weights[trial] == *file));
    // Each once: in the tables, the counts and the words.
    let results = table(&folder, "runs/twice/tables/results.csv");
    assert_eq!(results.len(), 2);
    assert_eq!(results[0]["same_problem"], "x^2 on [-20, 20], x^2 on [-5, 5.00001]");
    assert_eq!(table(&folder, "runs/twice/tables/comparisons.csv").len(), 1);
    assert_eq!(table(&folder, "runs/twice/tables/cells_1.csv").len(), 2);
    let networks = table(&folder, "runs/twice/tables/far_field.csv");
    assert!(networks.iter().all(|row| row["networks"] == "6"), "{networks:?}");
    assert!(
        swept
            .stdout
            .contains("x^2 on [-5, 5] (the same problem as [-20, 20], [-5, 5.00001])"),
        "{}",
        swept.stdout
    );
    let all = folder.ok(&["show", "runs/twice", "--all"]).stdout;
    assert!(
        all.contains("2 cells of x^2 on [-20, 20] are the same problem as cells of x^2 on [-5, 5]: they are listed"),
        "{all}"
    );
    // As if the twin alone had been lost: its network is there.
    let before = common::contents(&folder.path().join("runs/twice"));
    let store = store(&folder, "runs/twice");
    let lose = "DELETE FROM trials WHERE range = '[-20, 20]' AND seed = 3";
    assert_eq!(store.execute(lose, []).expect("deleted"), 2);
    let again = folder.ok(&["sweep", "twice.toml", "--backend", CPU]);
    assert!(
        again
            .stderr
            .contains("2 trials: the network of a trial that learns the same is there"),
        "{}",
        again.stderr
    );
    assert!(again.stderr.contains("nothing to train"), "{}", again.stderr);
    assert_eq!(common::contents(&folder.path().join("runs/twice")), before);
    assert_eq!(common::weights(&folder, "runs/twice"), weights);
    let nothing = folder.ok(&["sweep", "twice.toml", "--backend", CPU]);
    assert!(nothing.stderr.contains("nothing to train"), "{}", nothing.stderr);
    assert_eq!(nothing.stdout, swept.stdout);
}

/// What learns the same and is tested on something else is trained once, and is two problems all the same.
#[test]
fn what_differs_outside_of_the_range_alone_is_two_problems() {
    let folder = Folder::new();
    let text = TWICE
        .replace("function = \"x^2\"", "function = [\"x\", \"abs(x)\"]")
        .replace("[[-5, 5], [-20, 20], [-5, 5.00001]]", "[1, 3]");
    folder.write("twice.toml", &text);
    let swept = folder.ok(&["sweep", "twice.toml", "--backend", CPU]);
    assert!(
        swept
            .stderr
            .contains("training 24 trials (12 of them together with another)"),
        "{}",
        swept.stderr
    );
    assert_eq!(table(&folder, "runs/twice/tables/comparisons.csv").len(), 2);
    let rows = csv_rows(&folder, "runs/twice");
    let far = |target: &str| {
        let row = rows.iter().find(|row| row["target"] == target && row["seed"] == "0");
        number(row.expect("a trial"), "far_2_4_rmse")
    };
    assert_ne!(far("x"), far("abs(x)"));
}

/// What an older actlab did not measure is measured from the stored weights, to the same bits, and until then nothing is
/// concluded.
#[test]
fn what_an_older_store_lacks_is_measured_without_training() {
    let folder = Folder::new();
    let text = SMALL.replace("\"x^2\", \"x^3\"", "\"x^2\"");
    folder.write("small.toml", &text);
    let first = folder.ok(&["sweep", "small.toml", "--backend", CPU]).stdout;
    let run = folder.path().join("runs/small");
    let before = errors(&run);
    assert!(
        before
            .iter()
            .any(|(_, region, points, _)| region == "validation" && *points == 256)
    );
    store(&folder, "runs/small")
        .execute("DELETE FROM errors WHERE region = 'validation'", [])
        .expect("deleted");
    let lacking = folder.ok(&["show", "runs/small"]).stdout;
    assert!(
        words(&lacking)
            .contains("For x^2 on [-2, 2] nothing can be chosen: 16 networks have no validation error; `actlab sweep`"),
        "{lacking}"
    );
    let swept = folder.ok(&["sweep", "small.toml", "--backend", CPU]);
    assert!(
        swept.stderr.contains("measured 16 trials of an older actlab again"),
        "{}",
        swept.stderr
    );
    assert!(swept.stderr.contains("nothing to train"), "{}", swept.stderr);
    assert_eq!(errors(&run), before);
    assert_eq!(swept.stdout, first);
    let quiet = folder.ok(&["sweep", "small.toml", "--backend", CPU]).stderr;
    assert!(!quiet.contains("measured"), "{quiet}");
}
