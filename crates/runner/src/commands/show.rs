//! `actlab show`: the conclusions and the ranking of a run, or everything about one trial or one cell.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use super::{find, print};
use crate::analysis::cells::counted_once;
use crate::analysis::columns::setting;
use crate::analysis::conclusions::Conclusions;
use crate::analysis::findings::Findings;
use crate::analysis::ranking::{Ranking, ranking};
use crate::error::reject;
use crate::experiment::settings;
use crate::measure::far_field::{Class, FarField, LIMIT};
use crate::render::words::{self, short};
use crate::render::{endings, findings, ranking as table, results, sketch};
use crate::store::{Store, Stored};
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
    /// List all cells too, those with the lowest validation error first
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

/// What the run says: which activation generalises best, what networks become, and all cells if that is asked for.
fn overview(store: &Store, all: bool) -> Result<String> {
    let trials = store.trials()?;
    let results = results::text(store)? + "\n";
    let findings = findings::text(&Findings::new(store, &counted_once(&trials))?);
    let cells = if all { cells(store, &trials)? } else { String::new() };
    Ok(results + &failed(store)? + &findings + &cells + &best_fits(store, &trials)?)
}

/// All cells of each target.
fn cells(store: &Store, trials: &[Stored]) -> Result<String> {
    let about = store.about()?;
    let of_target = |ranking: &Ranking<'_>| {
        let cells = count(ranking.cells.len() as u64, "cell");
        format!(
            "{} ({cells}, the lowest validation error first)\n{}\n\n",
            ranking.target,
            table::table(ranking, &about).text()
        )
    };
    let notes = results::repetitions(trials).into_iter().map(|note| note + "\n\n");
    Ok(ranking(trials).iter().map(of_target).chain(notes).collect())
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
    Ok(describe(found) + &sketch::fit(store, found)?)
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

/// The fit of the network that stands for the best of each target and range.
fn best_fits(store: &Store, trials: &[Stored]) -> Result<String> {
    let conclusions = Conclusions::new(trials);
    let first = conclusions
        .contests
        .iter()
        .filter_map(|(_, choices)| choices.first()?.cell.shown());
    first.map(|trial| sketch::fit(store, trial)).collect()
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
    if let Some(far) = trial.far() {
        far_field(far, &mut line);
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

/// What the network ends in, t half-widths from the centre of its range, and what it looks like up to there.
fn far_field(far: &FarField, line: &mut impl FnMut(&str, String)) {
    line("ends in", words::ending(far.ending()).to_owned());
    let sides = ["  to the left", "  to the right"];
    let shown = far.rays.iter().zip(sides).filter(|_| far.rays.len() == sides.len());
    for (ray, side) in shown {
        line(side, endings::asymptote(ray.asymptote));
    }
    if let Some(settled) = far.settled() {
        line("settled", endings::settled(settled));
    }
    if let Some(swings) = far.swings {
        line("turns", format!("{} in a half-width", short(swings.turns)));
        let growth = short(swings.growth);
        line(
            "swings",
            format!("{growth} times as far from 10 to {LIMIT} half-widths as up to 10"),
        );
    }
    for fit in &far.fits {
        let classes = fit.classes.map(Class::name).join(" / ");
        line(
            &format!("up to {}", fit.distance),
            format!("{classes} (R² 0.95 / 0.99 / 0.999)"),
        );
    }
}
