//! One layer: where its parameters lie, and its part of a step. Rows are padded to whole vectors, with zeros that stay
//! zeros. An output layer of few outputs would be padding for the most part, so it is stored and computed by output.

use std::ops::Range;

use pulp::Arch;

use crate::kernels::cpu as kernels;
use crate::kernels::product::{Left, Start, padded, product};
use crate::network::weights as init;

/// The most outputs of an output layer that is computed by output: from there on 16 at once are faster.
const NARROW: usize = 8;

/// The parameters of a layer, as they lie among those of its network.
#[derive(Debug, Clone)]
pub struct Layer {
    /// Width of the layer before.
    pub inputs: usize,
    /// Width of this layer.
    pub outputs: usize,
    narrow: bool,
    first: bool,
    /// `[inputs, width]`, or `[outputs, stride]` of a narrow layer.
    weight: Range<usize>,
    /// Follows the weight: `[width]`.
    bias: Range<usize>,
}

/// The layers of a network of these `sizes`.
pub fn layers(sizes: &[usize]) -> Vec<Layer> {
    let mut start = 0;
    let last = sizes.len().saturating_sub(2);
    let layer = |(index, pair): (usize, &[usize])| {
        let (inputs, outputs) = (pair[0], pair[1]);
        let narrow = index == last && outputs <= NARROW;
        let (weight, bias) = match narrow {
            true => (outputs * padded(inputs), outputs),
            false => (inputs * padded(outputs), padded(outputs)),
        };
        let weight = start..start + weight;
        let bias = weight.end..weight.end + bias;
        start = padded(bias.end);
        Layer {
            inputs,
            outputs,
            narrow,
            first: index == 0,
            weight,
            bias,
        }
    };
    sizes.windows(2).enumerate().map(layer).collect()
}

impl Layer {
    /// Where the next layer's parameters may begin.
    pub fn end(&self) -> usize {
        padded(self.bias.end)
    }

    /// From one row of the layer's output to the next.
    pub fn width(&self) -> usize {
        if self.narrow {
            self.outputs
        } else {
            padded(self.outputs)
        }
    }

    /// From one row of the layer's input to the next.
    pub fn stride(&self) -> usize {
        padded(self.inputs)
    }

    /// Of the vector that a power iteration multiplies the weight with.
    pub fn right_length(&self) -> usize {
        self.width()
    }

    /// Of the vector that it gets.
    pub fn left_length(&self) -> usize {
        if self.narrow { self.stride() } else { self.inputs }
    }

    /// Of the transposed weight, which the gradient of the layer's input is made with.
    pub fn transposed_length(&self) -> usize {
        if self.first || self.narrow {
            0
        } else {
            self.outputs * self.stride()
        }
    }

    /// Writes `rows` of so many `values` into rows of `stride`, whose padding is left alone.
    pub fn pad(&self, rows: &[f32], values: usize, stride: usize, to: &mut [f32]) {
        for (from, to) in rows.chunks_exact(values).zip(to.chunks_exact_mut(stride)) {
            to[..values].copy_from_slice(from);
        }
    }

    /// Puts the weights of a layer among the parameters.
    pub fn load(&self, layer: &init::Layer, parameters: &mut [f32]) {
        let weight = &mut parameters[self.weight.clone()];
        if self.narrow {
            self.pad(&layer.weight_by_output(), self.inputs, self.stride(), weight);
        } else {
            self.pad(&layer.weight, self.outputs, self.width(), weight);
        }
        parameters[self.bias.clone()][..self.outputs].copy_from_slice(&layer.bias);
    }

    /// Takes the weights out of the parameters again.
    pub fn store(&self, parameters: &[f32]) -> init::Layer {
        let rows = |values: usize, stride: usize| -> Vec<f32> {
            let rows = parameters[self.weight.clone()].chunks_exact(stride);
            rows.flat_map(|row| row[..values].iter().copied()).collect()
        };
        let bias = parameters[self.bias.clone()][..self.outputs].to_vec();
        if self.narrow {
            return init::Layer::from_weight_by_output(&rows(self.inputs, self.stride()), bias);
        }
        init::Layer {
            inputs: self.inputs,
            outputs: self.outputs,
            weight: rows(self.outputs, self.width()),
            bias,
        }
    }

