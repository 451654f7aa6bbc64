//! Teachers and samplings through the program, as a user has them.

mod common;

use common::{CPU, Folder, csv_rows, number};

fn experiment(name: &str) -> String {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../experiments/").to_owned() + name;
    std::fs::read_to_string(file).expect("an experiment")
}

/// The experiment to copy, with fewer seeds and steps: a teacher is a target like any other.
#[test]
fn a_teacher_is_learned_like_any_target() {
    let folder = Folder::new();
    folder.write("teacher.toml", &experiment("teacher.toml"));
    let few = ["--set", "sweep.seeds=2", "--set", "training.steps=400"];
    let sweep = [&["sweep", "teacher.toml", "--backend", CPU][..], &few].concat();
    folder.ok(&sweep);
    let rows = csv_rows(&folder, "runs/teacher");
    assert!(rows.iter().all(|row| row["target"].starts_with("teacher(")), "{rows:?}");
    assert!(
        rows.iter().any(|row| number(row, "test_nrmse") < 0.2),
        "somebody learns"
    );
    // The truth is the teacher's answer, wherever it is asked.
    let predicted = folder
        .ok(&["predict", "runs/teacher", &rows[0]["trial"], "--x", "-10:10:5"])
        .stdout;
    let lines: Vec<&str> = predicted.lines().collect();
    assert_eq!((lines[0], lines.len()), ("x,prediction,truth", 6));
    let again = folder.ok(&sweep);
    assert!(again.stderr.contains("nothing to train"), "{}", again.stderr);
    let page = std::fs::read_to_string(folder.path().join("runs/teacher/report.html")).expect("a page");
    assert!(page.contains("teacher(tanh 16"));
}

/// Uniform is as before; every other sampling has ids and samples of its own, and so has every shared seed.
#[test]
fn samplings_are_an_axis() {
    let folder = Folder::new();
    let text = "name = \"s\"\n[target]\nfunction = \"x1*x2\"\n[data]\nrange = { x1 = [-1, 1], x2 = [0, 4] }\nsamples = 64\n\
                sampling = [\"uniform\", \"grid\", \"normal\", \"sphere\", \"ball\"]\nsample_seed = [\"own\", 7]\n\
                [network]\nhidden = 4\n[training]\nsteps = 20\n[sweep]\nseeds = 2\n";
    folder.write("s.toml", text);
    folder.ok(&["sweep", "s.toml", "--backend", CPU]);
    let rows = csv_rows(&folder, "runs/s");
    let trials: std::collections::HashSet<_> = rows.iter().map(|row| &row["trial"]).collect();
    assert_eq!((rows.len(), trials.len()), (20, 20));
    let gaps = rows.iter().filter(|row| !row["gap_rmse"].is_empty());
    assert!(gaps.clone().count() == 4 && gaps.clone().all(|row| row["sampling"] == "sphere"));
    let plain = text.replace(
        "sampling = [\"uniform\", \"grid\", \"normal\", \"sphere\", \"ball\"]\n",
        "",
    );
    folder.write(
        "plain.toml",
        &plain
            .replace("sample_seed = [\"own\", 7]\n", "")
            .replace("\"s\"", "\"plain\""),
    );
    folder.ok(&["sweep", "plain.toml", "--backend", CPU]);
    let plain = csv_rows(&folder, "runs/plain");
    assert!(
        plain.len() == 2 && plain.iter().all(|row| trials.contains(&row["trial"])),
        "the default is left out of ids"
    );
}

/// Gaps for each input of its own: what lies in one is neither trained on nor outside.
#[test]
fn inputs_have_gaps_of_their_own() {
    let folder = Folder::new();
    let text = "name = \"g\"\n[target]\nfunction = \"x1 + x2\"\n[data]\nrange = { x1 = [[-5, -1], [1, 5]], x2 = [0, 1] }\n\
                samples = 16\n[network]\nhidden = 4\n[training]\nsteps = 2\n[sweep]\nseeds = 1\n";
    folder.write("g.toml", text);
    folder.ok(&["sweep", "g.toml", "--backend", CPU]);
    let row = &csv_rows(&folder, "runs/g")[0];
    assert_eq!(row["range"], "[-5, -1] [1, 5] x [0, 1]");
    assert!(number(row, "gap_rmse") > 0.0 && number(row, "far_rmse") > 0.0);
}
