//! The reference engine: plain burn. The networks are a module, the gradients are burn's, the operations
//! inside are ours. It trains anything on any backend.

use std::ops::ControlFlow;

use burn::tensor::{Device, Int, Tensor, TensorData};

use super::history::{Record, power_iterations, recorded};
use super::{Network, Observer, Outcome, Stack};
use crate::backend::loss::{finite, squared_error};
use crate::backend::optimizer::{self, State};
use crate::network::module::{Linear, Mlp, host};
use crate::optimizer::{NUMBERS, Rules, Steps};
use crate::penalty::spectral::{penalty, power_iteration};

/// Trains a stack on `device`; see [`Engine::train`](super::Engine::train).
pub fn train(stack: &Stack, device: &Device, observer: &mut Observer<'_>) -> Vec<Outcome> {
    let mut training = Training::new(stack, device);
    let mut history: Vec<Snapshot> = Vec::new();
    let (mut step, mut reported) = (0, 0);
    loop {
        let loss = training.loss();
        training.note_divergence(&loss);
        let mut flow = ControlFlow::Continue(());
        if recorded(step, stack.steps()) {
            history.push(training.snapshot(step, &loss));
            flow = observer((step - reported) * stack.networks().len());
            reported = step;
        }
        if step == stack.steps() || flow.is_break() {
            return training.outcomes(step, &history);
        }
        training.step(loss);
        step += 1;
    }
}

/// The records of all networks before one step.
struct Snapshot {
    step: usize,
    /// `[networks]`.
    loss: Vec<f32>,
    /// For each layer, `[networks]`.
    sigma: Vec<Vec<f32>>,
}

/// A stack in the middle of its training.
struct Training {
    mlp: Mlp,
    x: Tensor<3>,
    y: Tensor<3>,
    optimizer: Optimizers,
    /// For each layer what is kept of the gradients of weight and bias: two numbers for each of theirs.
    kept: Vec<([Tensor<3>; 2], [Tensor<2>; 2])>,
    spectral: Option<Spectral>,
    /// For each layer, `[networks, outputs]`: where the power iteration for the next record starts.
    right: Vec<Tensor<2>>,
    /// `[networks]`: 1 while a network's loss has always been finite, then 0.
    alive: Tensor<1>,
    /// `[networks]`: the steps that a network was alive for.
    lifetime: Tensor<1, Int>,
}

/// The state of the spectral penalty.
struct Spectral {
    /// `[networks]`.
    lambda: Tensor<1>,
    /// For each layer, `[networks, outputs]`: where the next power iteration starts.
    right: Vec<Tensor<2>>,
}

/// The loss of all networks at one step.
struct Loss {
    /// `[networks]`.
    error: Tensor<1>,
    /// What is differentiated: the sum over all networks of error and penalty.
    total: Tensor<1>,
}

impl Training {
    fn new(stack: &Stack, device: &Device) -> Self {
        let device = device.clone().autodiff();
        let networks = stack.networks();
        let weights: Vec<_> = networks.iter().map(|network| &network.initial).collect();
        let activations: Vec<_> = networks.iter().map(|network| network.activation).collect();
        let mlp = Mlp::new(&weights, &activations, &device);
        let kept = mlp.layers.iter().map(|layer| {
            let (weight, bias) = (
                layer.weight.val().inner().zeros_like(),
                layer.bias.val().inner().zeros_like(),
            );
            ([weight.clone(), weight], [bias.clone(), bias])
        });
        let inner = device.clone().inner();
        let gather = |part: fn(&Network) -> &Vec<f32>, width: usize| {
            let values: Vec<f32> = networks
                .iter()
                .flat_map(|network| part(network).iter().copied())
                .collect();
            Tensor::<3>::from_data(
                TensorData::new(values, [networks.len(), stack.samples(), width]),
                &device,
            )
        };
        Self {
            x: gather(|network| &network.inputs, stack.sizes()[0]),
            y: gather(|network| &network.targets, stack.sizes()[stack.sizes().len() - 1]),
            kept: kept.collect(),
            optimizer: Optimizers::new(stack, &inner),
            spectral: Spectral::new(stack, &inner),
            right: right_vectors(stack, &inner),
            alive: Tensor::ones([networks.len()], &inner),
            lifetime: Tensor::zeros([networks.len()], &inner),
            mlp,
        }
    }

