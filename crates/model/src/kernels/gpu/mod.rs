//! The operations as GPU kernels. All tensors are contiguous, networks first.

pub mod activation;
pub mod loss;
pub mod optimizer;

use burn_cubecl::cubecl;
use burn_cubecl::cubecl::prelude::*;

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

/// One unit for each value; see `backend::loss::finite`.
#[cube(launch)]
pub fn finite(values: &Tensor<f32>, finite: &mut Tensor<f32>) {
    let i = ABSOLUTE_POS;
    if i >= finite.len() {
        terminate!();
    }
    let exponent = u32::reinterpret(values[i]) & 0x7f80_0000u32;
    finite[i] = select(exponent == 0x7f80_0000u32, 0.0f32, 1.0f32);
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
