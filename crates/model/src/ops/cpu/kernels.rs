//! The operations on slices, for the CPU backends. All tensors are contiguous, networks first; every network
//! is computed by itself and in a fixed order, so its bits do not depend on the stack it is in.
//!
//! Each function runs its loops inside `pulp`'s dispatch, which compiles them once for every vector
//! extension and picks one when the program runs: no `target-cpu=native` is needed.

use pulp::Arch;

use super::math::{dot, sigmoid, sin_cos, sum, tanh};
use crate::activation::{Activation, LEAKY_SLOPE};
use crate::ops::adam::AdamStep;
use crate::ops::spectral::SMALLEST_NORM;

/// `z <- g(z + bias)` for `z: [networks, samples, width]`, `bias: [networks, width]`, one activation code a
/// network. Where `slope` is given, it receives `g'(z + bias)`.
pub fn activate(z: &mut [f32], bias: &[f32], codes: &[i32], slope: Option<&mut [f32]>) {
    if z.is_empty() {
        return;
    }
    let networks = codes.len();
    let (block, width) = (z.len() / networks, bias.len() / networks);
    let per_network = z.chunks_exact_mut(block).zip(bias.chunks_exact(width)).zip(codes);
    match slope {
        Some(slope) => {
            for (((z, bias), code), slope) in per_network.zip(slope.chunks_exact_mut(block)) {
                activate_one(z, bias, Activation::from_code(*code), slope);
            }
        }
        None => {
            for ((z, bias), code) in per_network {
                activate_one(z, bias, Activation::from_code(*code), &mut []);
            }
        }
    }
}

fn activate_one(z: &mut [f32], bias: &[f32], activation: Activation, slope: &mut [f32]) {
    match activation {
        Activation::Relu => map(z, bias, slope, |x| {
            (if x < 0.0 { 0.0 } else { x }, if x > 0.0 { 1.0 } else { 0.0 })
        }),
        Activation::LeakyRelu => map(z, bias, slope, |x| {
            let factor = if x > 0.0 { 1.0 } else { LEAKY_SLOPE };
            (factor * x, factor)
        }),
        Activation::Tanh => map(z, bias, slope, |x| {
            let y = tanh(x);
            (y, 1.0 - y * y)
        }),
        Activation::Sinu => map(z, bias, slope, sin_cos),
        Activation::Sigmoid => map(z, bias, slope, |x| {
            let y = sigmoid(x);
            (y, y * (1.0 - y))
        }),
        Activation::Identity => map(z, bias, slope, |x| (x, 1.0)),
    }
}

/// Applies `g`, which gives value and slope, to `z + bias`; without room for slopes they are not computed.
fn map(z: &mut [f32], bias: &[f32], slope: &mut [f32], g: impl Fn(f32) -> (f32, f32) + Copy) {
    let width = bias.len();
    Arch::new().dispatch(
        #[inline(always)]
        || {
            if slope.is_empty() {
                for row in z.chunks_exact_mut(width) {
                    for (z, bias) in row.iter_mut().zip(bias) {
                        *z = g(*z + *bias).0;
                    }
                }
            } else {
                for (row, slopes) in z.chunks_exact_mut(width).zip(slope.chunks_exact_mut(width)) {
                    for ((z, bias), slope) in row.iter_mut().zip(bias).zip(slopes) {
                        (*z, *slope) = g(*z + *bias);
                    }
                }
            }
        },
    );
}

/// Backward of [`activate`]: `gradient <- gradient * slope`, the gradient of `z`, both of
/// `[networks, samples, width]`; returns its sum over the samples, the gradient of the bias, of
/// `[networks, width]`.
pub fn activate_backward(gradient: &mut [f32], slope: &[f32], networks: usize, width: usize) -> Vec<f32> {
    let mut bias = vec![0f32; networks * width];
    if gradient.is_empty() {
        return bias;
    }
    let block = gradient.len() / networks;
    Arch::new().dispatch(
        #[inline(always)]
        || {
            let per_network = gradient.chunks_exact_mut(block).zip(slope.chunks_exact(block));
            for ((gradient, slope), bias) in per_network.zip(bias.chunks_exact_mut(width)) {
                for (row, slopes) in gradient.chunks_exact_mut(width).zip(slope.chunks_exact(width)) {
                    for ((gradient, slope), bias) in row.iter_mut().zip(slopes).zip(&mut *bias) {
                        *gradient *= *slope;
                        *bias += *gradient;
                    }
                }
            }
        },
    );
    bias
}

/// Mean squared error of each network, `[networks]`.
pub fn squared_error(prediction: &[f32], target: &[f32], networks: usize) -> Vec<f32> {
    let block = prediction.len() / networks;
    Arch::new().dispatch(
        #[inline(always)]
        || {
            prediction
                .chunks_exact(block)
                .zip(target.chunks_exact(block))
                .map(|(prediction, target)| {
                    let squares = prediction.iter().zip(target).map(|(p, t)| (p - t) * (p - t));
                    sum(squares) / block as f32
                })
                .collect()
        },
    )
}

