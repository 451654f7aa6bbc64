//! Networks to train, and what trains them.

use std::ops::ControlFlow;

use actlab_model::Activation;
use actlab_model::engine::{Engine, Outcome, Recipe, Stack};
use actlab_model::network::architecture::Architecture;
use actlab_model::network::source::Source;
use actlab_model::penalty::{Penalty, Spectral};
use actlab_model::random::{Random, Stream};
use burn::tensor::Device;

use super::{cpu_devices, devices};

/// The perceptron of these sizes.
pub fn perceptron(sizes: &[usize]) -> Architecture {
    Architecture::perceptron(sizes).expect("sizes of a perceptron")
}

/// The spectral penalty with this coefficient.
pub fn spectral(coefficient: f32) -> Vec<Penalty> {
    vec![Penalty::new(&Spectral, coefficient)]
}

/// A perceptron that learns `x^2` or, with a `scale`, something as large as it likes.
pub fn network(seed: u64, activation: Activation, sizes: &[usize], samples: usize, scale: f32) -> Recipe {
    recipe(seed, activation, &perceptron(sizes), samples, scale)
}

/// The same of any architecture; all outputs learn the same.
pub fn recipe(seed: u64, activation: Activation, of: &Architecture, samples: usize, scale: f32) -> Recipe {
    let mut random = Random::new(seed, Stream::Samples);
    let inputs: Vec<f32> = (0..samples * of.inputs())
        .map(|_| 2.0 * random.uniform_f32() - 1.0)
        .collect();
    let squares = inputs
        .chunks(of.inputs())
        .map(|x| scale * x.iter().map(|x| x * x).sum::<f32>());
    let targets = squares.flat_map(|y| vec![y; of.outputs()]).collect();
    Recipe {
        learning_rate: 1e-3 * (1.0 + (seed % 5) as f32),
        penalties: spectral([0.0, 1e-2, 0.0, 1e-1][seed as usize % 4]),
        ..Recipe::new(of, activation, seed, inputs, targets)
    }
}

/// Samples of `x^2`, drawn for each step from a network's seed.
#[derive(Debug)]
pub struct Squares {
    pub seed: u64,
    /// Of a sample.
    pub inputs: usize,
    /// Of a sample.
    pub outputs: usize,
}

impl Source for Squares {
    fn draw(&self, step: usize, inputs: &mut [f32], targets: &mut [f32]) {
        let mut random = Random::part(self.seed, Stream::Fresh, step as u32, 0);
        let samples = inputs
            .chunks_exact_mut(self.inputs)
            .zip(targets.chunks_exact_mut(self.outputs));
        for (x, y) in samples {
            x.iter_mut().for_each(|x| *x = 2.0 * random.uniform_f32() - 1.0);
            y.fill(x.iter().map(|x| x * x).sum());
        }
    }
}

/// What can train here: an engine, and the device that it trains on.
pub struct Trainer {
    pub name: String,
    pub engine: Engine,
    pub device: Device,
}

impl Trainer {
    pub fn train(&self, networks: Vec<Recipe>, sizes: &[usize], steps: usize) -> Vec<Outcome> {
        self.train_all(&perceptron(sizes), networks, steps)
    }

    pub fn train_all(&self, architecture: &Architecture, networks: Vec<Recipe>, steps: usize) -> Vec<Outcome> {
        let samples = networks[0].inputs.len() / architecture.inputs();
        self.train_stack(&Stack::new(architecture.clone(), samples, steps, networks).expect("a stack"))
    }

    pub fn train_stack(&self, stack: &Stack) -> Vec<Outcome> {
        let (mut told, total) = (0, stack.steps() * stack.networks().len());
        let outcomes = self.engine.train(stack, &self.device, &mut |steps| {
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
    let learned = outcome.activations.iter().flat_map(|activation| {
        let positions = activation.learned();
        positions
            .map(|position| activation.parameters()[position])
            .collect::<Vec<_>>()
    });
    let records = outcome.history.iter();
    let records = records.flat_map(|record| record.sigma.iter().chain([&record.loss]));
    let values = weights.chain(records).copied().chain(learned);
    values.map(f32::to_bits).collect()
}

/// The largest difference of two outcomes: of the losses on the way, relative to the first; of spectral norms, relative to
/// these; of the answers between -2 and 2, relative to the largest.
pub fn drift(a: &Outcome, b: &Outcome, architecture: &Architecture) -> f64 {
    assert_eq!(a.history.len(), b.history.len());
    let start = a.history[0].loss;
    let mut worst = 0f64;
    for (a, b) in a.history.iter().zip(&b.history) {
        assert_eq!(a.step, b.step);
        let sigmas = a.sigma.iter().zip(&b.sigma).map(|(a, b)| (a - b).abs() / a);
        let off = sigmas.fold((a.loss - b.loss).abs() / start, f32::max);
        worst = worst.max(f64::from(off));
    }
    let outputs = |outcome: &Outcome| -> Vec<f64> {
        let network = outcome.network(architecture);
        let point = |i: i32| vec![f64::from(i) * 0.02; architecture.inputs()];
        (-100..=100).flat_map(|i| network.predict(&point(i))).collect()
    };
    let (a, b) = (outputs(a), outputs(b));
    let scale = a.iter().fold(0f64, |scale, y| scale.max(y.abs()));
    a.iter()
        .zip(&b)
        .fold(worst, |worst, (a, b)| worst.max((a - b).abs() / scale))
}

/// What so many layers may make of what rounding has left before them, 1e-6 of the largest answer: each magnifies it by the
/// Lipschitz constant of its activation, where that has one above 1. SIREN's sine does by 30.
pub fn magnified(activation: Activation, layers: usize) -> f64 {
    let steepest = Some(activation.lipschitz()).filter(|steepest| steepest.is_finite());
    1e-6 * steepest.unwrap_or(1.0).max(1.0).powi(layers as i32)
}
