//! Elementary functions in `f32`, without branches, so that the compiler can run 4, 8 or 16 of them at once, of
//! operations that IEEE 754 defines to the last bit, so that every machine computes the same. Fused multiply-adds are
//! among them: a processor that has none, as x86 had before 2013, computes them slowly, but the same.
//!
//! Largest error against `f64`, measured over every 997th `f32` and asserted by the tests below:
//!
//! - `tanh`: 5 units in the last place (4.8 measured)
//! - `sin` and `cos`: 1e-7 absolute for |x| up to 1e6 (9.1e-8 measured, 0.8 units in the last place of one)
//! - the sigmoid: 2e-7 absolute (1.8e-7 measured): half of what `tanh` may be off by near one, and one rounding
//!
//! No-numbers stay no-numbers: a network that diverges must not look healthy again.

use super::product::LANES;

/// Hyperbolic tangent: a rational minimax approximation of degree 13 over 6, the one of the Eigen library
/// (`generic_fast_tanh_float`), on the interval outside of which `tanh` rounds to one.
#[inline(always)]
pub fn tanh(x: f32) -> f32 {
    const NUMERATOR: [f32; 7] = [
        -2.760_768_4e-16,
        2.000_188e-13,
        -8.604_672e-11,
        5.122_297_1e-8,
        1.485_722_4e-5,
        6.372_619_3e-4,
        4.893_524_6e-3,
    ];
    const DENOMINATOR: [f32; 4] = [1.198_258_4e-6, 1.185_347_1e-4, 2.268_434_6e-3, 4.893_525e-3];
    let clamped = clamp(x, 9.0);
    let square = clamped * clamped;
    let numerator = polynomial(square, NUMERATOR);
    let denominator = polynomial(square, DENOMINATOR);
    clamp(clamped * (numerator / denominator), 1.0)
}

/// Logistic sigmoid, `(1 + tanh(x/2)) / 2`.
#[inline(always)]
pub fn sigmoid(x: f32) -> f32 {
    0.5 * tanh(0.5 * x) + 0.5
}

/// Sine and cosine together: reduction to ±π/4 by a π/2 of two parts (Cody and Waite, 1980), of which the first
/// product and difference are exact, then the minimax polynomials of the Cephes library. From |x| of 2^22 on, where
/// neighbouring `f32` are half a radian apart, what comes out is still between -1 and 1, and nothing more.
#[inline(always)]
pub fn sin_cos(x: f32) -> (f32, f32) {
    /// Adding and subtracting 1.5 * 2^23 rounds an `f32` to an integer, which is then in its last bits.
    const ROUND: f32 = 12_582_912.0;
    const QUARTER_TURN: f32 = std::f32::consts::FRAC_PI_2;
    const REST_OF_QUARTER_TURN: f32 = (std::f64::consts::FRAC_PI_2 - QUARTER_TURN as f64) as f32;

    let shifted = x.mul_add(std::f32::consts::FRAC_2_PI, ROUND);
    let quadrant = shifted.to_bits();
    let turns = shifted - ROUND;
    let reduced = (-turns).mul_add(REST_OF_QUARTER_TURN, (-turns).mul_add(QUARTER_TURN, x));
    let reduced = clamp(reduced, 0.85);

    let square = reduced * reduced;
    let sin = polynomial(square, [-1.951_529_6e-4, 8.332_161e-3, -1.666_665_5e-1]);
    let sin = (sin * square).mul_add(reduced, reduced);
    let cos = polynomial(square, [2.443_315_7e-5, -1.388_731_6e-3, 4.166_664_6e-2]);
    let cos = (cos * square).mul_add(square, (-0.5f32).mul_add(square, 1.0));

    let odd = quadrant & 1 == 1;
    let (s, c) = if odd { (cos, sin) } else { (sin, cos) };
    let negate = |value: f32, bit: u32| f32::from_bits(value.to_bits() ^ ((bit & 2) << 30));
    (negate(s, quadrant), negate(c, quadrant.wrapping_add(1)))
}

/// A polynomial by Horner's scheme, the coefficient of the highest power first.
#[inline(always)]
fn polynomial<const N: usize>(x: f32, coefficients: [f32; N]) -> f32 {
    let mut sum = coefficients[0];
    for coefficient in &coefficients[1..] {
        sum = sum.mul_add(x, *coefficient);
    }
    sum
}

/// `x` within `±limit`; unlike `max` and `min`, it lets a no-number through.
#[inline(always)]
fn clamp(x: f32, limit: f32) -> f32 {
    let x = if x > limit { limit } else { x };
    if x < -limit { -limit } else { x }
}

/// Sum of all lanes, the upper half on the lower until one is left.
#[inline(always)]
fn across(mut lanes: [f32; LANES]) -> f32 {
    let mut width = LANES / 2;
    while width > 0 {
        for lane in 0..width {
            lanes[lane] += lanes[lane + width];
        }
        width /= 2;
    }
    lanes[0]
}

