//! From what was typed to what is meant: every setting checked, every list an axis.

use std::path::Path;

use actlab_model::optimizer::Schedule;
use anyhow::Result;

use super::axis::{Axis, axis};
use super::kind::{Number, Parse, Seeds, Switch, Whole, text};
use super::published::published;
use super::ranges::Ranges;
use super::row::sections;
use super::targets::targets;
use super::{Resolved, Settings};
use crate::error::InputError;
use crate::experiment::document::{Document, Value};
use crate::experiment::published::Published;
use crate::experiment::range::{Interval, Range};
use crate::experiment::target::Target;

/// Where expressions are trained, how many seeds, and how far out networks are looked at, if nothing was typed.
pub const RANGE: Interval = [-5.0, 5.0];
/// See [`RANGE`].
pub const SEEDS: u64 = 10;
/// See [`RANGE`].
pub const FAR_DISTANCE: f64 = 10.0;
/// Whether networks are compared with single units, if nothing was typed.
pub const LEAN: bool = false;

/// How many epochs may be typed.
pub const EPOCHS: Whole = Whole(1, 1_000_000_000);

/// What the trials of an experiment share, or have in more than one setting.
pub struct Shared {
    pub name: String,
    pub targets: Axis<Target>,
    pub ranges: Axis<Vec<Range>>,
    pub seeds: Vec<u64>,
    pub far_distance: f64,
    pub lean: bool,
    pub in_epochs: bool,
    pub published: Vec<Published>,
}

impl Settings {
    /// Checks everything that was typed. `path` gives the run its name where the file gives none.
    pub fn resolve(document: &Document, path: &Path) -> Result<Self> {
        let targets = targets(document)?;
        let rows = rows(&targets.values);
        let distance = document.get("far_field.distance");
        let lean = lean(document, &targets.values)?;
        let shared = Shared {
            name: name(document, path)?,
            ranges: ranges(document, &targets.values)?,
            targets,
            seeds: seeds(document)?,
            far_distance: distance.map_or(Ok(FAR_DISTANCE), |node| Number::HalfWidths.parse(node))?,
            lean,
            in_epochs: epochs(document)?.is_some(),
            published: document.get("published").map_or(Ok(Vec::new()), published)?,
        };
        let mut settings = Self::new(document, shared)?;
        // Of data, all rows. The default where there are fewer: so it was when that held for data too, and the ids are
        // still the same.
        if document.get("data.samples").is_none() {
            settings
                .samples
                .values
                .iter_mut()
                .for_each(|samples| *samples = rows.max(*samples));
        }
        if let Some(epochs) = epochs(document)? {
            // As many steps as they come to differ where any of these does.
            let is_batched = settings.batch.values.iter().any(|batch| *batch > 0);
            let differ = is_batched && (settings.samples.swept || settings.batch.swept);
            settings.steps = Axis {
                swept: epochs.swept || differ,
                ..epochs
            };
        }
        settings.check_warmups(document)?;
        Ok(settings)
    }

    /// Whether every warm-up is over before the last step of the shortest training.
    fn check_warmups(&self, document: &Document) -> Result<(), InputError> {
        let steps = self.steps.values.iter().copied().min().unwrap_or(usize::MAX);
        let longest = self.schedule.values.iter().map(Schedule::warmup).max().unwrap_or(0);
        match document.get("training.schedule") {
            Some(node) if longest >= steps => Err(node.error(format!(
                "a warmup of {longest} steps is not over after training.steps = {steps}: make it shorter, or train longer"
            ))),
            _ => Ok(()),
        }
    }

    /// The settings that were typed as lists, in the order of the columns of results.
    pub fn axes(&self) -> Vec<&'static str> {
        let first = [("target", self.targets.swept), ("range", self.ranges.swept)];
        let others = self
            .axes_of_trials()
            .into_iter()
            .map(|(column, _, swept)| (column, swept));
        let swept = first.into_iter().chain(others).filter(|(_, swept)| *swept);
        swept.map(|(column, _)| column).collect()
    }

    /// How many trials there are, those that are the same counted each.
    pub fn trials(&self) -> u128 {
        let first = [self.targets.values.len(), self.ranges.values.len(), self.seeds.len()];
        let others = self.axes_of_trials().into_iter().map(|(_, values, _)| values);
        let lengths = first.into_iter().chain(others);
        lengths.fold(1, |count, length| count.saturating_mul(length as u128))
    }

    /// The combinations of everything but target, range and seed.
    pub fn cells(&self, target: &Target, range: &Range) -> Vec<Resolved> {
        let data = match target {
            Target::Function(_) => None,
            Target::Data(data) => Some(data.table.digest()),
        };
        let is_data = data.is_some();
        let mut cells = vec![Resolved {
            outputs: target.outputs(),
            ..Resolved::new(target.name(), target.inputs(), data, range.clone())
        }];
        for section in slowest_first() {
            self.spread(section, is_data, &mut cells);
        }
        for cell in cells.iter_mut().filter(|_| self.in_epochs) {
            cell.steps = cell.steps.saturating_mul(cell.steps_of_an_epoch(target));
        }
        cells
    }
}

