//! The fast engine, for CPUs: one core advances one network by all of its steps. A block of samples goes forward and
//! back through the network's program while its values are in the first cache level; the parameters, what is kept of their
//! gradients, and their gradient stay in the second. Nothing is allocated between the first step and the last, and no
//! step waits for another core: who has more cores trains more networks at a time.
//!
//! Every number is computed in an order that the architecture alone decides, by operations that IEEE 754 defines, so a
//! network ends with the same bits in any stack, on any thread and on any machine.

mod feeder;
mod learned;
mod pass;
mod penalties;
mod records;

use std::ops::ControlFlow;

use pulp::Arch;

use super::history::recorded;
use super::{Observer, Outcome, Recipe, Stack};
use crate::block::dense::{Dense, Role, lay_out};
use crate::kernels::aligned::Aligned;
use crate::kernels::cpu as kernels;
use crate::kernels::product::padded;
use crate::network::program::{Back, Operation, Program};
use crate::network::selection::{Keep, Watch};
use crate::optimizer::{KEPT, Numbers, Optimizer, State, clip};
use crate::penalty::Spectral;
use crate::unit::Activation;
use feeder::Feeder;
use learned::Learned;
use penalties::Penalties;

/// Samples that go through the program together: few enough for the first cache level at the usual widths, many enough
/// that the gradients, which are read and written once a block, cost little. Measured at widths 16 to 256.
const BLOCK: usize = 64;

/// Trains a stack on the calling thread; see [`Engine::train`](super::Engine::train).
pub fn train(stack: &Stack, observer: &mut Observer<'_>) -> Vec<Outcome> {
    train_on(Arch::new(), stack, observer)
}

fn train_on(arch: Arch, stack: &Stack, observer: &mut Observer<'_>) -> Vec<Outcome> {
    let mut training = Training::new(arch, stack);
    let mut flow = ControlFlow::Continue(());
    let outcome = |network| training.train(network, stack, &mut flow, observer);
    stack.networks().iter().map(outcome).collect()
}

/// Room for a network of an architecture, and what is in it.
struct Training {
    arch: Arch,
    layers: Vec<Dense>,
    /// Samples that go through the program together, at most.
    block: usize,
    feeder: Feeder,
    parameters: Aligned,
    /// Those with the least validation error, where they are kept.
    best: Aligned,
    /// What the optimiser keeps of the gradients.
    kept: [Aligned; KEPT],
    gradient: Aligned,
    /// The weights, transposed, of the layers that pass a gradient back.
    transposed: Vec<Aligned>,
    /// From one row of each buffer to the next.
    strides: Vec<usize>,
    /// What a block of samples has in each buffer but the input's, where the feeder has it.
    values: Vec<Aligned>,
    /// The derivatives that activations keep for the way back, for each of the `values`.
    slopes: Vec<Aligned>,
    /// Gradients of the `values`.
    deltas: Vec<Aligned>,
    /// For each dropout what the values of a block are multiplied with.
    masks: Vec<Aligned>,
    /// For the left vector of a power iteration.
    left: Aligned,
    /// For each layer, where the next power iteration of the records starts.
    right: Vec<Aligned>,
    /// What is of the network that trains, and of no other.
    own: Own,
}

/// What a network brings with it.
struct Own {
    /// Without the dropouts that leave nothing out.
    program: Program,
    /// Without any dropout.
    answers: Program,
    /// Samples of a step, at most.
    samples: usize,
    /// With what they have learned.
    activations: Vec<Activation>,
    /// What they had learned where the validation error was the least.
    best: Vec<Activation>,
    learned: Learned,
    penalties: Penalties,
}

