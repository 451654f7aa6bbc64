//! The store of a run: one SQLite file. Every finished stack is one transaction, so whatever kills the program,
//! the file holds whole trials and nothing else.

mod access;
mod schema;
pub mod weights;

use std::collections::HashSet;
use std::fs::File;
use std::path::{Path, PathBuf};

use actlab_model::engine::Record;
use actlab_model::network::weights::Weights;
use anyhow::{Context, Result, anyhow};
use clap::ValueEnum;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, Transaction, TransactionBehavior, params};
use serde_json::Value;

use crate::error::{InputError, reject};
use crate::experiment::Experiment;
use crate::experiment::grid::{Resolved, Trial};
use crate::measure::errors::{Measurements, RegionError};
use crate::samples::Scaling;

/// Name of the store's file in a run's folder.
pub const FILE: &str = "actlab.sqlite";

/// A finished trial, as it is written.
#[derive(Debug)]
pub struct Finished {
    /// What was trained.
    pub trial: Trial,
    /// Samples that it was trained on.
    pub samples: usize,
    /// From the target's units to the network's.
    pub scaling: Scaling,
    /// The step at which its loss was no finite number.
    pub diverged_at: Option<usize>,
    /// None of a diverged network.
    pub measurements: Option<Measurements>,
    /// Loss in the network's units and spectral norms, by step.
    pub history: Vec<Record>,
    /// As trained.
    pub weights: Weights,
    /// How it was trained.
    pub timing: Timing,
}

/// How a trial was trained: what may differ from run to run.
#[derive(Debug, Clone)]
pub struct Timing {
    /// The backend's name.
    pub backend: String,
    /// The device in its maker's words.
    pub adapter: String,
    /// The engine's name.
    pub engine: String,
    /// Networks in its stack.
    pub stack: usize,
    /// Wall time of its stack.
    pub seconds: f64,
    /// Steps of this network per second: the stack's network-steps divided by its wall time.
    pub steps_per_second: f64,
    /// The version of actlab that trained it.
    pub version: String,
}

/// A trial that could not be trained.
#[derive(Debug, Clone)]
pub struct Failed {
    /// Its id.
    pub id: String,
    /// Its cell's id.
    pub cell: String,
    /// What it depends on.
    pub settings: Resolved,
    /// What went wrong.
    pub reason: String,
}

/// A trial as it is read back.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Its id.
    pub id: String,
    /// Its cell's id.
    pub cell: String,
    /// What it depends on.
    pub settings: Resolved,
    /// The step at which it diverged.
    pub diverged_at: Option<usize>,
    /// Mean squared error on the training samples.
    pub train_mse: Option<f64>,
    /// Errors by region.
    pub errors: Vec<RegionError>,
    /// Spectral norms of the layers.
    pub sigma: Vec<f64>,
    /// Bound of its slope.
    pub lipschitz: Option<f64>,
    /// From the target's units to the network's.
    pub scaling: Scaling,
    /// How it was trained.
    pub timing: Timing,
}

impl Stored {
    /// `done` or `diverged`.
    pub fn status(&self) -> &'static str {
        if self.diverged_at.is_some() { "diverged" } else { "done" }
    }

    /// Its error in a region.
    pub fn error(&self, region: &str) -> Option<&RegionError> {
        self.errors.iter().find(|error| error.region == region)
    }
}

/// What a run is about.
#[derive(Debug, Clone)]
pub struct About {
    /// Settings that were given as lists.
    pub axes: Vec<String>,
    /// How far out its networks are looked at, in half-widths from the centre of their range.
    pub far_distance: f64,
}

