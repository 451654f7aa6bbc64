//! The reference engine: plain burn. The networks are a module, the gradients are burn's, the operations
//! inside are ours. It trains anything on any backend.

mod optimizers;
mod penalties;

use std::ops::ControlFlow;

use burn::tensor::{Device, Int, Tensor, TensorData};

use super::history::{Record, power_iterations, recorded};
use super::{Observer, Outcome, Recipe, Stack};
use crate::backend::activation::Activations;
use crate::backend::loss::{finite, squared_error};
use crate::backend::optimizer::{self, State};
use crate::backend::spectral::power_iteration;
use crate::block::dropout::Masked;
use crate::network::module::{Linear, Networks, host};
use crate::network::program::{Operation, Program};
use crate::network::weights::Weights;
use crate::penalty::Spectral;
use crate::unit::PARAMETERS;
use optimizers::Optimizers;
use penalties::{OfStack, by_layer};

/// Trains a stack on `device`; see [`Engine::train`](super::Engine::train).
pub fn train(stack: &Stack, device: &Device, observer: &mut Observer<'_>) -> Vec<Outcome> {
    let mut training = Training::new(stack, device);
    let mut history: Vec<Snapshot> = Vec::new();
    let (mut step, mut reported) = (0, 0);
    loop {
        let loss = training.loss(stack, step);
        training.note_divergence(&loss);
        let mut flow = ControlFlow::Continue(());
        if recorded(step, stack.steps()) {
            history.push(training.snapshot(step, &loss));
            flow = observer((step - reported) * stack.networks().len());
            reported = step;
        }
        if step == stack.steps() || flow.is_break() {
            return training.outcomes(stack, step, &history);
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
    networks: Networks,
    /// Without the dropouts that leave out nothing in any network.
    program: Program,
    x: Tensor<3>,
    y: Tensor<3>,
    optimizer: Optimizers,
    /// Without weight decay: of the parameters of activations.
    of_learned: Optimizers,
    /// For each layer what is kept of the gradients of weight and bias: two numbers for each of theirs.
    kept: Vec<([Tensor<3>; 2], [Tensor<2>; 2])>,
    /// The same for the parameters of activations.
    kept_of_learned: Vec<[Tensor<2>; 2]>,
    penalties: Vec<OfStack>,
    /// For each layer, `[networks, outputs]`: where the power iteration for the next record starts.
    right: Vec<Tensor<2>>,
    /// `[networks]`: 1 while a network's loss has always been finite, then 0.
    alive: Tensor<1>,
    /// `[networks]`: the steps that a network was alive for.
    lifetime: Tensor<1, Int>,
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
        let program = stack.architecture().program();
        let off = |place: usize| networks.iter().all(|network| network.dropout[place] == 0.0);
        let of_stack = Networks::new(networks, &device);
        let kept = of_stack.layers.iter().map(|layer| {
            let (weight, bias) = (
                layer.weight.val().inner().zeros_like(),
                layer.bias.val().inner().zeros_like(),
            );
            ([weight.clone(), weight], [bias.clone(), bias])
        });
        let inner = device.clone().inner();
        let gather = |part: fn(&Recipe) -> &Vec<f32>, width: usize| {
            let values: Vec<f32> = networks
                .iter()
                .flat_map(|network| part(network).iter().copied())
                .collect();
            Tensor::<3>::from_data(
                TensorData::new(values, [networks.len(), stack.samples(), width]),
                &device,
            )
        };
        let zeros = Tensor::<2>::zeros([networks.len(), PARAMETERS], &inner);
        let vectors = |network: &Recipe| Spectral::vectors(network.seed, &network.outputs());
        let optimizers: Vec<_> = networks.iter().map(|network| network.optimizer).collect();
        let undecayed = optimizers.iter().map(|optimizer| optimizer.without_weight_decay());
        Self {
            x: gather(|network| &network.inputs, program.inputs()),
            y: gather(|network| &network.targets, program.outputs()),
            kept: kept.collect(),
            kept_of_learned: vec![[zeros.clone(), zeros]; program.activations()],
            of_learned: Optimizers::new(stack, &undecayed.collect::<Vec<_>>(), &inner),
            optimizer: Optimizers::new(stack, &optimizers, &inner),
            penalties: penalties::of_stack(stack, &inner),
            right: by_layer(&networks.iter().map(vectors).collect::<Vec<_>>(), &inner),
            alive: Tensor::ones([networks.len()], &inner),
            lifetime: Tensor::zeros([networks.len()], &inner),
            program: program.without_dropouts(off),
            networks: of_stack,
        }
    }

    fn loss(&mut self, stack: &Stack, step: usize) -> Loss {
        let dropped = |place, values: Tensor<3>| {
            let mask = mask(stack, &self.program, place, step, &values.device().inner());
            values * mask
        };
        let answers = self.networks.forward(&self.program, self.x.clone(), dropped);
        let error = squared_error(answers, self.y.clone());
        let penalties = self
            .penalties
            .iter_mut()
            .map(|penalty| penalty.of(&self.networks.layers, &self.program).sum());
        let total = penalties.fold(error.clone().sum(), |total, penalty| total + penalty);
        Loss { error, total }
    }

    /// A network whose loss is not a finite number stays as it is from here on.
    fn note_divergence(&mut self, loss: &Loss) {
        self.alive = self.alive.clone() * finite(loss.error.clone().inner());
        self.lifetime = self.lifetime.clone() + self.alive.clone().int();
    }

    fn snapshot(&mut self, step: usize, loss: &Loss) -> Snapshot {
        let layers = self.networks.layers.iter().zip(&mut self.right);
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
        let layers = std::mem::take(&mut self.networks.layers);
        let kept = std::mem::take(&mut self.kept);
        for (index, (layer, (of_weight, of_bias))) in layers.into_iter().zip(kept).enumerate() {
            let (weight, bias) = (layer.weight.val(), layer.bias.val());
            drop(layer);
            if !self.program.trains(index) {
                self.networks
                    .layers
                    .push(Linear::new(weight.inner().autodiff(), bias.inner().autodiff()));
                self.kept.push((of_weight, of_bias));
                continue;
            }
            let every = "every parameter has a gradient";
            let weight_gradient = weight.grad_remove(&mut gradients).expect(every);
            let bias_gradient = bias.grad_remove(&mut gradients).expect(every);
            let (weight, of_weight) = updated(weight.inner(), of_weight, weight_gradient, &self.alive, &step);
            let (bias, of_bias) = updated(bias.inner(), of_bias, bias_gradient, &self.alive, &step);
            self.networks
                .layers
                .push(Linear::new(weight.autodiff(), bias.autodiff()));
            self.kept.push((of_weight, of_bias));
        }
        let step = self.of_learned.next();
        let slots = self.networks.activations.iter_mut().zip(&mut self.kept_of_learned);
        for (activations, kept) in slots.filter(|(activations, _)| activations.learns) {
            let gradient = activations
                .parameters
                .grad_remove(&mut gradients)
                .expect("it is learned");
            let parameters = activations.parameters.clone().inner();
            let (parameters, after) = updated(parameters, kept.clone(), gradient, &self.alive, &step);
            activations.parameters = parameters.autodiff().require_grad();
            *kept = after;
        }
    }

    fn outcomes(self, stack: &Stack, steps: usize, history: &[Snapshot]) -> Vec<Outcome> {
        let learned: Vec<Vec<f32>> = self.networks.activations.iter().map(parameters).collect();
        let lifetimes: Vec<i64> = self.lifetime.into_data().iter().collect();
        let outcome = |(network, weights): (usize, Weights)| {
            let lifetime = lifetimes[network] as usize;
            let lived = history.iter().take_while(|snapshot| snapshot.step < lifetime);
            let record = |snapshot: &Snapshot| Record {
                step: snapshot.step,
                loss: snapshot.loss[network],
                sigma: snapshot.sigma.iter().map(|sigma| sigma[network]).collect(),
            };
            let mut activations = stack.networks()[network].activations.clone();
            for (activation, values) in activations.iter_mut().zip(&learned) {
                for position in activation.learned() {
                    activation.set(position, values[network * PARAMETERS + position]);
                }
            }
            Outcome {
                weights,
                activations,
                steps: lifetime.min(steps),
                diverged_at: (lifetime <= steps).then_some(lifetime),
                history: lived.map(record).collect(),
            }
        };
        self.networks.weights().into_iter().enumerate().map(outcome).collect()
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

/// What the optimisers of activations' parameters have made of them, `[networks, PARAMETERS]`.
fn parameters(activations: &Activations) -> Vec<f32> {
    host(activations.parameters.clone().inner())
}

/// What the values of a dropout are multiplied with in a step, `[networks, samples, width]`.
fn mask(stack: &Stack, program: &Program, place: usize, step: usize, device: &Device) -> Tensor<3> {
    let width = program.operations().iter().find_map(|operation| match operation {
        Operation::Dropout { input, place: of, .. } if *of == place => Some(program.widths()[input.buffer]),
        _ => None,
    });
    let (width, samples) = (width.expect("a dropout of the program"), stack.samples());
    let mut mask = vec![0f32; stack.networks().len() * samples * width];
    for (network, mask) in stack.networks().iter().zip(mask.chunks_exact_mut(samples * width)) {
        let masked = Masked {
            seed: network.seed,
            place,
            step,
            rate: network.dropout[place],
            width,
            samples,
        };
        masked.write(0, width, mask);
    }
    Tensor::from_data(TensorData::new(mask, [stack.networks().len(), samples, width]), device)
}

/// The gradient of the first network's error in the first step.
#[cfg(test)]
pub(super) fn gradient(stack: &Stack, device: &Device) -> super::Gradient {
    let mut training = Training::new(stack, device);
    let loss = training.loss(stack, 0);
    let mut gradients = loss.total.backward();
    let every = "every parameter has a gradient";
    let layers = training.networks.layers.iter().map(|layer| {
        let weight = layer.weight.val().grad_remove(&mut gradients).expect(every);
        let bias = layer.bias.val().grad_remove(&mut gradients).expect(every);
        Linear::new(weight, bias)
    });
    training.networks.layers = layers.collect();
    let slots = stack.networks()[0]
        .activations
        .iter()
        .zip(&training.networks.activations);
    let learned = slots.enumerate().flat_map(|(slot, (activation, of_slot))| {
        let gradient = of_slot.parameters.grad_remove(&mut gradients).map_or(Vec::new(), host);
        activation
            .learned()
            .map(move |position| (slot, position, gradient[position]))
            .collect::<Vec<_>>()
    });
    super::Gradient {
        loss: host(loss.error.inner())[0],
        learned: learned.collect(),
        weights: training.networks.weights().remove(0),
    }
}

#[cfg(all(test, feature = "ndarray"))]
mod tests {
    use super::*;
    use crate::device::{Choice, open};
    use crate::network::architecture::Architecture;
    use crate::unit::{Activation, Tanh};

    /// From 2^24 on an `f32` does not count by ones.
    #[test]
    fn lifetimes_count_beyond_what_a_float_can() {
        let device = open(Choice::Ndarray).expect("a CPU").device;
        let architecture = Architecture::perceptron(&[1, 1]).expect("an architecture");
        let network = Recipe::new(&architecture, Activation::new(&Tanh), 0, vec![0.5], vec![0.5]);
        let stack = Stack::new(architecture, 1, 1 << 25, vec![network]).expect("a stack");
        let mut training = Training::new(&stack, &device);
        training.lifetime = training.lifetime + (1 << 24);
        let loss = training.loss(&stack, 0);
        training.note_divergence(&loss);
        let outcome = training.outcomes(&stack, stack.steps(), &[]).remove(0);
        assert_eq!(outcome.diverged_at, Some((1 << 24) + 1));
    }
}
