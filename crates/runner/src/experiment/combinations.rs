//! Settings that do not go with each other: found where they are typed, before anything trains.

use super::Experiment;
use crate::error::InputError;

/// Whether every setting goes with those beside it.
pub fn check(experiment: &Experiment) -> Result<(), InputError> {
    let settings = &experiment.settings;
    for initialization in &settings.initialization.values {
        for activation in &settings.activation.values {
            let fits = initialization.rule().fits(*activation);
            fits.map_err(|error| experiment.error_at("network.initialization", InputError::new(error)))?;
        }
    }
    Ok(())
}
