//! A block of samples on its way through the program and back.

use super::Training;
use super::feeder::{Rows, Set};
use crate::block::dense::ByOutput;
use crate::block::dropout::{self, Masked};
use crate::block::join::Branches;
use crate::kernels::aligned::Aligned;
use crate::loss::{Loss, Mse, Scaled};
use crate::network::program::{Operation, Program};
use crate::network::recipe::Recipe;
use crate::unit::From;

/// What samples go through the program for.
#[derive(Debug, Clone, Copy)]
enum Pass {
    /// A step, which leaves out what dropouts leave out in it.
    Step(usize),
    /// To answer: nothing is left out.
    Answer,
}

impl Training {
    /// Writes the gradient of the network's loss of the samples of a step, and returns that loss.
    pub(super) fn gradients(&mut self, network: &Recipe, step: usize) -> f32 {
        self.gradient.fill(0.0);
        self.own.learned.clear_gradient();
        let samples = self.feeder.begin(step);
        let values = (samples * self.own.program.outputs()) as f32;
        let mut sum = 0.0;
        for first in (0..samples).step_by(self.block) {
            let rows = self.feeder.take(first, self.block.min(samples - first));
            self.forward(network, Pass::Step(step), rows);
            sum += self.block_loss(network.loss, rows, 1.0 / values);
            self.backward(rows);
        }
        sum / values
    }

    /// As the network answers, its loss on all training samples, or its mean squared error on the validation samples.
    pub(super) fn error(&mut self, network: &Recipe, set: Set) -> f32 {
        let outputs = self.own.answers.outputs();
        let (samples, loss) = match set {
            Set::Validation => (network.selection.targets.len() / outputs, Loss::new(&Mse)),
            Set::Training | Set::Taken => (network.targets.len() / outputs, network.loss),
        };
        let mut sum = 0.0;
        for first in (0..samples).step_by(self.block) {
            let count = self.block.min(samples - first);
            let rows = Rows { set, first, count };
            self.forward(network, Pass::Answer, rows);
            let target = self.feeder.targets(rows);
            let value = &self.values[self.own.answers.output()][..target.len()];
            sum += loss.rule().sum(self.arch, value, target, &loss.numbers());
        }
        sum / (samples * outputs) as f32
    }

    fn forward(&mut self, network: &Recipe, pass: Pass, rows: Rows) {
        let arch = self.arch;
        let own = &mut self.own;
        let inputs = self.feeder.inputs(rows);
        let (program, step) = match pass {
            Pass::Step(step) => (&own.program, step),
            Pass::Answer => (&own.answers, 0),
        };
        let widths = program.widths();
        for operation in program.operations() {
            let output = operation.output();
            let (before, after) = self.values.split_at_mut(output);
            let taken = |buffer: usize| block(inputs, before, buffer, rows.count * self.strides[buffer]);
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
                        samples: own.samples,
                    };
                    let mask = &mut self.masks[*place][..given.len()];
                    masked.write(rows.first, self.strides[output], mask);
                    dropout::forward(arch, taken(input.buffer), mask, given);
                }
            }
        }
    }

    /// Writes the gradient of the loss of the block's output, and returns what its differences count.
    fn block_loss(&mut self, loss: Loss, rows: Rows, factor: f32) -> f32 {
        let output = self.own.program.output();
        let target = self.feeder.targets(rows);
        let value = &self.values[output][..target.len()];
        let gradient = &mut self.deltas[output][..target.len()];
        let numbers = &loss.numbers();
        let how = Scaled { numbers, factor };
        loss.rule().gradient(self.arch, value, target, how, gradient);
        loss.rule().sum(self.arch, value, target, numbers)
    }

    /// When an operation's turn comes, all that read what it gave have had theirs: its gradient is complete.
    fn backward(&mut self, rows: Rows) {
        let arch = self.arch;
        let own = &mut self.own;
        let inputs = self.feeder.inputs(rows);
        let widths = own.program.widths();
        let taken = |buffer: usize| block(inputs, &self.values, buffer, rows.count * self.strides[buffer]);
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
                    layer.weight_backward(arch, taken(input.buffer), gradient, &mut self.gradient, rows.count);
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
fn block<'a>(inputs: &'a [f32], values: &'a [Aligned], buffer: usize, length: usize) -> &'a [f32] {
    match buffer {
        Program::INPUT => inputs,
        _ => &values[buffer][..length],
    }
}
