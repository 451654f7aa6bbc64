//! The tables of the store, and the marks by which it is known.

use std::path::Path;

use anyhow::Result;
use rusqlite::{Connection, TransactionBehavior};

use crate::error::reject;

/// "actl": marks an SQLite file as ours.
const APPLICATION: i32 = 0x6163_746c;

/// The version of the tables: [`FIRST`], and one more for each of the [`MIGRATIONS`].
const VERSION: i32 = FIRST + MIGRATIONS.len() as i32;

/// The version of the first stores.
const FIRST: i32 = 1;

/// The tables of the first version.
const TABLES: &str = "
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE plan (trial TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE trials (
        trial TEXT PRIMARY KEY,
        cell TEXT NOT NULL,
        target TEXT NOT NULL,
        activation TEXT NOT NULL,
        hidden TEXT NOT NULL,
        range TEXT NOT NULL,
        spectral REAL NOT NULL,
        learning_rate REAL NOT NULL,
        seed INTEGER NOT NULL,
        settings TEXT NOT NULL,
        train_samples INTEGER NOT NULL,
        status TEXT NOT NULL,
        diverged_at INTEGER,
        train_mse REAL,
        sigma TEXT,
        lipschitz REAL,
        scaling TEXT NOT NULL,
        history TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE errors (
        trial TEXT NOT NULL,
        region TEXT NOT NULL,
        points INTEGER NOT NULL,
        rmse REAL NOT NULL,
        nrmse REAL,
        UNIQUE (trial, region)
    );
    CREATE TABLE weights (trial TEXT PRIMARY KEY, safetensors BLOB NOT NULL);
    CREATE TABLE timings (
        trial TEXT PRIMARY KEY,
        backend TEXT NOT NULL,
        adapter TEXT NOT NULL,
        engine TEXT NOT NULL,
        stack INTEGER NOT NULL,
        seconds REAL NOT NULL,
        steps_per_second REAL NOT NULL
    ) WITHOUT ROWID;
";

/// What leads from each version to the next, the first to the second first. A table is only ever changed here, so that
/// a new store and an old one are the same.
const MIGRATIONS: [&str; 6] = [
    // A trial's own version, where before the last sweep stamped the whole store with its own; and trials that failed.
    "
    ALTER TABLE timings ADD COLUMN version TEXT NOT NULL DEFAULT '';
    UPDATE timings SET version = coalesce((SELECT value FROM meta WHERE key = 'version'), '');
    DELETE FROM meta WHERE key = 'version';
    CREATE TABLE failures (
        trial TEXT PRIMARY KEY,
        cell TEXT NOT NULL,
        settings TEXT NOT NULL,
        reason TEXT NOT NULL,
        version TEXT NOT NULL
    ) WITHOUT ROWID;
    ",
    // What a network does far outside of its range, which was computed anew for each report.
    "
    CREATE TABLE far_field (
        trial TEXT PRIMARY KEY,
        ends_in TEXT NOT NULL,
        settling TEXT,
        settled REAL,
        turns REAL,
        growth REAL,
        slope REAL NOT NULL,
        rays TEXT NOT NULL,
        fits TEXT NOT NULL,
        lean TEXT
    ) WITHOUT ROWID;
    ",
    // The earlier trial that is the same problem.
    "
    ALTER TABLE plan ADD COLUMN same TEXT;
    ",
    // What pictures show of data, by its digest.
    "
    CREATE TABLE points (data TEXT NOT NULL, x REAL NOT NULL, y REAL NOT NULL);
    ",
    // The step that a trial's weights are of, which was the last.
    "
    ALTER TABLE trials ADD COLUMN weights_step INTEGER;
    ",
    // Networks of several outputs: they have no error in one unit, and beside what they do together there is what each of
    // their outputs does.
    "
    ALTER TABLE errors RENAME TO errors_of_one;
    CREATE TABLE errors (
        trial TEXT NOT NULL,
        region TEXT NOT NULL,
        points INTEGER NOT NULL,
        rmse REAL,
        nrmse REAL,
        UNIQUE (trial, region)
    );
    INSERT INTO errors SELECT trial, region, points, rmse, nrmse FROM errors_of_one ORDER BY rowid;
    DROP TABLE errors_of_one;
    CREATE TABLE output_errors (
        trial TEXT NOT NULL,
        region TEXT NOT NULL,
        output TEXT NOT NULL,
        rmse REAL NOT NULL,
        nrmse REAL,
        UNIQUE (trial, region, output)
    );
    CREATE TABLE output_far_field (
        trial TEXT NOT NULL,
        output TEXT NOT NULL,
        ends_in TEXT NOT NULL,
        settling TEXT,
        settled REAL,
        turns REAL,
        growth REAL,
        slope REAL NOT NULL,
        rays TEXT NOT NULL,
        fits TEXT NOT NULL,
        UNIQUE (trial, output)
    );
    ALTER TABLE points ADD COLUMN output INTEGER NOT NULL DEFAULT 0;
    ",
];

/// Makes the tables in a file that has none, and brings those of an older version to this one. One transaction: a
/// killed program leaves the old tables or the new ones.
pub fn update(connection: &mut Connection) -> Result<()> {
    if version(connection)? == VERSION {
        return Ok(());
    }
    connection.pragma_update(None, "journal_mode", "wal")?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut version = version(&transaction)?;
    if version == 0 {
        transaction.execute_batch(TABLES)?;
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        version = FIRST;
    }
    for migration in MIGRATIONS.iter().skip((version - FIRST) as usize) {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "user_version", VERSION)?;
    Ok(transaction.commit()?)
}

fn version(connection: &Connection) -> rusqlite::Result<i32> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Refuses files that are not ours, and those of a later version; whether there are tables. A file without any is one
/// that was being made when the program was killed.
pub fn check(connection: &Connection, file: &Path) -> Result<bool> {
    let application: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let version = version(connection)?;
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let file = file.display();
    if tables > 0 && application != APPLICATION {
        reject!("{file} is an SQLite file, but no store of actlab; choose another folder with --out");
    }
    if version > VERSION {
        reject!(
            "{file} was written by a newer actlab (store version {version}, this one knows {VERSION}): update actlab, or \
             choose another folder with --out"
        );
    }
    if tables > 0 && version < FIRST {
        reject!("{file} is a store of actlab, but of no version that there was; choose another folder with --out");
    }
    Ok(tables > 0)
}
