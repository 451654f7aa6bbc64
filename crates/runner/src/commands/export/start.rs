//! What a network trained from: its initial weights, and its samples as it saw them. Whoever trains the same network with
//! another program starts there.

use std::path::Path;
use std::sync::Arc;

use actlab_model::engine::{Recipe, Record};
use actlab_model::network::trained::TrainedNetwork;
use anyhow::Result;
use serde_json::json;

use crate::error::{InputError, reject};
use crate::experiment::data;
use crate::experiment::target::{Data, Function, Target};
use crate::samples::samples;
use crate::store::{Stored, weights};
use crate::train::start;

/// A trial before its first step.
pub struct Start<'t> {
    trial: &'t Stored,
    network: TrainedNetwork,
    recipe: Recipe,
}

impl<'t> Start<'t> {
    /// Of a trial; one on data needs the table.
    pub fn of(trial: &'t Stored, table: Option<&Path>) -> Result<Self> {
        let target = target(trial, table)?;
        let samples = samples(&target, &trial.settings)?;
        let (architecture, recipe) = start(&trial.settings, &target, &samples)?;
        let network = TrainedNetwork {
            architecture,
            weights: recipe.initial.clone(),
            activations: recipe.activations.clone(),
        };
        Ok(Self { trial, network, recipe })
    }

    /// Its weights, in the form of trained ones.
    pub fn weights(&self) -> Result<Vec<u8>> {
        weights::encode(&self.network, &self.trial.settings, &self.trial.scaling)
    }

    /// Its samples in the network's units, `x: [samples, inputs]` and `y: [samples, outputs]`; where the spectral penalty
    /// starts its power iterations, `0.right` of the first layer's outputs, `2.right`, and so on; and the losses of the
    /// training, `[[step, loss], ..]`, in the metadata.
    pub fn samples(&self, history: &[Record]) -> Result<Vec<u8>> {
        let Recipe { inputs, targets, .. } = &self.recipe;
        let architecture = &self.network.architecture;
        let (width, outputs) = (architecture.inputs(), architecture.outputs());
        let mut tensors = vec![
            weights::named("x".to_owned(), vec![inputs.len() / width, width], inputs),
            weights::named("y".to_owned(), vec![targets.len() / outputs, outputs], targets),
        ];
        let outputs: Vec<usize> = self.recipe.initial.iter().map(|layer| layer.outputs).collect();
        let mut penalties = self
            .recipe
            .penalties
            .iter()
            .filter(|penalty| penalty.coefficient != 0.0);
        // Of all that iterate powers the same.
        let right = penalties.find_map(|penalty| penalty.rule().start(self.recipe.seed, &outputs));
        if let Some(right) = right {
            let right = right.iter().enumerate();
            tensors.extend(right.map(|(layer, right)| {
                let name = format!("{}.right", 2 * layer);
                weights::named(name, vec![right.len()], right)
            }));
        }
        let history: Vec<_> = history.iter().map(|record| (record.step, record.loss)).collect();
        let (settings, scaling) = (&self.trial.settings, &self.trial.scaling);
        weights::file(
            &tensors,
            &json!({ "settings": settings, "scaling": scaling, "history": history }),
        )
    }
}

/// What the trial learned.
fn target(trial: &Stored, table: Option<&Path>) -> Result<Target> {
    let settings = &trial.settings;
    let Some(digest) = &settings.data else {
        if table.is_some() {
            reject!(
                "--data goes with runs on a table; trial {} learned the function {}",
                trial.id,
                settings.target
            );
        }
        let function = Function::several(&settings.outputs).map_err(InputError::new)?;
        return Ok(Target::Function(function));
    };
    let Some(path) = table else {
        reject!(
            "trial {} learned a table, which the run does not hold: add --data FILE.csv",
            trial.id
        );
    };
    let columns: Vec<String> = settings.inputs.iter().chain(&settings.outputs).cloned().collect();
    let table = data::read(path, &columns)?;
    if table.digest() != *digest {
        reject!(
            "{} is not the table that trial {} learned: its numbers are others",
            path.display(),
            trial.id
        );
    }
    Ok(Target::Data(Data {
        x: settings.inputs.clone(),
        y: settings.outputs.clone(),
        table: Arc::new(table),
    }))
}
