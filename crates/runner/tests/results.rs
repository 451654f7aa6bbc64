//! What a run says when it is asked: as a table, point by point, and about one trial.

mod common;

use common::{CPU, Folder, SMALL, csv_rows};

#[test]
fn the_export_has_a_row_for_each_trial_and_a_column_for_each_axis() {
    let folder = Folder::new();
    let text = SMALL.replace("samples = 32", "samples = [16, 32]\nnoise = [0.0, 0.1]");
    folder.write("small.toml", &text);
    folder.ok(&["sweep", "small.toml", "--backend", CPU, "--set", "training.steps=5"]);
    let export = folder.ok(&["export", "runs/small", "--format", "csv"]);
    let header = export.stdout.lines().next().expect("a header");
    assert!(
        header.starts_with("trial,cell,target,activation,hidden,range,spectral,learning_rate,seed,status,train_mse,")
    );
    let columns: Vec<&str> = header.split(',').collect();
    for column in [
        "test_rmse",
        "test_nrmse",
        "far_rmse",
        "far_nrmse",
        "far_2_4_rmse",
        "lipschitz",
        "samples",
        "noise",
    ] {
        assert!(columns.contains(&column), "{column} in {header}");
    }
    assert!(!columns.contains(&"steps"), "{header}");
    let rows = csv_rows(&folder, "runs/small");
    assert_eq!(rows.len(), 128);
    let trials: std::collections::HashSet<_> = rows.iter().map(|row| &row["trial"]).collect();
    assert_eq!(trials.len(), 128);
    for row in &rows {
        // Far is the first two bands, which have as many points each.
        let number = |column: &str| row[column].parse::<f64>().expect("a number");
        let mean = (number("far_1_1.5_rmse").powi(2) + number("far_1.5_2_rmse").powi(2)) / 2.0;
        assert!((number("far_rmse").powi(2) / mean - 1.0).abs() < 1e-12);
    }
}

#[test]
fn predictions_are_those_of_the_exported_weights() {
    let folder = Folder::new();
    let text = SMALL.replace("\"x^2\", \"x^3\"", "\"x1*x2\"");
    folder.write("two.toml", &text);
    folder.ok(&["sweep", "two.toml", "--backend", CPU, "--set", "name=two"]);
    let rows = csv_rows(&folder, "runs/two");
    let row = rows
        .iter()
        .find(|row| row["activation"] == "tanh" && row["hidden"] == "8")
        .expect("a trial");
    let trial = row["trial"].as_str();
    let predicted = folder.ok(&["predict", "runs/two", &trial[..10], "--x", "-3:3:1.5", "--x", "0:1:0.5"]);
    let lines: Vec<&str> = predicted.stdout.lines().collect();
    assert_eq!(lines[0], "x1,x2,prediction,truth");
    assert_eq!(lines.len(), 1 + 5 * 3);
    folder.ok(&[
        "export",
        "runs/two",
        "--format",
        "safetensors",
        "--trial",
        trial,
        "--to",
        "weights",
    ]);
    let file = std::fs::read(folder.path().join(format!("weights/{trial}.safetensors"))).expect("a file");
    let tensors = safetensors::SafeTensors::deserialize(&file).expect("safetensors");
    let floats = |name: &str| -> Vec<f64> {
        let bytes = tensors.tensor(name).expect("a tensor").data().as_chunks::<4>().0;
        bytes
            .iter()
            .map(|bytes| f64::from(f32::from_le_bytes(*bytes)))
            .collect()
    };
    let (_, header) = safetensors::SafeTensors::read_metadata(&file).expect("a header");
    let about = header.metadata().as_ref().expect("metadata")["actlab"].clone();
    let about: serde_json::Value = serde_json::from_str(&about).expect("JSON");
    let scaling = &about["scaling"];
    let number = |value: &serde_json::Value| value.as_f64().expect("a number");
    let [w1, b1, w2, b2] = ["0.weight", "0.bias", "2.weight", "2.bias"].map(floats);
    for line in &lines[1..] {
        let fields: Vec<f64> = line.split(',').map(|field| field.parse().expect("a number")).collect();
        let x: Vec<f64> = (0..2)
            .map(|i| (fields[i] - number(&scaling["x_mean"][i])) / number(&scaling["x_std"][i]))
            .collect();
        let hidden = (0..8).map(|j| (w1[2 * j] * x[0] + w1[2 * j + 1] * x[1] + b1[j]).tanh());
        let y = hidden.zip(&w2).map(|(h, w)| h * w).sum::<f64>() + b2[0];
        let y = y * number(&scaling["y_std"]) + number(&scaling["y_mean"]);
        assert!((fields[2] - y).abs() < 1e-12 * y.abs().max(1.0), "{line}: {y}");
        assert_eq!(fields[3], fields[0] * fields[1]);
    }
}

