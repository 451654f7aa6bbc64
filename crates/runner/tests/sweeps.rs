//! Sweeps: they train what is missing, and a trial's result is its own.

mod common;

use std::collections::HashMap;

use common::{CPU, Folder, SMALL, contents, csv_rows, stored, weights};

#[test]
fn a_sweep_trains_everything_ranks_it_and_has_nothing_to_do_the_second_time() {
    let folder = Folder::new();
    folder.write("small.toml", SMALL);
    let first = folder.ok(&["sweep", "small.toml", "--backend", CPU]);
    assert!(first.stderr.contains("training 32 trials"), "{}", first.stderr);
    assert!(first.stderr.contains("results are in runs/small"), "{}", first.stderr);
    for part in ["x^2 on [-2, 2]", "x^3 on [-2, 2]", "relu", "far error", "Regularisers"] {
        assert!(first.stdout.contains(part), "{part}: {}", first.stdout);
    }
    assert_eq!(stored(&folder.path().join("runs/small")), 32);
    let second = folder.ok(&["sweep", "small.toml", "--backend", CPU]);
    assert!(
        second
            .stderr
            .starts_with("nothing to train: all 32 trials are in runs/small"),
        "{}",
        second.stderr
    );
    assert_eq!(second.stdout, first.stdout);
    let shown = folder.ok(&["show", "runs/small"]).stdout;
    assert!(shown.starts_with(&first.stdout), "{shown}");
    for part in [
        "relu: a straight line (by algebra: all 16)",
        "tanh ends in a constant",
        "of 16",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
}

#[test]
fn a_changed_experiment_trains_what_is_new_and_shows_what_is_in_it() {
    let folder = Folder::new();
    folder.write("small.toml", SMALL);
    folder.ok(&["sweep", "small.toml", "--backend", CPU]);
    let more = folder.ok(&["sweep", "small.toml", "--backend", CPU, "--set", "sweep.seeds=3"]);
    assert!(more.stderr.contains("training 16 trials"), "{}", more.stderr);
    let fewer = folder.ok(&[
        "sweep",
        "small.toml",
        "--backend",
        CPU,
        "--set",
        "network.activation=tanh",
    ]);
    assert!(fewer.stderr.contains("nothing to train"), "{}", fewer.stderr);
    assert!(!fewer.stdout.contains("relu"), "{}", fewer.stdout);
    assert_eq!(stored(&folder.path().join("runs/small")), 48);
}

#[test]
fn a_trial_has_the_same_bits_on_one_thread_on_many_and_alone() {
    let folder = Folder::new();
    folder.write("small.toml", SMALL);
    let sweep = |out: &str, more: &[&str]| {
        let mut arguments = vec!["sweep", "small.toml", "--backend", CPU, "--out", out];
        arguments.extend(more);
        folder.ok(&arguments);
        contents(&folder.path().join(out))
    };
    let one = sweep("one", &["--threads", "1"]);
    assert_eq!(one, sweep("many", &["--threads", "7"]));
    // In pieces: each trial in other stacks than before.
    for activation in ["relu", "tanh"] {
        for seeds in ["[1]", "[0]"] {
            let set = [
                format!("network.activation={activation}"),
                format!("sweep.seeds={seeds}"),
            ];
            sweep("pieces", &["--set", &set[0], "--set", &set[1]]);
        }
    }
    assert_eq!(one, sweep("pieces", &[]));
}

/// A target without a value on a ten-thousandth of the range, which the check of the experiment does not meet, but some
/// of many samples do.
#[test]
fn trials_that_fail_are_recorded_counted_and_tried_again() {
    let folder = Folder::new();
    let text = SMALL
        .replace("\"x^2\", \"x^3\"", "\"sqrt(abs(x - 0.5) - 0.0001)\"")
        .replace("range = [-2, 2]", "range = [0, 1]")
        .replace("samples = 32", "samples = [16, 40000]")
        .replace("steps = 60", "steps = 1");
    folder.write("holes.toml", &text);
    let sweep = ["sweep", "holes.toml", "--backend", CPU, "--out", "run"];
    let first = folder.run(&sweep);
    assert_eq!(first.code, Some(1), "{}", first.stderr);
    assert!(first.stderr.contains("; 16 failed"), "{}", first.stderr);
    assert!(first.stderr.contains("16 of 32 trials failed"), "{}", first.stderr);
    assert!(
        first.stderr.contains("which is in the range to train on"),
        "{}",
        first.stderr
    );
    assert_eq!(stored(&folder.path().join("run")), 16);
    let failed = |rows: &[HashMap<String, String>]| rows.iter().filter(|row| row["status"] == "failed").count();
    let rows = csv_rows(&folder, "run");
    assert_eq!((rows.len(), failed(&rows)), (32, 16));
    assert!(
        rows.iter()
            .all(|row| (row["samples"] == "40000") == (row["status"] == "failed"))
    );
    assert!(folder.ok(&["show", "run"]).stdout.contains("failed: "));
    let page = std::fs::read_to_string(folder.path().join("run/report.html")).expect("a page");
    assert!(page.contains("16 failed."));
    let second = folder.run(&sweep);
    assert_eq!(second.code, Some(1), "{}", second.stderr);
    assert!(second.stderr.contains("training 16 trials"), "{}", second.stderr);
}

#[test]
fn diverged_trials_are_trained_again_where_that_is_asked_for() {
    let folder = Folder::new();
    folder.write("small.toml", SMALL);
    let wild = ["--set", "training.learning_rate=[1e-3, 1e30]"];
    let sweep = |more: &[&str]| {
        let all = [&["sweep", "small.toml", "--backend", CPU], &wild[..], more].concat();
        folder.ok(&all).stderr
    };
    sweep(&[]);
    let before = contents(&folder.path().join("runs/small"));
    assert!(sweep(&[]).starts_with("nothing to train"));
    let again = sweep(&["--retry", "diverged"]);
    assert!(again.contains("32 of 64 trials are in"), "{again}");
    assert_eq!(contents(&folder.path().join("runs/small")), before);
    assert!(sweep(&["--retry", "diverged", "--dry-run"]).is_empty());
}

#[test]
fn a_dry_run_counts_and_touches_nothing() {
    let folder = Folder::new();
    folder.write("small.toml", SMALL);
    let dry = folder.ok(&["sweep", "small.toml", "--backend", CPU, "--dry-run"]);
    for line in [
        "trials    32 (32 to train)",
        "cells     16",
        "stacks",
        "time      less than a second",
    ] {
        assert!(dry.stdout.contains(line), "{line}: {}", dry.stdout);
    }
    assert_eq!(folder.entries(), ["small.toml"]);
}

/// x^3 on [-20, 20], not standardised, with a learning rate far beyond what its loss bears.
#[test]
fn divergence_is_a_result() {
    let folder = Folder::new();
    let text = SMALL
        .replace("range = [-2, 2]", "range = [-20, 20]\nstandardize = false")
        .replace("steps = 60", "steps = 400\nlearning_rate = [1e-3, 1e9]");
    folder.write("wild.toml", &text);
    let ran = folder.ok(&["sweep", "wild.toml", "--backend", CPU, "--set", "name=wild"]);
    assert!(ran.stderr.contains("of them diverged"), "{}", ran.stderr);
    let rows = csv_rows(&folder, "runs/wild");
    let diverged: Vec<_> = rows.iter().filter(|row| row["status"] == "diverged").collect();
    assert!(!diverged.is_empty());
    for row in &diverged {
        let step: usize = row["diverged_at"].parse().expect("a step");
        assert!((1..=400).contains(&step), "{step}");
        assert_eq!(row["learning_rate"], "1000000000");
        assert_eq!(row["test_rmse"], "");
    }
    assert!(
        rows.iter()
            .filter(|row| row["learning_rate"] == "0.001")
            .all(|row| row["status"] == "done")
    );
    // The same without the wild ones: what stood beside them has the same bits.
    folder.ok(&[
        "sweep",
        "wild.toml",
        "--backend",
        CPU,
        "--set",
        "training.learning_rate=1e-3",
        "--out",
        "calm",
    ]);
    let calm = weights(&folder, "calm");
    let wild = weights(&folder, "runs/wild");
    assert!(calm.iter().all(|(trial, bytes)| wild.get(trial) == Some(bytes)));
}

const LEARNING: &str = r#"
name = "learning"

[target]
function = "abs(x) + 0.2*x"

[network]
hidden = [8, 6]
activation = ["leaky_relu", { name = "leaky_relu", slope = 0.25, learn = ["slope"] }]

[regularization]
l2 = [0.0, 1e-4]
dropout = [0.0, 0.1]

[training]
steps = 60

[sweep]
seeds = 1
"#;

#[test]
fn what_activations_learn_is_stored_shown_and_answered_with() {
    let folder = Folder::new();
    folder.write("learning.toml", LEARNING);
    folder.ok(&["sweep", "learning.toml", "--backend", CPU]);
    let rows = csv_rows(&folder, "runs/learning");
    assert_eq!(rows.len(), 8);
    for row in &rows {
        let learns = row["activation"] == "leaky_relu(slope=0.25 learned)";
        let shown = folder.ok(&["show", "runs/learning", "--trial", &row["trial"]]).stdout;
        for layer in ["learned, layer 1", "learned, layer 2"] {
            assert_eq!(shown.contains(layer), learns, "{shown}");
        }
        assert!(!shown.contains("slope 0.25\n"), "{shown}");
        let points = folder
            .ok(&["predict", "runs/learning", &row["trial"], "--x", "-1:1:1"])
            .stdout;
        assert_eq!(points.lines().count(), 4, "{points}");
    }
    let wrong = LEARNING.replace("\"slope\"]", "\"slop\"]");
    folder.write("wrong.toml", &wrong);
    let refused = folder.run(&["sweep", "wrong.toml", "--backend", CPU]);
    assert_eq!(refused.code, Some(2));
    assert!(
        refused
            .stderr
            .contains("leaky_relu has no parameter \"slop\"; it has slope"),
        "{}",
        refused.stderr
    );
}
