//! `actlab show`: the conclusions and the ranking of a run, or everything about one trial or one cell.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use super::{find, print};
use crate::analysis::columns::setting;
use crate::analysis::findings::Findings;
use crate::analysis::ranking::{By, ranking};
use crate::error::reject;
use crate::experiment::settings;
use crate::render::words::short;
use crate::render::{findings, ranking as table, sketch};
use crate::samples::FAR;
use crate::store::{Store, Stored, weights};
use crate::words::count;

/// What to show.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Folder of the run, as runs/paper
    run: PathBuf,
    /// A trial, by the beginning of its id
    #[arg(long, conflicts_with = "cell")]
    trial: Option<String>,
    /// A cell (trials that differ only in their seed), by the beginning of its id
    #[arg(long)]
    cell: Option<String>,
    /// Rank all cells, not only the best
    #[arg(long)]
    all: bool,
}

/// Shows it.
pub fn run(arguments: &Arguments) -> Result<()> {
    let store = Store::open_existing(&arguments.run)?;
    print(&match (&arguments.trial, &arguments.cell) {
        (Some(prefix), _) => trial(&store, prefix)?,
        (None, Some(prefix)) => cell(&store, prefix)?,
        (None, None) => overview(&store, arguments.all)?,
    })
}

/// What the run says, and its ranking.
fn overview(store: &Store, all: bool) -> Result<String> {
    let shown = if all { usize::MAX } else { table::SHOWN };
    let trials = store.trials()?;
    let findings = findings::text(&Findings::new(store, &trials)?);
    Ok(findings + &failed(store)? + &table::render(store, shown)? + &best_fits(store, &trials)?)
}

/// How many trials failed, and why; nothing where none did.
fn failed(store: &Store) -> Result<String> {
    let failed = store.failed()?;
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for failed in &failed {
        *reasons.entry(&failed.reason).or_default() += 1;
    }
    let lines = reasons
        .iter()
        .map(|(reason, trials)| format!("{} failed: {reason}\n", count(*trials as u64, "trial")));
    let text: String = lines.collect();
    Ok(if text.is_empty() { text } else { text + "\n" })
}

/// One trial.
fn trial(store: &Store, prefix: &str) -> Result<String> {
    let trials = store.trials()?;
    if let Some(failed) = store.failed()?.iter().find(|failed| failed.id.starts_with(prefix)) {
        return Ok(format!(
            "trial           {}\nstatus          failed: {}\n",
            failed.id, failed.reason
        ));
    }
    let found = find(&trials, prefix)?;
    Ok(describe(found) + &learned(store, found)? + &sketch::fit(store, found)?)
}

/// What the activations of a trial's network have learned, layer by layer; nothing where they learn nothing.
fn learned(store: &Store, trial: &Stored) -> Result<String> {
    if trial.settings.activation.learned().next().is_none() {
        return Ok(String::new());
    }
    let network = weights::decode(&store.weights(&trial.id)?)?;
    let layers = network.activations.iter().enumerate().map(|(index, activation)| {
        let values = activation.learned_values();
        let values: Vec<String> = values
            .map(|(name, value)| format!("{name} {}", short(f64::from(value))))
            .collect();
        format!("{:<16}{}\n", format!("learned, layer {}", index + 1), values.join(", "))
    });
    Ok(layers.collect())
}

/// The trials of one cell.
fn cell(store: &Store, prefix: &str) -> Result<String> {
    let trials = store.trials()?;
    let found: Vec<&Stored> = trials.iter().filter(|trial| trial.cell.starts_with(prefix)).collect();
    let Some(first) = found.first() else {
        reject!("no cell of this run begins with \"{prefix}\"; `actlab show RUN` lists the best");
    };
    if found.iter().any(|trial| trial.cell != first.cell) {
        reject!("several cells of this run begin with \"{prefix}\"; give more of the id");
    }
    Ok(found.iter().map(|trial| describe(trial)).collect::<Vec<_>>().join("\n"))
}

/// The fit of the best network of each target.
fn best_fits(store: &Store, trials: &[Stored]) -> Result<String> {
    let best = ranking(trials, By::Far).into_iter().filter_map(|ranking| {
        let error = |trial: &&Stored| trial.error(FAR).and_then(|error| error.nrmse).unwrap_or(f64::INFINITY);
        let first = ranking.cells.into_iter().next()?;
        first.trials.into_iter().min_by(|a, b| error(a).total_cmp(&error(b)))
    });
    best.map(|trial| sketch::fit(store, trial)).collect()
}

fn describe(trial: &Stored) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: String| text += &format!("{name:<16}{value}\n");
    line("trial", trial.id.clone());
    line("cell", trial.cell.clone());
    for name in settings::columns_of_one() {
        let text = setting(trial, name);
        // A setting that does not go with the target has none.
        if !text.is_empty() {
            line(name, text);
        }
    }
    line(
        "status",
        match trial.diverged_at {
            Some(step) => format!("diverged at step {step}"),
            None => "done".to_owned(),
        },
    );
    if let Some(mse) = trial.train_mse {
        line("training MSE", short(mse));
    }
    for error in &trial.errors {
        let normalised = error
            .nrmse
            .map_or_else(String::new, |nrmse| format!(" ({} standard deviations)", short(nrmse)));
        line(
            &format!("RMSE {}", error.region),
            format!("{}{normalised}", short(error.rmse)),
        );
    }
    if let Some(lipschitz) = trial.lipschitz {
        line(
            "sigma",
            trial
                .sigma
                .iter()
                .map(|sigma| short(*sigma))
                .collect::<Vec<_>>()
                .join(", "),
        );
        line("Lipschitz bound", short(lipschitz));
    }
    let timing = &trial.timing;
    line(
        "trained on",
        format!(
            "{} with {}, in a stack of {}",
            timing.adapter, timing.backend, timing.stack
        ),
    );
    line("steps/s", short(timing.steps_per_second));
    text
}
