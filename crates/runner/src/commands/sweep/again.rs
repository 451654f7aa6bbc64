//! Trials of an older store that were not measured in a region that there is by now: measured again from their weights.

use actlab_model::network::trained::TrainedNetwork;
use anyhow::Result;

use crate::experiment::Experiment;
use crate::experiment::target::Target;
use crate::experiment::trial::Trial;
use crate::measure::errors::{RegionError, region_errors};
use crate::parallel;
use crate::samples::{VALIDATION, has_validation, samples};
use crate::store::{Measured, Store, weights};

/// Trials between two writes: little is lost where the program is killed, and writing costs little.
const AT_ONCE: usize = 512;

/// Measures what lacks an error that settings are chosen by; how many trials that were.
pub fn measure_again(experiment: &Experiment, store: &mut Store) -> Result<usize> {
    let unmeasured = store.unmeasured(VALIDATION)?;
    let targets = &experiment.settings.targets.values;
    let lacks =
        |trial: &&Trial| unmeasured.contains(&trial.id) && has_validation(&targets[trial.target], &trial.settings);
    let trials: Vec<&Trial> = experiment.trials.iter().filter(lacks).collect();
    for trials in trials.chunks(AT_ONCE) {
        let network = |trial: &&Trial| weights::decode(&store.weights(&trial.id)?);
        let networks: Vec<TrainedNetwork> = trials.iter().map(network).collect::<Result<_>>()?;
        let pairs: Vec<(&Trial, &TrainedNetwork)> = trials.iter().copied().zip(&networks).collect();
        let measured = parallel::map(&pairs, |(trial, network)| one(trial, network, targets));
        let measured: Vec<Option<_>> = measured.into_iter().collect::<Result<_>>()?;
        store.measure_again(&measured.into_iter().flatten().collect::<Vec<_>>())?;
    }
    Ok(trials.len())
}

/// None where an error is not finite: such a trial stays as it is.
fn one<'t>(trial: &'t Trial, network: &TrainedNetwork, targets: &[Target]) -> Result<Option<Measured<'t>>> {
    let samples = samples(&targets[trial.target], &trial.settings)?;
    let errors = region_errors(network, &samples);
    let finite = errors.iter().all(RegionError::is_finite);
    Ok(finite.then_some((trial.id.as_str(), trial.settings.outputs.as_slice(), errors)))
}
