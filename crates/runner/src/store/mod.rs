//! The store of a run: one SQLite file. Every finished stack is one transaction, so whatever kills the program,
//! the file holds whole trials and nothing else.

mod far_field;
mod history;
mod lock;
mod points;
mod read;
mod records;
mod schema;
mod trials;
pub mod weights;
mod write;

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rusqlite::{Connection, OpenFlags};

use crate::error::{InputError, reject};

pub use points::Points;
pub use records::{About, Facts, Failed, Finished, Origin, Stored};
pub use write::Measured;

/// Name of the store's file in a run's folder.
pub const FILE: &str = "actlab.sqlite";

/// An open store.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    /// Held while this process writes; the system lets go of it however the process ends.
    _lock: Option<File>,
}

impl Store {
    /// Opens the store of a run to read it. None where there is none yet.
    pub fn open(run: &Path) -> Result<Option<Self>> {
        let file = run.join(FILE);
        if !file.exists() {
            lock::check_empty(run)?;
            return Ok(None);
        }
        let unreadable =
            |error: rusqlite::Error| InputError::new(format!("{} is no store of actlab: {error}", file.display()));
        let mut connection = lock::connect(&file, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(unreadable)?;
        if !schema::check(&connection, &file)? {
            return Ok(None);
        }
        schema::update(&mut connection).with_context(|| {
            format!(
                "the store {} is of an older actlab, and cannot be brought up to date",
                file.display()
            )
        })?;
        Ok(Some(Self {
            connection,
            _lock: None,
        }))
    }

    /// Opens the store of a run, which must be there.
    pub fn open_existing(run: &Path) -> Result<Self> {
        match Self::open(run)? {
            Some(store) => Ok(store),
            None => reject!(
                "{0} is no run of actlab: train one with `actlab sweep experiment.toml --out {0}`",
                run.display()
            ),
        }
    }

    /// Opens the store of a run to write it, and makes it where it is missing. No other process writes it until it is
    /// dropped.
    pub fn create(run: &Path) -> Result<Self> {
        let shown = run.display();
        std::fs::create_dir_all(run)
            .map_err(|error| InputError::new(format!("the run folder {shown} cannot be made: {error}")))?;
        let lock = lock::lock(run)?;
        if let Some(store) = Self::open(run)? {
            return Ok(Self {
                _lock: Some(lock),
                ..store
            });
        }
        let file: PathBuf = run.join(FILE);
        let mut connection = lock::connect(&file, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)
            .with_context(|| format!("the store {} cannot be opened", file.display()))?;
        schema::update(&mut connection).with_context(|| format!("the store {} cannot be written", file.display()))?;
        Ok(Self {
            connection,
            _lock: Some(lock),
        })
    }
}
