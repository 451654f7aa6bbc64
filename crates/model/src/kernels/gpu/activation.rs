//! Activations: forward, backward, and the gradients of their learned parameters.

use burn_cubecl::cubecl;
use burn_cubecl::cubecl::prelude::*;

use super::cube_sum;
use crate::number::traced::Traced;
use crate::unit::{PARAMETERS, Units};

/// Value and derivative at `x` of the unit at `index`, which writes itself into the kernel.
#[cube]
#[allow(unused_variables)]
fn written(
    x: f32,
    p0: f32,
    p1: f32,
    p2: f32,
    p3: f32,
    #[comptime] units: Units,
    #[comptime] index: usize,
) -> (f32, f32) {
    intrinsic!(|scope| {
        let parameters: [Traced<'_>; PARAMETERS] = [p0, p1, p2, p3].map(|value| Traced::Value(scope, value));
        let [value, slope] = units.list()[index].trace(Traced::Value(scope, x), &parameters);
        (value.expand(scope), slope.expand(scope))
    })
}

/// Value and derivative at `x` of the unit with this code: a branch for each of `units`.
#[cube]
fn unit(x: f32, parameters: &Tensor<f32>, network: usize, code: i32, #[comptime] units: Units) -> (f32, f32) {
    let mut y = x;
    let mut slope = 1.0f32.runtime();
    let start = network * parameters.shape(1);
    let count = comptime!(units.list().len());
    #[unroll]
    for index in 0..count {
        if code == comptime!(index as i32) {
            let (value, derivative) = written(
                x,
                parameters[start],
                parameters[start + 1],
                parameters[start + 2],
                parameters[start + 3],
                comptime!(units.clone()),
                index,
            );
            y = value;
            slope = derivative;
        }
    }
    (y, slope)
}

/// The derivatives at `x` of the unit at `index` by each of its parameters, which write themselves into the kernel.
#[cube]
#[allow(unused_variables)]
fn written_by_parameter(
    x: f32,
    p0: f32,
    p1: f32,
    p2: f32,
    p3: f32,
    #[comptime] units: Units,
    #[comptime] index: usize,
) -> (f32, f32, f32, f32) {
    intrinsic!(|scope| {
        let parameters: [Traced<'_>; PARAMETERS] = [p0, p1, p2, p3].map(|value| Traced::Value(scope, value));
        let unit = units.list()[index];
        let parameters = &parameters[..unit.parameters().len()];
        let by = |which: usize| match which < parameters.len() {
            true => unit.parameter_trace(Traced::Value(scope, x), parameters, which),
            false => Traced::Constant(0.0),
        };
        let [d0, d1, d2, d3] = [0, 1, 2, 3].map(|which| by(which).expand(scope));
        (d0, d1, d2, d3)
    })
}

/// One unit for each element of `z: [networks, samples, width]`.
#[cube(launch)]
pub fn activate(
    z: &Tensor<f32>,
    bias: &Tensor<f32>,
    parameters: &Tensor<f32>,
    codes: &Tensor<i32>,
    y: &mut Tensor<f32>,
    #[comptime] units: Units,
) {
    let i = ABSOLUTE_POS;
    if i >= y.len() {
        terminate!();
    }
    let network = i / (z.shape(1) * z.shape(2));
    let x = z[i] + bias[network * z.shape(2) + i % z.shape(2)];
    let (value, _slope) = unit(x, parameters, network, codes[network], units);
    y[i] = value;
}

/// As [`activate`], and the slope.
#[cube(launch)]
pub fn activate_with_slope(
    z: &Tensor<f32>,
    bias: &Tensor<f32>,
    parameters: &Tensor<f32>,
    codes: &Tensor<i32>,
    y: &mut Tensor<f32>,
    slopes: &mut Tensor<f32>,
    #[comptime] units: Units,
) {
    let i = ABSOLUTE_POS;
    if i >= y.len() {
        terminate!();
    }
    let network = i / (z.shape(1) * z.shape(2));
    let x = z[i] + bias[network * z.shape(2) + i % z.shape(2)];
    let (value, slope) = unit(x, parameters, network, codes[network], units);
    y[i] = value;
    slopes[i] = slope;
}

/// One unit for each column of each network goes down the samples; neighbours read neighbouring addresses.
#[cube(launch)]
pub fn activate_backward(
    gradient: &Tensor<f32>,
    slopes: &Tensor<f32>,
    z_gradient: &mut Tensor<f32>,
    bias_gradient: &mut Tensor<f32>,
) {
    let i = ABSOLUTE_POS;
    if i >= bias_gradient.len() {
        terminate!();
    }
    let samples = gradient.shape(1);
    let width = gradient.shape(2);
    let start = (i / width) * samples * width + i % width;
    let mut sum = 0.0f32.runtime();
    for sample in 0..samples {
        let at = start + sample * width;
        let dz = gradient[at] * slopes[at];
        z_gradient[at] = dz;
        sum += dz;
    }
    bias_gradient[i] = sum;
}

/// One cube for each network: of each parameter of its unit that is learned the sum of what its values bring.
#[cube(launch)]
pub fn parameters_backward(
    gradient: &Tensor<f32>,
    z: &Tensor<f32>,
    bias: &Tensor<f32>,
    parameters: &Tensor<f32>,
    learned: &Tensor<f32>,
    codes: &Tensor<i32>,
    sums: &mut Tensor<f32>,
    #[comptime] units: Units,
) {
    let network = CUBE_POS;
    if network >= codes.len() {
        terminate!();
    }
    let width = z.shape(2);
    let values = z.shape(1) * width;
    let start = network * parameters.shape(1);
    let code = codes[network];
    let count = comptime!(units.list().len());
    let mut s0 = 0.0f32.runtime();
    let mut s1 = 0.0f32.runtime();
    let mut s2 = 0.0f32.runtime();
    let mut s3 = 0.0f32.runtime();
    let mut i = UNIT_POS as usize;
    while i < values {
        let x = z[network * values + i] + bias[network * width + i % width];
        let dy = gradient[network * values + i];
        #[unroll]
        for index in 0..count {
            if code == comptime!(index as i32) {
                let (d0, d1, d2, d3) = written_by_parameter(
                    x,
                    parameters[start],
                    parameters[start + 1],
                    parameters[start + 2],
                    parameters[start + 3],
                    comptime!(units.clone()),
                    index,
                );
                s0 += dy * d0;
                s1 += dy * d1;
                s2 += dy * d2;
                s3 += dy * d3;
            }
        }
        i += 64usize;
    }
    let t0 = cube_sum(s0);
    let t1 = cube_sum(s1);
    let t2 = cube_sum(s2);
    let t3 = cube_sum(s3);
    if UNIT_POS == 0 {
        sums[start] = select(learned[start] == 0.0f32, 0.0f32, t0);
        sums[start + 1] = select(learned[start + 1] == 0.0f32, 0.0f32, t1);
        sums[start + 2] = select(learned[start + 2] == 0.0f32, 0.0f32, t2);
        sums[start + 3] = select(learned[start + 3] == 0.0f32, 0.0f32, t3);
    }
}