#[test]
fn a_trial_and_a_cell_can_be_looked_at() {
    let folder = Folder::new();
    folder.write("small.toml", SMALL);
    folder.ok(&["sweep", "small.toml", "--backend", CPU]);
    let rows = csv_rows(&folder, "runs/small");
    let shown = folder.ok(&["show", "runs/small", "--trial", &rows[0]["trial"]]).stdout;
    for part in [
        rows[0]["trial"].as_str(),
        "RMSE far",
        "sigma",
        "Lipschitz bound",
        "training MSE",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let cell = folder.ok(&["show", "runs/small", "--cell", &rows[0]["cell"]]).stdout;
    assert_eq!(cell.matches("RMSE far ").count(), 2, "{cell}");
    let unknown = folder.run(&["show", "runs/small", "--trial", "zzz"]);
    assert_eq!(unknown.code, Some(2));
    assert_eq!(folder.run(&["show", "runs/nowhere"]).code, Some(2));
}

/// A formula trains beside units, is named in results by its name, and its networks answer with it: those
/// of `2*x` are straight lines.
#[test]
fn formulas_and_units_with_parameters_train_and_are_found_again() {
    let folder = Folder::new();
    let activations = r#"["tanh", { name = "twice", formula = "2*x" }, { name = "leaky_relu", slope = 0.3 }]"#;
    let experiment = SMALL
        .replace(r#"["relu", "tanh"]"#, activations)
        .replace("[[8], [6, 6]]", "[8]");
    folder.write("small.toml", &experiment);
    let first = folder.ok(&["sweep", "small.toml", "--out", "run"]);
    assert!(
        first.stdout.contains("twice") && first.stdout.contains("leaky_relu(slope=0.3)"),
        "{}",
        first.stdout
    );
    let again = folder.ok(&["sweep", "small.toml", "--out", "run"]);
    assert!(!again.stderr.contains("training"), "{}", again.stderr);
    let rows = csv_rows(&folder, "run");
    let line = rows.iter().find(|row| row["activation"] == "twice").expect("a trial");
    let answers = folder.ok(&["predict", "run", &line["trial"], "--x", "-9:9:9"]).stdout;
    let y: Vec<f64> = answers
        .lines()
        .skip(1)
        .map(|row| row.split(',').nth(1).and_then(|y| y.parse().ok()).expect("a number"))
        .collect();
    let bend = (y[0] - 2.0 * y[1] + y[2]).abs();
    assert!(bend < 1e-9 * (y[0].abs() + y[2].abs()), "{y:?}");
}

/// What algebra says holds in every cell, whatever was learned: tanh is a constant on both sides, ReLU a line, a sine
/// bounded; a sine on a line is none of these, although a fit of waves may like it.
#[test]
fn networks_end_in_what_their_activation_does() {
    let folder = Folder::new();
    let activations = r#"["relu", "tanh", "sinu", { name = "wavy", formula = "x + sin(5*x)" }]"#;
    folder.write("small.toml", &SMALL.replace(r#"["relu", "tanh"]"#, activations));
    folder.ok(&["sweep", "small.toml", "--out", "run", "--backend", CPU]);
    let rows = csv_rows(&folder, "run");
    assert_eq!(rows.len(), 64);
    for row in &rows {
        let (ending, asked) = match row["activation"].as_str() {
            "relu" => ("line", true),
            "tanh" => ("constant", true),
            "sinu" => ("bounded", false),
            _ => ("unknown", false),
        };
        assert_eq!(row["ends_in"], ending, "{row:?}");
        assert_eq!(!row["settling"].is_empty(), asked, "{row:?}");
        assert_eq!(row["turns"].is_empty(), asked, "{row:?}");
        let rays: serde_json::Value = serde_json::from_str(&row["rays"]).expect("JSON");
        assert_eq!(rays.as_array().map(Vec::len), Some(2));
    }
    // The constant is what the network answers where it has arrived.
    let row = rows.iter().find(|row| row["activation"] == "tanh").expect("a trial");
    let rays: serde_json::Value = serde_json::from_str(&row["rays"]).expect("JSON");
    let constant = rays[1]["asymptote"]["line"]["intercept"].as_f64().expect("a number");
    let answer = folder.ok(&["predict", "run", &row["trial"], "--x", "1e12"]).stdout;
    let answer: f64 = answer
        .lines()
        .nth(1)
        .and_then(|row| row.split(',').nth(1)?.parse().ok())
        .expect("a number");
    assert!(
        (answer - constant).abs() < 1e-9 * (1.0 + constant.abs()),
        "{answer} instead of {constant}"
    );
    let shown = folder.ok(&["show", "run"]).stdout;
    for sentence in [
        "relu: a straight line (by algebra: all 16)",
        "tanh: a constant (by algebra: all 16)",
        "sinu: something bounded that does not settle (by algebra: all 16)",
        "wavy: unknown (by algebra: all 16)",
    ] {
        assert!(shown.contains(sentence), "{sentence}: {shown}");
    }
    assert!(!shown.contains("wavy ends in"), "nothing is claimed of it: {shown}");
    // 4 cells for each of two targets, with 2 seeds: 0.05^(1/2) of all seeds, at least.
    let mut claims = csv::Reader::from_path(folder.path().join("run/tables/claims.csv")).expect("a table");
    let claims = claims
        .deserialize::<std::collections::HashMap<String, String>>()
        .map(|row| row.expect("a row"));
    let claims: Vec<_> = claims.collect();
    for activation in ["relu", "tanh", "sinu"] {
        let of = |row: &&std::collections::HashMap<String, String>| {
            row["activation"] == activation && row["claim"].starts_with("ends in")
        };
        let row = claims.iter().find(of).expect("a claim");
        let numbers = ["count", "of", "cells_all", "cells_some", "cells_none"].map(|column| row[column].as_str());
        assert_eq!(numbers, ["16", "16", "8", "0", "0"], "{row:?}");
        let least: f64 = row["seeds_at_least"].parse().expect("a number");
        assert!(
            (least - 0.05f64.sqrt()).abs() < 1e-12 && row["extent"] == "all",
            "{row:?}"
        );
    }
    let trial = folder.ok(&["show", "run", "--trial", &row["trial"]]).stdout;
    assert!(
        trial.contains("to the right  the constant ") && trial.contains("up to 30"),
        "{trial}"
    );
}

/// Asked for, the comparison with single units is stored with each trial, and of a run that was trained without it it is
/// computed; there is an answer for each activation.
#[test]
fn whether_networks_lean_is_answered_where_it_is_asked() {
    let folder = Folder::new();
    let small = SMALL.replace("[[8], [6, 6]]", "[8]").replace("seeds = 2", "seeds = 6");
    folder.write("small.toml", &small);
    let sweep = |out: &str, more: &[&str]| {
        folder.ok(&[&["sweep", "small.toml", "--backend", CPU, "--out", out], more].concat())
    };
    sweep("asked", &["--set", "far_field.lean=true"]);
    sweep("later", &[]);
    assert!(!folder.ok(&["show", "later"]).stdout.contains("leans to g'"));
    let nothing = sweep("later", &["--set", "far_field.lean=true"]);
    assert!(nothing.stderr.starts_with("nothing to train"), "{}", nothing.stderr);
    let lean = |run: &str| std::fs::read_to_string(folder.path().join(run).join("tables/lean.csv")).expect("a table");
    assert_eq!(lean("asked"), lean("later"));
    let table = lean("asked");
    assert_eq!(
        table.lines().count(),
        1 + 2 * 2,
        "a row for each target and activation: {table}"
    );
    let rows = csv_rows(&folder, "asked");
    for row in &rows {
        let number = |column: &str| row[column].parse::<f64>().expect("a number");
        assert!(number("lean_derivative") > 0.0 && number("lean_r2") <= 1.0, "{row:?}");
    }
    let shown = folder.ok(&["show", "asked"]).stdout;
    assert!(shown.contains("leans to g'"), "{shown}");
}
