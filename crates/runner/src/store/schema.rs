//! The tables of the store, and the marks by which it is known.

use std::path::Path;

use anyhow::Result;
use rusqlite::Connection;

use crate::error::reject;

/// "actl": marks an SQLite file as ours.
const APPLICATION: i32 = 0x6163_746c;

/// Rises with every change of the tables.
const VERSION: i32 = 1;

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

/// Makes the tables in a file that has none.
pub fn create(connection: &mut Connection) -> Result<()> {
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "normal")?;
    let version: i32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version == 0 {
        let transaction = connection.transaction()?;
        transaction.execute_batch(TABLES)?;
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
        transaction.commit()?;
    }
    Ok(())
}

/// Refuses files that are not ours, and those of a later version. A file without any table is one that was being
/// made when the program was killed.
pub fn check(connection: &Connection, file: &Path) -> Result<()> {
    let application: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let version: i32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
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
    Ok(())
}
