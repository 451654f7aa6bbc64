//! Cells: the trials that differ in their seed alone, and the errors of all of them together.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::experiment::network::Mixture;
use crate::experiment::trial::Resolved;
use crate::samples::{FAR, INSIDE, VALIDATION};
use crate::statistics::{Estimate, median_interval};
use crate::store::Stored;

/// The trials of one cell.
#[derive(Debug, Clone)]
pub struct Cell<'a> {
    /// In the order of their seeds.
    pub trials: Vec<&'a Stored>,
    /// Normalised error inside of the range, of the points that settings are chosen by.
    pub validation: Option<Estimate>,
    /// Normalised error inside of the range, of points that nothing else is done with.
    pub inside: Option<Estimate>,
    /// Normalised error in the far field.
    pub far: Option<Estimate>,
}

impl<'a> Cell<'a> {
    /// Of at least one trial.
    pub fn new(trials: Vec<&'a Stored>) -> Self {
        Self {
            validation: estimate(&trials, VALIDATION),
            inside: estimate(&trials, INSIDE),
            far: estimate(&trials, FAR),
            trials,
        }
    }

    /// What its trials share, and the first of them has.
    pub fn settings(&self) -> &'a Resolved {
        &self.trials[0].settings
    }

    /// Its id.
    pub fn name(&self) -> &'a str {
        &self.trials[0].cell
    }

    /// How many of its trials diverged.
    pub fn diverged(&self) -> usize {
        self.trials.iter().filter(|trial| trial.diverged_at.is_some()).count()
    }

    /// Those that did not.
    pub fn trained(&self) -> impl Iterator<Item = &'a Stored> {
        let trained = self.trials.iter().filter(|trial| trial.diverged_at.is_none());
        trained.copied()
    }

    /// The normalised error in this region; none where nothing was measured there.
    pub fn error_in(&self, region: &str) -> Option<Estimate> {
        estimate(&self.trials, region)
    }

    /// The median of its validation errors; infinite where there is none.
    pub fn chosen_by(&self) -> f64 {
        self.validation.map_or(f64::INFINITY, |validation| validation.median)
    }

    /// The network that stands for it in pictures: the one with the lowest validation error, or test error where there is
    /// none of the first.
    pub fn shown(&self) -> Option<&'a Stored> {
        let error = |trial: &Stored| {
            error(trial, VALIDATION)
                .or(error(trial, INSIDE))
                .unwrap_or(f64::INFINITY)
        };
        self.trained().min_by(|a, b| error(a).total_cmp(&error(b)))
    }
}

/// The normalised error of a trial; a diverged network is worse than any other, so its error is infinite everywhere.
pub fn error(trial: &Stored, region: &str) -> Option<f64> {
    match trial.diverged_at {
        Some(_) => Some(f64::INFINITY),
        None => trial.error(region)?.nrmse,
    }
}

/// None where no network was measured there: a diverged one would be infinitely wrong where nothing is asked.
fn estimate(trials: &[&Stored], region: &str) -> Option<Estimate> {
    let trained = || trials.iter().filter(|trial| trial.diverged_at.is_none());
    if trained().next().is_some() && trained().all(|trial| error(trial, region).is_none()) {
        return None;
    }
    let errors: Vec<f64> = trials.iter().filter_map(|trial| error(trial, region)).collect();
    median_interval(&errors)
}

/// The trials by their cells, both in the order in which they are given.
pub fn cells<'a>(trials: impl IntoIterator<Item = &'a Stored>) -> Vec<Cell<'a>> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut cells: Vec<Vec<&Stored>> = Vec::new();
    for trial in trials {
        let place = *places.entry(&trial.cell).or_insert(cells.len());
        if place == cells.len() {
            cells.push(Vec::new());
        }
        cells[place].push(trial);
    }
    cells.into_iter().map(Cell::new).collect()
}

/// All trials but those that are the same problem as another that is there too: for whatever counts networks.
pub fn counted_once(all: &[Stored]) -> Vec<Stored> {
    let known: HashSet<&str> = all.iter().map(|trial| trial.id.as_str()).collect();
    let again = |trial: &&Stored| trial.same.as_deref().is_some_and(|same| known.contains(same));
    all.iter().filter(|trial| !again(trial)).cloned().collect()
}

/// The different activations of these trials, in the order in which results list them.
pub fn activations<'a>(of: impl IntoIterator<Item = &'a Stored>) -> BTreeSet<Mixture> {
    of.into_iter().map(|trial| trial.settings.activations()).collect()
}
