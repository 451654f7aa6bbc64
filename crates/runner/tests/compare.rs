//! Two runs held against each other.

mod common;

use std::collections::{BTreeMap, HashMap};

use common::{CPU, Folder, csv_rows};
use rusqlite::Connection;
use serde_json::Value;

const RUN: &str = "[target]\nfunction = \"x^2\"\n[data]\nrange = [-2, 2]\nsamples = 32\n[network]\nhidden = [[8], [4]]\n\
                   activation = [\"relu\", \"tanh\"]\n[training]\nlearning_rate = 1e-2\nsteps = 100\n[sweep]\nseeds = 9\n";

fn sweep(folder: &Folder, out: &str, set: &[&str]) {
    let set = set.iter().flat_map(|set| ["--set", set]).collect::<Vec<_>>();
    folder.ok(&[&["sweep", "run.toml", "--backend", CPU, "--out", out], &set[..]].concat());
}

fn json(folder: &Folder, runs: &[&str]) -> Value {
    let text = folder.ok(&[&["compare"], runs, &["--json"]].concat()).stdout;
    serde_json::from_str(&text).expect("JSON")
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() % 2 {
        1 => values[middle],
        _ => 0.5 * (values[middle - 1] + values[middle]),
    }
}

/// Of fair coins, by whole numbers.
fn sign_test(lower: usize, higher: usize) -> f64 {
    let n = lower + higher;
    let choose = |k: usize| (0..k).fold(1u64, |product, i| product * (n - i) as u64 / (i as u64 + 1));
    let tail: u64 = (0..=lower.min(higher)).map(choose).sum();
    (2.0 * tail as f64 / (1u64 << n) as f64).min(1.0)
}

