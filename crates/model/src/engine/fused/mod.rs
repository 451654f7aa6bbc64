//! The fast engine, for CPUs: one core advances one network by all of its steps. A block of samples goes forward and
//! back through all layers while its values are in the first cache level; the parameters, what is kept of their gradients, and their
//! gradient stay in the second. Nothing is allocated between the first step and the last, and no step waits for
//! another core: who has more cores trains more networks at a time.
//!
//! Every number is computed in an order that the layer sizes alone decide, by operations that IEEE 754 defines, so a
//! network ends with the same bits in any stack, on any thread and on any machine.

use std::ops::ControlFlow;

use pulp::Arch;

use super::history::{Record, power_iterations, recorded};
use super::{Network, Observer, Outcome, Stack};
use crate::block::dense::{Layer, layers};
use crate::kernels::aligned::Aligned;
use crate::kernels::cpu as kernels;
use crate::kernels::product::padded;
use crate::optimizer::{Numbers, Optimizer, State};
use crate::unit::From;

/// Samples that go through the layers together: few enough for the first cache level at the usual widths, many enough
/// that the gradients, which are read and written once a block, cost little. Measured at widths 16 to 256.
const BLOCK: usize = 64;

/// Trains a stack on the calling thread; see [`Engine::train`](super::Engine::train).
pub fn train(stack: &Stack, observer: &mut Observer<'_>) -> Vec<Outcome> {
    train_on(Arch::new(), stack, observer)
}

fn train_on(arch: Arch, stack: &Stack, observer: &mut Observer<'_>) -> Vec<Outcome> {
    let mut training = Training::new(arch, stack);
    let mut flow = ControlFlow::Continue(());
    let outcome = |network| training.train(network, stack.steps(), &mut flow, observer);
    stack.networks().iter().map(outcome).collect()
}

/// Room for a network of a shape, and what is in it.
struct Training {
    arch: Arch,
    layers: Vec<Layer>,
    samples: usize,
    parameters: Aligned,
    /// What the optimiser keeps of the gradients.
    kept: [Aligned; 2],
    gradient: Aligned,
    /// The weights, transposed, of the layers that have a layer before them.
    transposed: Vec<Aligned>,
    /// Training samples, each padded to the stride of the layer that takes it.
    inputs: Aligned,
    targets: Aligned,
    /// What a block of samples becomes; of the first layer nothing, of the others their input, and the output at the end.
    values: Vec<Aligned>,
    /// The derivatives that activations keep for the way back, for each of the `values`.
    slopes: Vec<Aligned>,
    /// Gradients of the `values` but for the last, whose gradient takes its place.
    deltas: Vec<Aligned>,
    left: Aligned,
    /// For each layer, where the next power iteration of the penalty starts.
    right: Vec<Aligned>,
    /// The same for the records.
    record_right: Vec<Aligned>,
}

impl Training {
    fn new(arch: Arch, stack: &Stack) -> Self {
        let layers = layers(stack.sizes());
        let parameters = layers.last().expect("a network has layers").end();
        let block = BLOCK.min(stack.samples());
        let first = &layers[0];
        let widths = layers.iter().map(Layer::width);
        let per_value = || -> Vec<Aligned> {
            let hidden = widths.clone().map(|width| Aligned::zeros(block * width));
            std::iter::once(Aligned::zeros(0)).chain(hidden).collect()
        };
        let right = || {
            layers
                .iter()
                .map(|layer| Aligned::zeros(layer.right_length()))
                .collect()
        };
        Self {
            arch,
            samples: stack.samples(),
            parameters: Aligned::zeros(parameters),
            kept: [Aligned::zeros(parameters), Aligned::zeros(parameters)],
            gradient: Aligned::zeros(parameters),
            transposed: layers
                .iter()
                .map(|layer| Aligned::zeros(layer.transposed_length()))
                .collect(),
            inputs: Aligned::zeros(stack.samples() * first.stride()),
            targets: Aligned::zeros(stack.samples() * layers[layers.len() - 1].width()),
            values: per_value(),
            slopes: per_value(),
            deltas: layers
                .iter()
                .map(|layer| Aligned::zeros(block * layer.stride()))
                .collect(),
            left: Aligned::zeros(stack.sizes().iter().map(|width| padded(*width)).max().unwrap_or(0)),
            right: right(),
            record_right: right(),
            layers,
        }
    }

    /// From where `flow` breaks on, no step is done.
    fn train(
        &mut self,
        network: &Network,
        steps: usize,
        flow: &mut ControlFlow<()>,
        observer: &mut Observer<'_>,
    ) -> Outcome {
        self.load(network);
        let mut history = self.blank_history(steps);
        let mut numbers = network.optimizer.steps(network.learning_rate);
        let (mut records, mut reported, mut step, mut diverged_at) = (0, 0, 0, None);
        while flow.is_continue() {
            let loss = self.gradients(network);
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
            self.penalty(network.spectral);
            self.update(network.optimizer, &numbers.advance());
            step += 1;
        }
        if diverged_at.is_some() {
            *flow = observer(steps - reported);
        }
        history.truncate(records);
        Outcome {
            weights: self.layers.iter().map(|layer| layer.store(&self.parameters)).collect(),
            steps: step,
            diverged_at,
            history,
        }
    }

    fn load(&mut self, network: &Network) {
        self.clear();
        let (first, last) = (&self.layers[0], &self.layers[self.layers.len() - 1]);
        first.pad(&network.inputs, first.inputs, first.stride(), &mut self.inputs);
        last.pad(&network.targets, last.outputs, last.width(), &mut self.targets);
        for (layer, weights) in self.layers.iter().zip(&network.initial) {
            layer.load(weights, &mut self.parameters);
        }
        self.transpose();
        for right in [&mut self.right, &mut self.record_right] {
            for (right, start) in right.iter_mut().zip(network.right_vectors()) {
                right[..start.len()].copy_from_slice(&start);
            }
        }
    }

