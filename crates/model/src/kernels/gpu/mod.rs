//! The operations as GPU kernels. All tensors are contiguous, networks first.

pub mod activation;

use burn_cubecl::cubecl;
use burn_cubecl::cubecl::prelude::*;

use crate::number::traced::Traced;
use crate::optimizer::{NUMBERS, Rules};

/// Units of a cube that works on one network together.
pub const CUBE: u32 = 64;

/// Sum over the units of a cube, in every unit.
#[cube]
fn cube_sum(term: f32) -> f32 {
    let mut terms = Shared::<[f32]>::new_slice(64usize);
    let unit = UNIT_POS as usize;
    terms[unit] = term;
    sync_cube();
    let mut half = 32usize.runtime();
    while half > 0usize {
        if unit < half {
            let other = terms[unit + half];
            terms[unit] += other;
        }
        sync_cube();
        half /= 2usize;
    }
    let total = terms[0];
    sync_cube();
    total
}

/// One cube for each network.
#[cube(launch)]
pub fn squared_error(prediction: &Tensor<f32>, target: &Tensor<f32>, loss: &mut Tensor<f32>) {
    let network = CUBE_POS;
    if network >= loss.len() {
        terminate!();
    }
    let values = prediction.shape(1) * prediction.shape(2);
    let mut sum = 0.0f32.runtime();
    let mut i = UNIT_POS as usize;
    while i < values {
        let difference = prediction[network * values + i] - target[network * values + i];
        sum += difference * difference;
        i += 64usize;
    }
    let total = cube_sum(sum);
    if UNIT_POS == 0 {
        loss[network] = total / f32::cast_from(values as u32);
    }
}

/// One unit for each value; see `ops::loss::finite`.
#[cube(launch)]
pub fn finite(values: &Tensor<f32>, finite: &mut Tensor<f32>) {
    let i = ABSOLUTE_POS;
    if i >= finite.len() {
        terminate!();
    }
    let exponent = u32::reinterpret(values[i]) & 0x7f80_0000u32;
    finite[i] = select(exponent == 0x7f80_0000u32, 0.0f32, 1.0f32);
}

/// One unit for each value.
#[cube(launch)]
pub fn squared_error_backward(
    prediction: &Tensor<f32>,
    target: &Tensor<f32>,
    gradient: &Tensor<f32>,
    output: &mut Tensor<f32>,
) {
    let i = ABSOLUTE_POS;
    if i >= output.len() {
        terminate!();
    }
    let values = prediction.shape(1) * prediction.shape(2);
    let factor = 2.0f32 * gradient[i / values] / f32::cast_from(values as u32);
    output[i] = factor * (prediction[i] - target[i]);
}

/// One cube for each network; its vectors are in shared memory.
#[cube(launch)]
pub fn power_iteration(
    weight: &Tensor<f32>,
    start: &Tensor<f32>,
    left: &mut Tensor<f32>,
    right: &mut Tensor<f32>,
    sigma: &mut Tensor<f32>,
    smallest: f32,
    #[comptime] rows: usize,
    #[comptime] columns: usize,
) {
    let network = CUBE_POS;
    if network >= sigma.len() {
        terminate!();
    }
    let unit = UNIT_POS as usize;
    let matrix = network * rows * columns;
    let mut u = Shared::<[f32]>::new_slice(rows);
    let mut v = Shared::<[f32]>::new_slice(columns);

    let mut j = unit;
    while j < columns {
        v[j] = start[network * columns + j];
        j += 64usize;
    }
    sync_cube();

    let mut squares = 0.0f32.runtime();
    let mut i = unit;
    while i < rows {
        let mut sum = 0.0f32.runtime();
        for j in 0..columns {
            sum += weight[matrix + i * columns + j] * v[j];
        }
        u[i] = sum;
        squares += sum * sum;
        i += 64usize;
    }
    let length = cube_sum(squares).sqrt();
    let scale = 1.0f32 / max(length, smallest);
    let mut i = unit;
    while i < rows {
        let scaled = u[i] * scale;
        u[i] = scaled;
        left[network * rows + i] = scaled;
        i += 64usize;
    }
    sync_cube();

    let mut squares = 0.0f32.runtime();
    let mut j = unit;
    while j < columns {
        let mut sum = 0.0f32.runtime();
        for i in 0..rows {
            sum += weight[matrix + i * columns + j] * u[i];
        }
        v[j] = sum;
        squares += sum * sum;
        j += 64usize;
    }
    let norm = cube_sum(squares).sqrt();
    let scale = 1.0f32 / max(norm, smallest);
    // A matrix that leaves its right vector no length has no direction to go in.
    let stays = length < smallest;
    let mut j = unit;
    while j < columns {
        right[network * columns + j] = select(stays, start[network * columns + j], v[j] * scale);
        j += 64usize;
    }
    if UNIT_POS == 0 {
        sigma[network] = select(stays, length, norm);
    }
}

