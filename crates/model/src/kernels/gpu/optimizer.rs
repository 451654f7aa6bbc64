//! Optimisers: a step, and the sum of squares that clipping goes by.

use burn_cubecl::cubecl;
use burn_cubecl::cubecl::prelude::*;

use super::cube_sum;
use crate::number::traced::Traced;
use crate::optimizer::{NUMBERS, Rules};

/// The parameter and what is kept of its gradients after a step by the rule at `index`, which writes itself into the
/// kernel.
#[cube]
#[allow(unused_variables)]
fn stepped(
    state: (f32, f32, f32, f32),
    gradient: f32,
    numbers: &Tensor<f32>,
    start: usize,
    #[comptime] rules: Rules,
    #[comptime] index: usize,
) -> (f32, f32, f32, f32) {
    let (n0, n1, n2) = (numbers[start], numbers[start + 1], numbers[start + 2]);
    let (n3, n4, n5) = (numbers[start + 3], numbers[start + 4], numbers[start + 5]);
    let (n6, n7, n8) = (numbers[start + 6], numbers[start + 7], numbers[start + 8]);
    ruled(state, gradient, (n0, n1, n2), (n3, n4, n5), (n6, n7, n8), rules, index)
}

#[cube]
#[allow(unused_variables)]
fn ruled(
    state: (f32, f32, f32, f32),
    gradient: f32,
    first: (f32, f32, f32),
    middle: (f32, f32, f32),
    last: (f32, f32, f32),
    #[comptime] rules: Rules,
    #[comptime] index: usize,
) -> (f32, f32, f32, f32) {
    intrinsic!(|scope| {
        let value = |value| Traced::Value(scope, value);
        let numbers: [Traced<'_>; NUMBERS] = [
            first.0, first.1, first.2, middle.0, middle.1, middle.2, last.0, last.1, last.2,
        ]
        .map(value);
        let state = [state.0, state.1, state.2, state.3].map(value);
        let after = rules.list()[index].trace(state, value(gradient), &numbers);
        let [parameter, first, second, third] = after.map(|number| number.expand(scope));
        (parameter, first, second, third)
    })
}

/// One unit for each parameter, `[networks, ..]`: a branch for each of `rules`, which reads and writes what that rule
/// keeps; what none of them keeps is of one element.
#[cube(launch)]
pub fn optimizer_step(
    parameter: &mut Tensor<f32>,
    first: &mut Tensor<f32>,
    second: &mut Tensor<f32>,
    third: &mut Tensor<f32>,
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
            let mut kept1 = 0.0f32.runtime();
            let mut kept2 = 0.0f32.runtime();
            let mut kept3 = 0.0f32.runtime();
            if comptime!(rules.list()[index].kept() > 0) {
                kept1 = first[i];
            }
            if comptime!(rules.list()[index].kept() > 1) {
                kept2 = second[i];
            }
            if comptime!(rules.list()[index].kept() > 2) {
                kept3 = third[i];
            }
            let (p, k1, k2, k3) = stepped(
                (parameter[i], kept1, kept2, kept3),
                gradient[i],
                numbers,
                start,
                comptime!(rules.clone()),
                index,
            );
            parameter[i] = p;
            if comptime!(rules.list()[index].kept() > 0) {
                first[i] = k1;
            }
            if comptime!(rules.list()[index].kept() > 1) {
                second[i] = k2;
            }
            if comptime!(rules.list()[index].kept() > 2) {
                third[i] = k3;
            }
        }
    }
}

/// The sum of the squares of each network's values, `[networks, ..]`: one cube for each network.
#[cube(launch)]
pub fn sum_of_squares(values: &Tensor<f32>, squares: &mut Tensor<f32>) {
    let network = CUBE_POS;
    if network >= squares.len() {
        terminate!();
    }
    let length = values.len() / squares.len();
    let mut sum = 0.0f32.runtime();
    let mut i = UNIT_POS as usize;
    while i < length {
        let value = values[network * length + i];
        sum += value * value;
        i += 64usize;
    }
    let total = cube_sum(sum);
    if UNIT_POS == 0 {
        squares[network] = total;
    }
}
