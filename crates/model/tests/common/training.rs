//! Networks to train, and what trains them.

use std::ops::ControlFlow;

use actlab_model::engine::{Engine, Network, Outcome, Stack};
use actlab_model::network::random::{Random, Stream};
use actlab_model::network::weights::initial_weights;
use actlab_model::optimizer::Adam;
use actlab_model::{Activation, Optimizer};
use burn::tensor::Device;

use super::{cpu_devices, devices};

/// A network that learns `x^2` or, with a `scale`, something as large as it likes.
pub fn network(seed: u64, activation: Activation, sizes: &[usize], samples: usize, scale: f32) -> Network {
    let mut random = Random::new(seed, Stream::Samples);
    let inputs: Vec<f32> = (0..samples * sizes[0])
        .map(|_| 2.0 * random.uniform_f32() - 1.0)
        .collect();
    let targets = inputs
        .chunks(sizes[0])
        .map(|x| scale * x.iter().map(|x| x * x).sum::<f32>())
        .collect();
    Network {
        activation,
        optimizer: Optimizer::new(&Adam),
        learning_rate: 1e-3 * (1.0 + (seed % 5) as f32),
        spectral: [0.0, 1e-2, 0.0, 1e-1][seed as usize % 4],
        initial: initial_weights(sizes, seed),
        seed,
        inputs,
        targets,
    }
}

/// What can train here: an engine, and the device that it trains on.
pub struct Trainer {
    pub name: String,
    pub engine: Engine,
    pub device: Device,
}

impl Trainer {
    pub fn train(&self, networks: Vec<Network>, sizes: &[usize], steps: usize) -> Vec<Outcome> {
        let samples = networks[0].inputs.len() / sizes[0];
        let (mut told, total) = (0, steps * networks.len());
        let stack = Stack::new(sizes.to_vec(), samples, steps, networks).expect("a stack");
        let outcomes = self.engine.train(&stack, &self.device, &mut |steps| {
            told += steps;
            ControlFlow::Continue(())
        });
        let outcomes = outcomes.expect("the device is well");
        assert_eq!(told, total, "{}: every step is told of", self.name);
        outcomes
    }
}

pub fn trainers_on(devices: Vec<(&'static str, Device)>) -> Vec<Trainer> {
    let fused = devices
        .iter()
        .find(|(name, _)| *name != "wgpu")
        .map(|(_, device)| Trainer {
            name: Engine::Fused.to_string(),
            engine: Engine::Fused,
            device: device.clone(),
        });
    let autodiff = devices.into_iter().map(|(name, device)| Trainer {
        name: format!("{} on {name}", Engine::Autodiff),
        engine: Engine::Autodiff,
        device,
    });
    autodiff.chain(fused).collect()
}

pub fn trainers() -> Vec<Trainer> {
    trainers_on(devices())
}

pub fn cpu_trainers() -> Vec<Trainer> {
    trainers_on(cpu_devices())
}

pub fn bits(outcome: &Outcome) -> Vec<u32> {
    let weights = outcome
        .weights
        .iter()
        .flat_map(|layer| layer.weight.iter().chain(&layer.bias));
    weights
        .chain(
            outcome
                .history
                .iter()
                .flat_map(|record| record.sigma.iter().chain([&record.loss])),
        )
        .map(|value| value.to_bits())
        .collect()
}
