//! Networks that are typed as texts, through the program.

mod common;

use std::collections::BTreeSet;

use common::{CPU, Folder, contents, csv_rows, weights};
use safetensors::SafeTensors;

/// Every part of the language: 7 networks, of which some take the activation of the experiment.
const NETWORKS: &str = r#"
name = "networks"

[target]
function = "x^2"

[data]
range = [-2, 2]
samples = 32

[network]
hidden = [
    "sum(8 relu -> 6 relu, 6 sinu)",
    "product(8 relu -> out, 8 -> out)",
    "gate(8 tanh, 8 linear) -> 4",
    "concat(4 tanh, 4 {x + 0.3*sin(4*x)}) -> dropout -> 4 leaky_relu(slope=0.2 learned)",
    "sum(skip, 8 tanh -> dropout(0.1) -> 1 linear)",
    "fourier(4, scale=0.5) -> 8",
    "concat(skip, fourier(frequencies=[0.5, 1])) -> sum(8, gate(8, 8))",
]
activation = "tanh"

[training]
steps = 60

[sweep]
seeds = 2
"#;

fn sweep(folder: &Folder, file: &str, more: &[&str]) -> common::Ran {
    folder.ok(&[&["sweep", file, "--backend", CPU], more].concat())
}

#[test]
fn networks_are_trained_shown_and_answer_like_any_other() {
    let folder = Folder::new();
    folder.write("networks.toml", NETWORKS);
    let first = sweep(&folder, "networks.toml", &[]);
    assert!(first.stderr.contains("training 14 trials"), "{}", first.stderr);
    let again = sweep(&folder, "networks.toml", &[]);
    assert!(
        again.stderr.starts_with("nothing to train: all 14 trials"),
        "{}",
        again.stderr
    );
    assert_eq!(again.stdout, first.stdout);
    let rows = csv_rows(&folder, "runs/networks");
    assert!(rows.iter().all(|row| row["status"] == "done"), "{rows:?}");
    // Results are found by these ids for as long as there are stores that hold them.
    let ids: Vec<&str> = rows.iter().step_by(4).map(|row| row["trial"].as_str()).collect();
    assert_eq!(
        ids,
        [
            "6e428bc9d86ac98e",
            "ca9215b93a0f959f",
            "46aafb437bbb7bf9",
            "eb3cbcbeb4554fe2"
        ]
    );
    let of = |column: &str| -> BTreeSet<&str> { rows.iter().map(|row| row[column].as_str()).collect() };
    assert_eq!(of("hidden").len(), 7);
    for text in [
        "sum(8 relu -> 6 relu, 6 sinu)",
        "product(8 relu -> out, 8 tanh -> out)",
        "fourier(4, scale=0.5) -> 8 tanh",
    ] {
        assert!(of("hidden").contains(text), "{:?}", of("hidden"));
    }
    for activations in [
        "relu + sinu",
        "relu + tanh",
        "tanh",
        "leaky_relu(slope=0.2 learned) + tanh + {x + 0.3*sin(4*x)}",
    ] {
        assert!(of("activation").contains(activations), "{:?}", of("activation"));
    }
    let shown = folder.ok(&["show", "runs/networks"]).stdout;
    for part in ["relu + sinu", "sum(8 relu -> 6 relu, 6 sinu)", "tanh:"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let by_network = folder.ok(&["show", "runs/networks", "--by", "hidden"]).stdout;
    assert!(
        by_network.contains("Which value of hidden generalises best"),
        "{by_network}"
    );
    assert!(folder.path().join("runs/networks/report.html").is_file());
}

/// `x + tanh(x u + a) v + b` in double precision, from the weights in the store.
#[test]
fn a_residual_network_answers_what_its_weights_say() {
    let folder = Folder::new();
    let text = NETWORKS.replace(
        "activation = \"tanh\"",
        "activation = \"tanh\"\n[data]\nstandardize = false",
    );
    let text = text.replace("[data]\nrange = [-2, 2]\nsamples = 32\n\n", "");
    folder.write("networks.toml", &text);
    let residual = "network.hidden=sum(skip, 8 tanh -> out)";
    sweep(&folder, "networks.toml", &["--set", residual, "--out", "run"]);
    for (trial, file) in weights(&folder, "run") {
        let tensors = SafeTensors::deserialize(&file).expect("a file");
        let floats = |name: &str| -> Vec<f64> {
            let data = tensors.tensor(name).expect("a tensor").data().to_vec();
            let (values, _) = data.as_chunks::<4>();
            values
                .iter()
                .map(|bytes| f64::from(f32::from_le_bytes(*bytes)))
                .collect()
        };
        let [u, a, v, b] = ["layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias"].map(floats);
        let expected = |x: f64| {
            let hidden = u.iter().zip(&a).zip(&v).map(|((u, a), v)| (x * u + a).tanh() * v);
            x + hidden.sum::<f64>() + b[0]
        };
        let answers = folder.ok(&["predict", "run", &trial, "--x", "-3:3:1.5"]).stdout;
        for line in answers.lines().skip(1) {
            let numbers: Vec<f64> = line
                .split(',')
                .map(|number| number.parse().expect("a number"))
                .collect();
            let error = (numbers[1] - expected(numbers[0])).abs();
            // Some ten operations on numbers below 10, in double precision.
            assert!(error < 1e-13, "{line}: off by {error}");
        }
    }
}

#[test]
fn a_perceptron_is_the_same_trial_however_it_is_typed() {
    let folder = Folder::new();
    folder.write("networks.toml", NETWORKS);
    let widths = [
        "--set",
        "network.hidden=[[8, 6], []]",
        "--set",
        "network.activation=relu",
        "--out",
        "run",
    ];
    sweep(&folder, "networks.toml", &widths);
    for [network, activation] in [["8 -> 6", "relu"], ["8 relu -> 6 relu -> out", "tanh"], ["out", "relu"]] {
        let set = [
            format!("network.hidden={network}"),
            format!("network.activation={activation}"),
        ];
        let ran = sweep(
            &folder,
            "networks.toml",
            &["--set", &set[0], "--set", &set[1], "--out", "run"],
        );
        assert!(
            ran.stderr.starts_with("nothing to train: all 2 trials"),
            "{network}: {}",
            ran.stderr
        );
    }
    // Who names all activations, and says what is left out, has no use for the experiment's.
    let own = "network.hidden=sum(8 relu, 8 sinu -> dropout(0.1))";
    let axes = [
        "--set",
        own,
        "--set",
        "network.activation=[\"relu\", \"tanh\"]",
        "--set",
        "regularization.dropout=[0.0, 0.2]",
    ];
    let ran = sweep(&folder, "networks.toml", &[&axes[..], &["--out", "own"]].concat());
    assert!(ran.stderr.contains("training 2 trials"), "{}", ran.stderr);
}

#[test]
fn a_network_has_the_same_bits_on_one_thread_on_many_and_alone() {
    let folder = Folder::new();
    folder.write("networks.toml", NETWORKS);
    let run = |out: &str, more: &[&str]| {
        sweep(&folder, "networks.toml", &[&["--out", out], more].concat());
        contents(&folder.path().join(out))
    };
    let one = run("one", &["--threads", "1"]);
    assert_eq!(one, run("many", &["--threads", "7"]));
    for seeds in ["[1]", "[0]"] {
        run("pieces", &["--set", &format!("sweep.seeds={seeds}")]);
    }
    assert_eq!(one, run("pieces", &[]));
}

/// Also by the engine that GPUs are used through.
#[test]
fn the_other_engine_trains_networks_too() {
    let folder = Folder::new();
    folder.write("networks.toml", NETWORKS);
    sweep(&folder, "networks.toml", &["--engine", "autodiff", "--out", "autodiff"]);
    sweep(&folder, "networks.toml", &["--out", "fused"]);
    let [a, b] = ["autodiff", "fused"].map(|run| csv_rows(&folder, run));
    for (a, b) in a.iter().zip(&b) {
        let [first, second] = [a, b].map(|row| row["test_nrmse"].parse::<f64>().expect("an error"));
        assert_eq!(a["trial"], b["trial"]);
        // As the engines' agreement is asserted for networks of blocks.
        assert!((first - second).abs() < 1e-3, "{a:?} and {b:?}");
    }
}

#[test]
fn what_does_not_fit_is_refused_where_it_stands_and_nothing_is_touched() {
    let folder = Folder::new();
    let cases = [
        ("sum(64 relu, 32 sinu)", "^^^^^^^", "end it in \"-> 64 linear\""),
        ("gate(64 relu)", "^^^^", "a gate joins two branches"),
        ("", "^", "this network is empty"),
        ("64 rellu", "^^^^^", "did you mean \"relu\"?"),
        (
            "concat(8 -> out, 8 -> out)",
            "^^^^^^",
            "ends in 2 values, and the target has 1",
        ),
    ];
    for (network, marks, part) in cases {
        let text = NETWORKS.replace("\"fourier(4, scale=0.5) -> 8\"", &format!("\"{network}\""));
        folder.write("wrong.toml", &text);
        let ran = folder.run(&["sweep", "wrong.toml", "--backend", CPU]);
        assert_eq!(ran.code, Some(2), "{network}: {}", ran.stderr);
        assert!(
            ran.stderr.contains(part) && ran.stderr.contains(marks),
            "{network}: {}",
            ran.stderr
        );
        assert!(ran.stderr.contains("wrong.toml:18:"), "{network}: {}", ran.stderr);
    }
    assert_eq!(folder.entries(), ["wrong.toml"]);
}

/// Sums and concatenations of lines are lines, and those of constants constants; a skip is a line itself.
#[test]
fn networks_end_in_what_algebra_says_of_their_parts() {
    let folder = Folder::new();
    folder.write("networks.toml", NETWORKS);
    let cases = [
        ("sum(8 relu, 8 relu -> 8 relu)", "line"),
        ("concat(8 relu, 8 tanh)", "line"),
        ("concat(8 tanh, 8 sigmoid) -> 8 tanh", "constant"),
        ("sum(skip, 8 tanh -> out)", "line"),
        ("sum(8 tanh, 8 sinu)", "bounded"),
        ("fourier(4) -> 8 relu", "bounded"),
    ];
    let list: Vec<String> = cases.iter().map(|(network, _)| format!("\"{network}\"")).collect();
    let hidden = format!("network.hidden=[{}]", list.join(", "));
    sweep(&folder, "networks.toml", &["--set", &hidden, "--out", "run"]);
    for row in csv_rows(&folder, "run") {
        let (_, ending) = cases
            .iter()
            .find(|(network, _)| *network == row["hidden"])
            .expect("a case");
        assert_eq!(row["ends_in"], *ending, "{row:?}");
    }
}

#[test]
fn networks_become_modules_of_pytorch() {
    let folder = Folder::new();
    folder.write("networks.toml", NETWORKS);
    sweep(&folder, "networks.toml", &[]);
    let paths = folder
        .ok(&["export", "runs/networks", "--format", "pytorch", "--to", "modules"])
        .stdout;
    assert_eq!(paths.lines().count(), 14);
    let rows = csv_rows(&folder, "runs/networks");
    let module = |network: &str| {
        let row = rows.iter().find(|row| row["hidden"] == network).expect("a network");
        let folder = folder.path().join("modules").join(&row["trial"]);
        assert!(folder.join("weights.safetensors").is_file());
        std::fs::read_to_string(folder.join("model.py")).expect("a module")
    };
    let sum = module("sum(8 relu -> 6 relu, 6 sinu)");
    for line in [
        "class Network(nn.Module):",
        "            nn.Linear(1, 8),",
        "            nn.ReLU(),",
        "            Sinu(),",
        "return ",
        "def predict(network, x):",
    ] {
        assert!(sum.contains(line), "{line}: {sum}");
    }
    let fourier = module("fourier(4, scale=0.5) -> 8 tanh");
    assert!(fourier.contains("self.layers[0].requires_grad_(False)"), "{fourier}");
    let residual = module("sum(skip, 8 tanh -> dropout(0.1) -> 1 linear)");
    assert!(residual.contains(", 0.1, self.training)"), "{residual}");
}

/// Of the experiments that come with the program.
#[test]
fn the_experiment_to_copy_trains() {
    let folder = Folder::new();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../experiments/modular.toml");
    let small = ["--set", "training.steps=100", "--set", "sweep.seeds=1", "--out", "run"];
    sweep(&folder, file, &small);
    let rows = csv_rows(&folder, "run");
    assert_eq!(rows.len(), 16);
    for row in rows {
        let error: f64 = row["test_nrmse"].parse().expect("an error");
        // The target's mean has an error of 1.
        assert!(error < 0.9, "{row:?}");
    }
}
