//! The far field of every trained network of a run.

use actlab_model::Activation;
use anyhow::Result;

use crate::measure::far_field::{FarField, far_field};
use crate::samples::INSIDE;
use crate::store::{Store, Stored, weights};

/// A trained network, and what it does in the far field.
#[derive(Debug)]
pub struct Looked<'a> {
    /// The network's trial.
    pub trial: &'a Stored,
    /// What it does.
    pub far: FarField,
}

/// Looks at all trained networks, up to `distance` half-widths from the centre of their range.
pub fn look<'a>(store: &Store, trials: &'a [Stored], distance: f64) -> Result<Vec<Looked<'a>>> {
    let trained = trials.iter().filter(|trial| trial.diverged_at.is_none());
    let look = |trial: &'a Stored| {
        let network = weights::decode(&store.weights(&trial.id)?)?;
        let scale = target_deviation(trial);
        let far = far_field(&network, &trial.settings, &trial.scaling, scale, distance);
        Ok(Looked { trial, far })
    };
    trained.map(look).collect()
}

/// The far fields of one activation's networks.
pub fn of<'l>(looked: &'l [Looked<'_>], activation: Activation) -> Vec<&'l FarField> {
    let of = looked
        .iter()
        .filter(|looked| looked.trial.settings.activation == activation);
    of.map(|looked| &looked.far).collect()
}

/// Standard deviation of the target in the range, as the errors there were divided by it.
pub fn target_deviation(trial: &Stored) -> f64 {
    let inside = trial.error(INSIDE);
    let deviation = inside.and_then(|error| Some(error.rmse / error.nrmse?));
    deviation
        .filter(|deviation| deviation.is_finite() && *deviation > 0.0)
        .unwrap_or(trial.scaling.y_std)
}
