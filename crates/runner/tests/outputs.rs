//! Networks of several outputs, from the experiment to the report.

mod common;

use std::collections::HashMap;

use common::{CPU, Folder, contents, csv_rows, number, store, table, words};

/// Two lines, learned by a network that is one: 1 trial.
const LINES: &str = r#"
name = "lines"

[target]
function = [["2*x + 1", "-3*x"]]

[data]
range = [-1, 1]

[network]
hidden = [[]]
activation = "identity"

[training]
learning_rate = 1e-2
steps = 2000

[sweep]
seeds = 1
"#;

/// The sine and its derivative, far from being learned: 2 activations x 3 seeds.
const WAVES: &str = r#"
name = "waves"

[target]
function = [["10*sin(x)", "cos(x)"]]

[data]
range = [-3, 3]
samples = 32

[network]
hidden = [[8], [4, 4]]
activation = ["relu", "tanh"]

[training]
steps = 60

[sweep]
seeds = 3
"#;

/// Predictions by column.
fn predicted(folder: &Folder, arguments: &[&str]) -> Vec<HashMap<String, f64>> {
    let text = folder.ok(&[&["predict"], arguments].concat()).stdout;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(|row| row.expect("numbers")).collect()
}

/// Adam has the two lines in 2,000 steps to the 32-bit floats that networks are made of, which have some 1e-7 of values up to 4.
#[test]
fn two_lines_are_learned_by_a_linear_network() {
    let folder = Folder::new();
    folder.write("lines.toml", LINES);
    folder.ok(&["sweep", "lines.toml", "--backend", CPU]);
    let rows = csv_rows(&folder, "runs/lines");
    let row = &rows[0];
    assert_eq!(row["target"], "(2*x + 1, -3*x)");
    let points = predicted(&folder, &["runs/lines", &row["trial"], "--x", "-8:8:1"]);
    assert_eq!(points.len(), 17);
    for point in &points {
        let x = point["x"];
        for (output, truth) in [("2*x + 1", 2.0 * x + 1.0), ("-3*x", -3.0 * x)] {
            assert_eq!(point[&format!("truth_{output}")], truth);
            let off = point[&format!("prediction_{output}")] - truth;
            assert!(off.abs() < 1e-5 * x.abs().max(1.0), "{output} at {x}: {off}");
        }
    }
    for column in ["ends_in", "ends_in_2*x + 1", "ends_in_-3*x"] {
        assert_eq!(row[column], "line", "{column}");
    }
    assert_eq!(row["settled_-3*x"], "1");
    // As a vector it is as steep as (2, -3), and no network can be steeper than its bound.
    let (slope, bound) = (number(row, "far_slope"), number(row, "lipschitz"));
    assert!((slope - 13f64.sqrt()).abs() < 1e-5 && slope <= bound, "{slope} {bound}");
    let shown = words(&folder.ok(&["show", "runs/lines", "--trial", &row["trial"]]).stdout);
    let lines = [
        "output 2*x + 1 ends in a straight line",
        "output -3*x ends in a straight line",
    ];
    assert!(lines.iter().all(|line| shown.contains(line)), "{shown}");
}

/// Root mean square of some numbers.
fn rms(values: &[f64]) -> f64 {
    (values.iter().map(|value| value * value).sum::<f64>() / values.len() as f64).sqrt()
}

/// From the answers at the points of the test, 512 in the middles of as many parts of the range, and from the standard
/// deviation of the truth there. What is computed twice in another order differs by some hundred roundings.
#[test]
fn errors_are_those_of_the_predictions() {
    let folder = Folder::new();
    folder.write("waves.toml", WAVES);
    folder.ok(&["sweep", "waves.toml", "--backend", CPU]);
    let grid = format!("{}:{}:{}", -3.0 + 3.0 / 512.0, 3.0 - 3.0 / 512.0, 6.0 / 512.0);
    let rows = csv_rows(&folder, "runs/waves");
    assert_eq!(rows.len(), 12);
    for row in &rows {
        let points = predicted(&folder, &["runs/waves", &row["trial"], "--x", &grid]);
        assert_eq!(points.len(), 512);
        let close = |column: &str, expected: f64| {
            let found = number(row, column);
            assert!(
                (found / expected - 1.0).abs() < 1e-12,
                "{column}: {found} instead of {expected}"
            );
        };
        let normalised = ["10*sin(x)", "cos(x)"].map(|output| {
            let [truth, answer] = ["truth", "prediction"]
                .map(|name| -> Vec<f64> { points.iter().map(|point| point[&format!("{name}_{output}")]).collect() });
            let mean = truth.iter().sum::<f64>() / 512.0;
            let deviation = rms(&truth.iter().map(|truth| truth - mean).collect::<Vec<_>>());
            let error = rms(&answer
                .iter()
                .zip(&truth)
                .map(|(answer, truth)| answer - truth)
                .collect::<Vec<_>>());
            close(&format!("test_rmse_{output}"), error);
            close(&format!("test_nrmse_{output}"), error / deviation);
            error / deviation
        });
        close("test_nrmse", rms(&normalised));
        // Centimetres and degrees have no sum.
        assert_eq!((row["test_rmse"].as_str(), row["train_mse"].as_str()), ("", ""));
    }
}

