use actlab_model::Optimizer;
use serde_json::json;

use super::describe::{markdown, schema, template};
use super::row::{COLUMNS, With};
use super::{ROWS, Resolved, columns, keys};
use crate::experiment::range::Range;
use crate::experiment::{load, test_settings};

#[test]
fn rows_are_told_apart_and_say_what_they_are() {
    let mut known = keys();
    known.sort_unstable();
    known.dedup();
    assert_eq!(known.len(), ROWS.len());
    for row in ROWS {
        assert!(row.help().ends_with('.'), "{}", row.key);
        assert!(
            row.column.iter().all(|column| *column == row.name()),
            "{}: its column has another name",
            row.key
        );
        // What is left out of ids while it has its default has to have one.
        let is_hashed = !row.column.is_empty();
        assert!(row.since == 1 || !is_hashed || row.default().is_some(), "{}", row.key);
    }
    assert!(COLUMNS.iter().all(|column| columns().contains(column)));
}

/// The order of what is hashed, and what is left out of it.
#[test]
fn settings_are_hashed_in_the_order_of_the_first_ids() {
    let function = test_settings("x", vec![[-1.0, 1.0]]);
    let rest = r#""range":[[[-1.0,1.0]]],"samples":256,"noise":0.0,"standardize":true,"hidden":[8],"activation":"tanh","spectral":0.0,"optimizer":"adam","learning_rate":0.001,"steps":10,"seed":0}"#;
    assert_eq!(function.json(), format!("{{\"target\":\"x\",\"inputs\":[\"x\"],{rest}"));
    let of_data = Resolved::new(
        "y".to_owned(),
        vec!["t".to_owned()],
        Some("d".to_owned()),
        Range(vec![vec![[0.0, 1.0]]]),
    );
    assert!(
        of_data
            .json()
            .starts_with(r#"{"target":"y","inputs":["t"],"data":"d","holdout":0.2,"range""#)
    );
    let blocks = Resolved {
        holdout_blocks: 4,
        ..of_data.clone()
    };
    assert!(blocks.json().contains(r#""holdout":0.2,"holdout_blocks":4,"range""#));
    let trained = Resolved {
        optimizer: "sgd"
            .parse::<Optimizer>()
            .ok()
            .and_then(|sgd| sgd.with("momentum", 0.9))
            .expect("a setting"),
        schedule: "cosine".parse().expect("a schedule"),
        clip: 1.0,
        loss: "mae".parse().expect("a loss"),
        ..function.clone()
    };
    let how = r#""optimizer":{"momentum":0.9,"name":"sgd"},"learning_rate":0.001,"schedule":"cosine","clip":1.0,"loss":"mae","steps""#;
    assert!(trained.json().contains(how), "{}", trained.json());
    for settings in [function, of_data, blocks, trained] {
        let read: Resolved = serde_json::from_str(&settings.json()).expect("what was written");
        assert_eq!(read, settings);
    }
}

#[test]
fn a_setting_of_the_first_ids_that_is_missing_is_refused() {
    let settings = test_settings("x", vec![[-1.0, 1.0]]).json();
    let without = settings.replace("\"steps\":10,", "");
    assert_ne!(without, settings);
    assert!(serde_json::from_str::<Resolved>(&without).is_err_and(|error| error.to_string().contains("steps")));
}

/// The template with what is commented out because it goes with data, and without what goes with expressions.
fn template_of_data() -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in template().lines() {
        let name = line
            .trim_start_matches("# ")
            .split(" = ")
            .next()
            .unwrap_or("")
            .to_owned();
        let of = |with| ROWS.iter().any(|row| row.with == with && row.name() == name);
        if of(With::Data) && line.contains(" = ") {
            lines.push(line.trim_start_matches("# ").to_owned());
        } else if !of(With::Function) {
            lines.push(line.to_owned());
        }
    }
    lines.join("\n")
}

#[test]
fn the_template_is_an_experiment_for_expressions_and_for_data() {
    let folder = tempfile::TempDir::new().expect("a folder");
    std::fs::write(
        folder.path().join("file.csv"),
        "time,temperature\n0,1\n1,2\n2,4\n3,5\n4,3\n",
    )
    .expect("written");
    for (text, trials) in [(template(), 320), (template_of_data(), 160)] {
        let path = folder.path().join("mine.toml");
        std::fs::write(&path, &text).expect("written");
        let loaded = load(&path, &[]).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!(loaded.trials.len(), trials);
        assert!(text.lines().all(|line| line.chars().count() <= 120));
    }
}

#[test]
fn the_schema_knows_defaults() {
    let steps = &schema()["properties"]["training"]["properties"]["steps"];
    assert_eq!(steps["default"], json!(2000));
}

#[test]
fn readme_and_docs_have_the_table_of_settings() {
    let readme = include_str!("../../../../../README.md");
    let page = include_str!("../../../../../docs/settings.md");
    for (name, text) in [("README.md", readme), ("docs/settings.md", page)] {
        let (_, after) = text
            .split_once("<!-- settings -->\n")
            .expect("the mark before the table");
        let (table, _) = after
            .split_once("<!-- end of settings -->")
            .expect("the mark after the table");
        assert!(
            table.trim() == markdown().trim(),
            "the table of settings in {name} is old: put what `actlab init --settings` prints between its marks\n\n{}",
            markdown()
        );
    }
}
