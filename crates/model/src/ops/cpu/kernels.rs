//! The operations on slices, for one network at a time and in a fixed order: its bits do not depend on the stack
//! it is in, nor on the machine.
//!
//! Each function runs inside `pulp`'s dispatch, which compiles it once for every vector extension; the caller says
//! which of them this machine has. [`vectorized`] writes the operation that the dispatch takes: a closure would do,
//! but the compiler is free to leave a closure outside of the function that has the extension, and does.

use pulp::{Arch, Simd, WithSimd};

use super::math::{dot, sigmoid, sin_cos, squared_distance, tanh};
use crate::activation::{Activation, LEAKY_SLOPE};
use crate::ops::adam::AdamStep;
use crate::ops::spectral::SMALLEST_NORM;

macro_rules! vectorized {
    ($($(#[$meta:meta])* $visibility:vis fn $name:ident<$life:lifetime>($($argument:ident: $type:ty),* $(,)?) $(-> $result:ty)? $body:block)*) => {$(
        $(#[$meta])*
        $visibility fn $name<$life>(arch: Arch, $($argument: $type),*) $(-> $result)? {
            struct Operation<$life> {
                $($argument: $type),*
            }
            impl<$life> WithSimd for Operation<$life> {
                type Output = result!($($result)?);

                #[inline(always)]
                fn with_simd<S: Simd>(self, _: S) -> Self::Output {
                    let Self { $($argument),* } = self;
                    $body
                }
            }
            arch.dispatch(Operation { $($argument),* })
        }
    )*};
}

macro_rules! result {
    () => {
        ()
    };
    ($result:ty) => {
        $result
    };
}

vectorized! {
    /// `z[i] <- z[i] + bias` for every row of `z: [samples, width]`.
    pub fn add_bias<'a>(z: &'a mut [f32], bias: &'a [f32]) {
        for row in z.chunks_exact_mut(bias.len()) {
            for (z, bias) in row.iter_mut().zip(bias) {
                *z += *bias;
            }
        }
    }

    /// Adds each row of `rows: [samples, width]` to `sum: [width]`.
    pub fn add_rows<'a>(rows: &'a [f32], sum: &'a mut [f32]) {
        for row in rows.chunks_exact(sum.len()) {
            for (sum, value) in sum.iter_mut().zip(row) {
                *sum += *value;
            }
        }
    }
}

/// `z <- g(z)`. The sine's derivative cannot be had from its value: it goes into `cosine`, which is as long as `z`
/// and which the other activations leave alone.
pub fn activate(arch: Arch, activation: Activation, z: &mut [f32], cosine: &mut [f32]) {
    match activation {
        Activation::Relu => relu(arch, z),
        Activation::LeakyRelu => leaky_relu(arch, z),
        Activation::Tanh => hyperbolic_tangent(arch, z),
        Activation::Sinu => sine(arch, z, cosine),
        Activation::Sigmoid => logistic(arch, z),
        Activation::Identity => (),
    }
}

vectorized! {
    fn relu<'a>(z: &'a mut [f32]) {
        for z in z {
            *z = if *z < 0.0 { 0.0 } else { *z };
        }
    }

    fn leaky_relu<'a>(z: &'a mut [f32]) {
        for z in z {
            *z = if *z > 0.0 { *z } else { LEAKY_SLOPE * *z };
        }
    }

    fn hyperbolic_tangent<'a>(z: &'a mut [f32]) {
        for z in z {
            *z = tanh(*z);
        }
    }

    fn sine<'a>(z: &'a mut [f32], cosine: &'a mut [f32]) {
        for (z, cosine) in z.iter_mut().zip(cosine) {
            (*z, *cosine) = sin_cos(*z);
        }
    }

    fn logistic<'a>(z: &'a mut [f32]) {
        for z in z {
            *z = sigmoid(*z);
        }
    }
}