/// One unit for each network.
#[cube(launch)]
pub fn spectral_penalty(sigma: &Tensor<f32>, lambda: &Tensor<f32>, penalty: &mut Tensor<f32>) {
    let i = ABSOLUTE_POS;
    if i >= penalty.len() {
        terminate!();
    }
    penalty[i] = select(lambda[i] == 0.0f32, 0.0f32, 0.5f32 * lambda[i] * sigma[i] * sigma[i]);
}

/// One unit for each element of the weight's gradient, `[networks, rows, columns]`.
#[cube(launch)]
pub fn spectral_penalty_backward(
    gradient: &Tensor<f32>,
    lambda: &Tensor<f32>,
    sigma: &Tensor<f32>,
    left: &Tensor<f32>,
    right: &Tensor<f32>,
    product: &mut Tensor<f32>,
) {
    let i = ABSOLUTE_POS;
    if i >= product.len() {
        terminate!();
    }
    let rows = product.shape(1);
    let columns = product.shape(2);
    let network = i / (rows * columns);
    let scale = lambda[network] * sigma[network] * gradient[network];
    let value = scale * left[i / columns] * right[network * columns + i % columns];
    product[i] = select(lambda[network] == 0.0f32 || scale == 0.0f32, 0.0f32, value);
}

/// The parameter and what is kept of its gradients after a step by the rule at `index`, which writes itself into the
/// kernel.
#[cube]
#[allow(unused_variables)]
fn stepped(
    state: (f32, f32, f32),
    gradient: f32,
    numbers: &Tensor<f32>,
    start: usize,
    #[comptime] rules: Rules,
    #[comptime] index: usize,
) -> (f32, f32, f32) {
    let (n0, n1, n2, n3) = (
        numbers[start],
        numbers[start + 1],
        numbers[start + 2],
        numbers[start + 3],
    );
    let (n4, n5, n6, n7) = (
        numbers[start + 4],
        numbers[start + 5],
        numbers[start + 6],
        numbers[start + 7],
    );
    ruled(state, gradient, (n0, n1, n2, n3), (n4, n5, n6, n7), rules, index)
}

#[cube]
#[allow(unused_variables)]
fn ruled(
    state: (f32, f32, f32),
    gradient: f32,
    first: (f32, f32, f32, f32),
    last: (f32, f32, f32, f32),
    #[comptime] rules: Rules,
    #[comptime] index: usize,
) -> (f32, f32, f32) {
    intrinsic!(|scope| {
        let value = |value| Traced::Value(scope, value);
        let numbers: [Traced<'_>; NUMBERS] =
            [first.0, first.1, first.2, first.3, last.0, last.1, last.2, last.3].map(value);
        let state = [state.0, state.1, state.2].map(value);
        let after = rules.list()[index].trace(state, value(gradient), &numbers);
        let [parameter, first, second] = after.map(|number| number.expand(scope));
        (parameter, first, second)
    })
}

/// One unit for each parameter, `[networks, ..]`: a branch for each of `rules`.
#[cube(launch)]
pub fn optimizer_step(
    parameter: &mut Tensor<f32>,
    first: &mut Tensor<f32>,
    second: &mut Tensor<f32>,
    gradient: &Tensor<f32>,
    numbers: &Tensor<f32>,
    alive: &Tensor<f32>,
    codes: &Tensor<i32>,
    #[comptime] rules: Rules,
) {
    let i = ABSOLUTE_POS;
    if i >= parameter.len() {
        terminate!();
    }
    let network = i / (parameter.len() / alive.len());
    if alive[network] == 0.0f32 {
        terminate!();
    }
    let start = network * numbers.shape(1);
    let code = codes[network];
    let count = comptime!(rules.list().len());
    #[unroll]
    for index in 0..count {
        if code == comptime!(index as i32) {
            let (p, m, v) = stepped(
                (parameter[i], first[i], second[i]),
                gradient[i],
                numbers,
                start,
                comptime!(rules.clone()),
                index,
            );
            parameter[i] = p;
            first[i] = m;
            second[i] = v;
        }
    }
}
