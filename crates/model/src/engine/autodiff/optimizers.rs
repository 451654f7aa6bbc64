//! The optimisers of the networks of a stack.

use burn::tensor::{Device, Int, Tensor, TensorData};

use super::Stack;
use crate::backend::optimizer;
use crate::optimizer::{NUMBERS, Optimizer, Rules, Steps};

/// The optimisers of all networks.
pub struct Optimizers {
    steps: Vec<Steps>,
    rules: Rules,
    /// `[networks]`.
    codes: Tensor<1, Int>,
    device: Device,
}

impl Optimizers {
    /// These, at the networks' learning rates and schedules.
    pub fn new(stack: &Stack, optimizers: &[Optimizer], device: &Device) -> Self {
        let (rules, codes) = Rules::of(optimizers);
        let shape = [codes.len()];
        let networks = optimizers.iter().zip(stack.networks());
        Self {
            steps: networks
                .map(|(optimizer, network)| network.steps_of(*optimizer, stack.steps()))
                .collect(),
            rules,
            codes: Tensor::from_data(TensorData::new(codes, shape), device),
            device: device.clone(),
        }
    }

    /// What is kept of the gradients of a parameter, and the parameter, before the first step.
    pub fn state<const D: usize>(&self, parameter: Tensor<D>) -> optimizer::State<D> {
        optimizer::State::new(parameter, &self.rules)
    }

    /// What the next step does to each network.
    pub fn next(&mut self) -> optimizer::Step {
        let numbers: Vec<f32> = self.steps.iter_mut().flat_map(Steps::advance).collect();
        let shape = [self.steps.len(), NUMBERS];
        optimizer::Step {
            numbers: Tensor::from_data(TensorData::new(numbers, shape), &self.device),
            codes: self.codes.clone(),
            rules: self.rules.clone(),
        }
    }

    /// The learning rates of the step that came last, `[networks]`.
    pub fn learning_rates(&self) -> Tensor<1> {
        let rates: Vec<f32> = self.steps.iter().map(Steps::learning_rate).collect();
        let shape = [rates.len()];
        Tensor::from_data(TensorData::new(rates, shape), &self.device)
    }
}
