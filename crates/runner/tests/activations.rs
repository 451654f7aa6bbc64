//! Activations as users meet them: the list, its page, parameters, and formulas of their own.

mod common;

use std::collections::BTreeSet;
use std::path::Path;

use common::{CPU, Folder, csv_rows, stored, words};

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

#[test]
fn the_list_has_every_activation_with_what_is_known_of_it() {
    let folder = Folder::new();
    let list = folder.ok(&["activations"]).stdout;
    for part in [
        "relu6",
        "gelu_tanh",
        "slope = 0.25, learned",
        "x + sin(a x)^2 / a",
        "He, Zhang, Ren & Sun",
    ] {
        assert!(list.contains(part), "{part}\n{list}");
    }
}

/// `docs/activations.md` and its drawings are what the program writes.
#[test]
fn the_page_of_activations_is_the_programs() {
    let folder = Folder::new();
    folder.ok(&["activations", "--docs", "docs"]);
    let read = |root: &Path, name: &str| std::fs::read_to_string(root.join("docs").join(name)).unwrap_or_default();
    let names = |root: &Path| -> BTreeSet<String> {
        let entries = std::fs::read_dir(root.join("docs/activations")).expect("drawings");
        let name = |entry: std::fs::DirEntry| format!("activations/{}", entry.file_name().to_string_lossy());
        entries.map(|entry| name(entry.expect("an entry"))).collect()
    };
    let drawings = names(folder.path());
    assert_eq!(names(root()), drawings);
    for name in drawings.iter().map(String::as_str).chain(["activations.md"]) {
        assert!(
            read(root(), name) == read(folder.path(), name),
            "docs/{name} is old: run `actlab activations --docs docs`"
        );
    }
}

/// Every activation of the experiment that the docs speak of, with few seeds and steps.
#[test]
fn the_experiment_of_formulas_trains() {
    let folder = Folder::new();
    let file = root().join("experiments/formulas.toml");
    let file = file.to_str().expect("a path");
    let run = ["sweep", file, "--out", "run", "--backend", CPU];
    folder.ok(&[&run[..], &["--set", "training.steps=200", "--set", "sweep.seeds=2"]].concat());
    let rows = csv_rows(&folder, "run");
    let found: BTreeSet<&str> = rows.iter().map(|row| row["activation"].as_str()).collect();
    let expected = [
        "cube",
        "logarithm",
        "rational(c=0.5)",
        "tanh",
        "wave(a=1 learned)",
        "wave(a=1)",
        "wave(a=3)",
    ];
    assert_eq!(found.into_iter().collect::<Vec<_>>(), expected);
    assert_eq!(rows.len(), 14);
    assert!(rows.iter().all(|row| row["status"] == "done"), "{rows:?}");
    let docs = std::fs::read_to_string(root().join("docs/bring-your-own-activation.md")).expect("the page");
    for formula in ["x^3", "x/(1 + c*x^2)", "sign(x)*ln(1 + abs(x))"] {
        assert!(docs.contains(formula), "{formula}");
    }
}

/// Every unit trains, on both engines to about the same.
#[test]
fn every_unit_trains() {
    let folder = Folder::new();
    let list = folder.ok(&["activations"]).stdout;
    let names: Vec<String> = list
        .lines()
        .skip(1)
        .filter_map(|line| line.split_whitespace().next())
        .map(|name| format!("\"{name}\""))
        .collect();
    assert!(names.len() > 30, "{names:?}");
    let text = format!(
        "[target]\nfunction = \"sin(x)\"\n[data]\nrange = [-2, 2]\nsamples = 32\n[network]\nhidden = [8]\nactivation = [{}]\n\
         [training]\nsteps = 30\n[sweep]\nseeds = 2\n",
        names.join(", ")
    );
    folder.write("all.toml", &text);
    for engine in ["fused", "autodiff"] {
        folder.ok(&[
            "sweep",
            "all.toml",
            "--out",
            engine,
            "--backend",
            CPU,
            "--engine",
            engine,
        ]);
        assert_eq!(stored(&folder.path().join(engine)), 2 * names.len());
    }
    let (fused, autodiff) = (csv_rows(&folder, "fused"), csv_rows(&folder, "autodiff"));
    for row in &fused {
        let same = autodiff
            .iter()
            .find(|other| other["trial"] == row["trial"])
            .expect("the same trial");
        let [a, b] = [row, same].map(|row| row["train_mse"].parse::<f64>().expect("a number"));
        // Within 1e-4, as engines agree after 200 steps.
        assert!((a - b).abs() < 1e-4 * (1.0 + a), "{}: {a} and {b}", row["activation"]);
    }
    // Pictures, tables and claims of that many.
    folder.ok(&["report", "fused"]);
}

