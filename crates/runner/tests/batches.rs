//! Batches, epochs, fresh samples, noise on inputs and chosen weights, from the experiment to the export.

mod common;

use std::collections::HashMap;

use common::{CPU, Folder, SMALL, contents, csv_rows, errors, number};

/// The experiment to copy, as small as it teaches something.
#[test]
fn the_experiment_to_copy_trains_in_batches_and_keeps_the_best_weights() {
    let folder = Folder::new();
    folder.write("minibatch.toml", include_str!("../../../experiments/minibatch.toml"));
    let sweep = |more: &[&str]| {
        let small = ["sweep", "minibatch.toml", "--backend", CPU, "--set", "sweep.seeds=2"];
        folder.ok(&[&small[..], more].concat())
    };
    let few = [
        "--set",
        "training.epochs=20",
        "--set",
        "network.hidden=[8]",
        "--set",
        "data.samples=60",
    ];
    let ran = sweep(&few);
    assert!(ran.stderr.contains("training 48 trials"), "{}", ran.stderr);
    let rows = csv_rows(&folder, "runs/minibatch");
    assert_eq!(rows.len(), 48);
    for row in &rows {
        // 60 samples: one step an epoch, 8 with the last of 4, or 2 with the last of 28.
        let steps = match row["batch"].as_str() {
            "0" => 20,
            "8" => 160,
            "32" => 40,
            other => panic!("a batch of {other}"),
        };
        assert_eq!(row["steps"], steps.to_string());
        let kept: usize = row["weights_step"].parse().expect("a step");
        assert!(kept <= steps, "{row:?}");
    }
    let least = rows
        .iter()
        .find(|row| row["weights_step"] != row["steps"])
        .expect("weights from before the end");
    let shown = folder
        .ok(&["show", "runs/minibatch", "--trial", &least["trial"]])
        .stdout;
    let line = format!(
        "weights         of step {} of {}\n",
        least["weights_step"], least["steps"]
    );
    assert!(shown.contains(&line), "{shown}");
    assert!(sweep(&few).stderr.starts_with("nothing to train"));
    // The best weights have at most the validation error of the last; the engine found it in 32 bits.
    let without_end = |keep: &str| {
        let set = format!("training.keep={keep}");
        let more = ["--set", "training.patience=0", "--set", &set, "--out", keep];
        sweep(&[&few[..], &more].concat());
        errors(&folder.path().join(keep))
            .into_iter()
            .filter(|(_, region, ..)| region == "validation")
            .map(|(trial, _, _, bits)| (trial, f64::from_bits(bits)))
            .collect::<HashMap<String, f64>>()
    };
    let (best, last) = (without_end("best"), without_end("last"));
    for (of_best, of_last) in csv_rows(&folder, "best").iter().zip(csv_rows(&folder, "last")) {
        assert_eq!(
            (&of_best["batch"], &of_best["seed"]),
            (&of_last["batch"], &of_last["seed"])
        );
        assert_eq!(of_last["weights_step"], of_last["steps"]);
        assert!(
            best[&of_best["trial"]] <= last[&of_last["trial"]] * (1.0 + 1e-5),
            "{of_best:?}"
        );
    }
}

/// To the bit, with everything at once.
#[test]
fn batched_trials_have_the_same_bits_on_one_thread_and_on_many() {
    let folder = Folder::new();
    let text = SMALL
        .replace(
            "steps = 60",
            "epochs = 9\nbatch = [5, 32]\nbatches = [\"shuffled\", \"drawn\"]\nkeep = \"best\"\npatience = 3",
        )
        .replace("spectral = [0.0, 1e-2]", "input_noise = [0.0, 0.1]\ndropout = 0.1");
    folder.write("batched.toml", &text);
    let sweep = |out: &str, threads: &str| {
        folder.ok(&[
            "sweep",
            "batched.toml",
            "--backend",
            CPU,
            "--out",
            out,
            "--threads",
            threads,
        ]);
        contents(&folder.path().join(out))
    };
    assert_eq!(sweep("one", "1"), sweep("many", "5"));
}

