//! Optimisers, schedules, clipping and losses in experiments, and what training started from.

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{CPU, Folder, SMALL, csv_rows};
use serde_json::Value;

/// The experiment that comes with the program, shorter.
#[test]
fn the_experiment_of_optimizers_trains_with_each() {
    let folder = Folder::new();
    folder.write("optimizers.toml", include_str!("../../../experiments/optimizers.toml"));
    folder.ok(&[
        "sweep",
        "optimizers.toml",
        "--backend",
        CPU,
        "--set",
        "training.steps=300",
        "--set",
        "sweep.seeds=2",
        "--set",
        "network.activation=\"tanh\"",
    ]);
    let rows = csv_rows(&folder, "runs/optimizers");
    assert_eq!(rows.len(), 2 * 4 * 2 * 2);
    let mut errors: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in &rows {
        assert_eq!(row["status"], "done", "{row:?}");
        errors.entry(&row["optimizer"]).or_default().insert(&row["train_mse"]);
    }
    let known = [
        "adam",
        "rmsprop(epsilon=0.000001, centered=true)",
        "sgd",
        "sgd(momentum=0.9)",
    ];
    assert_eq!(errors.keys().copied().collect::<Vec<_>>(), known);
    let distinct: BTreeSet<&str> = errors.values().flatten().copied().collect();
    assert_eq!(distinct.len(), rows.len(), "each optimizer leads elsewhere");
    // What one trains further stays what it is; what is asked for anew is trained beside it.
    let again = folder.ok(&[
        "sweep",
        "optimizers.toml",
        "--backend",
        CPU,
        "--dry-run",
        "--set",
        "training.steps=300",
        "--set",
        "sweep.seeds=2",
        "--set",
        "network.activation=\"tanh\"",
        "--set",
        "training.loss=[\"mse\", \"mae\", { name = \"huber\", delta = [0.5, 1.0] }]",
    ]);
    let said = common::words(&(again.stdout + &again.stderr));
    assert!(said.contains("128") && said.contains("32"), "{said}");
}

/// What has the default is what it has always been, however it is typed.
#[test]
fn a_default_that_is_typed_is_the_same_trial() {
    let folder = Folder::new();
    folder.write("small.toml", SMALL);
    folder.ok(&["sweep", "small.toml", "--backend", CPU, "--set", "training.steps=2"]);
    let typed = [
        "optimizer = { name = \"adam\", beta1 = 0.9, weight_decay = 0 }",
        "schedule = { name = \"constant\", warmup = 0 }",
        "loss = \"mse\"",
        "clip = 0",
    ];
    folder.write(
        "typed.toml",
        &SMALL.replace("steps = 60", &format!("steps = 2\n{}", typed.join("\n"))),
    );
    folder.ok(&["sweep", "typed.toml", "--backend", CPU, "--out", "runs/typed"]);
    let ids =
        |run: &str| -> BTreeSet<String> { csv_rows(&folder, run).iter().map(|row| row["trial"].clone()).collect() };
    assert_eq!(ids("runs/small"), ids("runs/typed"));
}

/// The tensors of a safetensors file, and what it says of itself.
fn read(folder: &Folder, name: &str) -> (BTreeMap<String, Vec<f64>>, Value) {
    let file = std::fs::read(folder.path().join(name)).expect("a file");
    let tensors = safetensors::SafeTensors::deserialize(&file).expect("safetensors");
    let floats = |bytes: &[u8]| -> Vec<f64> {
        let (numbers, _) = bytes.as_chunks::<4>();
        numbers
            .iter()
            .map(|bytes| f64::from(f32::from_le_bytes(*bytes)))
            .collect()
    };
    let read = tensors
        .tensors()
        .into_iter()
        .map(|(name, view)| (name, floats(view.data())));
    let (_, header) = safetensors::SafeTensors::read_metadata(&file).expect("a header");
    let about = header.metadata().as_ref().expect("metadata")["actlab"].clone();
    (read.collect(), serde_json::from_str(&about).expect("JSON"))
}