/// Where a run came from: what it takes to make it again.
#[derive(Debug, Clone)]
pub struct Origin {
    /// Its name.
    pub name: String,
    /// The experiment as it was typed.
    pub experiment: String,
    /// What was set on the command line.
    pub overrides: Vec<String>,
}

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
            access::check_empty(run)?;
            return Ok(None);
        }
        let unreadable =
            |error: rusqlite::Error| InputError::new(format!("{} is no store of actlab: {error}", file.display()));
        let mut connection = access::connect(&file, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(unreadable)?;
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
        let lock = access::lock(run)?;
        if let Some(store) = Self::open(run)? {
            return Ok(Self {
                _lock: Some(lock),
                ..store
            });
        }
        let file: PathBuf = run.join(FILE);
        let mut connection = access::connect(&file, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)
            .with_context(|| format!("the store {} cannot be opened", file.display()))?;
        schema::update(&mut connection).with_context(|| format!("the store {} cannot be written", file.display()))?;
        Ok(Self {
            connection,
            _lock: Some(lock),
        })
    }

    /// The ids of all trials that need no training, of this experiment or of earlier ones: those that are done, and
    /// those that diverged, unless these are to be tried again.
    pub fn finished(&self, retry: Option<Retry>) -> Result<HashSet<String>> {
        let which = match retry {
            None => "SELECT trial FROM trials",
            Some(Retry::Diverged) => "SELECT trial FROM trials WHERE diverged_at IS NULL",
        };
        let mut statement = self.connection.prepare(which)?;
        let ids = statement.query_map([], |row| row.get(0))?;
        Ok(ids.collect::<rusqlite::Result<_>>()?)
    }

    /// Whether the store is about exactly this experiment already.
    pub fn is_about(&self, experiment: &Experiment) -> Result<bool> {
        let stored: Vec<Option<String>> = about(experiment)
            .iter()
            .map(|(key, _)| self.meta(key))
            .collect::<Result<_>>()?;
        Ok(about(experiment)
            .into_iter()
            .zip(stored)
            .all(|((_, value), stored)| stored == Some(value)))
    }

    /// Makes `experiment` the one that the store is about: its trials are shown, others are kept, but not shown.
    pub fn adopt(&mut self, experiment: &Experiment) -> Result<()> {
        let transaction = write(&mut self.connection)?;
        for (key, value) in about(experiment) {
            transaction.execute(
                "INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)",
                params![key, value],
            )?;
        }
        transaction.execute("DELETE FROM plan", [])?;
        {
            let mut insert = transaction.prepare("INSERT INTO plan (trial, position) VALUES (?1, ?2)")?;
            for (position, trial) in experiment.trials.iter().enumerate() {
                insert.execute(params![trial.id, position as i64])?;
            }
        }
        Ok(transaction.commit()?)
    }

    /// Writes the trials of one stack, all or none, in place of what there was of them.
    pub fn add(&mut self, stack: &[Finished]) -> Result<()> {
        let mut store = || -> Result<()> {
            let transaction = write(&mut self.connection)?;
            for finished in stack {
                remove(&transaction, &finished.trial.id)?;
                insert(&transaction, finished)?;
            }
            Ok(transaction.commit()?)
        };
        store().context("the store cannot be written")
    }

    /// Writes that these trials failed, in place of what there was of them.
    pub fn fail(&mut self, trials: &[Trial], reason: &str) -> Result<()> {
        let mut store = || -> Result<()> {
            let transaction = write(&mut self.connection)?;
            for trial in trials {
                remove(&transaction, &trial.id)?;
                transaction.execute(
                    "INSERT INTO failures (trial, cell, settings, reason, version) VALUES (?1, ?2, ?3, ?4, ?5)",
                    params![trial.id, trial.cell, trial.settings.json(), reason, VERSION],
                )?;
            }
            Ok(transaction.commit()?)
        };
        store().context("the store cannot be written")
    }

    /// The trials of the experiment that failed when they were trained last, in its order.
    pub fn failed(&self) -> Result<Vec<Failed>> {
        let mut statement = self.connection.prepare(
            "SELECT f.trial, f.cell, f.settings, f.reason FROM plan p JOIN failures f ON f.trial = p.trial
             ORDER BY p.position",
        )?;
        let mut rows = statement.query([])?;
        let mut failed = Vec::new();
        while let Some(row) = rows.next()? {
            failed.push(Failed {
                id: row.get(0)?,
                cell: row.get(1)?,
                settings: read_settings(&row.get::<_, String>(2)?)?,
                reason: row.get(3)?,
            });
        }
        Ok(failed)
    }

    /// What the run is about.
    pub fn about(&self) -> Result<About> {
        let axes = self.meta("axes")?.unwrap_or_default();
        let far_distance = self.meta("far_distance")?.and_then(|distance| distance.parse().ok());
        Ok(About {
            axes: serde_json::from_str(&axes).unwrap_or_default(),
            far_distance: far_distance.unwrap_or(10.0),
        })
    }

    /// Where the run came from.
    pub fn origin(&self) -> Result<Origin> {
        let text = |key: &str| Ok::<_, anyhow::Error>(self.meta(key)?.unwrap_or_default());
        Ok(Origin {
            name: text("name")?,
            experiment: text("experiment")?,
            overrides: serde_json::from_str(&text("overrides")?).unwrap_or_default(),
        })
    }

    /// The date, as SQLite has it.
    pub fn now(&self) -> Result<String> {
        Ok(self
            .connection
            .query_row("SELECT strftime('%Y-%m-%d %H:%M UTC', 'now')", [], |row| row.get(0))?)
    }

    /// How many trials the experiment has, finished or not.
    pub fn planned(&self) -> Result<usize> {
        let count: i64 = self
            .connection
            .query_row("SELECT count(*) FROM plan", [], |row| row.get(0))?;
        Ok(usize::try_from(count)?)
    }

    /// The finished trials of the experiment, in its order.
    pub fn trials(&self) -> Result<Vec<Stored>> {
        let mut errors = self
            .connection
            .prepare("SELECT region, points, rmse, nrmse FROM errors WHERE trial = ?1 ORDER BY rowid")?;
        let mut statement = self.connection.prepare(
            "SELECT t.trial, t.cell, t.settings, t.diverged_at, t.train_mse, t.sigma, t.lipschitz, t.scaling,
                    r.backend, r.adapter, r.engine, r.stack, r.seconds, r.steps_per_second, r.version
             FROM plan p JOIN trials t ON t.trial = p.trial JOIN timings r ON r.trial = t.trial ORDER BY p.position",
        )?;
        let mut rows = statement.query([])?;
        let mut trials = Vec::new();
        while let Some(row) = rows.next()? {
            let mut trial = stored(row)?;
            let of_trial = errors.query_map([&trial.id], |row| {
                Ok(RegionError {
                    region: row.get(0)?,
                    points: row.get::<_, i64>(1)? as usize,
                    rmse: row.get(2)?,
                    nrmse: row.get(3)?,
                })
            })?;
            trial.errors = of_trial.collect::<rusqlite::Result<_>>()?;
            trials.push(trial);
        }
        Ok(trials)
    }

    /// The weights of a trial: a safetensors file with the names and shapes of a PyTorch `Sequential`.
    pub fn weights(&self, trial: &str) -> Result<Vec<u8>> {
        let blob = self
            .connection
            .query_row("SELECT safetensors FROM weights WHERE trial = ?1", [trial], |row| {
                row.get(0)
            })
            .optional()?;
        blob.ok_or_else(|| anyhow!("the store has no weights of trial {trial}"))
    }

    /// The records of a trial's training.
    pub fn history(&self, trial: &str) -> Result<Vec<Record>> {
        let text: String =
            self.connection
                .query_row("SELECT history FROM trials WHERE trial = ?1", [trial], |row| row.get(0))?;
        parse_history(&text)
    }

    fn meta(&self, key: &str) -> Result<Option<String>> {
        let value = self
            .connection
            .query_row("SELECT value FROM meta WHERE key = ?1", [key], |row| row.get(0));
        Ok(value.optional()?)
    }
}

