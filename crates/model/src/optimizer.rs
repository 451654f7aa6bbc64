//! The optimiser of a stack: Adam as published, with a learning rate for each network.

use std::fmt;
use std::str::FromStr;

use burn::tensor::{Device, Tensor, TensorData};

use crate::ops::adam::{AdamState, AdamStep, adam};

/// The optimisers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Optimizer {
    /// [`Adam`].
    Adam,
}

impl Optimizer {
    /// All optimisers.
    pub const ALL: [Self; 1] = [Self::Adam];

    /// The name that the user types.
    pub fn name(self) -> &'static str {
        match self {
            Self::Adam => "adam",
        }
    }
}

impl fmt::Display for Optimizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Optimizer {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let optimizer = Self::ALL.into_iter().find(|optimizer| optimizer.name() == name);
        optimizer.ok_or_else(|| format!("there is no optimizer \"{name}\""))
    }
}

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

/// The steps of Adam, one after the other.
#[derive(Debug, Clone)]
pub struct Schedule {
    config: AdamConfig,
    /// `beta1^t` and `beta2^t` of the last step `t`, in double precision: after a million steps they are off by less
    /// than 1e-9 of themselves, and of no weight any more.
    powers: [f64; 2],
}

impl Schedule {
    /// Before the first step.
    pub fn new(config: AdamConfig) -> Self {
        Self {
            config,
            powers: [1.0; 2],
        }
    }
}

impl Iterator for Schedule {
    type Item = AdamStep;

    /// The numbers of the next step; it has no end.
    fn next(&mut self) -> Option<AdamStep> {
        let AdamConfig { beta1, beta2, epsilon } = self.config;
        self.powers = [self.powers[0] * beta1, self.powers[1] * beta2];
        let [correction1, correction2] = self.powers.map(|power| (1.0 / (1.0 - power)) as f32);
        Some(AdamStep {
            beta1: beta1 as f32,
            beta2: beta2 as f32,
            complement1: (1.0 - beta1) as f32,
            complement2: (1.0 - beta2) as f32,
            epsilon: epsilon as f32,
            correction1,
            correction2,
        })
    }
}

/// Adam over all parameters of a stack.
#[derive(Debug)]
pub struct Adam {
    schedule: Schedule,
    /// `[networks]`.
    rate: Tensor<1>,
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
            schedule: Schedule::new(config),
            rate: Tensor::from_data(rates, device),
        }
    }

    /// Begins the next step and returns its numbers.
    pub fn begin_step(&mut self) -> AdamStep {
        self.schedule.next().expect("the schedule has no end")
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
