//! Trials of an older store that were not measured in a region that there is by now: measured again from their weights.

use actlab_model::network::trained::TrainedNetwork;
use anyhow::Result;

use crate::experiment::Experiment;
use crate::experiment::grid::Trial;
use crate::experiment::target::Target;
use crate::measure::errors::{RegionError, region_errors};
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
        let measured = all(trials, &networks, targets)?;
        store.measure_again(&measured)?;
    }
    Ok(trials.len())
}

/// The errors of these networks, on all cores.
fn all<'t>(trials: &[&'t Trial], networks: &[TrainedNetwork], targets: &[Target]) -> Result<Vec<Measured<'t>>> {
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
    let share = trials.len().div_ceil(cores);
    std::thread::scope(|scope| {
        let some = trials.chunks(share).zip(networks.chunks(share));
        let threads: Vec<_> = some
            .map(|(trials, networks)| {
                scope.spawn(move || {
                    let pairs = trials.iter().zip(networks);
                    pairs.map(|(trial, network)| one(trial, network, targets)).collect()
                })
            })
            .collect();
        let mut measured = Vec::new();
        for thread in threads {
            let part: Result<Vec<_>> = thread.join().expect("measuring does not panic");
            measured.extend(part?.into_iter().flatten());
        }
        Ok(measured)
    })
}

/// None where an error is not finite: such a trial stays as it is.
fn one<'t>(trial: &'t Trial, network: &TrainedNetwork, targets: &[Target]) -> Result<Option<Measured<'t>>> {
    let samples = samples(&targets[trial.target], &trial.settings)?;
    let errors = region_errors(network, &samples);
    let finite = errors.iter().all(RegionError::is_finite);
    Ok(finite.then_some((trial.id.as_str(), trial.settings.outputs.as_slice(), errors)))
}
