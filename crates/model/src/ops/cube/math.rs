//! Elementary functions for the GPU. Shading languages leave the accuracy of their own `sin` and `tanh` to the
//! driver (Vulkan asks for 2^-11), so the same polynomials as on the CPU are used, with the reduction of the
//! sine in `f32`: exact up to |x| = 10,000, bounded beyond.

use burn_cubecl::cubecl;
use burn_cubecl::cubecl::prelude::*;

#[cube]
fn clamp(x: f32, limit: f32) -> f32 {
    let below = select(x > limit, limit, x);
    select(below < -limit, -limit, below)
}

#[cube]
pub fn tanh(x: f32) -> f32 {
    let x = clamp(x, 9.0f32);
    let square = x * x;
    let mut numerator = square * -2.760_768_4e-16f32 + 2.000_188e-13f32;
    numerator = numerator * square + -8.604_672e-11f32;
    numerator = numerator * square + 5.122_297_1e-8f32;
    numerator = numerator * square + 1.485_722_4e-5f32;
    numerator = numerator * square + 6.372_619_3e-4f32;
    numerator = numerator * square + 4.893_524_6e-3f32;
    let mut denominator = square * 1.198_258_4e-6f32 + 1.185_347_1e-4f32;
    denominator = denominator * square + 2.268_434_6e-3f32;
    denominator = denominator * square + 4.893_525e-3f32;
    clamp(x * (numerator / denominator), 1.0f32)
}

#[cube]
pub fn sigmoid(x: f32) -> f32 {
    0.5f32 * tanh(0.5f32 * x) + 0.5f32
}

/// The argument of a sine within ±π/4, and the quarter turns taken off it, modulo 4.
#[cube]
fn reduce(x: f32) -> (f32, f32) {
    let turns = (x * std::f32::consts::FRAC_2_PI + 0.5f32).floor();
    // π/2 in three parts of 12 bits or less, so that their products with a turn count of 12 bits are exact.
    let reduced = ((x - turns * 1.570_312_5f32) - turns * 4.837_513e-4_f32) - turns * 7.549_79e-8_f32;
    (clamp(reduced, 0.8f32), turns - 4.0f32 * (turns * 0.25f32).floor())
}

#[cube]
fn sin_near_zero(x: f32) -> f32 {
    let square = x * x;
    let sin = (square * -1.951_529_6e-4f32 + 8.332_161e-3f32) * square + -1.666_665_5e-1f32;
    sin * square * x + x
}

#[cube]
fn cos_near_zero(x: f32) -> f32 {
    let square = x * x;
    let cos = (square * 2.443_315_7e-5f32 + -1.388_731_6e-3f32) * square + 4.166_664_6e-2f32;
    cos * square * square - 0.5f32 * square + 1.0f32
}

/// Sine `turned` quarter turns further on: 0 is the sine, 1 the cosine.
#[cube]
pub fn sin(x: f32, turned: f32) -> f32 {
    let (reduced, turns) = reduce(x);
    let quadrant = turns + turned;
    let quadrant = select(quadrant > 3.5f32, quadrant - 4.0f32, quadrant);
    let half = select(quadrant > 1.5f32, quadrant - 2.0f32, quadrant);
    let value = select(half > 0.5f32, cos_near_zero(reduced), sin_near_zero(reduced));
    select(quadrant > 1.5f32, -value, value)
}