/// Diverged or failed trials that a sweep trains although they are in the store; those that failed it always does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Retry {
    /// Trials that diverged
    Diverged,
}

/// The version of this program.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A transaction that is sure to write: it waits for its turn at the beginning, where it can.
fn write(connection: &mut Connection) -> rusqlite::Result<Transaction<'_>> {
    connection.transaction_with_behavior(TransactionBehavior::Immediate)
}

fn read_settings(json: &str) -> Result<Resolved> {
    serde_json::from_str(json).context("the store holds settings that this version cannot read")
}

fn about(experiment: &Experiment) -> Vec<(&'static str, String)> {
    let mut digest = blake3::Hasher::new();
    for trial in &experiment.trials {
        digest.update(trial.id.as_bytes());
    }
    vec![
        ("name", experiment.settings.name.clone()),
        ("experiment", experiment.text.clone()),
        ("overrides", serde_json::json!(experiment.overrides).to_string()),
        ("axes", serde_json::json!(experiment.settings.axes()).to_string()),
        ("far_distance", experiment.settings.far_distance.to_string()),
        ("plan", digest.finalize().to_hex().to_string()),
    ]
}

/// Everything about a trial.
fn remove(transaction: &Transaction<'_>, trial: &str) -> Result<()> {
    for table in ["trials", "errors", "weights", "timings", "failures"] {
        let delete = format!("DELETE FROM {table} WHERE trial = ?1");
        transaction.prepare_cached(&delete)?.execute([trial])?;
    }
    Ok(())
}

