//! The optimiser of a stack: Adam as published, with a learning rate for each network.

use burn::tensor::{Device, Tensor, TensorData};

use crate::ops::adam::{AdamState, AdamStep, adam};

/// The settings of Adam that all networks share, with the values of the paper (Kingma & Ba, 2015), which are
/// PyTorch's too.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AdamConfig {
    /// Decay of the mean of the gradient.
    pub beta1: f64,
    /// Decay of the mean of the squared gradient.
    pub beta2: f64,
    /// Added to the denominator.
    pub epsilon: f64,
}

impl Default for AdamConfig {
    fn default() -> Self {
        Self {
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
        }
    }
}

impl AdamConfig {
    /// The numbers of step `t`, counted from 1; the powers are taken in double precision.
    pub fn step(self, t: usize) -> AdamStep {
        let correction = |beta: f64| (1.0 / (1.0 - libm::pow(beta, t as f64))) as f32;
        AdamStep {
            beta1: self.beta1 as f32,
            beta2: self.beta2 as f32,
            epsilon: self.epsilon as f32,
            correction1: correction(self.beta1),
            correction2: correction(self.beta2),
        }
    }
}

/// Adam over all parameters of a stack.
#[derive(Debug)]
pub struct Adam {
    config: AdamConfig,
    /// `[networks]`.
    rate: Tensor<1>,
    steps: usize,
}

/// The moments of one parameter's gradient, as the parameter's shape.
#[derive(Debug, Clone)]
pub struct Moments<const D: usize> {
    first: Tensor<D>,
    second: Tensor<D>,
}

impl<const D: usize> Moments<D> {
    /// Zeros, as before the first step.
    pub fn zeros_like(parameter: &Tensor<D>) -> Self {
        let zeros = parameter.zeros_like();
        Self {
            first: zeros.clone(),
            second: zeros,
        }
    }
}

impl Adam {
    /// The optimiser of networks with these learning rates.
    pub fn new(config: AdamConfig, learning_rates: &[f32], device: &Device) -> Self {
        let rates = TensorData::new(learning_rates.to_vec(), [learning_rates.len()]);
        Self {
            config,
            rate: Tensor::from_data(rates, device),
            steps: 0,
        }
    }

    /// Begins the next step and returns its numbers.
    pub fn begin_step(&mut self) -> AdamStep {
        self.steps += 1;
        self.config.step(self.steps)
    }

    /// The parameter and its moments after `step`. `alive` of `[networks]` is 0 for networks that keep what they have.
    pub fn update<const D: usize>(
        &self,
        step: AdamStep,
        parameter: Tensor<D>,
        gradient: Tensor<D>,
        moments: Moments<D>,
        alive: &Tensor<1>,
    ) -> (Tensor<D>, Moments<D>) {
        let state = AdamState {
            parameter,
            first: moments.first,
            second: moments.second,
        };
        let state = adam(state, gradient, self.rate.clone(), alive.clone(), step);
        (
            state.parameter,
            Moments {
                first: state.first,
                second: state.second,
            },
        )
    }
}
