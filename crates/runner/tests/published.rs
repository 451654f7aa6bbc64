//! Published values: held against the networks of a run, in every form in which a run is read.

mod common;

use common::{CPU, Folder, csv_rows, number, table, words};

/// Lines learned by lines, on two draws of the samples: networks that agree with `f(10) = 21` and with nothing else.
const LINES: &str = r#"
name = "lines"

[target]
function = ["2*x + 1", "x^2"]

[data]
range = [-1, 1]
samples = 16
sample_seed = [3, 4]

[network]
hidden = [[]]
activation = "identity"

[training]
learning_rate = 0.1
steps = 400

[sweep]
seeds = 3
"#;

/// `f(10)` of the fits to a line and to a square, what they agree with, and what they do not.
const PUBLISHED: &str = r#"
[[published]]
quantity = "prediction"
at = 10
statistic = "mean"
where = { target = "2*x + 1", sample_seed = 3 }
value = 21
tolerance = 1e-3
source = "algebra"

[[published]]
quantity = "prediction"
at = 10
statistic = "mean"
where = { target = "2*x + 1" }
value = 20
tolerance = 0.5
source = "a mistake"

[[published]]
quantity = "mse"
over = [2, 4]
statistic = "share"
below = 0.01
where = { target = "2*x + 1", sample_seed = 4 }
interval = [0.9, 1]
source = "algebra"

[[published]]
quantity = "r2"
statistic = "least"
where = { target = "x^2", sample_seed = 3 }
interval = [0.99, 1]
source = "algebra"

[[published]]
quantity = "slope"
where = { target = "2*x + 1" }
value = 2
tolerance = 1e-3
source = "algebra"

[[published]]
quantity = "variation"
where = { target = "2*x + 1" }
value = 1
tolerance = 1e-2
source = "algebra"

[[published]]
quantity = "nrmse"
region = "test"
where = { target = "x^2", sample_seed = 3 }
interval = [0, 0.5]
source = "a mistake"
"#;

const VERDICTS: [&str; 7] = [
    "agrees",
    "disagrees",
    "agrees",
    "agrees",
    "agrees",
    "agrees",
    "disagrees",
];

