//! A block of samples on its way through the program and back.

use super::{BLOCK, Training};
use crate::block::dense::ByOutput;
use crate::block::dropout::{self, Masked};
use crate::block::join::Branches;
use crate::kernels::aligned::Aligned;
use crate::kernels::cpu as kernels;
use crate::network::program::{Back, Operation, Program};
use crate::network::recipe::Recipe;
use crate::unit::From;

/// Some samples, one after the other.
#[derive(Debug, Clone, Copy)]
struct Rows {
    first: usize,
    count: usize,
}

impl Training {
    /// Writes the gradient of the mean squared error, and returns that error. The samples of a step are all there are.
    pub(super) fn gradients(&mut self, network: &Recipe, step: usize) -> f32 {
        self.gradient.fill(0.0);
        self.own.learned.clear_gradient();
        let values = network.targets.len() as f32;
        let mut sum = 0.0;
        for first in (0..self.samples).step_by(BLOCK) {
            let count = BLOCK.min(self.samples - first);
            let rows = Rows { first, count };
            self.forward(network, step, rows);
            sum += self.loss(rows, 2.0 / values);
            self.backward(rows);
        }
        sum / values
    }

    fn forward(&mut self, network: &Recipe, step: usize, rows: Rows) {
        let arch = self.arch;
        let own = &mut self.own;
        let widths = own.program.widths();
        for operation in own.program.operations() {
            let output = operation.output();
            let (before, after) = self.values.split_at_mut(output);
            let taken = |buffer: usize| block(&self.inputs, before, buffer, self.strides[buffer], rows);
            let given = &mut after[0][..rows.count * self.strides[output]];
            match operation {
                Operation::Dense {
                    input,
                    layer,
                    activation,
                    ..
                } => {
                    let layer = &self.layers[*layer];
                    layer.forward(arch, &self.parameters, taken(input.buffer), given, rows.count);
                    if let Some(slot) = *activation {
                        let activation = own.activations[slot];
                        let kept = &mut self.slopes[output][..given.len()];
                        own.learned.forward(arch, slot, activation, given, layer);
                        activation.forward(arch, given, kept);
                        layer.clear_padding(given);
                        layer.clear_padding(kept);
                    }
                }
                Operation::Join { join, inputs, .. } => {
                    let of = inputs.map(|read| read.buffer);
                    let branches = Branches {
                        values: of.map(taken),
                        widths: of.map(|buffer| widths[buffer]),
                    };
                    join.forward(arch, branches, given);
                }
                Operation::Dropout { input, place, .. } => {
                    let masked = Masked {
                        seed: network.seed,
                        place: *place,
                        step,
                        rate: network.dropout[*place],
                        width: widths[input.buffer],
                        samples: self.samples,
                    };
                    let mask = &mut self.masks[*place][..given.len()];
                    masked.write(rows.first, self.strides[output], mask);
                    dropout::forward(arch, taken(input.buffer), mask, given);
                }
            }
        }
    }

    /// Writes the gradient of the error of the block's output, and returns the sum of its squared errors.
    fn loss(&mut self, rows: Rows, factor: f32) -> f32 {
        let output = self.own.program.output();
        let stride = self.strides[output];
        let target = &self.targets[rows.first * stride..][..rows.count * stride];
        let value = &self.values[output][..target.len()];
        let gradient = &mut self.deltas[output][..target.len()];
        kernels::squared_error_backward(self.arch, value, target, factor, gradient);
        kernels::squared_error(self.arch, value, target)
    }

    /// When an operation's turn comes, all that read what it gave have had theirs: its gradient is complete.
    fn backward(&mut self, rows: Rows) {
        let arch = self.arch;
        let own = &mut self.own;
        let widths = own.program.widths();
        let taken = |buffer: usize| block(&self.inputs, &self.values, buffer, self.strides[buffer], rows);
        for operation in own.program.operations().iter().rev() {
            let output = operation.output();
            let (below, above) = self.deltas.split_at_mut(output);
            let gradient = &mut above[0][..rows.count * self.strides[output]];
            let length = |buffer: usize| rows.count * self.strides[buffer];
            match operation {
                Operation::Dense {
                    input,
                    layer,
                    activation,
                    ..
                } => {
                    let (transposed, layer) = (&self.transposed[*layer], &self.layers[*layer]);
                    if !layer.trains && input.back == Back::Nothing {
                        continue;
                    }
                    if let Some(slot) = *activation {
                        own.learned.backward(arch, slot, gradient);
                        let from = From {
                            value: &self.values[output][..gradient.len()],
                            kept: &self.slopes[output][..gradient.len()],
                        };
                        own.activations[slot].backward(arch, gradient, from, layer.bias_mut(&mut self.gradient));
                    } else {
                        layer.bias_backward(arch, gradient, &mut self.gradient);
                    }
                    match layer.trains {
                        true => {
                            let input = taken(input.buffer);
                            layer.weight_backward(arch, input, gradient, &mut self.gradient, rows.count);
                        }
                        false => layer.bias_mut(&mut self.gradient).fill(0.0),
                    }
                    if let Some(adds) = input.back.adds() {
                        let by_output = ByOutput {
                            parameters: &self.parameters,
                            transposed,
                        };
                        let delta = &mut below[input.buffer][..length(input.buffer)];
                        layer.input_backward(arch, by_output, gradient, delta, rows.count, adds);
                    }
                }
                Operation::Join { join, inputs, .. } => {
                    let of = inputs.map(|read| read.buffer);
                    let branches = Branches {
                        values: of.map(taken),
                        widths: of.map(|buffer| widths[buffer]),
                    };
                    for which in [1, 0] {
                        if let Some(adds) = inputs[which].back.adds() {
                            let delta = &mut below[of[which]][..length(of[which])];
                            join.backward(arch, which, branches, gradient, delta, adds);
                        }
                    }
                }
                Operation::Dropout { input, place, .. } => {
                    if let Some(adds) = input.back.adds() {
                        let delta = &mut below[input.buffer][..length(input.buffer)];
                        dropout::backward(arch, gradient, &self.masks[*place], delta, adds);
                    }
                }
            }
        }
    }
}

/// What a block of samples has in a buffer, `[rows, stride]`.
fn block<'a>(inputs: &'a [f32], values: &'a [Aligned], buffer: usize, stride: usize, rows: Rows) -> &'a [f32] {
    match buffer {
        Program::INPUT => &inputs[rows.first * stride..][..rows.count * stride],
        _ => &values[buffer][..rows.count * stride],
    }
}
