//! The reference engine: plain burn. The networks are a module, the gradients are burn's, the operations
//! inside are ours. It trains anything on any backend.

mod feeder;
mod gradients;
mod optimizers;
mod penalties;
mod selection;

use std::ops::ControlFlow;

use burn::tensor::{Bool, Device, Int, Tensor, TensorData};

use super::history::{Record, power_iterations, recorded};
use super::{Observer, Outcome, Recipe, Stack};
use crate::backend::loss::{LossesOfStack, error, finite};
use crate::backend::optimizer::{self, State};
use crate::backend::spectral::power_iteration;
use crate::block::dropout::Masked;
use crate::network::module::{Linear, Networks, host, same};
use crate::network::program::Program;
use crate::network::weights::Weights;
use crate::optimizer::KEPT;
use crate::penalty::Spectral;
use crate::unit::PARAMETERS;
use feeder::{Feeder, Samples};
use gradients::{Gradients, limits};
use optimizers::Optimizers;
use penalties::{Penalties, by_layer};
use selection::Selections;

/// Trains a stack on `device`; see [`Engine::train`](super::Engine::train).
pub fn train(stack: &Stack, device: &Device, observer: &mut Observer<'_>) -> Vec<Outcome> {
    let mut training = Training::new(stack, device);
    let mut history: Vec<Snapshot> = Vec::new();
    let (mut step, mut reported) = (0, 0);
    loop {
        let mut loss = training.loss(stack, step);
        let is_recorded = recorded(step, stack.steps());
        if is_recorded {
            training.complete(&mut loss, step == stack.steps());
        }
        training.note_divergence(&loss);
        let mut flow = ControlFlow::Continue(());
        if is_recorded {
            history.push(training.snapshot(step, &loss));
            let any = training.select(stack, step);
            flow = observer((step - reported) * stack.networks().len());
            reported = step;
            if !any && flow.is_continue() {
                let _ = observer((stack.steps() - step) * stack.networks().len());
                return training.outcomes(stack, step, &history);
            }
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
    program: Program,
    losses: LossesOfStack,
    /// `[networks]`: the largest norm of a gradient, where any network has one.
    limits: Option<Tensor<1>>,
    /// Without any dropout.
    answers: Program,
    feeder: Feeder,
    /// `[networks]`: whose recorded loss is not that of its steps; none where it is so of no network.
    altered: Option<Tensor<1, Bool>>,
    selections: Selections,
    optimizer: Optimizers,
    /// Without weight decay: of the parameters of activations.
    of_learned: Optimizers,
    /// For each layer what is kept of the gradients of weight and bias.
    kept: Vec<([Tensor<3>; KEPT], [Tensor<2>; KEPT])>,
    /// The same for the parameters of activations.
    kept_of_learned: Vec<[Tensor<2>; KEPT]>,
    penalties: Penalties,
    /// For each layer, `[networks, outputs]`: where the power iteration for the next record starts.
    right: Vec<Tensor<2>>,
    /// `[networks]`: 1 while a network's loss has always been finite, then 0.
    alive: Tensor<1>,
    /// `[networks]`: the steps that a network was alive for.
    lifetime: Tensor<1, Int>,
}

/// The loss of all networks at one step.
struct Loss {
    /// Of the samples of the step, `[networks]`.
    error: Tensor<1>,
    /// As it is recorded, and tells divergence, `[networks]`.
    recorded: Tensor<1>,
    /// What is differentiated: the sum over all networks of error and penalty.
    total: Tensor<1>,
}

impl Training {
    fn new(stack: &Stack, device: &Device) -> Self {
        let device = device.clone().autodiff();
        let networks = stack.networks();
        let program = stack.architecture().program();
        let of_stack = Networks::new(networks, &device);
        let inner = device.clone().inner();
        let altered: Vec<bool> = networks.iter().map(|network| stack.alters(network)).collect();
        let any_altered = altered.contains(&true);
        let altered = Tensor::<1, Bool>::from_data(TensorData::new(altered, [networks.len()]), &inner);
        let zeros = Tensor::<2>::zeros([networks.len(), PARAMETERS], &inner);
        let vectors = |network: &Recipe| Spectral::vectors(network.seed, &network.outputs());
        let optimizers: Vec<_> = networks.iter().map(|network| network.optimizer).collect();
        let undecayed = optimizers.iter().map(|optimizer| optimizer.without_weight_decay());
        let losses: Vec<_> = networks.iter().map(|network| network.loss).collect();
        let optimizer = Optimizers::new(stack, &optimizers, &inner);
        let of_learned = Optimizers::new(stack, &undecayed.collect::<Vec<_>>(), &inner);
        let kept = of_stack.layers.iter().map(|layer| {
            let (weight, bias) = (layer.weight.val().inner(), layer.bias.val().inner());
            (optimizer.state(weight).kept, optimizer.state(bias).kept)
        });
        Self {
            feeder: Feeder::new(stack, &device),
            altered: any_altered.then_some(altered),
            selections: Selections::new(stack, &inner),
            answers: program.without_dropouts(|_| true),
            kept: kept.collect(),
            kept_of_learned: vec![of_learned.state(zeros).kept; program.activations()],
            losses: LossesOfStack::new(&losses, &device),
            limits: limits(stack, &inner),
            of_learned,
            optimizer,
            penalties: Penalties::of(stack, &inner),
            right: by_layer(&networks.iter().map(vectors).collect::<Vec<_>>(), &inner),
            alive: Tensor::ones([networks.len()], &inner),
            lifetime: Tensor::zeros([networks.len()], &inner),
            program: program.clone(),
            networks: of_stack,
        }
    }

    fn loss(&mut self, stack: &Stack, step: usize) -> Loss {
        // A dropout stays where it is also in a stack that has no use for it: the order in which gradients are added up must
        // not depend on neighbours.
        let dropped = |place: usize, values: &Tensor<3>| {
            let mut networks = stack.networks().iter();
            let is_used = networks.any(|network| network.dropout[place] > 0.0);
            is_used.then(|| values.clone() * mask(stack, place, step, values))
        };
        let Samples { x, y } = self.feeder.begin(stack, step);
        let answers = self.networks.forward(&self.program, x, dropped);
        let error = error(answers, y, &self.losses);
        let mut total = error.clone().sum();
        let mut weights: Vec<Tensor<3>> = self.networks.layers.iter().map(|layer| layer.weight.val()).collect();
        let penalties = &mut self.penalties.added;
        let last = penalties.len().saturating_sub(1);
        for (index, penalty) in penalties.iter_mut().enumerate() {
            // Two gradients come to each of these tensors: that of this penalty, and those of all after it together.
            if index < last {
                weights = weights.into_iter().map(same).collect();
            }
            total = total + penalty.of(&weights, &self.program).sum();
        }
        Loss {
            recorded: error.clone().inner(),
            error,
            total,
        }
    }

    /// The loss of a step that is recorded: of networks that have not seen all samples as they are, that of all of them.
    /// The last step is none, and has no loss of its own.
    fn complete(&mut self, loss: &mut Loss, is_last: bool) {
        let Some(altered) = &self.altered else { return };
        let Samples { x, y } = self.feeder.all();
        let answers = self.networks.forward(&self.answers, x, |_, _| None);
        let all = error(answers, y, &self.losses).inner();
        let of_step = loss.error.clone().inner();
        // Where the step's own is not finite, it stays: it is what tells divergence.
        let of_all = match is_last {
            true => all,
            false => all.mask_where(finite(of_step.clone()).equal_elem(0), of_step.clone()),
        };
        loss.recorded = of_step.mask_where(altered.clone(), of_all);
    }

    /// Looks at the validation errors, where anything depends on them; whether any network trains on.
    fn select(&mut self, stack: &Stack, step: usize) -> bool {
        let (alive, any) = self
            .selections
            .see(stack, &self.networks, &self.answers, step, self.alive.clone());
        self.alive = alive;
        any
    }

    /// A network whose loss is not a finite number stays as it is from here on.
    fn note_divergence(&mut self, loss: &Loss) {
        self.alive = self.alive.clone() * finite(loss.recorded.clone());
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
            loss: host(loss.recorded.clone()),
        }
    }

    fn step(&mut self, loss: Loss) {
        let gradients = Gradients::of(&self.networks, &self.program, &loss.total);
        drop(loss);
        let gradients = gradients.clipped(self.limits.as_ref());
        let step = self.optimizer.next();
        let layers = std::mem::take(&mut self.networks.layers);
        let kept = std::mem::take(&mut self.kept);
        let layers = layers.into_iter().zip(kept).zip(gradients.layers).enumerate();
        for (index, ((layer, (of_weight, of_bias)), gradients)) in layers {
            let (weight, bias) = (layer.weight.val(), layer.bias.val());
            drop(layer);
            let Some((weight_gradient, bias_gradient)) = gradients else {
                self.networks
                    .layers
                    .push(Linear::new(weight.inner().autodiff(), bias.inner().autodiff()));
                self.kept.push((of_weight, of_bias));
                continue;
            };
            let (weight, of_weight) = updated(weight.inner(), of_weight, weight_gradient, &self.alive, &step);
            let weight = self.applied(index, weight);
            let (bias, of_bias) = updated(bias.inner(), of_bias, bias_gradient, &self.alive, &step);
            self.networks
                .layers
                .push(Linear::new(weight.autodiff(), bias.autodiff()));
            self.kept.push((of_weight, of_bias));
        }
        let step = self.of_learned.next();
        let slots = self.networks.activations.iter_mut().zip(&mut self.kept_of_learned);
        for ((activations, kept), gradient) in slots.zip(gradients.learned) {
            let Some(gradient) = gradient else { continue };
            let parameters = activations.parameters.clone().inner();
            let (parameters, after) = updated(parameters, kept.clone(), gradient, &self.alive, &step);
            activations.parameters = parameters.autodiff().require_grad();
            *kept = after;
        }
    }

    /// The weight of a layer after what penalties do to it after a step.
    fn applied(&mut self, layer: usize, weight: Tensor<3>) -> Tensor<3> {
        let penalties = self.penalties.applied.iter_mut();
        penalties.fold(weight, |weight, penalty| {
            penalty.apply(layer, weight, &self.optimizer.learning_rates(), &self.alive)
        })
    }

    fn outcomes(self, stack: &Stack, steps: usize, history: &[Snapshot]) -> Vec<Outcome> {
        let learned = self.networks.learned();
        let lifetimes: Vec<i64> = self.lifetime.into_data().iter().collect();
        let outcome = |(network, weights): (usize, Weights)| {
            let lifetime = lifetimes[network] as usize;
            let ended = self.selections.ended[network];
            let diverged_at = (lifetime <= steps && ended.is_none()).then_some(lifetime);
            let steps = ended.unwrap_or(lifetime.min(steps));
            let kept = self.selections.kept(network).filter(|_| diverged_at.is_none());
            let lived = history.iter().take_while(|snapshot| snapshot.step < lifetime);
            let record = |snapshot: &Snapshot| Record {
                step: snapshot.step,
                loss: snapshot.loss[network],
                sigma: snapshot.sigma.iter().map(|sigma| sigma[network]).collect(),
            };
            let mut activations = stack.networks()[network].activations.clone();
            let learned = kept.map_or(&learned[network], |kept| &kept.learned);
            for (activation, values) in activations.iter_mut().zip(learned) {
                for position in activation.learned() {
                    activation.set(position, values[position]);
                }
            }
            Outcome {
                weights: kept.map_or(weights, |kept| kept.weights.clone()),
                activations,
                weights_step: kept.map_or(steps, |kept| kept.step),
                steps,
                diverged_at,
                history: lived.map(record).collect(),
            }
        };
        self.networks.weights().into_iter().enumerate().map(outcome).collect()
    }
}

/// A parameter and what is kept of its gradients after a step.
fn updated<const D: usize>(
    parameter: Tensor<D>,
    kept: [Tensor<D>; KEPT],
    gradient: Tensor<D>,
    alive: &Tensor<1>,
    step: &optimizer::Step,
) -> (Tensor<D>, [Tensor<D>; KEPT]) {
    let state = State { parameter, kept };
    let state = optimizer::step(state, gradient, alive.clone(), step.clone());
    (state.parameter, state.kept)
}

/// What the `values` of a dropout, `[networks, samples of the step, width]`, are multiplied with in a step.
fn mask(stack: &Stack, place: usize, step: usize, values: &Tensor<3>) -> Tensor<3> {
    let [_, samples, width] = values.dims();
    let mut mask = vec![0f32; stack.networks().len() * samples * width];
    for (network, mask) in stack.networks().iter().zip(mask.chunks_exact_mut(samples * width)) {
        let masked = Masked {
            seed: network.seed,
            place,
            step,
            rate: network.dropout[place],
            width,
            samples: stack.samples_of_a_step(),
        };
        masked.write(0, width, mask);
    }
    let shape = [stack.networks().len(), samples, width];
    Tensor::from_data(TensorData::new(mask, shape), &values.device().inner())
}

/// The gradient of the first network's error in the first step.
#[cfg(test)]
pub(super) fn gradient(stack: &Stack, device: &Device) -> super::Gradient {
    let mut training = Training::new(stack, device);
    let loss = training.loss(stack, 0);
    let gradients = Gradients::of(&training.networks, &training.program, &loss.total);
    let of_layer = |(layer, gradient): (&Linear, Option<(Tensor<3>, Tensor<2>)>)| {
        let zeros = || {
            (
                layer.weight.val().inner().zeros_like(),
                layer.bias.val().inner().zeros_like(),
            )
        };
        let (weight, bias) = gradient.unwrap_or_else(zeros);
        Linear::new(weight, bias)
    };
    let layers = training.networks.layers.iter().zip(gradients.layers).map(of_layer);
    training.networks.layers = layers.collect();
    let slots = stack.networks()[0].activations.iter().zip(gradients.learned);
    let learned = slots.enumerate().flat_map(|(slot, (activation, gradient))| {
        let gradient = gradient.map_or(Vec::new(), host);
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
