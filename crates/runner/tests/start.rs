//! Where networks start and what keeps them small, in an experiment.

mod common;

use std::collections::BTreeSet;

use common::{CPU, Folder, SMALL, csv_rows, stored};

/// The small experiment with lists of initialisations and of a penalty of each kind: every combination is a network of
/// its own, the same with both engines but for rounding, and is there when the sweep is called again.
#[test]
fn initializations_and_penalties_are_axes() {
    let folder = Folder::new();
    let more = "initialization = [\"pytorch\", { name = \"kaiming_normal\", bias = \"zero\", gain = 0.5 }]\n";
    let text = SMALL
        .replace("[\"x^2\", \"x^3\"]", "\"x^3\"")
        .replace("[[8], [6, 6]]\n", &format!("[6, 6]\n{more}"))
        .replace(
            "spectral = [0.0, 1e-2]",
            "l1 = [0.0, 1e-2]\nspectral_decoupled = [0.0, 3.0]\nspectral_norm = [0.0, 0.8]",
        );
    folder.write("small.toml", &text);
    for engine in ["fused", "autodiff"] {
        let sweep = [
            "sweep",
            "small.toml",
            "--backend",
            CPU,
            "--engine",
            engine,
            "--out",
            engine,
        ];
        let first = folder.ok(&sweep);
        assert!(first.stderr.contains("training 64 trials"), "{}", first.stderr);
        assert_eq!(stored(&folder.path().join(engine)), 64);
        assert!(folder.ok(&sweep).stderr.contains("nothing to train: all 64 trials"));
    }
    let [fused, autodiff] = ["fused", "autodiff"].map(|run| csv_rows(&folder, run));
    let different: BTreeSet<&str> = fused.iter().map(|row| row["lipschitz"].as_str()).collect();
    assert_eq!(different.len(), 64, "every combination is another network");
    for (a, b) in fused.iter().zip(&autodiff) {
        assert_eq!(a["trial"], b["trial"]);
        assert!(["pytorch", "kaiming_normal(gain=0.5, bias=zero)"].contains(&a["initialization"].as_str()));
        let [a, b] = [a, b].map(|row| row["lipschitz"].parse::<f64>().expect("a number"));
        // Sixty steps: a third of those in which engines drift 1e-4 apart.
        assert!((a / b - 1.0).abs() < 1e-4, "{a} and {b}");
    }
    for row in &fused {
        let norms = row["sigma"]
            .split(' ')
            .map(|norm| norm.parse::<f64>().expect("a number"));
        let largest = norms.fold(0.0, f64::max);
        let bounded = row["spectral_norm"] == "0.8";
        // One power iteration a step comes near the norm from below.
        assert!(!bounded || largest < 0.8 * 1.05, "{largest}");
    }
}

/// A small version of the experiment that comes with the program.
#[test]
fn the_experiment_on_lambda_trains() {
    let folder = Folder::new();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../experiments/spectral.toml");
    let sets = ["training.steps=20", "sweep.seeds=1", "network.hidden=[6]"];
    let mut sweep = vec!["sweep", path, "--backend", CPU, "--out", "spectral"];
    sweep.extend(sets.iter().flat_map(|set| ["--set", set]));
    let swept = folder.ok(&sweep);
    assert!(swept.stderr.contains("training 200 trials"), "{}", swept.stderr);
    for part in ["spectral_decoupled", "spectral "] {
        assert!(swept.stdout.contains(part), "{part}: {}", swept.stdout);
    }
}
