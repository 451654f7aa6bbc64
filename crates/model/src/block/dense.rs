//! The dense layer, `output = input W + b`: where its parameters lie, and its part of a step. Rows are padded to whole
//! vectors, with zeros that stay zeros. An output layer of few outputs would be padding for the most part, so it is
//! stored and computed by output.

use std::ops::Range;

use pulp::{Arch, Simd, WithSimd};

use super::layer::Layer;
use crate::kernels::cpu as kernels;
use crate::kernels::product::{LANES, Left, Start, padded, product};

/// The most outputs of an output layer that is computed by output: from there on 16 at once are faster.
const NARROW: usize = 8;

/// The parameters of a layer, as they lie among those of its network.
#[derive(Debug, Clone)]
pub struct Dense {
    /// Width of what it takes.
    pub inputs: usize,
    /// Width of what it gives.
    pub outputs: usize,
    /// Whether its parameters change.
    pub trains: bool,
    narrow: bool,
    passes_back: bool,
    /// `[inputs, width]`, or `[outputs, stride]` of a narrow layer.
    weight: Range<usize>,
    /// Follows the weight: `[width]`.
    bias: Range<usize>,
}

/// What a network asks of a layer.
#[derive(Debug, Clone, Copy)]
pub struct Role {
    /// `[inputs, outputs]`.
    pub shape: [usize; 2],
    /// Whether its parameters change.
    pub trains: bool,
    /// Whether its output is the network's.
    pub is_output: bool,
    /// Whether the gradient of its input is needed.
    pub passes_back: bool,
}

/// The layers of a network, with the parameters of those that train one after the other, and then the others'.
pub fn lay_out(roles: impl IntoIterator<Item = Role>) -> Vec<Dense> {
    let mut roles: Vec<(usize, Role)> = roles.into_iter().enumerate().collect();
    roles.sort_by_key(|(_, role)| !role.trains);
    let mut start = 0;
    let mut layer = |role: Role| {
        let [inputs, outputs] = role.shape;
        let narrow = role.is_output && outputs <= NARROW;
        let (weight, bias) = match narrow {
            true => (outputs * padded(inputs), outputs),
            false => (inputs * padded(outputs), padded(outputs)),
        };
        let weight = start..start + weight;
        let bias = weight.end..weight.end + bias;
        start = padded(bias.end);
        Dense {
            inputs,
            outputs,
            trains: role.trains,
            narrow,
            passes_back: role.passes_back,
            weight,
            bias,
        }
    };
    let mut layers: Vec<(usize, Dense)> = roles.into_iter().map(|(place, role)| (place, layer(role))).collect();
    layers.sort_by_key(|(place, _)| *place);
    layers.into_iter().map(|(_, layer)| layer).collect()
}

impl Dense {
    /// Where the parameters of the layer that lies next may begin.
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
        if self.passes_back && !self.narrow {
            self.outputs * self.stride()
        } else {
            0
        }
    }

    /// Puts the weights of a layer among the parameters.
    pub fn load(&self, layer: &Layer, parameters: &mut [f32]) {
        let weight = &mut parameters[self.weight.clone()];
        if self.narrow {
            pad(&layer.weight_by_output(), self.inputs, self.stride(), weight);
        } else {
            pad(&layer.weight, self.outputs, self.width(), weight);
        }
        parameters[self.bias.clone()][..self.outputs].copy_from_slice(&layer.bias);
    }

    /// Takes the weights out of the parameters again.
    pub fn store(&self, parameters: &[f32]) -> Layer {
        let rows = |values: usize, stride: usize| -> Vec<f32> {
            let rows = parameters[self.weight.clone()].chunks_exact(stride);
            rows.flat_map(|row| row[..values].iter().copied()).collect()
        };
        let bias = parameters[self.bias.clone()][..self.outputs].to_vec();
        if self.narrow {
            return Layer::from_weight_by_output(&rows(self.inputs, self.stride()), bias);
        }
        Layer {
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

    /// Adds to the gradient of the bias, where no activation does that.
    pub fn bias_backward(&self, arch: Arch, gradient: &[f32], parameters: &mut [f32]) {
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

    /// `delta <- gradient Wᵀ`, the gradient of the layer's input; where it `adds`, `delta <- delta + gradient Wᵀ`.
    pub fn input_backward(
        &self,
        arch: Arch,
        by_output: ByOutput<'_>,
        gradient: &[f32],
        delta: &mut [f32],
        rows: usize,
        adds: bool,
    ) {
        let weight = match self.narrow {
            true => &by_output.parameters[self.weight.clone()],
            false => by_output.transposed,
        };
        let start = if adds { Start::Result } else { Start::Zero };
        let gradient = Left::rows(gradient, self.width());
        product(
            arch,
            delta,
            start,
            gradient,
            weight,
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

    /// The weight among the parameters, or among their gradients; its padding is zeros.
    pub fn weight<'a>(&self, parameters: &'a [f32]) -> &'a [f32] {
        &parameters[self.weight.clone()]
    }

    /// [`weight`](Self::weight), to write.
    pub fn weight_mut<'a>(&self, parameters: &'a mut [f32]) -> &'a mut [f32] {
        &mut parameters[self.weight.clone()]
    }

    /// Multiplies the weight with a factor.
    pub fn scale(&self, arch: Arch, parameters: &mut [f32], factor: f32) {
        kernels::scale(arch, self.weight_mut(parameters), factor);
    }

    /// Adds `factor left rightᵀ` to the weight, or to its gradient.
    pub fn add_outer_product(&self, arch: Arch, gradient: &mut [f32], factor: f32, left: &[f32], right: &[f32]) {
        let (rows, columns) = if self.narrow { (right, left) } else { (left, right) };
        kernels::add_outer_product(arch, self.weight_mut(gradient), factor, rows, columns);
    }
}