/// Backward of [`squared_error`]: `prediction <- 2 gradient (prediction - target) / n`, with one `gradient`
/// a network and `n` the number of values of a network.
pub fn squared_error_backward(prediction: &mut [f32], target: &[f32], gradient: &[f32]) {
    let block = prediction.len() / gradient.len();
    let per_network = prediction.chunks_exact_mut(block).zip(target.chunks_exact(block));
    for ((prediction, target), gradient) in per_network.zip(gradient) {
        let factor = 2.0 * gradient / block as f32;
        for (prediction, target) in prediction.iter_mut().zip(target) {
            *prediction = factor * (*prediction - *target);
        }
    }
}

/// One power iteration a network on `weight: [networks, rows, columns]`: `left <- W right / |W right|`,
/// `right <- Wᵀ left / |Wᵀ left|`, `sigma <- |Wᵀ left|`. `right` of `[networks, columns]` is updated in place;
/// returns `left` of `[networks, rows]` and `sigma` of `[networks]`.
pub fn power_iteration(weight: &[f32], right: &mut [f32], networks: usize) -> (Vec<f32>, Vec<f32>) {
    let columns = right.len() / networks;
    let rows = weight.len() / right.len();
    let mut left = vec![0f32; networks * rows];
    let mut sigma = vec![0f32; networks];
    Arch::new().dispatch(
        #[inline(always)]
        || {
            for network in 0..networks {
                let weight = &weight[network * rows * columns..][..rows * columns];
                let left = &mut left[network * rows..][..rows];
                let right = &mut right[network * columns..][..columns];
                for (left, row) in left.iter_mut().zip(weight.chunks_exact(columns)) {
                    *left = dot(row, right);
                }
                normalise(left);
                right.fill(0.0);
                for (left, row) in left.iter().zip(weight.chunks_exact(columns)) {
                    for (right, weight) in right.iter_mut().zip(row) {
                        *right += *left * *weight;
                    }
                }
                sigma[network] = normalise(right);
            }
        },
    );
    (left, sigma)
}

/// Scales a vector to length one and returns the length that it had.
#[inline(always)]
fn normalise(vector: &mut [f32]) -> f32 {
    let norm = dot(vector, vector).sqrt();
    let scale = 1.0 / norm.max(SMALLEST_NORM);
    vector.iter_mut().for_each(|x| *x *= scale);
    norm
}

/// Backward of the spectral penalty: `factor left rightᵀ` for each network, of `[networks, rows, columns]`.
/// A network whose factor is 0 gets zeros whatever its vectors are.
pub fn outer_product(factor: &[f32], left: &[f32], right: &[f32]) -> Vec<f32> {
    let networks = factor.len();
    let (rows, columns) = (left.len() / networks, right.len() / networks);
    let mut product = vec![0f32; networks * rows * columns];
    let blocks = product.chunks_exact_mut((rows * columns).max(1)).zip(factor);
    let vectors = left.chunks_exact(rows).zip(right.chunks_exact(columns));
    for ((block, factor), (left, right)) in blocks.zip(vectors).filter(|((_, factor), _)| **factor != 0.0) {
        for (row, left) in block.chunks_exact_mut(columns).zip(left) {
            let scale = factor * left;
            row.iter_mut()
                .zip(right)
                .for_each(|(product, right)| *product = scale * right);
        }
    }
    product
}

/// The parameters of a stack and the two moments that Adam keeps of their gradients, all
/// `[networks, parameters]`.
pub struct Moments<'a> {
    /// Updated in place.
    pub parameter: &'a mut [f32],
    /// Running mean of the gradient, updated in place.
    pub first: &'a mut [f32],
    /// Running mean of the squared gradient, updated in place.
    pub second: &'a mut [f32],
}

/// One step of Adam with a learning rate for each network; a network whose `alive` is 0 keeps everything.
pub fn adam(moments: Moments<'_>, gradient: &[f32], rate: &[f32], alive: &[f32], step: AdamStep) {
    let networks = rate.len();
    let block = gradient.len() / networks;
    Arch::new().dispatch(
        #[inline(always)]
        || {
            for network in (0..networks).filter(|network| alive[*network] != 0.0) {
                let range = network * block..(network + 1) * block;
                let parameter = &mut moments.parameter[range.clone()];
                let first = &mut moments.first[range.clone()];
                let second = &mut moments.second[range.clone()];
                let rate = rate[network];
                for (((parameter, first), second), gradient) in
                    parameter.iter_mut().zip(first).zip(second).zip(&gradient[range])
                {
                    *first = step.beta1 * *first + (1.0 - step.beta1) * gradient;
                    *second = step.beta2 * *second + (1.0 - step.beta2) * (gradient * gradient);
                    let denominator = (*second * step.correction2).sqrt() + step.epsilon;
                    *parameter -= rate * (*first * step.correction1) / denominator;
                }
            }
        },
    );
}