/// What is concluded is of the errors of all outputs.
#[test]
fn networks_of_several_outputs_go_through_all_of_the_program() {
    let folder = Folder::new();
    folder.write("waves.toml", WAVES);
    let swept = folder.ok(&["sweep", "waves.toml", "--backend", CPU]);
    assert!(
        words(&swept.stdout).contains("(10*sin(x), cos(x)) on [-3, 3]"),
        "{}",
        swept.stdout
    );
    let run = folder.path().join("runs/waves");
    let again = folder.ok(&["sweep", "waves.toml", "--backend", CPU]);
    assert!(again.stderr.starts_with("nothing to train"), "{}", again.stderr);
    assert_eq!(again.stdout, swept.stdout);
    // Alone or in a stack, on one thread or on two: the same bits.
    folder.ok(&[
        "sweep",
        "waves.toml",
        "--backend",
        CPU,
        "--threads",
        "1",
        "--out",
        "one",
    ]);
    assert_eq!(contents(&run), contents(&folder.path().join("one")));
    let rows = csv_rows(&folder, "runs/waves");
    let stored = store(&folder, "runs/waves");
    let count = |table: &str| -> i64 {
        let query = format!("SELECT count(*) FROM {table}");
        stored.query_row(&query, [], |row| row.get(0)).expect("a table")
    };
    assert_eq!((count("errors"), count("output_errors")), (12 * 6, 2 * 12 * 6));
    assert_eq!((count("far_field"), count("output_far_field")), (12, 24));
    // The far error of a cell is the median over its seeds of what its networks have over both outputs.
    let ranked = table(&folder, "runs/waves/tables/cells_1.csv");
    assert_eq!(ranked.len(), 4);
    for cell in &ranked {
        let of = rows.iter().filter(|row| row["cell"] == cell["cell"]);
        let mut errors: Vec<f64> = of.map(|row| number(row, "far_nrmse")).collect();
        errors.sort_by(f64::total_cmp);
        assert_eq!(number(cell, "far_median"), errors[1], "{cell:?}");
    }
    // A network is counted once, with all of its outputs.
    let ends = table(&folder, "runs/waves/tables/endings.csv");
    for of in &ends {
        assert_eq!(of["networks"], "6", "{of:?}");
    }
    // Deleted and asked for again, what each output does is computed from the weights as it was.
    let before = contents(&run);
    stored
        .execute_batch("DELETE FROM far_field; DELETE FROM output_far_field;")
        .expect("deleted");
    folder.ok(&["show", "runs/waves"]);
    assert_eq!(contents(&run), before);
    // And so are errors.
    stored
        .execute_batch(
            "DELETE FROM errors WHERE region = 'validation'; DELETE FROM output_errors WHERE region = 'test';",
        )
        .expect("deleted");
    let swept = folder.ok(&["sweep", "waves.toml", "--backend", CPU]);
    assert!(swept.stderr.starts_with("measured 12 trials"), "{}", swept.stderr);
    assert_eq!(contents(&run), before);
}