impl Training {
    fn new(arch: Arch, stack: &Stack) -> Self {
        let program = stack.architecture().program();
        let layers = lay_out(roles(program));
        let parameters = layers.last().expect("a network has layers").end();
        let block = BLOCK.min(stack.samples_of_a_step());
        let keeps_best = stack
            .networks()
            .iter()
            .any(|network| network.selection.keep == Keep::Best);
        let strides = strides(program, &layers);
        let per_value = || -> Vec<Aligned> {
            let rows = strides.iter().enumerate().map(|(buffer, stride)| match buffer {
                Program::INPUT => 0,
                _ => block * stride,
            });
            rows.map(Aligned::zeros).collect()
        };
        let widest = program.widths().iter().map(|width| padded(*width)).max();
        Self {
            arch,
            block,
            feeder: Feeder::new(stack, &strides, block),
            parameters: Aligned::zeros(parameters),
            best: Aligned::zeros(if keeps_best { parameters } else { 0 }),
            kept: std::array::from_fn(|place| match place < most_kept(stack) {
                true => Aligned::zeros(parameters),
                false => Aligned::zeros(0),
            }),
            gradient: Aligned::zeros(parameters),
            transposed: by_layer(&layers, Dense::transposed_length),
            values: per_value(),
            slopes: per_value(),
            deltas: per_value(),
            masks: masks(stack, block),
            left: Aligned::zeros(widest.unwrap_or(0)),
            right: by_layer(&layers, Dense::right_length),
            own: Own::of(&stack.networks()[0], stack, &layers, block),
            strides,
            layers,
        }
    }

    /// From where `flow` breaks on, no step is done.
    fn train(
        &mut self,
        network: &Recipe,
        stack: &Stack,
        flow: &mut ControlFlow<()>,
        observer: &mut Observer<'_>,
    ) -> Outcome {
        self.load(network, stack);
        let steps = stack.steps();
        let mut history = self.blank_history(steps);
        let mut numbers = network.steps_of(network.optimizer, steps);
        let mut watch = Watch::new(&network.selection);
        let (mut records, mut reported, mut step) = (0, 0, 0);
        let (mut diverged_at, mut has_ended) = (None, false);
        while flow.is_continue() {
            let loss = self.loss(network, stack, step);
            if !loss.is_finite() {
                diverged_at = Some(step);
                break;
            }
            if recorded(step, steps) {
                self.record(&mut history[records], loss);
                records += 1;
                has_ended = self.select(network, &mut watch, step);
                *flow = observer(step - reported);
                reported = step;
            }
            if step == steps || has_ended || flow.is_break() {
                break;
            }
            self.add_penalties();
            self.clip(network.clip);
            self.update(network.optimizer, &numbers.advance());
            self.apply_penalties(numbers.learning_rate());
            self.transpose();
            self.own.learned.update(self.arch, &mut self.own.activations);
            step += 1;
        }
        if diverged_at.is_some() || (has_ended && flow.is_continue()) {
            *flow = observer(steps - reported);
        }
        history.truncate(records);
        let best = watch
            .best()
            .filter(|_| network.selection.keep == Keep::Best && diverged_at.is_none());
        if best.is_some() {
            self.parameters.copy_from_slice(&self.best);
            self.own.activations.copy_from_slice(&self.own.best);
        }
        Outcome {
            weights: self.layers.iter().map(|layer| layer.store(&self.parameters)).collect(),
            activations: self.own.activations.clone(),
            weights_step: best.unwrap_or(step),
            steps: step,
            diverged_at,
            history,
        }
    }

    fn load(&mut self, network: &Recipe, stack: &Stack) {
        self.clear();
        self.feeder.load(network, stack);
        for (layer, weights) in self.layers.iter().zip(&network.initial) {
            layer.load(weights, &mut self.parameters);
        }
        self.transpose();
        begin(&mut self.right, &Spectral::vectors(network.seed, &network.outputs()));
        self.own = Own::of(network, stack, &self.layers, self.block);
    }

    /// Leaves nothing of the network before, whose padding may hold what is no number.
    fn clear(&mut self) {
        let Self {
            arch: _,
            layers: _,
            block: _,
            feeder: _,
            strides: _,
            own: _,
            parameters,
            best,
            kept,
            gradient,
            transposed,
            values,
            slopes,
            deltas,
            masks,
            left,
            right,
        } = self;
        let single = [parameters, best, gradient, left];
        let many = [transposed, values, slopes, deltas, masks, right];
        let many = many.into_iter().flatten().chain(kept);
        for memory in single.into_iter().chain(many) {
            memory.fill(0.0);
        }
    }