/// Backward of [`activate`] and [`add_bias`]: `gradient <- gradient * g'`, the gradient of `z`, and
/// `bias <- bias + the sum of its rows`. `value` and `cosine` are what `activate` left.
pub fn activate_backward(
    arch: Arch,
    activation: Activation,
    gradient: &mut [f32],
    value: &[f32],
    cosine: &[f32],
    bias: &mut [f32],
) {
    match activation {
        Activation::Relu => relu_backward(arch, gradient, value, bias),
        Activation::LeakyRelu => leaky_relu_backward(arch, gradient, value, bias),
        Activation::Tanh => tanh_backward(arch, gradient, value, bias),
        Activation::Sinu => apply_slope(arch, gradient, cosine, bias),
        Activation::Sigmoid => sigmoid_backward(arch, gradient, value, bias),
        Activation::Identity => add_rows(arch, gradient, bias),
    }
}

vectorized! {
    fn relu_backward<'a>(gradient: &'a mut [f32], value: &'a [f32], bias: &'a mut [f32]) {
        scale(gradient, value, bias, |y| if y > 0.0 { 1.0 } else { 0.0 });
    }

    fn leaky_relu_backward<'a>(gradient: &'a mut [f32], value: &'a [f32], bias: &'a mut [f32]) {
        scale(gradient, value, bias, |y| if y > 0.0 { 1.0 } else { LEAKY_SLOPE });
    }

    fn tanh_backward<'a>(gradient: &'a mut [f32], value: &'a [f32], bias: &'a mut [f32]) {
        scale(gradient, value, bias, |y| 1.0 - y * y);
    }

    fn sigmoid_backward<'a>(gradient: &'a mut [f32], value: &'a [f32], bias: &'a mut [f32]) {
        scale(gradient, value, bias, |y| y * (1.0 - y));
    }

    /// [`activate_backward`] where the derivative is at hand.
    pub fn apply_slope<'a>(gradient: &'a mut [f32], slope: &'a [f32], bias: &'a mut [f32]) {
        scale(gradient, slope, bias, |slope| slope);
    }
}

/// `gradient <- gradient * slope(from)`, and its rows are added to `bias`.
#[inline(always)]
fn scale(gradient: &mut [f32], from: &[f32], bias: &mut [f32], slope: impl Fn(f32) -> f32) {
    let width = bias.len();
    for (row, from) in gradient.chunks_exact_mut(width).zip(from.chunks_exact(width)) {
        for ((gradient, from), bias) in row.iter_mut().zip(from).zip(&mut *bias) {
            *gradient *= slope(*from);
            *bias += *gradient;
        }
    }
}

vectorized! {
    /// Sum of the squared errors of one network.
    pub fn squared_error<'a>(prediction: &'a [f32], target: &'a [f32]) -> f32 {
        squared_distance(prediction, target)
    }

    /// Backward of [`squared_error`]: `prediction <- factor (prediction - target)`.
    pub fn squared_error_backward<'a>(prediction: &'a mut [f32], target: &'a [f32], factor: f32) {
        for (prediction, target) in prediction.iter_mut().zip(target) {
            *prediction = factor * (*prediction - *target);
        }
    }

    /// One power iteration on `weight: [rows, columns]`: `left <- W right / |W right|`,
    /// `right <- Wᵀ left / |Wᵀ left|`; returns `|Wᵀ left|`, which rises to the largest singular value. Where `W right`
    /// has no direction, `right` stays.
    pub fn power_iteration<'a>(weight: &'a [f32], left: &'a mut [f32], right: &'a mut [f32]) -> f32 {
        multiply(weight, right, left);
        let norm = normalise(left);
        if norm < SMALLEST_NORM {
            return norm;
        }
        multiply_transposed(weight, left, right);
        normalise(right)
    }

    /// [`power_iteration`] on a matrix that is stored transposed: `weight: [columns, rows]`.
    pub fn power_iteration_transposed<'a>(weight: &'a [f32], left: &'a mut [f32], right: &'a mut [f32]) -> f32 {
        multiply_transposed(weight, right, left);
        let norm = normalise(left);
        if norm < SMALLEST_NORM {
            return norm;
        }
        multiply(weight, left, right);
        normalise(right)
    }
}

/// `y <- M x` for `matrix` of `x.len()` columns.
#[inline(always)]
fn multiply(matrix: &[f32], x: &[f32], y: &mut [f32]) {
    for (y, row) in y.iter_mut().zip(matrix.chunks_exact(x.len())) {
        *y = dot(row, x);
    }
}