/// The values of two columns in one network and in two.
#[test]
fn columns_of_data_are_outputs_of_one_network() {
    let folder = Folder::new();
    let row = |i: i32| {
        format!(
            "{},{},{}\n",
            f64::from(i) / 10.0,
            i % 7,
            if i == 5 { "NA".to_owned() } else { (i * i).to_string() }
        )
    };
    folder.write(
        "rows.csv",
        &format!("t,warm,wet\n{}", (0..60).map(row).collect::<String>()),
    );
    let text = "[target]\ndata = \"rows.csv\"\nx = \"t\"\ny = [[\"warm\", \"wet\"], \"warm\"]\n[data]\nrange = [0, 4]\n\
                [network]\nhidden = 4\n[training]\nsteps = 20\n[sweep]\nseeds = 2\n";
    folder.write("rows.toml", text);
    let swept = folder.ok(&["sweep", "rows.toml", "--backend", CPU]);
    assert!(
        swept.stderr.contains("1 rows of") && swept.stderr.contains("no value in t, warm, wet"),
        "{}",
        swept.stderr
    );
    let rows = csv_rows(&folder, "runs/rows");
    let both: Vec<_> = rows.iter().filter(|row| row["target"] == "(warm, wet)").collect();
    assert_eq!((both.len(), rows.len()), (2, 4));
    let points = predicted(&folder, &["runs/rows", &both[0]["trial"], "--x", "1"]);
    let mut columns: Vec<&String> = points[0].keys().collect();
    columns.sort();
    assert_eq!(columns, ["prediction_warm", "prediction_wet", "t"]);
    // Of one column alone there is no other.
    let alone = rows.iter().find(|row| row["target"] == "warm").expect("a trial");
    assert_eq!(
        (alone["test_rmse_wet"].as_str(), alone["ends_in_warm"].as_str()),
        ("", "")
    );
    assert!(number(alone, "test_rmse") > 0.0 && number(both[0], "test_rmse_warm") > 0.0);
    // The page has the rows of each, 59 of both together and 60 of one alone: 0 to 6 eight times and 0 to 3, twice, but for a
    // 5, and the squares up to 59^2 but for that of 5.
    let points = |output: i64| -> (i64, f64) {
        let query = "SELECT count(*), sum(y) FROM points WHERE output = ?1";
        let both = store(&folder, "runs/rows").query_row(query, [output], |row| Ok((row.get(0)?, row.get(1)?)));
        both.expect("points")
    };
    assert_eq!(points(0), (59 + 60, 2.0 * (8.0 * 21.0 + 6.0) - 5.0));
    assert_eq!(points(1), (59, 59.0 * 60.0 * 119.0 / 6.0 - 25.0));
    // Both are standardised apart.
    let scaling: String = store(&folder, "runs/rows")
        .query_row(
            "SELECT scaling FROM trials WHERE trial = ?1",
            [&both[0]["trial"]],
            |row| row.get(0),
        )
        .expect("a scaling");
    let scaling: serde_json::Value = serde_json::from_str(&scaling).expect("JSON");
    let [warm, wet] = [0, 1].map(|output| scaling["y_std"][output].as_f64().expect("a number"));
    assert!((1.0..4.0).contains(&warm) && wet > 100.0, "{scaling}");
}

#[test]
fn one_output_in_a_list_is_the_target_that_it_was() {
    let folder = Folder::new();
    let ids = |function: &str| -> Vec<String> {
        folder.write("one.toml", &WAVES.replace("[[\"10*sin(x)\", \"cos(x)\"]]", function));
        folder.ok(&["sweep", "one.toml", "--backend", CPU, "--out", "run"]);
        csv_rows(&folder, "run")
            .into_iter()
            .map(|row| row["trial"].clone())
            .collect()
    };
    let alone = ids("\"cos(x)\"");
    assert_eq!(ids("[[\"cos(x)\"]]"), alone);
    assert_eq!(ids("[\"cos(x)\"]"), alone);
    assert_ne!(ids("[[\"cos(x)\", \"x\"]]"), alone);
    // The order of the outputs is the network's.
    assert_ne!(ids("[[\"cos(x)\", \"x\"]]"), ids("[[\"x\", \"cos(x)\"]]"));
}

#[test]
fn outputs_that_make_no_target_are_refused() {
    let folder = Folder::new();
    for (function, part) in [
        ("[[]]", "this list is empty"),
        ("[[\"x\", \"x\"]]", "\"x\" is an output of the same network twice"),
        ("[[\"x\", \"x1\"]]", "either the one input x, or inputs x1, x2"),
        ("[[\"x\", 3]]", "expected a string, found the number 3"),
        ("[[\"x\", \"sqrt(x)\"]]", "the target \"sqrt(x)\" is NaN at x = -"),
        (
            "[[\"x\", \"2*x\"]]\n[far_field]\nlean = true",
            "and (x, 2*x) has several",
        ),
    ] {
        folder.write("no.toml", &format!("[target]\nfunction = {function}\n"));
        let refused = folder.run(&["sweep", "no.toml", "--backend", CPU, "--dry-run"]);
        assert_eq!(refused.code, Some(2), "{function}: {}", refused.stderr);
        assert!(words(&refused.stderr).contains(part), "{function}: {}", refused.stderr);
    }
    folder.write("rows.csv", "t,y\n1,2\n2,3\n3,5\n4,4\n");
    folder.write(
        "no.toml",
        "[target]\ndata = \"rows.csv\"\nx = \"t\"\ny = [[\"y\", \"y\"]]\n[data]\nrange = [0, 5]\n",
    );
    let refused = folder.run(&["sweep", "no.toml", "--backend", CPU, "--dry-run"]);
    assert!(
        refused.stderr.contains("\"y\" is an output of the same network twice"),
        "{}",
        refused.stderr
    );
}

