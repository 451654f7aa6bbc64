//! From what was typed to what is meant: every setting checked, every list an axis.

use std::path::Path;

use anyhow::Result;

use super::axis::{Axis, axis};
use super::hidden::check;
use super::kind::{Number, Parse, Seeds, Switch, text};
use super::ranges::Ranges;
use super::row::sections;
use super::targets::targets;
use super::{Resolved, Settings};
use crate::error::InputError;
use crate::experiment::document::{Document, Value};
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

/// What the trials of an experiment share, or have in more than one setting.
pub struct Shared {
    pub name: String,
    pub targets: Axis<Target>,
    pub ranges: Axis<Vec<Range>>,
    pub seeds: Vec<u64>,
    pub far_distance: f64,
    pub lean: bool,
}

impl Settings {
    /// Checks everything that was typed. `path` gives the run its name where the file gives none.
    pub fn resolve(document: &Document, path: &Path) -> Result<Self> {
        let targets = targets(document)?;
        let rows = rows(&targets.values);
        let distance = document.get("far_field.distance");
        let shared = Shared {
            name: name(document, path)?,
            ranges: ranges(document, &targets.values)?,
            targets,
            seeds: seeds(document)?,
            far_distance: distance.map_or(Ok(FAR_DISTANCE), |node| Number::HalfWidths.parse(node))?,
            lean: document
                .get("far_field.lean")
                .map_or(Ok(LEAN), |node| Switch.parse(node))?,
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
        check(document, &settings)?;
        Ok(settings)
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
        let mut cells = vec![Resolved::new(
            target.name().to_owned(),
            target.inputs(),
            data,
            range.clone(),
        )];
        for section in slowest_first() {
            self.spread(section, is_data, &mut cells);
        }
        cells.into_iter().map(Resolved::settled).collect()
    }
}

/// The sections in the order in which trials are counted through: networks that are alike stand together.
fn slowest_first() -> Vec<&'static str> {
    const FIRST: [&str; 4] = ["network", "regularization", "data", "training"];
    let mut sections = sections();
    sections.sort_by_key(|section| FIRST.iter().position(|first| first == section).unwrap_or(FIRST.len()));
    sections
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
