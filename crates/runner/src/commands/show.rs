//! `actlab show`: the conclusions and the ranking of a run, or everything about one trial or one cell.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use super::{find, print};
use crate::analysis::cells::counted_once;
use crate::analysis::columns::setting;
use crate::analysis::conclusions::Conclusions;
use crate::analysis::contests::ACTIVATION;
use crate::analysis::findings::Findings;
use crate::analysis::published::compare;
use crate::analysis::ranking::{Ranking, ranking};
use crate::error::{nearest, reject};
use crate::experiment::settings;
use crate::measure::far_field::{Class, FarField, LIMIT};
use crate::render::tables::{Tables, json};
use crate::render::words::{self, short};
use crate::render::{endings, findings, published, ranking as table, results, sketch};
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
    /// List all cells too, those with the lowest validation error first
    #[arg(long)]
    all: bool,
    /// Compare the values of this setting instead, by the name of its column, as hidden
    #[arg(long, value_name = "COLUMN", default_value = ACTIVATION, conflicts_with_all = ["trial", "cell"])]
    by: String,
    /// Only trials with this value of a setting, as target=x^2 (may be repeated)
    #[arg(long = "where", value_name = "COLUMN=VALUE", conflicts_with_all = ["trial", "cell"])]
    only: Vec<String>,
    /// Print answers and tables as JSON
    #[arg(long, conflicts_with_all = ["trial", "cell", "all"])]
    json: bool,
}

/// Shows it.
pub fn run(arguments: &Arguments) -> Result<()> {
    let store = Store::open_existing(&arguments.run)?;
    print(&match (&arguments.trial, &arguments.cell) {
        (Some(prefix), _) => trial(&store, prefix)?,
        (None, Some(prefix)) => cell(&store, prefix)?,
        (None, None) => overview(&store, arguments)?,
    })
}

/// What the run says: which activation generalises best, what networks become, and all cells if that is asked for.
fn overview(store: &Store, arguments: &Arguments) -> Result<String> {
    let mut trials = store.trials()?;
    for condition in &arguments.only {
        only(&mut trials, condition)?;
    }
    let by = comparable(&arguments.by)?;
    let conclusions = Conclusions::new(&trials, by, store.about()?.level());
    let once = counted_once(&trials);
    let found = Findings::new(store, &once)?;
    let about = store.about()?;
    let compared = compare(&about.published, store, &trials)?;
    if arguments.json {
        let tables = Tables::new(&found, &conclusions, &compared, &trials, &about);
        return json(&tables, &found, &conclusions);
    }
    let so_far = match (by, arguments.only.is_empty()) {
        (ACTIVATION, true) => results::so_far(store, &trials)?,
        _ => String::new(),
    };
    let results = so_far + &results::text_of(&conclusions, &found.endings, &about) + &published::text(&compared);
    let cells = if arguments.all {
        cells(store, &trials)?
    } else {
        String::new()
    };
    Ok(results + "\n" + &failed(store)? + &findings::text(&found) + &cells + &best_fits(store, &conclusions)?)
}

/// Keeps the trials that have a value of a setting.
fn only(trials: &mut Vec<Stored>, condition: &str) -> Result<()> {
    let Some((column, value)) = condition.split_once('=') else {
        reject!("--where takes a setting and its value, as target=x^2, not \"{condition}\"");
    };
    let (column, value) = (known(column.trim())?, value.trim());
    let mut values: Vec<String> = trials.iter().map(|trial| setting(trial, column)).collect();
    trials.retain(|trial| setting(trial, column) == value);
    if trials.is_empty() {
        values.sort();
        values.dedup();
        let near = nearest(value, values.iter().map(String::as_str));
        reject!(
            "no trial of this run has {column} = {value}{near} There is {}",
            values.join(", ")
        );
    }
    Ok(())
}

/// The name of a setting's column.
fn known(name: &str) -> Result<&'static str> {
    let mut columns = settings::columns();
    columns.push("seed");
    match columns.iter().find(|column| **column == name) {
        Some(column) => Ok(column),
        None => {
            let near = nearest(name, columns.iter().copied());
            reject!("there is no setting \"{name}\"{near} There are {}", columns.join(", "))
        }
    }
}

/// The setting whose values are compared: seeds pair what is compared, and targets and ranges are problems of their own.
fn comparable(name: &str) -> Result<&'static str> {
    match known(name)? {
        column @ ("target" | "range" | "seed") => reject!(
            "networks are compared for each target and range, seed by seed: --by {column} has nothing to compare; \
             --where {column}=VALUE picks one"
        ),
        column => Ok(column),
    }
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

/// The fit of the network that stands for the best of each target and range.
fn best_fits(store: &Store, conclusions: &Conclusions<'_>) -> Result<String> {
    let first = conclusions
        .contests
        .iter()
        .filter_map(|(_, choices)| choices.first()?.cell.shown());
    first.map(|trial| sketch::fit(store, trial)).collect()
}

fn describe(trial: &Stored) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: String| text += &format!("{name:<15} {value}\n");
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
    if let Some(step) = trial.weights_step {
        line("weights", format!("of step {step} of {}", trial.settings.steps));
    }
    if let Some(mse) = trial.train_mse {
        line("training MSE", short(mse));
    }
    for error in &trial.errors {
        let outputs = trial.settings.outputs.iter().zip(&error.outputs);
        line(&format!("RMSE {}", error.region), rmse(error.rmse, error.nrmse));
        outputs.for_each(|(name, of)| line(&format!("  {name}"), rmse(Some(of.rmse), of.nrmse)));
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
    let outputs = trial.outside.iter().flat_map(|outside| &outside.outputs);
    for (name, far) in trial.settings.outputs.iter().zip(outputs) {
        line("output", name.clone());
        far_field(far, &mut |name, value| line(&format!("  {name}"), value));
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

/// In the target's units, where there is one, and in its standard deviations.
fn rmse(rmse: Option<f64>, nrmse: Option<f64>) -> String {
    match (
        rmse.map(short),
        nrmse.map(|nrmse| format!("{} standard deviations", short(nrmse))),
    ) {
        (Some(rmse), Some(nrmse)) => format!("{rmse} ({nrmse})"),
        (Some(rmse), None) => rmse,
        (None, Some(nrmse)) => format!("{nrmse}, root mean square of all outputs"),
        (None, None) => "none of all outputs: one is constant there".to_owned(),
    }
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