/// Computed again from what `export` says of both runs.
#[test]
fn cells_are_matched_across_what_is_constant_and_compared_seed_by_seed() {
    let folder = Folder::new();
    folder.write("run.toml", RUN);
    sweep(&folder, "short", &[]);
    // One activation is new, one size is gone, and so is a seed.
    let longer = [
        "training.steps=400",
        "network.activation=[\"relu\", \"tanh\", \"sinu\"]",
        "sweep.seeds=8",
    ];
    sweep(&folder, "long", &longer);
    let text = folder.ok(&["compare", "short", "long"]).stdout;
    for line in [
        "training.steps: 100 in short, 400 in long\n",
        "network.activation: relu, tanh in short; relu, tanh, sinu in long\n",
        "sweep.seeds: 0 to 8 in short; 0 to 7 in long\n",
        "Only in long: 2 cells\n",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert!(
        !text.contains("Only in short") && !text.contains("In both runs"),
        "{text}"
    );
    let found = json(&folder, &["short", "long"]);
    let [short, long] = ["short", "long"].map(|run| csv_rows(&folder, run));
    type Rows = Vec<HashMap<String, String>>;
    let ratios = |activation: &str, hidden: &str| -> BTreeMap<usize, f64> {
        let of = |rows: &Rows| -> BTreeMap<usize, f64> {
            let rows = rows
                .iter()
                .filter(|row| row["activation"] == activation && row["hidden"] == hidden);
            rows.map(|row| {
                (
                    row["seed"].parse().expect("a seed"),
                    row["far_nrmse"].parse().expect("an error"),
                )
            })
            .collect()
        };
        let (before, after) = (of(&short), of(&long));
        after
            .iter()
            .map(|(seed, error)| (*seed, (error / before[seed]).ln()))
            .collect()
    };
    let check = |row: &Value, ratios: &[f64], of: usize| {
        let number = |column: &str| row[column].as_f64().unwrap_or_else(|| panic!("{column}: {row}"));
        // The same operations on the same numbers, but for the order of a sum of two.
        assert!(
            (number("log_ratio_median") - median(ratios.to_vec())).abs() < 1e-12,
            "{row}"
        );
        let lower = ratios.iter().filter(|ratio| **ratio < 0.0).count();
        let higher = ratios.len() - lower;
        assert_eq!([number("lower"), number("higher")], [lower as f64, higher as f64]);
        let p = sign_test(lower, higher);
        assert!((number("p") - p).abs() < 1e-12, "{row}, {p}");
        assert!(
            number("p_holm") >= p && number("p_holm") <= (of as f64 * p).min(1.0) + 1e-12,
            "{row}"
        );
        let decided = row["verdict"] == "better" || row["verdict"] == "worse";
        assert!(!decided || number("p_holm") < 0.05, "{row}");
    };
    let cells = found["cells"].as_array().expect("cells");
    assert_eq!(cells.len(), 4);
    for row in cells {
        let ratios = ratios(
            row["activation"].as_str().expect("a name"),
            row["hidden"].as_str().expect("sizes"),
        );
        assert_eq!(ratios.len(), 8, "the ninth seed has no partner");
        check(row, &ratios.into_values().collect::<Vec<_>>(), 4);
        assert!(row.get("steps").is_none(), "what is constant is said at the top: {row}");
    }
    let pooled = found["pooled"].as_array().expect("pools");
    assert_eq!(pooled.len(), 2);
    for row in pooled {
        let activation = row["activation"].as_str().expect("a name");
        let sizes = ["8", "4"].map(|hidden| ratios(activation, hidden));
        let by_seed = (0..8).map(|seed| median(sizes.iter().map(|of| of[&seed]).collect()));
        check(row, &by_seed.collect::<Vec<_>>(), 2);
        assert_eq!(row["cells"], 2.0);
    }
    // The other way round everything is reversed.
    let back = json(&folder, &["long", "short"]);
    for (there, back) in cells.iter().zip(back["cells"].as_array().expect("cells")) {
        assert_eq!(there["lower"], back["higher"]);
        assert_eq!(there["p"], back["p"]);
    }
    let inside = json(&folder, &["short", "long", "--region", "test"]);
    assert_ne!(inside["cells"][0]["log_ratio_median"], cells[0]["log_ratio_median"]);
    let wrong = folder.run(&["compare", "short", "long", "--region", "tset"]);
    assert_eq!(wrong.code, Some(2));
    assert!(wrong.stderr.contains("did you mean \"test\"?"), "{}", wrong.stderr);
}

/// What is an axis of one run is no constant: only the value that both have is matched.
#[test]
fn an_axis_is_matched_where_its_values_are_the_same() {
    let folder = Folder::new();
    folder.write("run.toml", RUN);
    sweep(&folder, "a", &["data.noise=0.1"]);
    sweep(&folder, "b", &["regularization.spectral=[0.0, 1e-2]"]);
    let found = json(&folder, &["a", "b"]);
    let names: Vec<(&str, bool)> = found["differences"]
        .as_array()
        .expect("differences")
        .iter()
        .map(|of| {
            let across = of["matched_across"].as_bool().expect("yes or no");
            (of["setting"].as_str().expect("a key"), across)
        })
        .collect();
    assert_eq!(names, [("regularization.spectral", false), ("data.noise", true)]);
    assert_eq!(found["cells"].as_array().map(Vec::len), Some(4));
    assert_eq!(found["only_in_a"].as_array().map(Vec::len), Some(0));
    let only = found["only_in_b"].as_array().expect("cells");
    assert_eq!(only.len(), 4);
    assert!(only.iter().all(|row| row["seeds"] == 9.0));
}

#[test]
fn the_very_same_trials_are_not_compared_but_their_bits_are() {
    let folder = Folder::new();
    folder.write("run.toml", RUN);
    sweep(&folder, "one", &[]);
    sweep(
        &folder,
        "two",
        &["sweep.seeds=[0, 1, 20]", "network.activation=[\"sinu\", \"tanh\"]"],
    );
    let text = folder.ok(&["compare", "one", "two"]).stdout;
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        words.contains("with the same settings and seed: 4 trials, of which there is nothing to compare. Their results are the same bits."),
        "{text}"
    );
    assert!(!text.contains("Cell by cell"), "{text}");
    let same = json(&folder, &["one", "two"]);
    assert_eq!(same["same_trials_with_other_bits"].as_array().map(Vec::len), Some(0));
    assert_eq!(same["cells"].as_array().map(Vec::len), Some(0));
    // The last bit of one error, as another machine may have it, and one byte of other weights.
    let store = Connection::open(folder.path().join("two/actlab.sqlite")).expect("a store");
    let trials: Vec<String> = {
        let mut query = store
            .prepare("SELECT trial FROM trials WHERE activation = 'tanh' AND seed < 2 ORDER BY trial")
            .expect("a query");
        let rows = query.query_map([], |row| row.get(0)).expect("rows");
        rows.map(|row| row.expect("a trial")).collect()
    };
    let error: f64 = store
        .query_row(
            "SELECT rmse FROM errors WHERE trial = ?1 AND region = 'far'",
            [&trials[0]],
            |row| row.get(0),
        )
        .expect("an error");
    let changed = "UPDATE errors SET rmse = ?2 WHERE trial = ?1 AND region = 'far'";
    store
        .execute(changed, rusqlite::params![trials[0], error.next_up()])
        .expect("changed");
    let weights: Vec<u8> = store
        .query_row(
            "SELECT safetensors FROM weights WHERE trial = ?1",
            [&trials[1]],
            |row| row.get(0),
        )
        .expect("weights");
    let mut weights = weights;
    *weights.last_mut().expect("bytes") ^= 1;
    let changed = "UPDATE weights SET safetensors = ?2 WHERE trial = ?1";
    store
        .execute(changed, rusqlite::params![trials[1], weights])
        .expect("changed");
    let other = json(&folder, &["one", "two"]);
    let mut ids: Vec<&str> = other["same_trials_with_other_bits"]
        .as_array()
        .expect("ids")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    ids.sort_unstable();
    assert_eq!(ids, [trials[0].as_str(), trials[1].as_str()]);
    let text = folder.ok(&["compare", "one", "two"]).stdout;
    assert!(text.contains("2 of them are not the same"), "{text}");
}

/// x^2 on two ranges is one problem: it counts once among the comparisons that p is adjusted for.
#[test]
fn the_same_problem_is_compared_once() {
    let folder = Folder::new();
    folder.write("run.toml", &RUN.replace("[-2, 2]", "[[-5, 5], [-20, 20]]"));
    sweep(&folder, "a", &[]);
    sweep(&folder, "b", &["training.steps=50"]);
    let found = json(&folder, &["a", "b"]);
    assert_eq!(found["same_problems"], 4);
    assert_eq!(found["cells"].as_array().map(Vec::len), Some(4));
    let missing = folder.run(&["compare", "a", "nowhere"]);
    assert_eq!(missing.code, Some(2), "{}", missing.stderr);
}
