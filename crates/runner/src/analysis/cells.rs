//! Cells: the trials that differ in their seed alone, and the errors of all of them together.

use std::collections::{BTreeMap, BTreeSet};

use actlab_model::Activation;

use crate::experiment::grid::Resolved;
use crate::samples::{FAR, INSIDE};
use crate::statistics::{Estimate, median_interval};
use crate::store::Stored;

/// The trials of one cell.
#[derive(Debug)]
pub struct Cell<'a> {
    /// In the order of their seeds.
    pub trials: Vec<&'a Stored>,
    /// Normalised error inside of the range.
    pub inside: Option<Estimate>,
    /// Normalised error in the far field.
    pub far: Option<Estimate>,
}

impl<'a> Cell<'a> {
    fn new(trials: Vec<&'a Stored>) -> Self {
        // A diverged network is worse than any other, so it counts as an infinite error.
        let estimate = |region: &str| {
            let errors = trials.iter().filter_map(|trial| match trial.diverged_at {
                Some(_) => Some(f64::INFINITY),
                None => trial.error(region).and_then(|error| error.nrmse),
            });
            median_interval(&errors.collect::<Vec<_>>())
        };
        Self {
            inside: estimate(INSIDE),
            far: estimate(FAR),
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

    /// The normalised error of its trained networks in this region; none where nothing was measured there.
    pub fn error_in(&self, region: &str) -> Option<Estimate> {
        let errors = self.trials.iter().filter_map(|trial| trial.error(region)?.nrmse);
        median_interval(&errors.collect::<Vec<_>>())
    }
}

/// All cells of these trials.
pub fn cells(trials: &[Stored]) -> Vec<Cell<'_>> {
    let mut cells: BTreeMap<&str, Vec<&Stored>> = BTreeMap::new();
    for trial in trials {
        cells.entry(&trial.cell).or_default().push(trial);
    }
    cells.into_values().map(Cell::new).collect()
}
/// The different activations among these, in the order in which results list them.
pub fn activations(found: impl IntoIterator<Item = Activation>) -> BTreeSet<Activation> {
    found.into_iter().collect()
}
