//! `actlab export`: results for other programs: a CSV row for each trial, and weights and samples as safetensors.

mod start;

use std::collections::HashSet;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};

use super::{find, print};
use crate::analysis::columns::{setting, setting_of_failed};
use crate::error::reject;
use crate::experiment::data;
use crate::experiment::range::BANDS;
use crate::experiment::settings::COLUMNS;
use crate::measure::far_field::{DISTANCES, FarField, Settled, THRESHOLDS};
use crate::measure::lean::RIVALS;
use crate::samples::{FAR, GAP, INSIDE, band_name};
use crate::store::{About, Store, Stored};
use start::Start;

/// What to write, and where.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Folder of the run
    run: PathBuf,
    /// What to write
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,
    /// Folder for safetensors files [default: weights in the run's folder]
    #[arg(long)]
    to: Option<PathBuf>,
    /// Only the weights of this trial, by the beginning of its id
    #[arg(long)]
    trial: Option<String>,
    /// Also the weights that training started from: TRIAL.initial.safetensors
    #[arg(long)]
    initial: bool,
    /// Also the training samples as the network saw them, x and y, with the loss by step in the metadata:
    /// TRIAL.samples.safetensors
    #[arg(long)]
    samples: bool,
    /// The table that the trials learned, for --initial and --samples of a run on data
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
}

impl Arguments {
    /// Whether anything was asked for that goes to files.
    fn needs_files(&self) -> bool {
        self.to.is_some() || self.trial.is_some() || self.initial || self.samples || self.data.is_some()
    }
}

/// What export writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One row for each trial
    Csv,
    /// One file of weights for each trial, to be loaded into a PyTorch Sequential
    Safetensors,
}

/// Writes it.
pub fn run(arguments: &Arguments) -> Result<()> {
    let store = Store::open_existing(&arguments.run)?;
    match arguments.format {
        Format::Csv if arguments.needs_files() => {
            reject!(
                "--to, --trial, --initial, --samples and --data go with --format safetensors; CSV goes to stdout: \
                 `actlab export RUN > FILE`"
            )
        }
        Format::Csv => csv(&store, std::io::stdout().lock()),
        Format::Safetensors => {
            let mut trials = store.trials()?;
            if let Some(prefix) = &arguments.trial {
                trials = vec![find(&trials, prefix)?.clone()];
            }
            let folder = arguments.to.clone().unwrap_or_else(|| arguments.run.join("weights"));
            let paths = safetensors(&store, &trials, &folder, arguments)?;
            let lines = paths.iter().map(|path| format!("{}\n", path.display()));
            print(&lines.collect::<String>())
        }
    }
}

/// Columns before the errors; they are there whatever was swept.
fn settings() -> Vec<&'static str> {
    let first = ["trial", "cell"].into_iter().chain(COLUMNS);
    first.chain(["seed", "status"]).collect()
}

/// Columns between the errors and the far field.
const RESULTS: [&str; 6] = [
    "diverged_at",
    "sigma",
    "lipschitz",
    "steps_per_second",
    "backend",
    "weights_step",
];

/// All trials of a run as CSV, one row for each, numbers with all their digits, empty where there is none.
fn csv(store: &Store, out: impl Write) -> Result<()> {
    let about = store.about()?;
    let settings = settings();
    let mut columns: Vec<String> = settings.iter().map(|column| column.to_string()).collect();
    columns.push("train_mse".to_owned());
    let mut regions = vec![INSIDE.to_owned(), FAR.to_owned()];
    regions.extend((0..BANDS.len()).map(band_name));
    regions.push(GAP.to_owned());
    columns.extend(
        regions
            .iter()
            .flat_map(|region| [format!("{region}_rmse"), format!("{region}_nrmse")]),
    );
    columns.extend(RESULTS.map(str::to_owned));
    let far = FarColumns::new(&about);
    columns.extend(far.names());
    let axes: Vec<&String> = about
        .axes
        .iter()
        .filter(|axis| !settings.contains(&axis.as_str()))
        .collect();
    columns.extend(axes.iter().map(|axis| axis.to_string()));
    let trials = store.trials()?;
    let outputs = OutputColumns::new(&trials, &regions);
    columns.extend(outputs.names());
    let header: Vec<&str> = columns.iter().map(String::as_str).collect();
    let rows = trials.iter().map(|trial| {
        let mut row: Vec<String> = settings.iter().map(|column| setting(trial, column)).collect();
        row.push(optional(trial.train_mse));
        for region in &regions {
            let error = trial.error(region);
            row.push(optional(error.and_then(|error| error.rmse)));
            row.push(optional(error.and_then(|error| error.nrmse)));
        }
        let sigma: Vec<String> = trial.sigma.iter().map(f64::to_string).collect();
        row.extend([
            step(trial.diverged_at),
            sigma.join(" "),
            optional(trial.lipschitz),
            format!("{:.1}", trial.timing.steps_per_second),
            trial.timing.backend.clone(),
            step(trial.weights_step),
        ]);
        row.extend(far.of(trial));
        row.extend(axes.iter().map(|axis| setting(trial, axis)));
        row.extend(outputs.of(trial));
        row
    });
    let failed = store.failed()?;
    let failed = failed.iter().map(|failed| {
        let name = |column: &&str| setting_of_failed(failed, column);
        header.iter().map(name).collect()
    });
    data::write(out, &header, rows.chain(failed))
}

/// The columns of the far field: what a network ends in and where it gets there, what it looks like, and how well single
/// units predict it, if the experiment asks.
struct FarColumns {
    distances: Vec<f64>,
    lean: bool,
}

