//! Losses: the mean over samples and outputs, and the gradient of predictions.

use burn_cubecl::cubecl;
use burn_cubecl::cubecl::prelude::*;

use super::cube_sum;
use crate::loss::Losses;
use crate::number::traced::Traced;

/// The sum with what a difference counts by the loss at `index`, which writes itself into the kernel.
#[cube]
#[allow(unused_variables)]
fn added(difference: f32, number: f32, sum: f32, #[comptime] losses: Losses, #[comptime] index: usize) -> f32 {
    intrinsic!(|scope| {
        let [difference, number, sum] = [difference, number, sum].map(|value| Traced::Value(scope, value));
        losses.list()[index].trace_add(difference, &[number], sum).expand(scope)
    })
}

/// The slope at a difference of the loss at `index`, which writes itself into the kernel.
#[cube]
#[allow(unused_variables)]
fn slope(difference: f32, number: f32, #[comptime] losses: Losses, #[comptime] index: usize) -> f32 {
    intrinsic!(|scope| {
        let [difference, number] = [difference, number].map(|value| Traced::Value(scope, value));
        losses.list()[index].trace_slope(difference, &[number]).expand(scope)
    })
}

/// One cube for each network: a branch for each of `losses`.
#[cube(launch)]
pub fn error(
    prediction: &Tensor<f32>,
    target: &Tensor<f32>,
    numbers: &Tensor<f32>,
    codes: &Tensor<i32>,
    loss: &mut Tensor<f32>,
    #[comptime] losses: Losses,
) {
    let network = CUBE_POS;
    if network >= loss.len() {
        terminate!();
    }
    let values = prediction.shape(1) * prediction.shape(2);
    let number = numbers[network];
    let code = codes[network];
    let mut sum = 0.0f32.runtime();
    let count = comptime!(losses.list().len());
    #[unroll]
    for index in 0..count {
        if code == comptime!(index as i32) {
            let mut i = UNIT_POS as usize;
            while i < values {
                let difference = prediction[network * values + i] - target[network * values + i];
                sum = added(difference, number, sum, comptime!(losses.clone()), index);
                i += 64usize;
            }
        }
    }
    let total = cube_sum(sum);
    if UNIT_POS == 0 {
        loss[network] = total / f32::cast_from(values as u32);
    }
}

/// One unit for each value: a branch for each of `losses`.
#[cube(launch)]
pub fn error_backward(
    prediction: &Tensor<f32>,
    target: &Tensor<f32>,
    gradient: &Tensor<f32>,
    numbers: &Tensor<f32>,
    codes: &Tensor<i32>,
    output: &mut Tensor<f32>,
    #[comptime] losses: Losses,
) {
    let i = ABSOLUTE_POS;
    if i >= output.len() {
        terminate!();
    }
    let values = prediction.shape(1) * prediction.shape(2);
    let network = i / values;
    let factor = gradient[network] / f32::cast_from(values as u32);
    let difference = prediction[i] - target[i];
    let code = codes[network];
    let count = comptime!(losses.list().len());
    #[unroll]
    for index in 0..count {
        if code == comptime!(index as i32) {
            output[i] = factor * slope(difference, numbers[network], comptime!(losses.clone()), index);
        }
    }
}
