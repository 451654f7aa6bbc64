//! Sweeps: they end, they resume, and a trial's result is its own.

mod common;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use common::{CPU, Folder, SMALL, contents, ran, stored};

#[test]
fn a_sweep_trains_everything_ranks_it_and_has_nothing_to_do_the_second_time() {
    let folder = Folder::new();
    folder.write("small.toml", SMALL);
    let first = folder.ok(&["sweep", "small.toml", "--backend", CPU]);
    assert!(first.stderr.contains("training 32 trials"), "{}", first.stderr);
    assert!(first.stderr.contains("results are in runs/small"), "{}", first.stderr);
    for part in [
        "x^2 (best of 8 cells",
        "x^3 (best of 8 cells",
        "relu",
        "6x6",
        "far error",
    ] {
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
    assert!(shown.ends_with(&first.stdout), "{shown}");
    for part in [
        "relu continues as a straight line",
        "tanh continues as a constant",
        "of 16",
        "regularisation of 0.01",
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

/// Ten times: started, killed at a moment that the clock and the process id choose, started again.
#[cfg(unix)]
#[test]
fn killed_at_any_moment_a_run_ends_with_the_bits_of_an_undisturbed_one() {
    let folder = Folder::new();
    folder.write("small.toml", &SMALL.replace("steps = 60", "steps = 600"));
    let arguments = |out: &'static str| ["sweep", "small.toml", "--backend", CPU, "--threads", "2", "--out", out];
    let started = Instant::now();
    folder.ok(&arguments("undisturbed"));
    let undisturbed = started.elapsed();
    let run = folder.path().join("killed");
    let mut random = u64::from(std::process::id()) ^ 0x9e37_79b9_7f4a_7c15;
    let mut killed = 0;
    while killed < 10 {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let moment = undisturbed.mul_f64((random >> 40) as f64 / (1u64 << 24) as f64);
        let mut child = folder
            .command(&arguments("killed"))
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .expect("actlab runs");
        std::thread::sleep(moment);
        let ended = child.try_wait().expect("a child").is_some();
        child.kill().expect("killed");
        child.wait().expect("a child");
        if ended {
            // It was done before the moment came: begin a new run, of which the next kill is part.
            std::fs::remove_dir_all(&run).expect("removed");
        }
        killed += 1;
    }
    let there = stored(&run);
    let last = folder.ok(&arguments("killed"));
    let expected = match there {
        32 => "nothing to train".to_owned(),
        31 => "training 1 trial ".to_owned(),
        there => format!("training {} trials", 32 - there),
    };
    assert!(
        last.stderr.contains(&expected),
        "{there} trials were there: {}",
        last.stderr
    );
    assert_eq!(contents(&folder.path().join("undisturbed")), contents(&run));
}

/// Starts a sweep of `small.toml`, and waits until something is stored.
fn started(folder: &Folder, arguments: &[&str]) -> std::process::Child {
    let child = folder
        .command(&[&["sweep", "small.toml", "--backend", CPU, "--threads", "2"], arguments].concat())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("actlab runs");
    let deadline = Instant::now() + Duration::from_secs(60);
    while stored(&folder.path().join("runs/small")) == 0 {
        assert!(Instant::now() < deadline, "nothing is stored");
        std::thread::sleep(Duration::from_millis(5));
    }
    child
}

/// What it printed and how it ended; killed where it hangs.
fn ended(mut child: std::process::Child) -> common::Ran {
    let deadline = Instant::now() + Duration::from_secs(120);
    while child.try_wait().expect("a child").is_none() {
        if Instant::now() > deadline {
            child.kill().expect("killed");
            panic!("it hangs: {:?}", ran(child.wait_with_output().expect("a child")));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    ran(child.wait_with_output().expect("a child"))
}

fn slow() -> String {
    SMALL.replace("steps = 60", "steps = 20000")
}

/// Longer than the ten seconds that SQLite's users are used to wait.
#[test]
fn a_store_that_another_program_locks_is_waited_for() {
    let folder = Folder::new();
    folder.write("small.toml", &slow());
    let child = started(&folder, &[]);
    let other = rusqlite::Connection::open(folder.path().join("runs/small/actlab.sqlite")).expect("a store");
    other.busy_timeout(Duration::from_secs(60)).expect("set");
    other.execute_batch("BEGIN IMMEDIATE").expect("locked");
    std::thread::sleep(Duration::from_secs(25));
    other.execute_batch("ROLLBACK").expect("let go");
    let ran = ended(child);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(
        ran.stderr.matches("another program has locked the store").count(),
        1,
        "{}",
        ran.stderr
    );
    assert_eq!(stored(&folder.path().join("runs/small")), 32);
}

/// An error that no waiting mends: the table is gone. Workers that wait to be heard must not wait for ever.
#[test]
fn a_store_that_breaks_ends_the_sweep_with_one_message_and_keeps_what_it_has() {
    let folder = Folder::new();
    folder.write("small.toml", &slow());
    let child = started(&folder, &[]);
    let run = folder.path().join("runs/small");
    let other = rusqlite::Connection::open(run.join("actlab.sqlite")).expect("a store");
    other.busy_timeout(Duration::from_secs(60)).expect("set");
    other
        .execute_batch("ALTER TABLE timings RENAME TO gone")
        .expect("renamed");
    let there = stored(&run);
    let ran = ended(child);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert_eq!(ran.stderr.matches("error: ").count(), 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("the store cannot be written"), "{}", ran.stderr);
    assert!(there > 0 && stored(&run) == there);
    other
        .execute_batch("ALTER TABLE gone RENAME TO timings")
        .expect("renamed");
    folder.ok(&["sweep", "small.toml", "--backend", CPU]);
    assert_eq!(stored(&run), 32);
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

/// A store of the first version, as the program wrote it that had it.
#[test]
fn an_old_store_is_brought_up_to_date_and_its_trials_keep_their_version() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path().join("old")).expect("made");
    let store = folder.path().join("old/actlab.sqlite");
    std::fs::write(&store, include_bytes!("stores/version-1.sqlite")).expect("written");
    folder.write("old.toml", include_str!("stores/version-1.toml"));
    let expected = |path: &std::path::Path| -> (i64, i64, String) {
        let connection = rusqlite::Connection::open(path).expect("a store");
        let count = connection.query_row("SELECT count(*), count(diverged_at) FROM trials", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        });
        let (trials, diverged) = count.expect("counts");
        let digest = "SELECT group_concat(hex(safetensors)) FROM (SELECT safetensors FROM weights ORDER BY trial)";
        (
            trials,
            diverged,
            connection.query_row(digest, [], |row| row.get(0)).expect("weights"),
        )
    };
    let before = expected(&store);
    assert_eq!((before.0, before.1), (8, 4));
    assert_eq!(csv_rows(&folder, "old").len(), 8);
    let nothing = folder.ok(&["sweep", "old.toml", "--backend", CPU, "--out", "old"]);
    assert!(nothing.stderr.starts_with("nothing to train"), "{}", nothing.stderr);
    assert_eq!(expected(&store), before);
    let connection = rusqlite::Connection::open(&store).expect("a store");
    // As if an older actlab had trained them: what is stamped now is the new ones' own.
    connection
        .execute("UPDATE timings SET version = '0.0.7' WHERE version = '0.1.0'", [])
        .expect("updated");
    folder.ok(&[
        "sweep",
        "old.toml",
        "--backend",
        CPU,
        "--out",
        "old",
        "--set",
        "sweep.seeds=3",
    ]);
    let mut versions = connection
        .prepare("SELECT version, count(*) FROM timings GROUP BY version ORDER BY version")
        .expect("a query");
    let versions = versions
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .expect("rows");
    let versions: Vec<(String, i64)> = versions.map(|row| row.expect("a row")).collect();
    assert_eq!(
        versions,
        [("0.0.7".to_owned(), 8), (env!("CARGO_PKG_VERSION").to_owned(), 4)]
    );
    let page = std::fs::read_to_string(folder.path().join("old/report.html")).expect("a page");
    assert!(page.contains("0.0.7, "), "both versions are named");
    connection.pragma_update(None, "user_version", 1000).expect("set");
    let newer = folder.run(&["show", "old"]);
    assert_eq!(newer.code, Some(2));
    assert!(newer.stderr.contains("newer actlab"), "{}", newer.stderr);
}

#[test]
fn a_store_has_the_same_tables_whether_it_is_new_or_was_migrated() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path().join("old")).expect("made");
    std::fs::write(
        folder.path().join("old/actlab.sqlite"),
        include_bytes!("stores/version-1.sqlite"),
    )
    .expect("written");
    folder.write("old.toml", include_str!("stores/version-1.toml"));
    for run in ["old", "new"] {
        folder.ok(&["sweep", "old.toml", "--backend", CPU, "--out", run]);
    }
    let tables = |run: &str| -> Vec<(String, String)> {
        let connection = rusqlite::Connection::open(folder.path().join(run).join("actlab.sqlite")).expect("a store");
        let mut statement = connection
            .prepare("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
            .expect("a query");
        let rows = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .expect("rows");
        rows.map(|row| row.expect("a row")).collect()
    };
    assert_eq!(tables("old"), tables("new"));
}

/// The reader of a pipe that has seen enough is no error.
#[test]
fn a_dry_run_into_a_closed_pipe_ends_quietly() {
    let folder = Folder::new();
    folder.write("small.toml", SMALL);
    let mut child = folder
        .command(&["sweep", "small.toml", "--backend", CPU, "--dry-run"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("actlab runs");
    drop(child.stdout.take());
    let ran = ran(child.wait_with_output().expect("a child"));
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
}

#[test]
fn two_sweeps_into_one_run_do_not_mix() {
    let folder = Folder::new();
    folder.write("small.toml", &SMALL.replace("steps = 60", "steps = 20000"));
    let mut first = folder
        .command(&["sweep", "small.toml", "--backend", CPU])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("actlab runs");
    let deadline = Instant::now() + Duration::from_secs(30);
    while !folder.path().join("runs/small/actlab.sqlite").exists() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(10));
    }
    let second = folder.run(&["sweep", "small.toml", "--backend", CPU]);
    first.kill().expect("killed");
    first.wait().expect("a child");
    assert_eq!(second.code, Some(1), "{}", second.stderr);
    assert!(
        second.stderr.contains("another actlab is training"),
        "{}",
        second.stderr
    );
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

fn csv_rows(folder: &Folder, run: &str) -> Vec<HashMap<String, String>> {
    let text = folder.ok(&["export", run]).stdout;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(|row| row.expect("a row")).collect()
}

fn weights(folder: &Folder, run: &str) -> HashMap<String, Vec<u8>> {
    let connection = rusqlite::Connection::open(folder.path().join(run).join("actlab.sqlite")).expect("a store");
    let mut statement = connection
        .prepare("SELECT trial, safetensors FROM weights")
        .expect("a query");
    let rows = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .expect("rows");
    rows.map(|row| row.expect("a row")).collect()
}
