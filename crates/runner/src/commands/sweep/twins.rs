//! Networks that are there already: a trial that learns from the same bits as one that the run has is that network, and is
//! measured in its own units.

use std::collections::{HashMap, HashSet};

use anyhow::Result;

use super::{finish, question};
use crate::experiment::Experiment;
use crate::experiment::trial::Trial;
use crate::measure::Question;
use crate::samples::samples;
use crate::store::{Finished, Store, Stored, weights};
use crate::train::Trained;

/// Stores those of the missing trials whose network is there, and gives back the others.
pub fn take_over(experiment: &Experiment, missing: Vec<Trial>, store: &mut Store) -> Result<Vec<Trial>> {
    if missing.iter().all(|trial| trial.trained_as() == trial.id) {
        return Ok(missing);
    }
    let absent: HashSet<&str> = missing.iter().map(|trial| trial.id.as_str()).collect();
    let stored = store.trials()?;
    let there = stored.iter().filter(|stored| !absent.contains(stored.id.as_str()));
    let there: HashMap<&str, &Stored> = there.map(|stored| (stored.id.as_str(), stored)).collect();
    let taken: Vec<(&Trial, &Stored)> = missing
        .iter()
        .filter_map(|trial| Some((trial, *there.get(trial.trained_as())?)))
        .collect();
    let question = question(experiment);
    for some in taken.chunks(256) {
        let finished: Vec<Finished> = some
            .iter()
            .map(|(trial, twin)| one(experiment, trial, twin, store, &question))
            .collect::<Result<_>>()?;
        store.add(&finished)?;
    }
    let taken: HashSet<String> = taken.iter().map(|(trial, _)| trial.id.clone()).collect();
    Ok(missing.into_iter().filter(|trial| !taken.contains(&trial.id)).collect())
}

fn one(experiment: &Experiment, trial: &Trial, twin: &Stored, store: &Store, question: &Question) -> Result<Finished> {
    let trained = Trained {
        trial,
        samples: samples(&experiment.settings.targets.values[trial.target], &trial.settings)?,
        network: weights::decode(&store.weights(&twin.id)?)?,
        weights_step: twin.weights_step,
        diverged_at: twin.diverged_at,
        history: store.history(&twin.id)?,
        timing: twin.timing.with_another(),
    };
    Ok(finish(trained, question))
}