/// What is drawn afresh is the same problem to learn, but the networks are others: with as many steps they know more of a
/// noisy target than those that see few samples again and again.
#[test]
fn fresh_samples_teach_more_than_the_same_ones() {
    let folder = Folder::new();
    let text = SMALL
        .replace("\"x^2\", \"x^3\"", "\"sin(3*x)\"")
        .replace("samples = 32", "samples = 16\nnoise = 0.5\nfresh = [false, true]")
        .replace("[[8], [6, 6]]", "[24, 24]")
        .replace("\"relu\", \"tanh\"", "\"tanh\"")
        .replace("spectral = [0.0, 1e-2]", "")
        .replace("steps = 60", "steps = 2000\nlearning_rate = 5e-3")
        .replace("seeds = 2", "seeds = 6");
    folder.write("fresh.toml", &text);
    folder.ok(&["sweep", "fresh.toml", "--backend", CPU, "--out", "run"]);
    let rows = csv_rows(&folder, "run");
    for seed in 0..6 {
        let of = |fresh: &str| {
            let found = rows
                .iter()
                .find(|row| row["fresh"] == fresh && row["seed"] == seed.to_string());
            number(found.expect("a trial"), "test_rmse")
        };
        assert!(
            of("true") < of("false"),
            "seed {seed}: {} and {}",
            of("true"),
            of("false")
        );
    }
}

#[test]
fn steps_and_epochs_that_are_the_same_are_the_same_trials() {
    let folder = Folder::new();
    let epochs = SMALL.replace("steps = 60", "epochs = 15\nbatch = 10");
    let steps = SMALL.replace("steps = 60", "steps = 60\nbatch = 10");
    folder.write("epochs.toml", &epochs);
    folder.write("steps.toml", &steps);
    folder.ok(&["sweep", "epochs.toml", "--backend", CPU, "--out", "run"]);
    let again = folder.ok(&["sweep", "steps.toml", "--backend", CPU, "--out", "run"]);
    assert!(again.stderr.contains("nothing to train"), "{}", again.stderr);
}

#[test]
fn what_does_not_go_together_is_refused_before_anything_trains() {
    let folder = Folder::new();
    let rows: String = (0..40).map(|i| format!("{i},{}\n", i * i)).collect();
    folder.write("rows.csv", &format!("t,v\n{rows}"));
    let with = |training: &str| SMALL.replace("steps = 60", training);
    let fresh = |training: &str| with(training).replace("samples = 32", "samples = 32\nfresh = true");
    let data = |training: &str, holdout: &str| {
        with(training)
            .replace(
                "function = [\"x^2\", \"x^3\"]",
                "data = \"rows.csv\"\nx = \"t\"\ny = \"v\"",
            )
            .replace(
                "range = [-2, 2]\nsamples = 32",
                &format!("range = [0, 30]\nholdout = {holdout}"),
            )
    };
    let cases = [
        (
            with("batch = 33"),
            "a batch of 33 is larger than the 32 training samples",
        ),
        (data("batch = 26", "0.2"), "larger than the 24 training samples"),
        (with("batches = \"drawn\""), "say how many samples a step takes"),
        (with("batch = 8\nbatches = \"shufled\""), "did you mean \"shuffled\""),
        (
            with("epochs = 5\nsteps = 60"),
            "remove one of training.steps and training.epochs",
        ),
        (with("epochs = 1000000000\nbatch = 1"), "the most is 1000000000"),
        (fresh("batch = 8"), "say data.samples = 8"),
        (fresh("epochs = 8"), "type training.steps instead"),
        (
            data("steps = 5", "0.2").replace("holdout", "fresh = true\nholdout"),
            "data.fresh goes with target.function",
        ),
        (data("keep = \"best\"", "0.0"), "none to choose by"),
        (data("patience = 3", "0.0"), "none to choose by"),
        (with("keep = \"first\""), "There are last, best"),
        (with("patience = 65"), "from 0 to 64"),
        (
            SMALL.replace("spectral = [0.0, 1e-2]", "input_noise = -0.1"),
            "not negative",
        ),
    ];
    for (text, message) in cases {
        folder.write("wrong.toml", &text);
        let ran = folder.run(&["sweep", "wrong.toml", "--backend", CPU]);
        assert_eq!(ran.code, Some(2), "{message}: {}", ran.stderr);
        assert!(ran.stderr.contains(message), "{message}: {}", ran.stderr);
        assert!(!folder.entries().contains(&"runs".to_owned()), "{message}");
    }
    folder.write("right.toml", &data("keep = \"best\"\nsteps = 5", "0.2"));
    folder.ok(&["sweep", "right.toml", "--backend", CPU]);
}

#[test]
fn a_dry_run_times_batched_steps() {
    let folder = Folder::new();
    folder.write(
        "batched.toml",
        &SMALL.replace("steps = 60", "steps = 60\nbatch = 8\nkeep = \"best\"\npatience = 1"),
    );
    let dry = folder.ok(&["sweep", "batched.toml", "--backend", CPU, "--dry-run"]);
    assert!(dry.stdout.contains("time      less than a second"), "{}", dry.stdout);
}