fn experiment(activation: &str) -> String {
    format!(
        "[target]\nfunction = \"x^2\"\n[data]\nrange = [-2, 2]\nsamples = 16\n[network]\nhidden = [4]\n\
         activation = {activation}\n[training]\nsteps = 5\n[sweep]\nseeds = 1\n"
    )
}

#[test]
fn parameters_that_are_lists_are_an_axis() {
    let folder = Folder::new();
    folder.write(
        "axis.toml",
        &experiment(
            "[\"relu\", { name = \"snake\", a = [1, 5] }, { name = \"hardtanh\", min = [-1, -2], max = [1, 2] }]",
        ),
    );
    folder.ok(&["sweep", "axis.toml", "--out", "run", "--backend", CPU]);
    let rows = csv_rows(&folder, "run");
    let mut found: Vec<&str> = rows.iter().map(|row| row["activation"].as_str()).collect();
    found.sort_unstable();
    let expected = [
        "hardtanh",
        "hardtanh(max=2)",
        "hardtanh(min=-2)",
        "hardtanh(min=-2, max=2)",
        "relu",
        "snake",
        "snake(a=5)",
    ];
    assert_eq!(found, expected);
    folder.write("alone.toml", &experiment("{ name = \"snake\", a = [1, 5, 10] }"));
    let dry = folder
        .ok(&["sweep", "alone.toml", "--dry-run", "--backend", CPU])
        .stdout;
    assert!(dry.contains("trials    3 "), "{dry}");
}

#[test]
fn what_is_no_activation_is_refused_before_anything_trains() {
    let folder = Folder::new();
    for (activation, said) in [
        (
            "{ name = \"snake\", a = 0 }",
            "there is no snake(a=0): a is what the sine is divided by",
        ),
        (
            "{ name = \"softshrink\", lambda = [0.5, -1] }",
            "lambda must not be negative",
        ),
        ("{ name = \"hardtanh\", min = 2 }", "min must be below max"),
        ("{ name = \"elu\", alpha = 1e300 }", "below 3.4e38"),
        ("{ name = \"elu\", alpha = [] }", "this list is empty"),
        (
            "{ name = \"gelu\", alpha = 1 }",
            "gelu has no parameter \"alpha\"; it has none",
        ),
        ("\"swish\"", "unknown activation \"swish\""),
        ("{ name = \"mine\", formula = \"ln(x)\" }", "is NaN at x = "),
        (
            "{ name = \"mine\", formula = \"1/(x-0.123)\" }",
            "write it so that it is finite",
        ),
    ] {
        folder.write("wrong.toml", &experiment(activation));
        let ran = folder.run(&["sweep", "wrong.toml", "--out", "run", "--backend", CPU]);
        assert_eq!(ran.code, Some(2), "{activation}: {}", ran.stderr);
        assert!(words(&ran.stderr).contains(said), "{activation}: {}", ran.stderr);
        assert!(ran.stderr.contains("wrong.toml:"), "{}", ran.stderr);
        assert!(!folder.path().join("run").exists());
    }
}

#[test]
fn a_formula_that_jumps_trains_with_a_word_about_it() {
    let folder = Folder::new();
    folder.write(
        "jumps.toml",
        &experiment("{ name = \"stairs\", formula = \"x + floor(x)\" }"),
    );
    let ran = folder.ok(&["sweep", "jumps.toml", "--out", "run", "--backend", CPU]);
    assert!(words(&ran.stderr).contains("jumps at x = "), "{}", ran.stderr);
}

/// Experiments from before there was such a unit go on.
#[test]
fn a_formula_may_have_the_name_of_a_unit_that_came_later() {
    let folder = Folder::new();
    let both = "[\"snake\", { name = \"snake\", formula = \"x + sin(a*x)^2/a\", a = 2 }]";
    folder.write("both.toml", &experiment(both));
    folder.ok(&["sweep", "both.toml", "--out", "run", "--backend", CPU]);
    let rows = csv_rows(&folder, "run");
    let found: BTreeSet<&str> = rows.iter().map(|row| row["activation"].as_str()).collect();
    assert_eq!(found, BTreeSet::from(["snake", "snake(formula, a=2)"]));
}
