//! The fast engine, for CPUs: one core advances one network by all of its steps. A block of samples goes forward and
//! back through the network's program while its values are in the first cache level; the parameters, what is kept of their
//! gradients, and their gradient stay in the second. Nothing is allocated between the first step and the last, and no
//! step waits for another core: who has more cores trains more networks at a time.
//!
//! Every number is computed in an order that the architecture alone decides, by operations that IEEE 754 defines, so a
//! network ends with the same bits in any stack, on any thread and on any machine.

mod learned;
mod pass;

use std::ops::ControlFlow;

use pulp::Arch;

use super::history::{Record, power_iterations, recorded};
use super::{Observer, Outcome, Recipe, Stack};
use crate::block::dense::{Dense, Role, lay_out, pad};
use crate::kernels::aligned::Aligned;
use crate::kernels::product::padded;
use crate::network::program::{Back, Operation, Program};
use crate::optimizer::{Numbers, Optimizer, State};
use crate::penalty::{Penalty, Spectral, Weighed};
use crate::unit::Activation;
use learned::Learned;

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
    samples: usize,
    /// How many of the parameters train: the first.
    trained: usize,
    parameters: Aligned,
    /// What the optimiser keeps of the gradients.
    kept: [Aligned; 2],
    gradient: Aligned,
    /// The weights, transposed, of the layers that pass a gradient back.
    transposed: Vec<Aligned>,
    /// Training samples, each padded to the stride of its buffer.
    inputs: Aligned,
    targets: Aligned,
    /// From one row of each buffer to the next.
    strides: Vec<usize>,
    /// What a block of samples has in each buffer but the input's.
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
    /// With what they have learned.
    activations: Vec<Activation>,
    learned: Learned,
    /// With what is kept of each layer.
    penalties: Vec<(Penalty, Vec<Aligned>)>,
}

impl Training {
    fn new(arch: Arch, stack: &Stack) -> Self {
        let program = stack.architecture().program();
        let layers = lay_out(roles(program));
        let end = |layers: &mut dyn Iterator<Item = &Dense>| layers.map(Dense::end).max().unwrap_or(0);
        let parameters = end(&mut layers.iter());
        let block = BLOCK.min(stack.samples());
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
            samples: stack.samples(),
            trained: end(&mut layers.iter().filter(|layer| layer.trains)),
            parameters: Aligned::zeros(parameters),
            kept: [Aligned::zeros(parameters), Aligned::zeros(parameters)],
            gradient: Aligned::zeros(parameters),
            transposed: by_layer(&layers, Dense::transposed_length),
            inputs: Aligned::zeros(stack.samples() * strides[Program::INPUT]),
            targets: Aligned::zeros(stack.samples() * strides[program.output()]),
            values: per_value(),
            slopes: per_value(),
            deltas: per_value(),
            masks: masks(stack, block),
            left: Aligned::zeros(widest.unwrap_or(0)),
            right: by_layer(&layers, Dense::right_length),
            own: Own::of(&stack.networks()[0], program, &layers, block),
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
        let mut numbers = network.optimizer.steps(network.learning_rate);
        let (mut records, mut reported, mut step, mut diverged_at) = (0, 0, 0, None);
        while flow.is_continue() {
            let loss = self.gradients(network, step);
            if !loss.is_finite() {
                diverged_at = Some(step);
                break;
            }
            if recorded(step, steps) {
                self.record(&mut history[records], loss);
                records += 1;
                *flow = observer(step - reported);
                reported = step;
            }
            if step == steps || flow.is_break() {
                break;
            }
            self.penalise();
            self.update(network.optimizer, &numbers.advance());
            self.own.learned.update(self.arch, &mut self.own.activations);
            step += 1;
        }
        if diverged_at.is_some() {
            *flow = observer(steps - reported);
        }
        history.truncate(records);
        Outcome {
            weights: self.layers.iter().map(|layer| layer.store(&self.parameters)).collect(),
            activations: self.own.activations.clone(),
            steps: step,
            diverged_at,
            history,
        }
    }