impl FarColumns {
    fn new(about: &About) -> Self {
        let mut distances = DISTANCES.to_vec();
        distances.extend(Some(about.far_distance).filter(|distance| !DISTANCES.contains(distance)));
        Self {
            distances,
            lean: about.lean,
        }
    }

    fn names(&self) -> Vec<String> {
        let first = ["ends_in", "settled", "settling", "turns", "growth", "far_slope", "rays"];
        let mut names: Vec<String> = first.map(str::to_owned).to_vec();
        for distance in &self.distances {
            names.extend(THRESHOLDS.map(|threshold| format!("class_{distance}_r2_{threshold}")));
        }
        if self.lean {
            names.extend(["lean_r2", "lean_derivative"].map(str::to_owned));
            names.extend(RIVALS.map(|rival| format!("lean_{rival}")));
        }
        names
    }

    fn of(&self, trial: &Stored) -> Vec<String> {
        let Some(far) = trial.far() else {
            return vec![String::new(); self.names().len()];
        };
        let settled = far.settled();
        let mut row = vec![
            far.ending().name().to_owned(),
            optional(settled.and_then(Settled::distance)),
            settled.map_or_else(String::new, |settled| settled.name().to_owned()),
            optional(far.swings.map(|swings| swings.turns)),
            optional(far.swings.map(|swings| swings.growth)),
            far.slope.to_string(),
            serde_json::json!(far.rays).to_string(),
        ];
        for distance in &self.distances {
            let name = |place: usize| far.fit(*distance).map_or("", |fit| fit.classes[place].name());
            row.extend((0..THRESHOLDS.len()).map(|place| name(place).to_owned()));
        }
        if self.lean {
            let lean = trial.outside.as_ref().and_then(|outside| outside.lean.as_ref());
            let scores = lean.and_then(|lean| Some((lean, lean.of(trial.settings.activation)?)));
            let numbers = scores.map(|(lean, [g, derivative, integral])| {
                let rivals = [g.error, integral.error, lean.constant.error, lean.line.error];
                [[derivative.r2, derivative.error].as_slice(), &rivals].concat()
            });
            let numbers = numbers.map_or_else(|| vec![None; 2 + RIVALS.len()], |of| of.into_iter().map(Some).collect());
            row.extend(numbers.into_iter().map(optional));
        }
        row
    }
}

fn step(step: Option<usize>) -> String {
    step.map_or_else(String::new, |step| step.to_string())
}

/// The columns of each output of networks of several: its errors, what it ends in and where it gets there.
struct OutputColumns<'a> {
    outputs: Vec<&'a str>,
    regions: &'a [String],
}

impl<'a> OutputColumns<'a> {
    /// Of all targets, each output once.
    fn new(trials: &'a [Stored], regions: &'a [String]) -> Self {
        let several = trials.iter().filter(|trial| trial.settings.outputs.len() > 1);
        let mut known = HashSet::new();
        let outputs = several.flat_map(|trial| &trial.settings.outputs).map(String::as_str);
        Self {
            outputs: outputs.filter(|output| known.insert(*output)).collect(),
            regions,
        }
    }

    fn names(&self) -> Vec<String> {
        let of = |output: &&str| {
            let errors = |region: &String| ["rmse", "nrmse"].map(|error| format!("{region}_{error}_{output}"));
            let mut names: Vec<String> = self.regions.iter().flat_map(errors).collect();
            names.extend(["ends_in", "settled", "settling"].map(|name| format!("{name}_{output}")));
            names
        };
        self.outputs.iter().flat_map(of).collect()
    }

    fn of(&self, trial: &Stored) -> Vec<String> {
        let of = |output: &&str| {
            let places = &mut trial.settings.outputs.iter();
            // What is the one output of a network has its columns already.
            let place = places
                .position(|name| name == output)
                .filter(|_| trial.settings.outputs.len() > 1);
            let errors = |region: &String| {
                let error = place.and_then(|place| trial.error(region)?.output(place));
                [error.map(|error| error.rmse), error.and_then(|error| error.nrmse)].map(optional)
            };
            let mut row: Vec<String> = self.regions.iter().flat_map(errors).collect();
            let far = place.and_then(|place| trial.outside.as_ref()?.outputs.get(place));
            let settled = far.and_then(FarField::settled);
            row.push(far.map_or_else(String::new, |far| far.ending().name().to_owned()));
            row.push(optional(settled.and_then(Settled::distance)));
            row.push(settled.map_or_else(String::new, |settled| settled.name().to_owned()));
            row
        };
        self.outputs.iter().flat_map(of).collect()
    }
}

fn optional(number: Option<f64>) -> String {
    number.map_or_else(String::new, |number| number.to_string())
}

/// Writes the weights of every trial to `folder`, and what else was asked for, a safetensors file for each, and returns
/// their paths.
fn safetensors(store: &Store, trials: &[Stored], folder: &Path, asked: &Arguments) -> Result<Vec<PathBuf>> {
    std::fs::create_dir_all(folder).with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    let mut paths = Vec::new();
    let mut write = |name: String, bytes: Vec<u8>| -> Result<()> {
        let path = folder.join(name);
        std::fs::write(&path, bytes).with_context(|| format!("{} cannot be written", path.display()))?;
        paths.push(path);
        Ok(())
    };
    for trial in trials {
        let id = &trial.id;
        write(format!("{id}.safetensors"), store.weights(id)?)?;
        if asked.initial || asked.samples {
            let start = Start::of(trial, asked.data.as_deref())?;
            if asked.initial {
                write(format!("{id}.initial.safetensors"), start.weights()?)?;
            }
            if asked.samples {
                write(format!("{id}.samples.safetensors"), start.samples(&store.history(id)?)?)?;
            }
        }
    }
    Ok(paths)
}