/// `y <- Mᵀ x` for `matrix` of `y.len()` columns.
#[inline(always)]
fn multiply_transposed(matrix: &[f32], x: &[f32], y: &mut [f32]) {
    y.fill(0.0);
    for (x, row) in x.iter().zip(matrix.chunks_exact(y.len())) {
        for (y, value) in y.iter_mut().zip(row) {
            *y = x.mul_add(*value, *y);
        }
    }
}

/// Scales a vector to length one and returns the length that it had.
#[inline(always)]
fn normalise(vector: &mut [f32]) -> f32 {
    let norm = dot(vector, vector).sqrt();
    let scale = 1.0 / norm.max(SMALLEST_NORM);
    for x in vector {
        *x *= scale;
    }
    norm
}

vectorized! {
    /// Backward of the spectral penalty: `product <- product + factor left rightᵀ`, of `[rows, columns]`. A factor of
    /// 0 adds nothing, whatever the vectors are.
    pub fn add_outer_product<'a>(product: &'a mut [f32], factor: f32, left: &'a [f32], right: &'a [f32]) {
        if factor == 0.0 {
            return;
        }
        for (row, left) in product.chunks_exact_mut(right.len()).zip(left) {
            let scale = factor * left;
            for (product, right) in row.iter_mut().zip(right) {
                *product = right.mul_add(scale, *product);
            }
        }
    }
}

/// Parameters of a network and the two moments that Adam keeps of their gradients, all of one length.
pub struct Moments<'a> {
    /// Updated in place.
    pub parameter: &'a mut [f32],
    /// Running mean of the gradient, updated in place.
    pub first: &'a mut [f32],
    /// Running mean of the squared gradient, updated in place.
    pub second: &'a mut [f32],
}

vectorized! {
    /// One step of Adam.
    pub fn adam<'a>(moments: Moments<'a>, gradient: &'a [f32], rate: f32, step: AdamStep) {
        let Moments { parameter, first, second } = moments;
        for (((parameter, first), second), gradient) in parameter.iter_mut().zip(first).zip(second).zip(gradient) {
            *first = step.beta1.mul_add(*first, step.complement1 * gradient);
            *second = step.beta2.mul_add(*second, step.complement2 * (gradient * gradient));
            let denominator = (*second * step.correction2).sqrt() + step.epsilon;
            *parameter -= rate * (*first * step.correction1) / denominator;
        }
    }

    /// `to: [columns, to_stride] <- fromᵀ` for `from: [rows, from_stride]`, where `to` has as many rows as `from` has
    /// columns that are no padding. What lies beyond `rows` in a row of `to` stays.
    pub fn transpose<'a>(from: &'a [f32], from_stride: usize, to: &'a mut [f32], to_stride: usize, rows: usize) {
        const TILE: usize = 4;
        let columns = to.len() / to_stride;
        let (even_rows, even_columns) = (rows / TILE * TILE, columns / TILE * TILE);
        for row in (0..even_rows).step_by(TILE) {
            let from: [&[f32]; TILE] = std::array::from_fn(|i| &from[(row + i) * from_stride..][..even_columns]);
            for column in (0..even_columns).step_by(TILE) {
                let tile: [[f32; TILE]; TILE] = std::array::from_fn(|i| std::array::from_fn(|j| from[i][column + j]));
                for j in 0..TILE {
                    let to = &mut to[(column + j) * to_stride + row..][..TILE];
                    to.copy_from_slice(&[tile[0][j], tile[1][j], tile[2][j], tile[3][j]]);
                }
            }
        }
        for row in 0..rows {
            let rest = if row < even_rows { even_columns } else { 0 };
            for column in rest..columns {
                to[column * to_stride + row] = from[row * from_stride + column];
            }
        }
    }

    /// A layer of few outputs, with its weight stored by output: `result[i, o] <- value[i] · weight[o] + bias[o]` for
    /// `value: [samples, stride]`, `weight: [outputs, stride]` and `result: [samples, outputs]`.
    pub fn narrow<'a>(value: &'a [f32], weight: &'a [f32], bias: &'a [f32], result: &'a mut [f32]) {
        let outputs = bias.len();
        let stride = weight.len() / outputs;
        for (value, result) in value.chunks_exact(stride).zip(result.chunks_exact_mut(outputs)) {
            for ((result, weight), bias) in result.iter_mut().zip(weight.chunks_exact(stride)).zip(bias) {
                *result = dot(value, weight) + *bias;
            }
        }
    }
}