/// As a network sees them, both outputs on the wider range are those on the other: it is trained once.
#[test]
fn the_same_problem_of_several_outputs_is_trained_once() {
    let folder = Folder::new();
    let text = WAVES
        .replace("\"10*sin(x)\", \"cos(x)\"", "\"x^2\", \"x^3\"")
        .replace("range = [-3, 3]", "range = [[-5, 5], [-20, 20]]");
    folder.write("twice.toml", &text);
    let swept = folder.ok(&["sweep", "twice.toml", "--backend", CPU]);
    assert!(
        swept
            .stderr
            .contains("training 24 trials (12 of them together with another)"),
        "{}",
        swept.stderr
    );
    let rows = csv_rows(&folder, "runs/waves");
    let of = |range: &str| -> Vec<f64> {
        let of = rows.iter().filter(|row| row["range"] == range);
        of.map(|row| number(row, "far_rmse_x^3")).collect()
    };
    // Each in its own units: four times as wide, x^3 is 64 times as large.
    for (near, far) in of("[-5, 5]").into_iter().zip(of("[-20, 20]")) {
        assert!((far / near / 64.0 - 1.0).abs() < 1e-12, "{near} {far}");
    }
}

/// Where an experiment to copy is.
fn to_copy(name: &str) -> String {
    format!("{}/../../experiments/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// As it is, but for fewer seeds and networks.
#[test]
fn the_experiment_with_several_outputs_trains() {
    let folder = Folder::new();
    let set = ["--set", "sweep.seeds=2", "--set", "network.activation=tanh"];
    folder.ok(&[
        &[
            "sweep",
            &to_copy("several-outputs.toml"),
            "--backend",
            CPU,
            "--out",
            "run",
        ][..],
        &set,
    ]
    .concat());
    let rows = csv_rows(&folder, "run");
    let mut targets: Vec<&str> = rows.iter().map(|row| row["target"].as_str()).collect();
    targets.dedup();
    assert_eq!(targets, ["(sin(x), cos(x))", "sin(x)", "cos(x)"]);
    for row in &rows {
        // What a cell learned by, where the best has no error.
        assert!(number(row, "test_nrmse") < 0.5, "{row:?}");
    }
}

/// As it is, but for fewer seeds and networks: the period of a pendulum, and that its mass does not matter to it.
#[test]
fn the_experiment_with_three_inputs_trains() {
    let folder = Folder::new();
    let set = [
        "--set",
        "sweep.seeds=2",
        "--set",
        "network.hidden=32",
        "--set",
        "network.activation=tanh",
    ];
    folder.ok(&[
        &["sweep", &to_copy("three-inputs.toml"), "--backend", CPU, "--out", "run"][..],
        &set,
    ]
    .concat());
    for row in csv_rows(&folder, "run") {
        // In the box of the training rows.
        assert!(number(&row, "test_nrmse") < 0.2, "{row:?}");
        let at = |length: &str, mass: &str, swing: &str| {
            let points = predicted(
                &folder,
                &["run", &row["trial"], "--x", length, "--x", mass, "--x", swing],
            );
            points[0]["prediction"]
        };
        // 2 pi sqrt(l/g) (1 + s^2/16 + ..): from 40 cm to 120 it goes from 1.27 s to 2.20, from 5 degrees to 45 by 4 %.
        let middle = at("80", "275", "25");
        assert!((middle - 1.816).abs() < 0.05, "{middle}");
        let by_length = at("120", "275", "25") - at("40", "275", "25");
        let by_mass = at("80", "450", "25") - at("80", "100", "25");
        assert!(
            (by_length - 0.94).abs() < 0.1 && by_mass.abs() < 0.1,
            "{by_length} {by_mass}"
        );
    }
}