/// The first loss of a training, computed again in double precision from the weights and samples that are exported; the
/// trainer rounds a few hundred times, each time by 2^-24.
fn first_losses_are_those_of_the_start(folder: &Folder, run: &str, loss: impl Fn(f64) -> f64) {
    for row in csv_rows(folder, run).iter().filter(|row| row["hidden"] == "8") {
        let trial = &row["trial"];
        let (weights, _) = read(folder, &format!("start/{trial}.initial.safetensors"));
        let (samples, about) = read(folder, &format!("start/{trial}.samples.safetensors"));
        let [w1, b1, w2, b2] = ["0.weight", "0.bias", "2.weight", "2.bias"].map(|name| &weights[name]);
        let answer = |x: f64| {
            let hidden = (0..8).map(|unit| w1[unit] * x + b1[unit]);
            let active = hidden.map(|z| {
                if row["activation"] == "tanh" {
                    z.tanh()
                } else {
                    z.max(0.0)
                }
            });
            active.zip(w2).map(|(value, weight)| value * weight).sum::<f64>() + b2[0]
        };
        let (x, y) = (&samples["x"], &samples["y"]);
        let losses = x.iter().zip(y).map(|(x, y)| loss(answer(*x) - y));
        let expected = losses.sum::<f64>() / x.len() as f64;
        let found = about["history"][0][1].as_f64().expect("a loss");
        assert!(
            (found / expected - 1.0).abs() < 300.0 / 16_777_216.0,
            "{trial}: {found} for {expected}"
        );
        assert_eq!(samples.contains_key("0.right"), row["spectral"] != "0", "{trial}");
        let trained = read(folder, &format!("start/{trial}.safetensors")).0;
        assert_ne!(trained["0.weight"], weights["0.weight"], "{trial}");
    }
}

#[test]
fn what_training_started_from_can_be_exported() {
    let folder = Folder::new();
    let huber = |d: f64| {
        if d.abs() < 0.5 {
            0.5 * d * d
        } else {
            0.5 * (d.abs() - 0.25)
        }
    };
    folder.write(
        "small.toml",
        &SMALL.replace("steps = 60", "steps = 60\nloss = { name = \"huber\", delta = 0.5 }"),
    );
    folder.ok(&["sweep", "small.toml", "--backend", CPU]);
    let export = [
        "export",
        "runs/small",
        "--format",
        "safetensors",
        "--initial",
        "--samples",
        "--to",
        "start",
    ];
    let printed = folder.ok(&export).stdout;
    assert_eq!(printed.lines().count(), 3 * 32);
    first_losses_are_those_of_the_start(&folder, "runs/small", huber);
    let refused = folder.run(&["export", "runs/small", "--samples"]);
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
    let refused = folder.run(&[
        "export",
        "runs/small",
        "--format",
        "safetensors",
        "--samples",
        "--data",
        "table.csv",
    ]);
    assert!(
        refused.code == Some(2) && refused.stderr.contains("function x^"),
        "{}",
        refused.stderr
    );
}

#[test]
fn what_training_on_data_started_from_needs_the_table() {
    let folder = Folder::new();
    let rows = (0..60).map(|i| format!("{},{}\n", f64::from(i) / 10.0, (f64::from(i) / 10.0).sin()));
    folder.write("table.csv", &format!("time,height\n{}", rows.collect::<String>()));
    let target = "data = \"table.csv\"\nx = [\"time\"]\ny = \"height\"";
    let text = SMALL
        .replace("function = [\"x^2\", \"x^3\"]", target)
        .replace("[-2, 2]", "[1, 4]");
    folder.write("small.toml", &text);
    folder.ok(&["sweep", "small.toml", "--backend", CPU, "--set", "training.steps=3"]);
    let export = [
        "export",
        "runs/small",
        "--format",
        "safetensors",
        "--initial",
        "--samples",
        "--to",
        "start",
    ];
    let without = folder.run(&export);
    assert!(
        without.code == Some(2) && without.stderr.contains("--data FILE.csv"),
        "{}",
        without.stderr
    );
    folder.ok(&[&export[..], &["--data", "table.csv"]].concat());
    first_losses_are_those_of_the_start(&folder, "runs/small", |d| d * d);
    folder.write("other.csv", "time,height\n0,1\n1,2\n2,4\n3,5\n4,3\n");
    let other = folder.run(&[&export[..], &["--data", "other.csv"]].concat());
    assert!(
        other.code == Some(2) && other.stderr.contains("is not the table"),
        "{}",
        other.stderr
    );
}