#[test]
fn published_values_are_held_against_the_networks_of_a_run() {
    let folder = Folder::new();
    folder.write("lines.toml", &format!("{LINES}{PUBLISHED}"));
    let swept = folder.ok(&["sweep", "lines.toml", "--backend", CPU]).stdout;
    assert!(swept.contains("Of 7 published values, 5 agree, 2 disagree."), "{swept}");
    let shown = folder.ok(&["show", "runs/lines"]).stdout;
    assert!(
        shown.contains("mean prediction at 10") && shown.contains("21 ± 0.001"),
        "{shown}"
    );
    assert!(
        shown.contains("9 in 2 draws") || shown.contains("6 in 2 draws"),
        "{shown}"
    );
    let rows = table(&folder, "runs/lines/tables/published.csv");
    let verdicts: Vec<&str> = rows.iter().map(|row| row["verdict"].as_str()).collect();
    assert_eq!(verdicts, VERDICTS);
    // Against what the program predicts, point by point.
    let trials = csv_rows(&folder, "runs/lines");
    let answers: Vec<f64> = trials
        .iter()
        .filter(|row| row["target"] == "2*x + 1" && row["sample_seed"] == "3")
        .map(|row| {
            let predicted = folder.ok(&["predict", "runs/lines", &row["trial"], "--x", "10"]).stdout;
            let line = predicted.lines().nth(1).expect("a row");
            line.split(',').nth(1).expect("a prediction").parse().expect("a number")
        })
        .collect();
    let n = answers.len() as f64;
    let mean = answers.iter().sum::<f64>() / n;
    assert_eq!(n, 3.0);
    assert!((number(&rows[0], "ours") - mean).abs() < 1e-12 * mean.abs());
    // Student's interval of three values: 4.3027 standard errors to each side, as every table has it.
    let variance = answers.iter().map(|answer| (answer - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let half = 4.302_652_73 * (variance / n).sqrt();
    assert!((number(&rows[0], "ours_high") - mean - half).abs() < 1e-6 * half + 1e-12);
    // Two draws hold a third between them in one of three cases.
    assert_eq!((number(&rows[1], "draws"), number(&rows[1], "networks")), (2.0, 6.0));
    assert!((number(&rows[1], "coverage") - 1.0 / 3.0).abs() < 1e-12);
    let json: serde_json::Value =
        serde_json::from_str(&folder.ok(&["show", "runs/lines", "--json"]).stdout).expect("JSON");
    assert_eq!(json["published"][1]["verdict"], "disagrees");
    let page = std::fs::read_to_string(folder.path().join("runs/lines/report.html")).expect("a page");
    assert!(page.contains("<h2>Published values</h2>"), "the page has them too");
    for extension in ["md", "tex"] {
        let text = std::fs::read_to_string(folder.path().join(format!("runs/lines/tables/published.{extension}")));
        assert!(text.expect("a table").contains("disagrees"));
    }
}

/// Other published values train nothing again, and are what is shown from then on.
#[test]
fn published_values_can_be_changed_and_left_out() {
    let folder = Folder::new();
    folder.write("lines.toml", LINES);
    let without = folder.ok(&["sweep", "lines.toml", "--backend", CPU]).stdout;
    assert!(!without.contains("Published values"), "{without}");
    folder.write("lines.toml", &format!("{LINES}{PUBLISHED}"));
    let with = folder.ok(&["sweep", "lines.toml", "--backend", CPU]);
    assert!(
        with.stderr.contains("nothing to train") && with.stdout.contains("Published values"),
        "{}",
        with.stderr
    );
    let left_out = folder
        .ok(&["sweep", "lines.toml", "--backend", CPU, "--set", "published=[]"])
        .stdout;
    assert_eq!(left_out, without);
    // One target alone: the values of the other are about nothing, and the way out is said.
    let refused = folder.run(&["sweep", "lines.toml", "--backend", CPU, "--set", "target.function=x^2"]);
    assert_eq!(refused.code, Some(2));
    assert!(
        words(&refused.stderr).contains("--set published=[]"),
        "{}",
        refused.stderr
    );
}

/// At 0 steps a network is what it begins as: of a linear network with one input, `w x + b`, both uniform in ±1, the
/// variance at x is (x^2 + 1)/3, and the covariance of the answers at x and -x is (1 - x^2)/3.
#[test]
fn untrained_networks_have_the_covariance_of_their_initial_weights() {
    let folder = Folder::new();
    let untrained = LINES
        .replace("steps = 400", "steps = 0")
        .replace("seeds = 3", "seeds = 400");
    let untrained = untrained
        .replace("\"2*x + 1\", ", "")
        .replace("[3, 4]", "3\nstandardize = false");
    let value = |with: f64, value: f64| {
        format!(
            "[[published]]\nquantity = \"prediction\"\nat = 2\nstatistic = \"covariance\"\nwith = {with}\nvalue = {value}\n\
             tolerance = 0\nsource = \"algebra\"\n"
        )
    };
    folder.write(
        "untrained.toml",
        &format!(
            "{untrained}{}{}{}",
            value(2.0, 5.0 / 3.0),
            value(-2.0, -1.0),
            value(2.0, 1.0)
        ),
    );
    let swept = folder
        .ok(&["sweep", "untrained.toml", "--backend", CPU, "--out", "run"])
        .stdout;
    assert!(
        swept.contains("Of 3 published values, 2 agree, 1 disagrees."),
        "{swept}"
    );
}

/// Each replication is an experiment whose published values are about its networks.
#[test]
fn the_replications_are_experiments() {
    let folder = Folder::new();
    let of = concat!(env!("CARGO_MANIFEST_DIR"), "/../../experiments/replications");
    let files: Vec<_> = std::fs::read_dir(of).expect("a folder").collect();
    assert!(files.len() >= 10);
    for file in files {
        let file = file.expect("a file").path().display().to_string();
        let few = ["--dry-run", "--set", "sweep.seeds=1"];
        folder.ok(&[&["sweep", &file, "--backend", CPU][..], &few].concat());
    }
}
