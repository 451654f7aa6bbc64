//! Running `actlab` as a user does, in a folder of its own.
#![allow(dead_code)]

pub mod browser;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use rusqlite::Connection;
use tempfile::TempDir;

/// The CPU backend of this build.
pub const CPU: &str = if cfg!(feature = "ndarray") { "ndarray" } else { "flex" };

/// A small experiment: 2 targets x 2 activations x 2 sizes x 2 coefficients x 2 seeds, 32 trials.
pub const SMALL: &str = r#"
name = "small"

[target]
function = ["x^2", "x^3"]

[data]
range = [-2, 2]
samples = 32

[network]
hidden = [[8], [6, 6]]
activation = ["relu", "tanh"]

[regularization]
spectral = [0.0, 1e-2]

[training]
steps = 60

[sweep]
seeds = 2
"#;

/// A folder to work in, removed at the end.
pub struct Folder(TempDir);

/// What a command printed and how it ended.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Folder {
    pub fn new() -> Self {
        Self(TempDir::new().expect("a folder"))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        std::fs::write(&path, text).expect("written");
        path
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_actlab"));
        command.current_dir(self.path()).args(arguments);
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        ran(self.command(arguments).output().expect("actlab runs"))
    }

    /// Runs, and expects success.
    #[track_caller]
    pub fn ok(&self, arguments: &[&str]) -> Ran {
        let ran = self.run(arguments);
        assert_eq!(ran.code, Some(0), "{arguments:?}: {}", ran.stderr);
        ran
    }

    /// Names of everything in the folder.
    pub fn entries(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.path()).expect("a folder");
        let mut names: Vec<String> = entries
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

pub fn ran(output: Output) -> Ran {
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).expect("text"),
        stderr: String::from_utf8(output.stderr).expect("text"),
    }
}

/// Everything in a store that does not depend on how fast it was trained, as text.
pub fn contents(run: &Path) -> Vec<String> {
    let connection = Connection::open(run.join("actlab.sqlite")).expect("a store");
    let queries = [
        "SELECT * FROM trials ORDER BY trial",
        "SELECT * FROM errors ORDER BY trial, region",
        "SELECT trial, hex(safetensors) FROM weights ORDER BY trial",
        "SELECT * FROM far_field ORDER BY trial",
        "SELECT * FROM output_errors ORDER BY trial, region, output",
        "SELECT * FROM output_far_field ORDER BY trial, output",
        "SELECT * FROM plan ORDER BY position",
        "SELECT * FROM meta WHERE key <> 'overrides' ORDER BY key",
    ];
    let mut lines = Vec::new();
    for query in queries {
        let mut statement = connection.prepare(query).expect("a query");
        let columns = statement.column_count();
        let mut rows = statement.query([]).expect("rows");
        while let Some(row) = rows.next().expect("a row") {
            let fields = (0..columns).map(|i| match row.get_ref(i).expect("a field") {
                // Bits, not digits.
                rusqlite::types::ValueRef::Real(number) => format!("{:x}", number.to_bits()),
                other => format!("{other:?}"),
            });
            lines.push(fields.collect::<Vec<_>>().join("|"));
        }
    }
    lines
}

/// Trials in a store; 0 where there is none yet.
pub fn stored(run: &Path) -> usize {
    let Ok(connection) =
        Connection::open_with_flags(run.join("actlab.sqlite"), rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)
    else {
        return 0;
    };
    let count = connection.query_row("SELECT count(*) FROM trials", [], |row| row.get::<_, i64>(0));
    count.map_or(0, |count| count as usize)
}

/// The export of a run, by column.
pub fn csv_rows(folder: &Folder, run: &str) -> Vec<HashMap<String, String>> {
    let text = folder.ok(&["export", run]).stdout;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(|row| row.expect("a row")).collect()
}

/// The weights in a run's store, by trial.
pub fn weights(folder: &Folder, run: &str) -> HashMap<String, Vec<u8>> {
    let connection = Connection::open(folder.path().join(run).join("actlab.sqlite")).expect("a store");
    let mut statement = connection
        .prepare("SELECT trial, safetensors FROM weights")
        .expect("a query");
    let rows = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .expect("rows");
    rows.map(|row| row.expect("a row")).collect()
}

/// A table of a run, by column.
pub fn table(folder: &Folder, path: &str) -> Vec<HashMap<String, String>> {
    let mut reader = csv::Reader::from_path(folder.path().join(path)).expect("a table");
    reader.deserialize().map(|row| row.expect("a row")).collect()
}

/// A number of a table's row.
pub fn number(row: &HashMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap_or_else(|_| panic!("{column}: {row:?}"))
}

/// The store of a run.
pub fn store(folder: &Folder, run: &str) -> Connection {
    Connection::open(folder.path().join(run).join("actlab.sqlite")).expect("a store")
}

/// All errors of a run, to the bit: trial, region, points, bits.
pub fn errors(run: &Path) -> Vec<(String, String, i64, u64)> {
    let connection = Connection::open(run.join("actlab.sqlite")).expect("a store");
    let mut statement = connection
        .prepare("SELECT trial, region, points, rmse FROM errors ORDER BY trial, region")
        .expect("a query");
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get::<_, f64>(3)?.to_bits()));
    let rows = statement.query_map([], row).expect("rows");
    rows.map(|row| row.expect("a row")).collect()
}

/// What a terminal breaks into lines, in one.
pub fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
