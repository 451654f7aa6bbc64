//! What is written to a store: what its run is about, and what became of the trials.

use anyhow::{Context, Result};
use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::{Finished, Store, far_field, history, points, weights};
use crate::experiment::Experiment;
use crate::experiment::trial::Trial;
use crate::measure::errors::RegionError;
use crate::statistics::Looks;
use crate::words::VERSION;

/// The errors of a trial, whose outputs have these names.
pub type Measured<'t> = (&'t str, &'t [String], Vec<RegionError>);

impl Store {
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
            let mut insert = transaction.prepare("INSERT INTO plan (trial, position, same) VALUES (?1, ?2, ?3)")?;
            for (position, trial) in experiment.trials.iter().enumerate() {
                insert.execute(params![trial.id, position as i64, trial.counted_with()])?;
            }
        }
        points::keep(&transaction, experiment)?;
        Ok(transaction.commit()?)
    }

    /// Notes the looks of the run, and what was seen so far.
    pub fn keep_looks(&mut self, looks: &Looks) -> Result<()> {
        let looks = serde_json::to_string(looks)?;
        let store = || {
            self.connection.execute(
                "INSERT OR REPLACE INTO meta (key, value) VALUES ('looks', ?1)",
                params![looks],
            )
        };
        store().context("the store cannot be written")?;
        Ok(())
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

    /// Writes the errors of trials as they were measured again, in place of those that there were: all or none.
    pub fn measure_again(&mut self, measured: &[Measured<'_>]) -> Result<()> {
        let mut store = || -> Result<()> {
            let transaction = write(&mut self.connection)?;
            for (trial, outputs, errors) in measured {
                delete(&transaction, &["errors", "output_errors"], trial)?;
                insert_errors(&transaction, trial, outputs, errors)?;
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
}

/// A transaction that is sure to write: it waits for its turn at the beginning, where it can.
fn write(connection: &mut Connection) -> rusqlite::Result<Transaction<'_>> {
    connection.transaction_with_behavior(TransactionBehavior::Immediate)
}

fn about(experiment: &Experiment) -> Vec<(&'static str, String)> {
    let mut digest = blake3::Hasher::new();
    for trial in &experiment.trials {
        digest.update(trial.id.as_bytes());
        digest.update(trial.counted_with().unwrap_or_default().as_bytes());
    }
    let mut about = vec![
        ("name", experiment.settings.name.clone()),
        ("experiment", experiment.text.clone()),
        ("overrides", serde_json::json!(experiment.overrides).to_string()),
        ("axes", serde_json::json!(experiment.settings.axes()).to_string()),
        ("far_distance", experiment.settings.far_distance.to_string()),
        ("lean", experiment.settings.lean.to_string()),
        ("plan", digest.finalize().to_hex().to_string()),
        (
            "published",
            serde_json::json!(experiment.settings.published).to_string(),
        ),
    ];
    // A store that was written before points were kept is about the same experiment, and gets them.
    let data: Vec<String> = points::drawable(experiment).map(|data| data.table.digest()).collect();
    if !data.is_empty() {
        about.push(("points", serde_json::json!(data).to_string()));
    }
    about
}

/// The tables that have rows of a trial.
const OF_TRIALS: [&str; 8] = [
    "trials",
    "errors",
    "output_errors",
    "weights",
    "timings",
    "failures",
    "far_field",
    "output_far_field",
];

/// Everything about a trial.
fn remove(transaction: &Transaction<'_>, trial: &str) -> Result<()> {
    delete(transaction, &OF_TRIALS, trial)
}

fn delete(transaction: &Transaction<'_>, tables: &[&str], trial: &str) -> Result<()> {
    for table in tables {
        let delete = format!("DELETE FROM {table} WHERE trial = ?1");
        transaction.prepare_cached(&delete)?.execute([trial])?;
    }
    Ok(())
}

fn insert_errors(transaction: &Transaction<'_>, trial: &str, outputs: &[String], errors: &[RegionError]) -> Result<()> {
    let mut insert = transaction
        .prepare_cached("INSERT INTO errors (trial, region, points, rmse, nrmse) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    for error in errors {
        insert.execute(params![
            trial,
            error.region,
            error.points as i64,
            error.rmse,
            error.nrmse
        ])?;
        for (name, output) in outputs.iter().zip(&error.outputs) {
            let insert = "INSERT INTO output_errors (trial, region, output, rmse, nrmse) VALUES (?1, ?2, ?3, ?4, ?5)";
            transaction.prepare_cached(insert)?.execute(params![
                trial,
                error.region,
                name,
                output.rmse,
                output.nrmse
            ])?;
        }
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
                 seed, settings, train_samples, status, diverged_at, train_mse, sigma, lipschitz, scaling, history,
                 weights_step)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
        )?
        .execute(params![
            id,
            finished.trial.cell,
            settings.target,
            settings.activations().names(),
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
            measured.and_then(|measured| measured.train_mse),
            measured
                .map(|measured| serde_json::to_string(&measured.sigma))
                .transpose()?,
            measured.and_then(|measured| measured.lipschitz),
            serde_json::to_string(&finished.scaling)?,
            history::encode(&finished.history)?,
            finished.weights_step.map(|step| step as i64),
        ])?;
    let errors = measured.map_or(&[][..], |measured| &measured.errors);
    insert_errors(transaction, id, &settings.outputs, errors)?;
    transaction
        .prepare_cached("INSERT INTO weights (trial, safetensors) VALUES (?1, ?2)")?
        .execute(params![
            id,
            weights::encode(&finished.network, settings, &finished.scaling)?
        ])?;
    if let Some(measured) = measured {
        far_field::insert(transaction, id, &settings.outputs, &measured.outside)?;
    }
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