    /// Shortens the gradient to `limit` where it is longer; the padding of layers is zero and adds nothing to its length.
    fn clip(&mut self, limit: f32) {
        if limit == 0.0 {
            return;
        }
        let parts = [&mut *self.gradient, self.own.learned.gradient()];
        let squares: f32 = parts.iter().map(|part| kernels::dot(self.arch, part, part)).sum();
        let factor = clip::factor(limit, squares);
        parts
            .into_iter()
            .for_each(|part| kernels::scale(self.arch, part, factor));
    }

    fn update(&mut self, optimizer: Optimizer, numbers: &Numbers) {
        let state = State {
            parameter: &mut self.parameters,
            kept: self.kept.each_mut().map(|kept| &mut **kept),
        };
        optimizer.rule().step(self.arch, state, &self.gradient, numbers);
    }

    fn transpose(&mut self) {
        for (layer, transposed) in self.layers.iter().zip(&mut self.transposed) {
            layer.transpose(self.arch, &self.parameters, transposed);
        }
    }
}

impl Own {
    fn of(network: &Recipe, stack: &Stack, layers: &[Dense], block: usize) -> Self {
        let program = stack.architecture().program();
        Self {
            program: program.without_dropouts(|place| network.dropout[place] == 0.0),
            answers: program.without_dropouts(|_| true),
            samples: stack.samples_of_a_step(),
            activations: network.activations.clone(),
            best: network.activations.clone(),
            learned: Learned::new(network, program, layers, block, stack.steps()),
            penalties: Penalties::of(network, layers),
        }
    }
}

/// Numbers that the rules of a stack keep of each gradient, at most.
fn most_kept(stack: &Stack) -> usize {
    let networks = stack.networks().iter();
    let kept = networks.map(|network| network.optimizer.rule().kept());
    kept.max().unwrap_or(0)
}

/// What each layer is in its network.
fn roles(program: &Program) -> impl Iterator<Item = Role> {
    program.operations().iter().filter_map(|operation| match operation {
        Operation::Dense {
            input, output, layer, ..
        } => Some(Role {
            shape: program.layers()[*layer],
            is_output: *output == program.output(),
            passes_back: input.back != Back::Nothing,
        }),
        Operation::Join { .. } | Operation::Dropout { .. } => None,
    })
}

/// From one row of each buffer to the next: what a layer writes it pads itself.
fn strides(program: &Program, layers: &[Dense]) -> Vec<usize> {
    let mut strides: Vec<usize> = program.widths().iter().map(|width| padded(*width)).collect();
    for operation in program.operations() {
        if let Operation::Dense { output, layer, .. } = operation {
            strides[*output] = layers[*layer].width();
        }
    }
    strides
}

/// Room for the masks of dropouts, where any network leaves out anything.
fn masks(stack: &Stack, block: usize) -> Vec<Aligned> {
    let program = stack.architecture().program();
    let room = program.operations().iter().filter_map(|operation| match operation {
        Operation::Dropout { input, place, .. } => {
            let used = stack.networks().iter().any(|network| network.dropout[*place] > 0.0);
            let stride = padded(program.widths()[input.buffer]);
            Some(Aligned::zeros(if used { block * stride } else { 0 }))
        }
        Operation::Dense { .. } | Operation::Join { .. } => None,
    });
    room.collect()
}

fn by_layer(layers: &[Dense], length: impl Fn(&Dense) -> usize) -> Vec<Aligned> {
    layers.iter().map(|layer| Aligned::zeros(length(layer))).collect()
}

/// Puts vectors at the beginning of memory that may be longer.
fn begin(memory: &mut [Aligned], vectors: &[Vec<f32>]) {
    for (memory, vector) in memory.iter_mut().zip(vectors) {
        memory[..vector.len()].copy_from_slice(vector);
    }
}

/// The gradient of the first network's error in the first step.
#[cfg(test)]
pub(super) fn gradient(stack: &Stack) -> super::Gradient {
    let mut training = Training::new(Arch::new(), stack);
    let network = &stack.networks()[0];
    training.load(network, stack);
    super::Gradient {
        loss: training.gradients(network, 0),
        weights: training
            .layers
            .iter()
            .map(|layer| layer.store(&training.gradient))
            .collect(),
        learned: training.own.learned.gradients().collect(),
    }
}

#[cfg(test)]
mod tests;