    fn load(&mut self, network: &Recipe, stack: &Stack) {
        self.clear();
        let program = stack.architecture().program();
        let strides = [Program::INPUT, program.output()].map(|buffer| self.strides[buffer]);
        pad(&network.inputs, program.inputs(), strides[0], &mut self.inputs);
        pad(&network.targets, program.outputs(), strides[1], &mut self.targets);
        for (layer, weights) in self.layers.iter().zip(&network.initial) {
            layer.load(weights, &mut self.parameters);
        }
        self.transpose();
        begin(&mut self.right, &Spectral::vectors(network.seed, &network.outputs()));
        self.own = Own::of(network, program, &self.layers, BLOCK.min(self.samples));
    }

    /// Leaves nothing of the network before, whose padding may hold what is no number.
    fn clear(&mut self) {
        let Self {
            arch: _,
            layers: _,
            samples: _,
            trained: _,
            strides: _,
            own: _,
            parameters,
            kept: [first, second],
            gradient,
            transposed,
            inputs,
            targets,
            values,
            slopes,
            deltas,
            masks,
            left,
            right,
        } = self;
        let single = [parameters, first, second, gradient, inputs, targets, left];
        let many = [transposed, values, slopes, deltas, masks, right];
        for memory in single.into_iter().chain(many.into_iter().flatten()) {
            memory.fill(0.0);
        }
    }

    /// The records that a training of so many steps fills in.
    fn blank_history(&self, steps: usize) -> Vec<Record> {
        let blank = |step| Record {
            step,
            loss: f32::NAN,
            sigma: vec![f32::NAN; self.layers.len()],
        };
        (0..=steps).filter(|step| recorded(*step, steps)).map(blank).collect()
    }

    /// Adds the gradients of the penalties.
    fn penalise(&mut self) {
        for (penalty, kept) in &mut self.own.penalties {
            for (layer, kept) in self.layers.iter().zip(kept).filter(|(layer, _)| layer.trains) {
                let of = Weighed {
                    layer,
                    parameters: &self.parameters,
                    kept,
                    room: &mut self.left[..layer.left_length()],
                };
                penalty
                    .rule()
                    .add_gradient(self.arch, penalty.coefficient, of, &mut self.gradient);
            }
        }
    }

    fn update(&mut self, optimizer: Optimizer, numbers: &Numbers) {
        let [first, second] = &mut self.kept;
        let state = State {
            parameter: &mut self.parameters[..self.trained],
            first: &mut first[..self.trained],
            second: &mut second[..self.trained],
        };
        let gradient = &self.gradient[..self.trained];
        optimizer.rule().step(self.arch, state, gradient, numbers);
        self.transpose();
    }

    fn transpose(&mut self) {
        for (layer, transposed) in self.layers.iter().zip(&mut self.transposed) {
            layer.transpose(self.arch, &self.parameters, transposed);
        }
    }

    fn record(&mut self, record: &mut Record, loss: f32) {
        record.loss = loss;
        let layers = self.layers.iter().zip(&mut self.right);
        for ((layer, right), sigma) in layers.zip(&mut record.sigma) {
            let left = &mut self.left[..layer.left_length()];
            for _ in 0..power_iterations(record.step, [layer.inputs, layer.outputs]) {
                *sigma = layer.power_iteration(self.arch, &self.parameters, left, right);
            }
        }
    }
}

impl Own {
    fn of(network: &Recipe, program: &Program, layers: &[Dense], block: usize) -> Self {
        let penalties = network.penalties.iter().filter(|penalty| penalty.coefficient != 0.0);
        let kept = |penalty: &Penalty| {
            let start = penalty.rule().start(network.seed, &network.outputs());
            let mut kept = by_layer(layers, |layer| match start {
                Some(_) => layer.right_length(),
                None => 0,
            });
            begin(&mut kept, &start.unwrap_or_default());
            (*penalty, kept)
        };
        Self {
            program: program.without_dropouts(|place| network.dropout[place] == 0.0),
            activations: network.activations.clone(),
            learned: Learned::new(network, program, layers, block),
            penalties: penalties.map(kept).collect(),
        }
    }
}

/// What each layer is in its network.
fn roles(program: &Program) -> impl Iterator<Item = Role> {
    program.operations().iter().filter_map(|operation| match operation {
        Operation::Dense {
            input, output, layer, ..
        } => Some(Role {
            shape: program.layers()[*layer],
            trains: program.trains(*layer),
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
