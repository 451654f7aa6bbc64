//! The samples of a stack's networks on their way to the device: all of them once, or for each step those that it takes.

use burn::tensor::{Device, Tensor, TensorData};

use super::Stack;
use crate::network::batches::Sampler;
use crate::network::noise::InputNoise;
use crate::network::recipe::Recipe;

/// Samples of every network.
#[derive(Debug, Clone)]
pub struct Samples {
    /// `[networks, samples, inputs]`.
    pub x: Tensor<3>,
    /// `[networks, samples, outputs]`.
    pub y: Tensor<3>,
}

impl Samples {
    fn new(stack: &Stack, inputs: Vec<f32>, targets: Vec<f32>, device: &Device) -> Self {
        let program = stack.architecture().program();
        let networks = stack.networks().len();
        let tensor = |values: Vec<f32>, width: usize| {
            let samples = values.len() / (networks * width);
            Tensor::from_data(TensorData::new(values, [networks, samples, width]), device)
        };
        Self {
            x: tensor(inputs, program.inputs()),
            y: tensor(targets, program.outputs()),
        }
    }
}

/// The samples of all networks.
pub struct Feeder {
    /// All; where they are drawn afresh, those of the step that began last.
    all: Samples,
    /// On the host, of each network: `[samples, inputs]` and `[samples, outputs]`, where steps need them.
    hosted: Vec<[Vec<f32>; 2]>,
    samplers: Vec<Sampler>,
    device: Device,
}

impl Feeder {
    /// Of a stack.
    pub fn new(stack: &Stack, device: &Device) -> Self {
        let networks = stack.networks();
        let all = |part: fn(&Recipe) -> &Vec<f32>| networks.iter().flat_map(part).copied().collect();
        let is_fresh = networks.iter().any(|network| network.fresh.is_some());
        let is_needed = is_fresh || networks.iter().any(|network| stack.alters(network));
        let hosted = networks.iter().filter(|_| is_needed);
        let sampler = |network: &Recipe| {
            let batches = stack.batches()?;
            Some(Sampler::new(batches, network.seed, stack.samples()))
        };
        Self {
            all: Samples::new(
                stack,
                all(|network| &network.inputs),
                all(|network| &network.targets),
                device,
            ),
            hosted: hosted
                .map(|network| [network.inputs.clone(), network.targets.clone()])
                .collect(),
            samplers: networks.iter().filter_map(sampler).collect(),
            device: device.clone(),
        }
    }

    /// The samples of a step, as they are trained on.
    pub fn begin(&mut self, stack: &Stack, step: usize) -> Samples {
        self.draw(stack, step);
        if !stack.networks().iter().any(|network| stack.alters(network)) {
            return self.all.clone();
        }
        let program = stack.architecture().program();
        let (mut inputs, mut targets) = (Vec::new(), Vec::new());
        for (index, network) in stack.networks().iter().enumerate() {
            let [x, y] = &self.hosted[index];
            let first = inputs.len();
            match self.samplers.get_mut(index) {
                None => {
                    inputs.extend_from_slice(x);
                    targets.extend_from_slice(y);
                }
                Some(sampler) => {
                    sampler.begin(step);
                    for row in sampler.rows() {
                        inputs.extend_from_slice(&x[row * program.inputs()..][..program.inputs()]);
                        targets.extend_from_slice(&y[row * program.outputs()..][..program.outputs()]);
                    }
                }
            }
            if network.input_noise > 0.0 {
                let noise = InputNoise {
                    seed: network.seed,
                    step,
                    deviation: network.input_noise,
                    width: program.inputs(),
                    samples: stack.samples_of_a_step(),
                };
                noise.add(0, program.inputs(), &mut inputs[first..]);
            }
        }
        Samples::new(stack, inputs, targets, &self.device)
    }

    /// All samples, as they are.
    pub fn all(&self) -> Samples {
        self.all.clone()
    }

    /// Draws the samples of the networks that have others in each step.
    fn draw(&mut self, stack: &Stack, step: usize) {
        let mut is_new = false;
        for (network, [inputs, targets]) in stack.networks().iter().zip(&mut self.hosted) {
            if let Some(source) = network.fresh.as_ref().filter(|_| step > 0) {
                source.draw(step, inputs, targets);
                is_new = true;
            }
        }
        if is_new {
            let all = |part: usize| self.hosted.iter().flat_map(|hosted| &hosted[part]).copied().collect();
            self.all = Samples::new(stack, all(0), all(1), &self.device);
        }
    }
}