fn insert(transaction: &Transaction<'_>, finished: &Finished) -> Result<()> {
    let settings = &finished.trial.settings;
    let id = &finished.trial.id;
    let measured = finished.measurements.as_ref();
    transaction
        .prepare_cached(
            "INSERT INTO trials (trial, cell, target, activation, hidden, range, spectral, learning_rate,
                 seed, settings, train_samples, status, diverged_at, train_mse, sigma, lipschitz, scaling, history)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
        )?
        .execute(params![
            id,
            finished.trial.cell,
            settings.target,
            settings.activation.name(),
            serde_json::to_string(&settings.hidden)?,
            settings.range.to_string(),
            settings.spectral,
            settings.learning_rate,
            settings.seed.map(|seed| seed as i64),
            settings.json(),
            finished.samples as i64,
            if finished.diverged_at.is_some() {
                "diverged"
            } else {
                "done"
            },
            finished.diverged_at.map(|step| step as i64),
            measured.map(|measured| measured.train_mse),
            measured
                .map(|measured| serde_json::to_string(&measured.sigma))
                .transpose()?,
            measured.map(|measured| measured.lipschitz),
            serde_json::to_string(&finished.scaling)?,
            history_json(&finished.history)?,
        ])?;
    for error in measured.map_or(&[][..], |measured| &measured.errors) {
        transaction
            .prepare_cached("INSERT INTO errors (trial, region, points, rmse, nrmse) VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute(params![id, error.region, error.points as i64, error.rmse, error.nrmse])?;
    }
    transaction
        .prepare_cached("INSERT INTO weights (trial, safetensors) VALUES (?1, ?2)")?
        .execute(params![
            id,
            weights::encode(&finished.weights, settings, &finished.scaling)?
        ])?;
    let timing = &finished.timing;
    transaction
        .prepare_cached(
            "INSERT INTO timings (trial, backend, adapter, engine, stack, seconds, steps_per_second, version)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            id,
            timing.backend,
            timing.adapter,
            timing.engine,
            timing.stack as i64,
            timing.seconds,
            timing.steps_per_second,
            timing.version,
        ])?;
    Ok(())
}

/// `[[step, loss, [sigma of each layer]], ..]`.
fn history_json(history: &[Record]) -> Result<String> {
    let records: Vec<_> = history
        .iter()
        .map(|record| (record.step, record.loss, &record.sigma))
        .collect();
    Ok(serde_json::to_string(&records)?)
}

/// The inverse of [`history_json`]. What is no finite number is null in JSON; the first stores had no spectral norms.
fn parse_history(text: &str) -> Result<Vec<Record>> {
    let number = |value: &Value| value.as_f64().map_or(f32::NAN, |number| number as f32);
    let record = |record: &Value| Record {
        step: record[0].as_u64().unwrap_or(0) as usize,
        loss: number(&record[1]),
        sigma: record[2].as_array().into_iter().flatten().map(number).collect(),
    };
    let records: Vec<Value> = serde_json::from_str(text)?;
    Ok(records.iter().map(record).collect())
}

fn stored(row: &Row<'_>) -> Result<Stored> {
    let settings: String = row.get(2)?;
    let sigma: Option<String> = row.get(5)?;
    let scaling: String = row.get(7)?;
    Ok(Stored {
        id: row.get(0)?,
        cell: row.get(1)?,
        settings: read_settings(&settings)?,
        diverged_at: row.get::<_, Option<i64>>(3)?.map(|step| step as usize),
        train_mse: row.get(4)?,
        errors: Vec::new(),
        sigma: sigma.map_or(Ok(Vec::new()), |sigma| serde_json::from_str(&sigma))?,
        lipschitz: row.get(6)?,
        scaling: serde_json::from_str(&scaling)?,
        timing: Timing {
            backend: row.get(8)?,
            adapter: row.get(9)?,
            engine: row.get(10)?,
            stack: row.get::<_, i64>(11)? as usize,
            seconds: row.get(12)?,
            steps_per_second: row.get(13)?,
            version: row.get(14)?,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn histories_are_read_as_they_were_written() {
        let history = vec![
            Record {
                step: 0,
                loss: 0.1,
                sigma: vec![1.5, 0.25],
            },
            Record {
                step: 31,
                loss: 1e-7,
                sigma: vec![2.0, 0.5],
            },
        ];
        let read = parse_history(&history_json(&history).expect("JSON")).expect("a history");
        assert_eq!(read, history);
        let old = parse_history("[[0, 0.5], [10, null]]").expect("a history");
        assert_eq!((old[0].loss, old[0].sigma.len(), old[1].step), (0.5, 0, 10));
        assert!(old[1].loss.is_nan());
    }
}
