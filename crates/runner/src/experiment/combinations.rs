//! Settings that do not go with each other: found where they are typed, before anything trains.

use std::collections::HashSet;

use super::Experiment;
use crate::error::InputError;

/// Whether every setting goes with those beside it.
pub fn check(experiment: &Experiment) -> Result<(), InputError> {
    let mut known = HashSet::new();
    for settings in experiment.trials.iter().map(|trial| &trial.settings) {
        let initialization = settings.initialization;
        if known.insert((
            initialization.to_string(),
            settings.hidden.to_string(),
            settings.activation,
        )) {
            for activation in settings.activations().each() {
                let fits = initialization.rule().fits(*activation);
                fits.map_err(|error| experiment.error_at("network.initialization", InputError::new(error)))?;
            }
        }
    }
    Ok(())
}
