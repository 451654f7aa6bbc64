//! What is made of the validation errors of a stack's networks.

use burn::tensor::{Device, Tensor, TensorData};

use super::{Recipe, Stack};
use crate::network::module::{Networks, host};
use crate::network::program::Program;
use crate::network::selection::{Keep, Watch};
use crate::network::weights::Weights;

/// The validation errors of all networks, and what they led to.
pub struct Selections {
    watches: Vec<Watch>,
    validation: Option<Validation>,
    kept: Vec<Option<Kept>>,
    /// The step before which each network's training ended, where its error has ended it.
    pub ended: Vec<Option<usize>>,
    device: Device,
}

/// A network as it was where its error was the least.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Steps done.
    pub step: usize,
    pub weights: Weights,
    /// The parameters of the activation in each slot.
    pub learned: Vec<Vec<f32>>,
}

/// Validation samples. Networks may have different numbers of them: what is missing counts nothing.
struct Validation {
    /// `[networks, most samples, inputs]`.
    x: Tensor<3>,
    /// `[networks, most samples, outputs]`.
    y: Tensor<3>,
    /// What a squared error counts in its network's mean, `[networks, most samples, outputs]`.
    share: Tensor<3>,
}

impl Selections {
    /// Before the first record. `device` is one without gradients.
    pub fn new(stack: &Stack, device: &Device) -> Self {
        let networks = stack.networks();
        Self {
            watches: networks.iter().map(|network| Watch::new(&network.selection)).collect(),
            validation: Validation::of(stack, device),
            kept: vec![None; networks.len()],
            ended: vec![None; networks.len()],
            device: device.clone(),
        }
    }

    /// Looks at the networks that are alive before a step. Returns those that stay so, `[networks]`, and whether any does.
    pub fn see(
        &mut self,
        stack: &Stack,
        networks: &Networks,
        answers: &Program,
        step: usize,
        alive: Tensor<1>,
    ) -> (Tensor<1>, bool) {
        let Some(validation) = &self.validation else {
            return (alive, true);
        };
        let errors = validation.errors(networks, answers);
        let mut alive = host(alive);
        // All networks are read back, where any is kept.
        let mut current = None;
        for (index, network) in stack.networks().iter().enumerate() {
            if alive[index] == 0.0 || !network.selection.is_used() {
                continue;
            }
            let verdict = self.watches[index].see(step, errors[index]);
            if verdict.improved && network.selection.keep == Keep::Best {
                let (weights, learned) = current.get_or_insert_with(|| (networks.weights(), networks.learned()));
                self.kept[index] = Some(Kept {
                    step,
                    weights: weights[index].clone(),
                    learned: learned[index].clone(),
                });
            }
            if verdict.ends {
                alive[index] = 0.0;
                self.ended[index] = Some(step);
            }
        }
        let any = alive.iter().any(|alive| *alive > 0.0);
        let shape = [alive.len()];
        (Tensor::from_data(TensorData::new(alive, shape), &self.device), any)
    }

    /// What is kept of a network, if it is not what it is at its end.
    pub fn kept(&self, network: usize) -> Option<&Kept> {
        self.kept[network].as_ref()
    }
}

impl Validation {
    /// None where no network asks for it.
    fn of(stack: &Stack, device: &Device) -> Option<Self> {
        let networks = stack.networks();
        let program = stack.architecture().program();
        let samples = |network: &Recipe| network.selection.targets.len() / program.outputs();
        if !networks.iter().any(|network| network.selection.is_used()) {
            return None;
        }
        let most = networks.iter().map(samples).max().unwrap_or(0);
        let tensor = |width: usize, of: &dyn Fn(&Recipe) -> Vec<f32>| {
            let one = |network: &Recipe| {
                let mut values = of(network);
                values.resize(most * width, 0.0);
                values
            };
            let values: Vec<f32> = networks.iter().flat_map(one).collect();
            Tensor::from_data(TensorData::new(values, [networks.len(), most, width]), device)
        };
        let share = |network: &Recipe| {
            let values = network.selection.targets.len();
            vec![1.0 / values as f32; values]
        };
        Some(Self {
            x: tensor(program.inputs(), &|network| network.selection.inputs.clone()),
            y: tensor(program.outputs(), &|network| network.selection.targets.clone()),
            share: tensor(program.outputs(), &share),
        })
    }

    /// Mean squared error of each network, as it answers.
    fn errors(&self, networks: &Networks, answers: &Program) -> Vec<f32> {
        let x = self.x.clone().autodiff();
        let values = networks.forward(answers, x, |_, _| None).inner();
        let errors = values - self.y.clone();
        let weighed = errors.clone() * errors * self.share.clone();
        host(weighed.sum_dim(2).sum_dim(1).flatten::<1>(0, 2))
    }
}