    fn loss(&mut self) -> Loss {
        let error = squared_error(self.mlp.forward(self.x.clone()), self.y.clone());
        let mut total = error.clone().sum();
        if let Some(spectral) = &mut self.spectral {
            total = total + spectral.penalty(&self.mlp.layers).sum();
        }
        Loss { error, total }
    }

    /// A network whose loss is not a finite number stays as it is from here on.
    fn note_divergence(&mut self, loss: &Loss) {
        self.alive = self.alive.clone() * finite(loss.error.clone().inner());
        self.lifetime = self.lifetime.clone() + self.alive.clone().int();
    }

    fn snapshot(&mut self, step: usize, loss: &Loss) -> Snapshot {
        let layers = self.mlp.layers.iter().zip(&mut self.right);
        let sigma = layers.map(|(layer, right)| {
            let weight = layer.weight.val().inner();
            let [_, inputs, outputs] = weight.dims();
            let mut sigma = None;
            for _ in 0..power_iterations(step, [inputs, outputs]) {
                let triple = power_iteration(weight.clone(), right.clone());
                *right = triple.right;
                sigma = Some(triple.sigma);
            }
            host(sigma.expect("at least one iteration"))
        });
        Snapshot {
            step,
            sigma: sigma.collect(),
            loss: host(loss.error.clone().inner()),
        }
    }

    fn step(&mut self, loss: Loss) {
        let mut gradients = loss.total.backward();
        drop(loss);
        let step = self.optimizer.next();
        let layers = std::mem::take(&mut self.mlp.layers);
        let kept = std::mem::take(&mut self.kept);
        for (layer, (of_weight, of_bias)) in layers.into_iter().zip(kept) {
            let (weight, bias) = (layer.weight.val(), layer.bias.val());
            drop(layer);
            let every = "every parameter has a gradient";
            let weight_gradient = weight.grad_remove(&mut gradients).expect(every);
            let bias_gradient = bias.grad_remove(&mut gradients).expect(every);
            let (weight, of_weight) = updated(weight.inner(), of_weight, weight_gradient, &self.alive, &step);
            let (bias, of_bias) = updated(bias.inner(), of_bias, bias_gradient, &self.alive, &step);
            self.mlp.layers.push(Linear::new(weight.autodiff(), bias.autodiff()));
            self.kept.push((of_weight, of_bias));
        }
    }

    fn outcomes(self, steps: usize, history: &[Snapshot]) -> Vec<Outcome> {
        let lifetimes: Vec<i64> = self.lifetime.into_data().iter().collect();
        let outcome = |(network, weights)| {
            let lifetime = lifetimes[network] as usize;
            let lived = history.iter().take_while(|snapshot| snapshot.step < lifetime);
            let record = |snapshot: &Snapshot| Record {
                step: snapshot.step,
                loss: snapshot.loss[network],
                sigma: snapshot.sigma.iter().map(|sigma| sigma[network]).collect(),
            };
            Outcome {
                weights,
                steps: lifetime.min(steps),
                diverged_at: (lifetime <= steps).then_some(lifetime),
                history: lived.map(record).collect(),
            }
        };
        self.mlp.weights().into_iter().enumerate().map(outcome).collect()
    }
}

/// A parameter and what is kept of its gradients after a step.
fn updated<const D: usize>(
    parameter: Tensor<D>,
    [first, second]: [Tensor<D>; 2],
    gradient: Tensor<D>,
    alive: &Tensor<1>,
    step: &optimizer::Step,
) -> (Tensor<D>, [Tensor<D>; 2]) {
    let state = State {
        parameter,
        first,
        second,
    };
    let state = optimizer::step(state, gradient, alive.clone(), step.clone());
    (state.parameter, [state.first, state.second])
}