    /// Leaves nothing of the network before, whose padding may hold what is no number.
    fn clear(&mut self) {
        let Self {
            arch: _,
            layers: _,
            samples: _,
            parameters,
            kept: [first, second],
            gradient,
            transposed,
            inputs,
            targets,
            values,
            slopes,
            deltas,
            left,
            right,
            record_right,
        } = self;
        let single = [parameters, first, second, gradient, inputs, targets, left];
        let by_layer = [transposed, values, slopes, deltas, right, record_right];
        for memory in single.into_iter().chain(by_layer.into_iter().flatten()) {
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

    /// Writes the gradient of the mean squared error, and returns that error.
    fn gradients(&mut self, network: &Network) -> f32 {
        self.gradient.fill(0.0);
        let values = network.targets.len() as f32;
        let mut sum = 0.0;
        for first in (0..self.samples).step_by(BLOCK) {
            let rows = BLOCK.min(self.samples - first);
            self.forward(network, first, rows);
            sum += self.loss(first, rows, 2.0 / values);
            self.backward(network, first, rows);
        }
        sum / values
    }

    fn forward(&mut self, network: &Network, first: usize, rows: usize) {
        let arch = self.arch;
        for (index, layer) in self.layers.iter().enumerate() {
            let (before, after) = self.values.split_at_mut(index + 1);
            let input = block_input(&self.inputs, &before[index], index, layer.stride(), first, rows);
            let output = &mut after[0][..rows * layer.width()];
            layer.forward(arch, &self.parameters, input, output, rows);
            if index + 1 < self.layers.len() {
                let kept = &mut self.slopes[index + 1][..rows * layer.width()];
                network.activation.forward(arch, output, kept);
                layer.clear_padding(output);
            }
        }
    }

    /// Turns the block's output into the gradient of the error, and returns the sum of its squared errors.
    fn loss(&mut self, first: usize, rows: usize, factor: f32) -> f32 {
        let width = self.layers[self.layers.len() - 1].width();
        let target = &self.targets[first * width..][..rows * width];
        let output = &mut self.values[self.layers.len()][..rows * width];
        let sum = kernels::squared_error(self.arch, output, target);
        kernels::squared_error_backward(self.arch, output, target, factor);
        sum
    }

    fn backward(&mut self, network: &Network, first: usize, rows: usize) {
        let arch = self.arch;
        for (index, layer) in self.layers.iter().enumerate().rev() {
            let (before, after) = self.values.split_at_mut(index + 1);
            let (below, above) = self.deltas.split_at_mut(index + 1);
            let is_output = index + 1 == self.layers.len();
            let gradient = if is_output { &mut after[0] } else { &mut above[0] };
            let gradient = &mut gradient[..rows * layer.width()];
            let input = block_input(&self.inputs, &before[index], index, layer.stride(), first, rows);
            if is_output {
                layer.output_backward(arch, gradient, &mut self.gradient);
            }
            layer.weight_backward(arch, input, gradient, &mut self.gradient, rows);
            if index > 0 {
                let delta = &mut below[index][..rows * layer.stride()];
                layer.input_backward(arch, &self.parameters, &self.transposed[index], gradient, delta, rows);
                let kept = &self.slopes[index][..rows * layer.stride()];
                let bias = self.layers[index - 1].bias_mut(&mut self.gradient);
                let from = From { value: input, kept };
                network.activation.backward(arch, delta, from, bias);
            }
        }
    }

    /// Adds the gradient of the spectral penalty.
    fn penalty(&mut self, lambda: f32) {
        if lambda == 0.0 {
            return;
        }
        for (layer, right) in self.layers.iter().zip(&mut self.right) {
            let left = &mut self.left[..layer.left_length()];
            let sigma = layer.power_iteration(self.arch, &self.parameters, left, right);
            layer.add_penalty(self.arch, &mut self.gradient, lambda * sigma, left, right);
        }
    }

    fn update(&mut self, optimizer: Optimizer, numbers: &Numbers) {
        let [first, second] = &mut self.kept;
        let state = State {
            parameter: &mut self.parameters,
            first,
            second,
        };
        optimizer.rule().step(self.arch, state, &self.gradient, numbers);
        self.transpose();
    }

    fn transpose(&mut self) {
        for (layer, transposed) in self.layers.iter().zip(&mut self.transposed) {
            layer.transpose(self.arch, &self.parameters, transposed);
        }
    }

    fn record(&mut self, record: &mut Record, loss: f32) {
        record.loss = loss;
        let layers = self.layers.iter().zip(&mut self.record_right);
        for ((layer, right), sigma) in layers.zip(&mut record.sigma) {
            let left = &mut self.left[..layer.left_length()];
            for _ in 0..power_iterations(record.step, [layer.inputs, layer.outputs]) {
                *sigma = layer.power_iteration(self.arch, &self.parameters, left, right);
            }
        }
    }
}

/// What a block of samples brings to a layer, `[rows, stride]`.
fn block_input<'a>(
    inputs: &'a [f32],
    values: &'a [f32],
    layer: usize,
    stride: usize,
    first: usize,
    rows: usize,
) -> &'a [f32] {
    match layer {
        0 => &inputs[first * stride..][..rows * stride],
        _ => &values[..rows * stride],
    }
}

#[cfg(test)]
mod tests;
