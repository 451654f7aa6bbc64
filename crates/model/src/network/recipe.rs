//! What may differ between the networks of a stack.

use super::architecture::Architecture;
use super::weights::Weights;
use crate::block::fourier;
use crate::optimizer::Optimizer;
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
    /// What is added to its loss; of each rule one.
    pub penalties: Vec<Penalty>,
    /// Weights to start from.
    pub initial: Weights,
    /// Seed of what penalties start from and of what dropouts leave out.
    pub seed: u64,
    /// Training inputs, `[samples, inputs]`. Every step is over all of them.
    pub inputs: Vec<f32>,
    /// Training targets, `[samples, outputs]`.
    pub targets: Vec<f32>,
}

impl Recipe {
    /// A network of this architecture with one activation everywhere but after Fourier features, on these samples: without dropout and penalties,
    /// trained by Adam at a rate of 1e-3.
    pub fn new(
        architecture: &Architecture,
        activation: Activation,
        seed: u64,
        inputs: Vec<f32>,
        targets: Vec<f32>,
    ) -> Self {
        Self {
            activations: everywhere(architecture, activation),
            dropout: vec![0.0; architecture.program().dropouts()],
            optimizer: Optimizer::new(&crate::optimizer::Adam),
            learning_rate: 1e-3,
            penalties: Vec::new(),
            initial: architecture.initial_weights(seed),
            seed,
            inputs,
            targets,
        }
    }

    /// The outputs of each layer.
    pub(crate) fn outputs(&self) -> Vec<usize> {
        self.initial.iter().map(|layer| layer.outputs).collect()
    }
}

/// An activation after each layer that one follows, and after Fourier features theirs.
pub(super) fn everywhere(architecture: &Architecture, activation: Activation) -> Vec<Activation> {
    let program = architecture.program();
    let mut activations = vec![activation; program.activations()];
    for (slot, layer) in program.slots() {
        if !program.trains(layer) {
            activations[slot] = fourier::activation();
        }
    }
    activations
}
