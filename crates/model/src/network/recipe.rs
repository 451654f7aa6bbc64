//! What may differ between the networks of a stack.

use std::sync::Arc;

use super::architecture::Architecture;
use super::selection::Selection;
use super::source::Source;
use super::weights::Weights;
use crate::loss::{self, Loss};
use crate::optimizer::{self, Optimizer, Schedule, Steps, schedule};
use crate::penalty::Penalty;
use crate::unit::Activation;

/// How one network of a stack is made: all that it does not share with its neighbours.
#[derive(Debug, Clone)]
pub struct Recipe {
    /// The activation of every layer that one follows, in the order of the architecture.
    pub activations: Vec<Activation>,
    /// For every dropout of the architecture the share of the values that is left out; 0 is none, and costs nothing.
    pub dropout: Vec<f32>,
    /// What it is trained by.
    pub optimizer: Optimizer,
    /// Step size of the optimiser.
    pub learning_rate: f32,
    /// What becomes of the learning rate from step to step.
    pub schedule: Schedule,
    /// The largest norm of its gradient over all parameters; a longer one is shortened to it. 0 is none.
    pub clip: f32,
    /// What is trained to be small.
    pub loss: Loss,
    /// What is added to its loss; of each rule one.
    pub penalties: Vec<Penalty>,
    /// Weights to start from.
    pub initial: Weights,
    /// Seed of what penalties start from, of what dropouts leave out, of batches and of noise on inputs.
    pub seed: u64,
    /// Training inputs, `[samples, inputs]`. Every step is over all of them, where the stack has no batches.
    pub inputs: Vec<f32>,
    /// Training targets, `[samples, outputs]`.
    pub targets: Vec<f32>,
    /// Where steps after the first have their samples from instead, as many.
    pub fresh: Option<Arc<dyn Source>>,
    /// Standard deviation of the normal noise on the inputs of each step, in their units.
    pub input_noise: f32,
    /// Which of its weights are kept, and when its training ends.
    pub selection: Selection,
}

impl Recipe {
    /// A network of this architecture with one activation everywhere, on these samples: without dropout and penalties,
    /// trained by Adam at a rate of 1e-3 for the mean squared error.
    pub fn new(
        architecture: &Architecture,
        activation: Activation,
        seed: u64,
        inputs: Vec<f32>,
        targets: Vec<f32>,
    ) -> Self {
        Self {
            activations: vec![activation; architecture.program().activations()],
            dropout: vec![0.0; architecture.program().dropouts()],
            optimizer: Optimizer::new(&optimizer::Adam),
            learning_rate: 1e-3,
            schedule: Schedule::new(&schedule::Constant),
            clip: 0.0,
            loss: Loss::new(&loss::Mse),
            penalties: Vec::new(),
            initial: architecture.initial_weights(seed),
            seed,
            inputs,
            targets,
            fresh: None,
            input_noise: 0.0,
            selection: Selection::default(),
        }
    }

    /// The numbers of so many steps of a rule, at its learning rate and schedule.
    pub(crate) fn steps_of(&self, optimizer: Optimizer, steps: usize) -> Steps {
        optimizer.scheduled(self.learning_rate, self.schedule, steps)
    }

    /// The outputs of each layer.
    pub(crate) fn outputs(&self) -> Vec<usize> {
        self.initial.iter().map(|layer| layer.outputs).collect()
    }
}