    /// The bias, or its gradient.
    pub fn bias_mut<'a>(&self, parameters: &'a mut [f32]) -> &'a mut [f32] {
        &mut parameters[self.bias.clone()]
    }

    /// `output <- input W + b`, for `input: [rows, stride]` and `output: [rows, width]`.
    pub fn forward(&self, arch: Arch, parameters: &[f32], input: &[f32], output: &mut [f32], rows: usize) {
        let (weight, bias) = (&parameters[self.weight.clone()], &parameters[self.bias.clone()]);
        if self.narrow {
            return kernels::narrow(arch, input, weight, bias, output);
        }
        let input = Left::rows(input, self.stride());
        product(
            arch,
            output,
            Start::Row(bias),
            input,
            weight,
            [rows, self.inputs, self.width()],
        );
    }

    /// Zeros in the padding of the layer's output: not every activation has a zero at zero.
    pub fn clear_padding(&self, output: &mut [f32]) {
        if self.outputs < self.width() {
            for row in output.chunks_exact_mut(self.width()) {
                row[self.outputs..].fill(0.0);
            }
        }
    }

    /// Adds to the gradient of an output layer's bias.
    pub fn output_backward(&self, arch: Arch, gradient: &[f32], parameters: &mut [f32]) {
        kernels::add_rows(arch, gradient, self.bias_mut(parameters));
    }

    /// Adds `inputᵀ gradient` to the gradient of the weight.
    pub fn weight_backward(&self, arch: Arch, input: &[f32], gradient: &[f32], parameters: &mut [f32], rows: usize) {
        let weight = &mut parameters[self.weight.clone()];
        let (stride, width) = (self.stride(), self.width());
        if self.narrow {
            let gradient = Left::transposed(gradient, width);
            return product(arch, weight, Start::Result, gradient, input, [width, rows, stride]);
        }
        let input = Left::transposed(input, stride);
        product(arch, weight, Start::Result, input, gradient, [self.inputs, rows, width]);
    }

    /// `delta <- gradient Wᵀ`, the gradient of the layer's input.
    pub fn input_backward(
        &self,
        arch: Arch,
        parameters: &[f32],
        transposed: &[f32],
        gradient: &[f32],
        delta: &mut [f32],
        rows: usize,
    ) {
        let by_output = if self.narrow {
            &parameters[self.weight.clone()]
        } else {
            transposed
        };
        let gradient = Left::rows(gradient, self.width());
        product(
            arch,
            delta,
            Start::Zero,
            gradient,
            by_output,
            [rows, self.outputs, self.stride()],
        );
    }

    /// The transposed weight, where it is needed.
    pub fn transpose(&self, arch: Arch, parameters: &[f32], transposed: &mut [f32]) {
        if !transposed.is_empty() {
            let weight = &parameters[self.weight.clone()];
            kernels::transpose(arch, weight, self.width(), transposed, self.stride(), self.inputs);
        }
    }

    /// One power iteration; see [`kernels::power_iteration`].
    pub fn power_iteration(&self, arch: Arch, parameters: &[f32], left: &mut [f32], right: &mut [f32]) -> f32 {
        let weight = &parameters[self.weight.clone()];
        match self.narrow {
            true => kernels::power_iteration_transposed(arch, weight, left, right),
            false => kernels::power_iteration(arch, weight, left, right),
        }
    }

    /// Adds `factor left rightᵀ` to the gradient of the weight.
    pub fn add_penalty(&self, arch: Arch, gradient: &mut [f32], factor: f32, left: &[f32], right: &[f32]) {
        let weight = &mut gradient[self.weight.clone()];
        let (rows, columns) = if self.narrow { (right, left) } else { (left, right) };
        kernels::add_outer_product(arch, weight, factor, rows, columns);
    }
}