/// A weight by output, which the gradient of an input is made with: among the parameters it lies so in a narrow layer,
/// else it is the one that was [transposed](Dense::transpose).
#[derive(Debug, Clone, Copy)]
pub struct ByOutput<'a> {
    /// Of the network.
    pub parameters: &'a [f32],
    /// Of the layer.
    pub transposed: &'a [f32],
}

/// Writes `rows` of so many `values` into rows of `stride`, whose padding is left alone.
pub fn pad(rows: &[f32], values: usize, stride: usize, to: &mut [f32]) {
    for (from, to) in rows.chunks_exact(values).zip(to.chunks_exact_mut(stride)) {
        to[..values].copy_from_slice(from);
    }
}

/// `a W + b` in double precision for `a: [samples, inputs]`: the same bits on every machine, and for a sample whatever is
/// computed with it.
///
/// # Panics
/// If `a` is no whole number of samples.
pub fn reference(arch: Arch, layer: &Layer, a: &[f64]) -> Vec<f64> {
    assert!(
        a.len().is_multiple_of(layer.inputs),
        "a value for each input of the layer"
    );
    // The widest vector has half as many f64 as f32.
    let stride = layer.outputs.next_multiple_of(BLOCK * LANES / 2);
    let pad = |values: &[f32]| -> Vec<f64> {
        let mut row = values.iter().copied().map(f64::from).collect::<Vec<_>>();
        row.resize(stride, 0.0);
        row
    };
    let weight: Vec<f64> = layer.weight.chunks_exact(layer.outputs).flat_map(pad).collect();
    let bias = pad(&layer.bias);
    let mut z = Vec::with_capacity(a.len() / layer.inputs * layer.outputs);
    arch.dispatch(Affine {
        layer,
        weight: &weight,
        bias: &bias,
        a,
        z: &mut z,
    });
    z
}

/// Vectors of sums that stay in registers.
const BLOCK: usize = 4;

/// Rows of `weight` and the `bias` are padded to whole blocks of vectors.
struct Affine<'a> {
    layer: &'a Layer,
    weight: &'a [f64],
    bias: &'a [f64],
    a: &'a [f64],
    z: &'a mut Vec<f64>,
}

impl WithSimd for Affine<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let blocks = self.bias.len() / (BLOCK * S::F64_LANES);
        let bias = S::as_simd_f64s(self.bias).0.as_chunks::<BLOCK>().0;
        let weight = S::as_simd_f64s(self.weight).0.as_chunks::<BLOCK>().0;
        let mut row = vec![0.0; self.bias.len()];
        for a in self.a.chunks_exact(self.layer.inputs) {
            let z = S::as_mut_simd_f64s(&mut row).0.as_chunks_mut::<BLOCK>().0;
            for (block, (z, bias)) in z.iter_mut().zip(bias).enumerate() {
                let mut sums = *bias;
                for (a, weight) in a.iter().zip(weight[block..].iter().step_by(blocks)) {
                    let a = simd.splat_f64s(*a);
                    for i in 0..BLOCK {
                        sums[i] = simd.mul_add_f64s(a, weight[i], sums[i]);
                    }
                }
                *z = sums;
            }
            self.z.extend_from_slice(&row[..self.layer.outputs]);
        }
    }
}
