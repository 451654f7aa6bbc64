//! What is written to a store and read back.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use actlab_model::engine::Record;
use actlab_model::network::trained::TrainedNetwork;

use crate::experiment::published::Published;
use crate::experiment::trial::{Resolved, Trial};
use crate::measure::errors::RegionError;
use crate::measure::far_field::FarField;
use crate::measure::{Measurements, Outside};
use crate::samples::Scaling;
use crate::statistics::{LEVEL, Looks};
use crate::train::Timing;

/// A finished trial, as it is written.
#[derive(Debug)]
pub struct Finished {
    /// What was trained.
    pub trial: Trial,
    /// Samples that it was trained on.
    pub samples: usize,
    /// From the target's units to the network's.
    pub scaling: Scaling,
    /// The step that its weights are of, where it is known.
    pub weights_step: Option<usize>,
    /// The step at which its loss was no finite number.
    pub diverged_at: Option<usize>,
    /// None of a diverged network.
    pub measurements: Option<Measurements>,
    /// Loss in the network's units and spectral norms, by step.
    pub history: Vec<Record>,
    /// As trained.
    pub network: TrainedNetwork,
    /// How it was trained.
    pub timing: Timing,
}

/// A trial that could not be trained.
#[derive(Debug, Clone)]
pub struct Failed {
    /// Its id.
    pub id: String,
    /// Its cell's id.
    pub cell: String,
    /// What it depends on.
    pub settings: Resolved,
    /// What went wrong.
    pub reason: String,
}

/// A trial as it is read back. Of a hundred thousand trials several lists are in memory at a time: a clone shares its facts.
#[derive(Debug, Clone)]
pub struct Stored(Arc<Facts>);

impl From<Facts> for Stored {
    fn from(facts: Facts) -> Self {
        Self(Arc::new(facts))
    }
}

impl Deref for Stored {
    type Target = Facts;

    fn deref(&self) -> &Facts {
        &self.0
    }
}

impl DerefMut for Stored {
    /// Its own facts from then on, where it shares them.
    fn deref_mut(&mut self) -> &mut Facts {
        Arc::make_mut(&mut self.0)
    }
}

/// What the store has of a trial.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Its id.
    pub id: String,
    /// Its cell's id.
    pub cell: String,
    /// What it depends on.
    pub settings: Resolved,
    /// The step that its weights are of; none of a trial that was trained before this was noted.
    pub weights_step: Option<usize>,
    /// The step at which it diverged.
    pub diverged_at: Option<usize>,
    /// Mean squared error on the training samples.
    pub train_mse: Option<f64>,
    /// Errors by region.
    pub errors: Vec<RegionError>,
    /// Spectral norms of the layers.
    pub sigma: Vec<f64>,
    /// Bound of its slope.
    pub lipschitz: Option<f64>,
    /// What it does outside of its range; none of a diverged network.
    pub outside: Option<Outside>,
    /// From the target's units to the network's.
    pub scaling: Scaling,
    /// How it was trained.
    pub timing: Timing,
    /// The id of an earlier trial of the experiment that is the same problem, if there is one.
    pub same: Option<String>,
}

impl Facts {
    /// `done` or `diverged`.
    pub fn status(&self) -> &'static str {
        if self.diverged_at.is_some() { "diverged" } else { "done" }
    }

    /// Its error in a region.
    pub fn error(&self, region: &str) -> Option<&RegionError> {
        self.errors.iter().find(|error| error.region == region)
    }

    /// What it does in the far field.
    pub fn far(&self) -> Option<&FarField> {
        self.outside.as_ref().map(|outside| &outside.far)
    }
}

/// What a run is about.
#[derive(Debug, Clone)]
pub struct About {
    /// Settings that were given as lists.
    pub axes: Vec<String>,
    /// How far out its networks are looked at, in half-widths from the centre of their range.
    pub far_distance: f64,
    /// Whether they are compared with single units.
    pub lean: bool,
    /// When its comparisons are looked at, where seeds are added until they are decided.
    pub looks: Option<Looks>,
    /// Values that others have published.
    pub published: Vec<Published>,
}

impl About {
    /// What p is held against in all tables of the run.
    pub fn level(&self) -> f64 {
        self.looks.as_ref().map_or(LEVEL, Looks::level)
    }
}

/// Where a run came from: what it takes to make it again.
#[derive(Debug, Clone)]
pub struct Origin {
    /// Its name.
    pub name: String,
    /// The experiment as it was typed.
    pub experiment: String,
    /// What was set on the command line.
    pub overrides: Vec<String>,
}