/// The optimisers of all networks.
struct Optimizers {
    steps: Vec<Steps>,
    rules: Rules,
    /// `[networks]`.
    codes: Tensor<1, Int>,
    device: Device,
}

impl Optimizers {
    fn new(stack: &Stack, device: &Device) -> Self {
        let networks = stack.networks().iter();
        let optimizers: Vec<_> = networks.clone().map(|network| network.optimizer).collect();
        let (rules, codes) = Rules::of(&optimizers);
        let shape = [codes.len()];
        Self {
            steps: networks
                .map(|network| network.optimizer.steps(network.learning_rate))
                .collect(),
            rules,
            codes: Tensor::from_data(TensorData::new(codes, shape), device),
            device: device.clone(),
        }
    }

    fn next(&mut self) -> optimizer::Step {
        let numbers: Vec<f32> = self.steps.iter_mut().flat_map(Steps::advance).collect();
        let shape = [self.steps.len(), NUMBERS];
        optimizer::Step {
            numbers: Tensor::from_data(TensorData::new(numbers, shape), &self.device),
            codes: self.codes.clone(),
            rules: self.rules.clone(),
        }
    }
}

/// For each layer, `[networks, outputs]`: where power iterations start.
fn right_vectors(stack: &Stack, device: &Device) -> Vec<Tensor<2>> {
    let networks: Vec<_> = stack.networks().iter().map(Network::right_vectors).collect();
    let layers = stack.sizes()[1..].iter().enumerate().map(|(layer, &width)| {
        let values: Vec<f32> = networks
            .iter()
            .flat_map(|vectors| vectors[layer].iter().copied())
            .collect();
        Tensor::from_data(TensorData::new(values, [networks.len(), width]), device)
    });
    layers.collect()
}

impl Spectral {
    /// None where no network of the stack is regularised.
    fn new(stack: &Stack, device: &Device) -> Option<Self> {
        let lambda: Vec<f32> = stack.networks().iter().map(|network| network.spectral).collect();
        if lambda.iter().all(|lambda| *lambda == 0.0) {
            return None;
        }
        let shape = [lambda.len()];
        Some(Self {
            lambda: Tensor::from_data(TensorData::new(lambda, shape), device),
            right: right_vectors(stack, device),
        })
    }

    /// Advances the power iterations by one, and returns the penalty of each network, `[networks]`.
    fn penalty(&mut self, layers: &[Linear]) -> Tensor<1> {
        let penalties = layers.iter().zip(&mut self.right).map(|(layer, right)| {
            let weight = layer.weight.val();
            let triple = power_iteration(weight.clone().inner(), right.clone());
            *right = triple.right.clone();
            penalty(weight, triple, self.lambda.clone())
        });
        penalties
            .reduce(|sum, penalty| sum + penalty)
            .expect("a network has layers")
    }
}

#[cfg(all(test, feature = "ndarray"))]
mod tests {
    use super::*;
    use crate::device::{Choice, open};
    use crate::network::weights::initial_weights;
    use crate::optimizer::{Adam, Optimizer};
    use crate::unit::{Activation, Tanh};

    /// From 2^24 on an `f32` does not count by ones.
    #[test]
    fn lifetimes_count_beyond_what_a_float_can() {
        let device = open(Choice::Ndarray).expect("a CPU").device;
        let network = Network {
            activation: Activation::new(&Tanh),
            optimizer: Optimizer::new(&Adam),
            learning_rate: 1e-3,
            spectral: 0.0,
            initial: initial_weights(&[1, 1], 0),
            seed: 0,
            inputs: vec![0.5],
            targets: vec![0.5],
        };
        let stack = Stack::new(vec![1, 1], 1, 1 << 25, vec![network]).expect("a stack");
        let mut training = Training::new(&stack, &device);
        training.lifetime = training.lifetime + (1 << 24);
        let loss = training.loss();
        training.note_divergence(&loss);
        let outcome = training.outcomes(stack.steps(), &[]).remove(0);
        assert_eq!(outcome.diverged_at, Some((1 << 24) + 1));
    }
}
