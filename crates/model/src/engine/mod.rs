//! How a stack trains. An engine takes networks in and gives trained networks back; it knows no files and no
//! terminal.

pub mod autodiff;

use crate::activation::Activation;
use crate::init::Weights;

/// One network of a stack: everything that may differ between neighbours.
#[derive(Debug, Clone)]
pub struct Network {
    /// Activation of the hidden layers.
    pub activation: Activation,
    /// Step size of the optimiser.
    pub learning_rate: f32,
    /// Coefficient lambda of the spectral penalty; 0 is none.
    pub spectral: f32,
    /// Weights to start from.
    pub initial: Weights,
    /// Seed of the power iteration's first vectors.
    pub seed: u64,
    /// Training inputs, `[samples, inputs]`.
    pub inputs: Vec<f32>,
    /// Training targets, `[samples, outputs]`.
    pub targets: Vec<f32>,
}

/// Networks that train together: the same layer sizes, the same number of samples, the same number of steps.
#[derive(Debug, Clone)]
pub struct Stack {
    /// Inputs, hidden widths, outputs.
    pub sizes: Vec<usize>,
    /// Samples of each network.
    pub samples: usize,
    /// Steps of the optimiser, each over all samples.
    pub steps: usize,
    /// At least one.
    pub networks: Vec<Network>,
}

/// What became of a network.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Weights after training; of a diverged network those at which its loss was not finite.
    pub weights: Weights,
    /// The step, counted from 0, before which the loss was not a finite number.
    pub diverged_at: Option<usize>,
    /// Mean squared error before these steps, and after the last one; it ends where a network diverges.
    pub history: Vec<(usize, f32)>,
}

/// The steps before which an engine records the loss: evenly spread, at most [`HISTORY`] and the end.
pub(crate) fn recorded(step: usize, steps: usize) -> bool {
    step.is_multiple_of(steps.div_ceil(HISTORY).max(1)) || step == steps
}

/// How often the loss is recorded during training, at most.
pub const HISTORY: usize = 64;