/// The sections in the order in which trials are counted through: networks that are alike stand together.
fn slowest_first() -> Vec<&'static str> {
    const FIRST: [&str; 4] = ["network", "regularization", "data", "training"];
    let mut sections = sections();
    sections.sort_by_key(|section| FIRST.iter().position(|first| first == section).unwrap_or(FIRST.len()));
    sections
}

/// The epochs that were typed instead of steps.
fn epochs(document: &Document) -> Result<Option<Axis<usize>>, InputError> {
    match (document.get("training.epochs"), document.get("training.steps")) {
        (Some(node), Some(_)) => {
            Err(node.error("a training has either steps or epochs; remove one of training.steps and training.epochs"))
        }
        (Some(node), None) => axis(node, &EPOCHS).map(Some),
        (None, _) => Ok(None),
    }
}

/// Of the longest data.
fn rows(targets: &[Target]) -> usize {
    let rows = targets.iter().map(|target| match target {
        Target::Function(_) => 0,
        Target::Data(data) => data.table.rows.len(),
    });
    rows.max().unwrap_or(0)
}

fn name(document: &Document, path: &Path) -> Result<String, InputError> {
    let stem = || {
        path.file_stem()
            .map_or_else(|| "run".to_owned(), |stem| stem.to_string_lossy().into_owned())
    };
    let Some(node) = document.get("name") else {
        return Ok(stem());
    };
    match text(node)?.trim() {
        "" => Err(node.error("the name is empty")),
        name => Ok(name.to_owned()),
    }
}

/// Whether networks are compared with single units, which have one output.
fn lean(document: &Document, targets: &[Target]) -> Result<bool, InputError> {
    let Some(node) = document.get("far_field.lean") else {
        return Ok(LEAN);
    };
    let lean = Switch.parse(node)?;
    let several = targets.iter().find(|target| target.outputs().len() > 1);
    match several.filter(|_| lean) {
        None => Ok(lean),
        Some(target) => Err(node.error(format!(
            "single units have one output, and {} has several: make each a target of its own, as \"{}\", or leave \
             far_field.lean out",
            target.name(),
            target.outputs()[0]
        ))),
    }
}

fn seeds(document: &Document) -> Result<Vec<u64>, InputError> {
    let Some(node) = document.get("sweep.seeds") else {
        return Ok((0..SEEDS).collect());
    };
    match &node.value {
        Value::List(_) => {
            let mut seeds = axis(node, &Seeds::SEED)?.values;
            seeds.sort_unstable();
            seeds.dedup();
            Ok(seeds.into_iter().map(|seed| seed as u64).collect())
        }
        _ => Ok((0..Seeds::COUNT.parse(node)? as u64).collect()),
    }
}

/// The ranges, resolved for each target.
fn ranges(document: &Document, targets: &[Target]) -> Result<Axis<Vec<Range>>, InputError> {
    let inputs: Vec<Vec<String>> = targets.iter().map(Target::inputs).collect();
    if let Some(node) = document.get("data.range") {
        return axis(node, &Ranges(&inputs));
    }
    if let Some(Target::Data(data)) = targets.iter().find(|target| matches!(target, Target::Data(_))) {
        let (low, high) = data.table.extent(0);
        return Err(InputError::new(format!(
            "the experiment does not say which rows to train on: add [data] range = [low, high]; column \"{}\" goes \
             from {low} to {high}",
            data.x[0]
        )));
    }
    let of = |names: &Vec<String>| Range(vec![vec![RANGE]; names.len()]);
    Ok(Axis::single(inputs.iter().map(of).collect()))
}
