//! Whether the targets of an experiment can be learned where they are trained, and by its activations, and what its user
//! may not expect.

use std::collections::HashSet;

use super::check_steps::check_steps;
use super::{finite, formulas, regions, split};
use crate::error::{InputError, nearest};
use crate::experiment::Experiment;
use crate::experiment::published::{Place, Quantity};
use crate::experiment::range::{BANDS, Region};
use crate::experiment::target::Target;
use crate::experiment::trial::Resolved;

/// Points of the range that an expression must have a value at.
const CHECKED: usize = 2048;

/// Whether every trial has something to train on; notes for the user, each once.
pub fn check_all(experiment: &Experiment) -> Result<Vec<String>, InputError> {
    let (mut checked, mut with_steps) = (HashSet::new(), HashSet::new());
    let mut notes = Vec::new();
    for trial in &experiment.trials {
        let settings = &trial.settings;
        let target = &experiment.settings.targets.values[trial.target];
        let sampling = settings.sampling;
        if checked.insert((
            trial.target,
            settings.range.to_string(),
            settings.samples,
            sampling.to_string(),
        )) {
            if let Some(misfit) = sampling.misfit(&settings.range, settings.samples) {
                return Err(experiment.error_at("data.sampling", InputError::new(misfit)));
            }
            check(target, settings).map_err(|error| experiment.error_at("data.range", error))?;
            notes.extend(self::notes(target, settings));
        }
        if with_steps.insert(&trial.cell) {
            check_steps(experiment, target, settings)?;
        }
    }
    check_published(experiment)?;
    notes.extend(formulas::check(experiment)?);
    let mut known = HashSet::new();
    notes.retain(|note| known.insert(note.clone()));
    Ok(notes)
}

/// Whether published errors are of regions that there are.
fn check_published(experiment: &Experiment) -> Result<(), InputError> {
    let known = regions::names();
    for (place, published) in experiment.settings.published.iter().enumerate() {
        let Quantity::Error(_, Place::Region(region)) = &published.quantity else {
            continue;
        };
        if !known.contains(region) {
            let hint = nearest(region, known.iter().map(String::as_str));
            let error = format!("there is no region \"{region}\"{hint} There are {}", known.join(", "));
            return Err(experiment.error_in_published(place, &error));
        }
    }
    Ok(())
}

/// Whether a target has a finite value everywhere on a range that it is looked at.
pub fn check(target: &Target, settings: &Resolved) -> Result<(), InputError> {
    match target {
        Target::Function(function) => {
            let points = regions::inside_points(settings, CHECKED);
            points.iter().try_for_each(|x| finite(settings, x, &function.values(x)))
        }
        Target::Data(data) if settings.sample_count(target) < split::FEWEST => Err(split::too_few(data, settings)),
        Target::Data(_) => Ok(()),
    }
}

/// What the user may not expect of the rows of data: that not all of them are used.
pub fn notes(target: &Target, settings: &Resolved) -> Vec<String> {
    let Target::Data(data) = target else {
        return Vec::new();
    };
    let (range, samples, name) = (&settings.range, settings.samples, &settings.target);
    let rows = |wanted: fn(Region) -> bool| {
        let of = |row: &&Vec<f64>| wanted(range.region(&row[..data.x.len()]));
        data.table.rows.iter().filter(of).count()
    };
    let kept = settings.kept_rows(rows(|region| region == Region::Inside));
    let beyond = rows(|region| region == Region::Beyond);
    let (_, farthest) = BANDS[BANDS.len() - 1];
    let mut notes = Vec::new();
    if kept > samples {
        notes.push(format!(
            "of {kept} rows of \"{name}\" to train on in the range {range}, {samples} are drawn for each seed: data.samples = \
             {samples}"
        ));
    }
    if beyond > 0 {
        notes.push(format!(
            "{beyond} rows of \"{name}\" are farther than {farthest} half-widths from the centre of the range {range}, and \
             are not used"
        ));
    }
    notes
}
