//! What networks do outside of their range: stored by the worker that trained them, and computed from the weights where a
//! store of an older actlab, or of another question, does not have it.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use actlab_model::Activation;
use actlab_model::network::trained::TrainedNetwork;
use anyhow::Result;
use rusqlite::{Connection, Row, Transaction, TransactionBehavior, params};

use super::{Store, Stored, weights};
use crate::measure::far_field::{FarField, Settled, Swings};
use crate::measure::lean::Families;
use crate::measure::{Outside, Question};
use crate::parallel;
use crate::words::count;

/// How long until the user is told why it takes so long.
const SILENCE: Duration = Duration::from_secs(2);

/// Networks that are in memory at a time.
const BATCH: usize = 512;

/// The columns of a far field.
const COLUMNS: &str = "ends_in, settling, settled, turns, growth, slope, rays, fits";

/// Writes what a trial's network does, whose outputs have these names.
pub fn insert(connection: &Connection, trial: &str, outputs: &[String], outside: &Outside) -> Result<()> {
    insert_one(
        connection,
        "far_field",
        ["trial", "lean"],
        &outside.far,
        [
            Some(trial.to_owned()),
            outside.lean.as_ref().map(serde_json::to_string).transpose()?,
        ],
    )?;
    for (name, far) in outputs.iter().zip(&outside.outputs) {
        let of = [trial.to_owned(), name.clone()].map(Some);
        insert_one(connection, "output_far_field", ["trial", "output"], far, of)?;
    }
    Ok(())
}

/// A row of a far field, with two columns beside.
fn insert_one(
    connection: &Connection,
    table: &str,
    [first, second]: [&str; 2],
    far: &FarField,
    [of_first, of_second]: [Option<String>; 2],
) -> Result<()> {
    let settled = far.settled();
    let mut statement = connection.prepare_cached(&format!(
        "INSERT OR REPLACE INTO {table} ({first}, {second}, {COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
    ))?;
    statement.execute(params![
        of_first,
        of_second,
        far.ending().name(),
        settled.map(Settled::name),
        settled.and_then(Settled::distance),
        far.swings.map(|swings| swings.turns),
        far.swings.map(|swings| swings.growth),
        far.slope,
        serde_json::to_string(&far.rays)?,
        serde_json::to_string(&far.fits)?,
    ])?;
    Ok(())
}

/// Asks for what [`outside`] reads, of all trials.
pub const ALL: &str = "SELECT trial, turns, growth, slope, rays, fits, lean FROM far_field";

/// Asks for what [`far`] reads, of all outputs of all trials.
pub const OUTPUTS: &str = "SELECT trial, turns, growth, slope, rays, fits FROM output_far_field ORDER BY rowid";

/// What the store has of a trial's network, from a row of [`ALL`]: without what each of its outputs does.
pub fn outside(row: &Row<'_>) -> Result<Outside> {
    let lean = row.get_ref(6)?.as_str_or_null()?.map(serde_json::from_str);
    Ok(Outside {
        far: far(row)?,
        outputs: Vec::new(),
        lean: lean.transpose()?,
    })
}

/// A far field, from a row of [`ALL`] or of [`OUTPUTS`].
pub fn far(row: &Row<'_>) -> Result<FarField> {
    let text = |column: usize| Ok::<_, anyhow::Error>(row.get_ref(column)?.as_str_or_null()?);
    let swings = row.get::<_, Option<f64>>(1)?.zip(row.get(2)?);
    Ok(FarField {
        rays: serde_json::from_str(text(4)?.unwrap_or_default())?,
        swings: swings.map(|(turns, growth)| Swings { turns, growth }),
        slope: row.get::<_, Option<f64>>(3)?.unwrap_or(f64::INFINITY),
        fits: serde_json::from_str(text(5)?.unwrap_or_default())?,
    })
}

impl Store {
    /// Computes what these trials lack, on all cores, and keeps it where the store can be written.
    pub(super) fn complete(&self, trials: &mut [Stored]) -> Result<()> {
        let about = self.about()?;
        let activations: BTreeSet<Activation> = trials.iter().map(|trial| trial.settings.activation).collect();
        let activations: Vec<Activation> = activations.into_iter().filter(|_| about.lean).collect();
        let lacks = |trial: &Stored| trial.diverged_at.is_none() && lacks(trial, about.far_distance, &activations);
        let mut lacking: Vec<&mut Stored> = trials.iter_mut().filter(|trial| lacks(trial)).collect();
        if lacking.is_empty() {
            return Ok(());
        }
        let question = Question {
            distance: about.far_distance,
            families: about.lean.then(|| Families::new(&activations)),
        };
        let (started, networks, mut told) = (Instant::now(), lacking.len(), false);
        for batch in lacking.chunks_mut(BATCH) {
            let decoded = batch.iter().map(|trial| weights::decode(&self.weights(&trial.id)?));
            let answers = ask(&question, batch, &decoded.collect::<Result<Vec<_>>>()?);
            for (trial, outside) in batch.iter_mut().zip(answers) {
                // What is not asked this time is kept for when it is.
                let before = trial.outside.take().and_then(|outside| outside.lean);
                let lean = outside.lean.or(before);
                trial.outside = Some(Outside { lean, ..outside });
            }
            // Who may not write computes it again the next time.
            self.keep(batch).ok();
            if !told && started.elapsed() > SILENCE {
                told = true;
                eprintln!(
                    "note: the store does not have the far field of {}; it is computed from the weights, once",
                    count(networks as u64, "network")
                );
            }
        }
        Ok(())
    }

    /// Stores the far field of these trials, those that are still there.
    fn keep(&self, trials: &[&mut Stored]) -> Result<()> {
        let transaction = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?;
        for trial in trials {
            let there = "SELECT 1 FROM trials WHERE trial = ?1 AND diverged_at IS NULL";
            let there = transaction.prepare_cached(there)?.exists([&trial.id])?;
            if let Some(outside) = trial.outside.as_ref().filter(|_| there) {
                insert(&transaction, &trial.id, &trial.settings.outputs, outside)?;
            }
        }
        Ok(transaction.commit()?)
    }
}

/// Whether the store does not have all that is asked of a trial's network.
fn lacks(trial: &Stored, distance: f64, activations: &[Activation]) -> bool {
    let Some(Outside { far, lean, .. }) = &trial.outside else {
        return true;
    };
    let asked = !activations.is_empty() && trial.settings.inputs.len() == 1 && trial.settings.outputs.len() == 1;
    far.fit(distance).is_none() || asked && !lean.as_ref().is_some_and(|lean| lean.has_all(activations))
}

/// The answer of each network.
fn ask(question: &Question, trials: &[&mut Stored], networks: &[TrainedNetwork]) -> Vec<Outside> {
    let asked: Vec<(&Stored, &TrainedNetwork)> = trials.iter().map(|trial| &**trial).zip(networks).collect();
    parallel::map(&asked, |(trial, network)| {
        question.ask(network, &trial.settings, &trial.scaling, &trial.errors)
    })
}