/// Sum over pairs, by `add(a, b, sum so far)`, in a fixed order of sixteen running sums, which is the same on every machine and lets the compiler
/// add sixteen at a time.
#[inline(always)]
fn sum(a: &[f32], b: &[f32], add: impl Fn(f32, f32, f32) -> f32) -> f32 {
    let mut lanes = [0f32; LANES];
    let (a_blocks, a_rest) = a.as_chunks::<LANES>();
    let (b_blocks, b_rest) = b.as_chunks::<LANES>();
    for (a, b) in a_blocks.iter().zip(b_blocks) {
        for lane in 0..LANES {
            lanes[lane] = add(a[lane], b[lane], lanes[lane]);
        }
    }
    for ((sum, a), b) in lanes.iter_mut().zip(a_rest).zip(b_rest) {
        *sum = add(*a, *b, *sum);
    }
    across(lanes)
}

/// Inner product.
#[inline(always)]
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    sum(a, b, f32::mul_add)
}

/// Sum of the squared differences.
#[inline(always)]
pub fn squared_distance(a: &[f32], b: &[f32]) -> f32 {
    sum(a, b, |a, b, sum| (a - b).mul_add(a - b, sum))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every 997th `f32` between ±`limit`: all exponents, both signs, some four million values.
    fn sweep(limit: f32) -> impl Iterator<Item = f32> {
        (0..limit.to_bits())
            .step_by(997)
            .flat_map(|bits| [f32::from_bits(bits), -f32::from_bits(bits)])
    }

    fn ulps(value: f32, truth: f64) -> f64 {
        let nearest = (truth as f32).abs().max(f32::MIN_POSITIVE);
        let unit = f64::from(f32::from_bits(nearest.to_bits() + 1)) - f64::from(nearest);
        (f64::from(value) - truth).abs() / unit
    }

    #[test]
    fn tanh_is_within_five_units_in_the_last_place() {
        let worst = sweep(1e30)
            .map(|x| ulps(tanh(x), libm::tanh(f64::from(x))))
            .fold(0.0, f64::max);
        println!("tanh: {worst} units in the last place");
        assert!(worst <= 5.0, "{worst}");
    }

    #[test]
    fn sine_and_cosine_are_within_their_stated_error() {
        let worst = sweep(1e6)
            .map(|x| {
                let (sin, cos) = sin_cos(x);
                let truth = (libm::sin(f64::from(x)), libm::cos(f64::from(x)));
                (f64::from(sin) - truth.0).abs().max((f64::from(cos) - truth.1).abs())
            })
            .fold(0.0, f64::max);
        println!("sin, cos: {worst}");
        assert!(worst <= 1e-7, "{worst}");
    }

    #[test]
    fn sigmoid_is_within_its_stated_error() {
        let worst = sweep(1e30)
            .map(|x| (f64::from(sigmoid(x)) - 1.0 / (1.0 + libm::exp(-f64::from(x)))).abs())
            .fold(0.0, f64::max);
        println!("sigmoid: {worst}");
        assert!(worst <= 2e-7, "{worst}");
    }

    #[test]
    fn values_stay_in_their_range_and_no_numbers_stay_no_numbers() {
        for x in sweep(f32::MAX) {
            assert!(tanh(x).abs() <= 1.0, "{x}");
            let (sin, cos) = sin_cos(x);
            assert!(
                sin.abs() <= 1.0 + f32::EPSILON && cos.abs() <= 1.0 + f32::EPSILON,
                "{x}"
            );
        }
        assert!(tanh(f32::NAN).is_nan() && sigmoid(f32::NAN).is_nan());
        assert!(sin_cos(f32::NAN).0.is_nan() && sin_cos(f32::INFINITY).1.is_nan());
    }

    #[test]
    fn inner_products_agree_with_double_precision() {
        let a: Vec<f32> = (0..1001).map(|i| (i as f32 * 0.37).sin()).collect();
        let b: Vec<f32> = (0..1001).map(|i| (i as f32 * 0.11).cos()).collect();
        let exact: f64 = a.iter().zip(&b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
        let magnitude: f64 = a.iter().zip(&b).map(|(a, b)| f64::from(a * b).abs()).sum();
        // n/8 roundings to a lane, each of at most half a unit of the sum of magnitudes.
        let bound = 130.0 * f64::from(f32::EPSILON) / 2.0 * magnitude;
        assert!((f64::from(dot(&a, &b)) - exact).abs() <= bound);
        let exact: f64 = a
            .iter()
            .zip(&b)
            .map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2))
            .sum();
        // All terms are positive, and each is rounded twice more.
        let bound = 132.0 * f64::from(f32::EPSILON) / 2.0 * exact;
        assert!((f64::from(squared_distance(&a, &b)) - exact).abs() <= bound);
    }
}
