//! Elementary functions in `f32`, without branches, so that the compiler can run 4, 8 or 16 of them at once, of
//! operations that IEEE 754 defines to the last bit, so that every machine computes the same. Fused multiply-adds are
//! among them: a processor that has none, as x86 had before 2013, computes them slowly, but the same.
//!
//! Largest error against `f64`, measured over every 997th `f32` and asserted by the tests below:
//!
//! - `tanh`: 5 units in the last place (4.8 measured)
//! - `sin` and `cos`: 1e-7 absolute for |x| up to 1e6 (9.1e-8 measured, 0.8 units in the last place of one)
//! - the sigmoid: 2e-7 absolute (1.8e-7 measured): half of what `tanh` may be off by near one, and one rounding
//! - `erf`: 2 units in the last place (1.1 measured), and exactly one from 4 on
//! - `exp`, `expm1`, `ln`, `atan`: see their tests
//!
//! No-numbers stay no-numbers: a network that diverges must not look healthy again.

use super::polynomials::{self, Basic, cosine_near_zero, exponential_near_zero, logarithm_near_one, sine_near_zero};
use super::{Function, Number};

impl Number for f32 {
    #[inline(always)]
    fn constant(value: f64) -> Self {
        value as f32
    }

    #[inline(always)]
    fn apply(self, function: Function) -> Self {
        polynomials::apply(self, function)
    }

    #[inline(always)]
    fn mul_add(self, factor: Self, sum: Self) -> Self {
        f32::mul_add(self, factor, sum)
    }

    #[inline(always)]
    fn if_less(self, other: Self, then: Self, otherwise: Self) -> Self {
        if self < other { then } else { otherwise }
    }

    #[inline(always)]
    fn power(self, exponent: Self) -> Self {
        polynomials::power(self, exponent)
    }
}

impl Basic for f32 {
    #[inline(always)]
    fn size(self) -> Self {
        self.abs()
    }

    #[inline(always)]
    fn sin(self) -> Self {
        sin_cos(self).0
    }

    #[inline(always)]
    fn cos(self) -> Self {
        sin_cos(self).1
    }

    #[inline(always)]
    fn exp(self) -> Self {
        exp(self)
    }

    #[inline(always)]
    fn ln(self) -> Self {
        ln(self)
    }

    #[inline(always)]
    fn root(self) -> Self {
        self.sqrt()
    }

    #[inline(always)]
    fn floor(self) -> Self {
        f32::floor(self)
    }
}

/// Adding and subtracting 1.5 * 2^23 rounds an `f32` to an integer, which is then in its last bits.
const ROUND: f32 = 12_582_912.0;

/// Sine and cosine together: reduction to ±π/4 by a π/2 of two parts (Cody and Waite, 1980), of which the first
/// product and difference are exact, then polynomials. From |x| of 2^22 on, where neighbouring `f32` are half a radian
/// apart, what comes out is still between -1 and 1, and nothing more.
#[inline(always)]
fn sin_cos(x: f32) -> (f32, f32) {
    const QUARTER_TURN: f32 = std::f32::consts::FRAC_PI_2;
    const REST_OF_QUARTER_TURN: f32 = (std::f64::consts::FRAC_PI_2 - QUARTER_TURN as f64) as f32;

    let shifted = f32::mul_add(x, std::f32::consts::FRAC_2_PI, ROUND);
    let quadrant = shifted.to_bits();
    let turns = shifted - ROUND;
    let reduced = f32::mul_add(-turns, REST_OF_QUARTER_TURN, f32::mul_add(-turns, QUARTER_TURN, x));
    let reduced = Number::clamp(reduced, 0.85);
    let (sin, cos) = (sine_near_zero(reduced), cosine_near_zero(reduced));

    let odd = quadrant & 1 == 1;
    let (s, c) = if odd { (cos, sin) } else { (sin, cos) };
    let negate = |value: f32, bit: u32| f32::from_bits(value.to_bits() ^ ((bit & 2) << 30));
    (negate(s, quadrant), negate(c, quadrant.wrapping_add(1)))
}

/// `2^n exp(r)` with `x = n ln 2 + r`; the `ln 2` of two parts is that of the Cephes library. Two factors make the
/// power of two, since a result may be subnormal or infinite where the power alone is not.
#[inline(always)]
fn exp(x: f32) -> f32 {
    const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
    let clamped = Number::clamp(x, 105.0);
    let shifted = f32::mul_add(clamped, std::f32::consts::LOG2_E, ROUND);
    let turns = shifted - ROUND;
    let reduced = f32::mul_add(-turns, LN_2[1], f32::mul_add(-turns, LN_2[0], clamped));
    let whole = (shifted.to_bits() as i32).wrapping_sub(ROUND.to_bits() as i32);
    let half = whole >> 1;
    let power_of_two = |n: i32| f32::from_bits((n.wrapping_add(127) as u32) << 23);
    exponential_near_zero(reduced) * power_of_two(half) * power_of_two(whole.wrapping_sub(half))
}

/// `ln(m) + e ln 2` with `x = 2^e m` and `m` from 1/√2 to √2.
#[inline(always)]
fn ln(x: f32) -> f32 {
    const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
    const ROOT_OF_HALF: i32 = 0x3f35_04f3;
    const SCALE: f32 = 8_388_608.0;
    let subnormal = x < f32::MIN_POSITIVE;
    let bits = if subnormal { x * SCALE } else { x }.to_bits() as i32;
    let exponent = bits.wrapping_sub(ROOT_OF_HALF) >> 23;
    let rest = f32::from_bits(bits.wrapping_sub(exponent << 23) as u32) - 1.0;
    let exponent = exponent as f32 - if subnormal { 23.0 } else { 0.0 };
    let value = f32::mul_add(
        exponent,
        LN_2[0],
        f32::mul_add(exponent, LN_2[1], logarithm_near_one(rest)),
    );
    let value = if x == f32::INFINITY { x } else { value };
    let value = if x == 0.0 { f32::NEG_INFINITY } else { value };
    if x >= 0.0 { value } else { f32::NAN }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::Elementary;

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

    fn worst(limit: f32, error: impl Fn(f32) -> f64) -> f64 {
        sweep(limit).map(error).fold(0.0, f64::max)
    }

    #[test]
    fn functions_are_within_their_stated_errors() {
        let absolute = |value: f32, truth: f64| (f64::from(value) - truth).abs();
        let cases: [(&str, f64, f64); 9] = [
            (
                "tanh",
                5.0,
                worst(1e30, |x| ulps(x.hyperbolic_tangent(), libm::tanh(f64::from(x)))),
            ),
            ("sin", 1e-7, worst(1e6, |x| absolute(x.sine(), libm::sin(f64::from(x))))),
            (
                "cos",
                1e-7,
                worst(1e6, |x| absolute(x.cosine(), libm::cos(f64::from(x)))),
            ),
            (
                "sigmoid",
                2e-7,
                worst(1e30, |x| absolute(x.logistic(), f64::from(x).logistic())),
            ),
            (
                "exp",
                2.0,
                worst(87.0, |x| ulps(x.exponential(), libm::exp(f64::from(x)))),
            ),
            (
                "erf",
                2.0,
                worst(1e30, |x| ulps(x.error_function(), libm::erf(f64::from(x)))),
            ),
            (
                "expm1",
                4.0,
                worst(87.0, |x| ulps(x.exponential_minus_one(), libm::expm1(f64::from(x)))),
            ),
            (
                "ln",
                2.0,
                worst(f32::MAX, |x| ulps(x.abs().logarithm(), libm::log(f64::from(x.abs())))),
            ),
            (
                "atan",
                3.0,
                worst(1e30, |x| ulps(x.arctangent(), libm::atan(f64::from(x)))),
            ),
        ];
        for (name, stated, found) in cases {
            println!("{name}: {found}");
            assert!(found <= stated, "{name}: {found}");
        }
    }

    /// The functions that others make, at a hundred places each: they add the errors of their parts.
    #[test]
    fn combined_functions_are_near_the_reference() {
        for function in Function::ALL {
            for i in 1..100 {
                for x in [i as f32 / 101.0, -(i as f32) / 101.0, i as f32 / 3.1] {
                    let truth = f64::from(x).apply(*function);
                    if truth.is_finite() {
                        let found = f64::from(x.apply(*function));
                        // A tangent near its pole multiplies the error of its argument by its slope.
                        let scale = 1.0 + truth.abs() + if *function == Function::Tan { truth * truth } else { 0.0 };
                        assert!(
                            (found - truth).abs() <= 2e-6 * scale,
                            "{function:?}({x}) = {found}, not {truth}"
                        );
                    }
                }
            }
        }
        assert_eq!([0.5f32, -0.5, 1.5, 0.0].map(|x| x.round_off()), [1.0, -1.0, 2.0, 0.0]);
        assert!((2.5f32.power(3.5) - 2.5f32.powf(3.5)).abs() < 1e-4);
    }

    #[test]
    fn values_stay_in_their_range_and_no_numbers_stay_no_numbers() {
        for x in sweep(f32::MAX) {
            assert!(x.hyperbolic_tangent().abs() <= 1.0, "{x}");
            assert!(
                x.sine().abs() <= 1.0 + f32::EPSILON && x.cosine().abs() <= 1.0 + f32::EPSILON,
                "{x}"
            );
            assert!(x.exponential() >= 0.0, "{x}");
            assert!(x.exponential_minus_one() >= -1.0, "{x}");
            assert!(x.error_function().abs() <= 1.0, "{x}");
            assert!(x.abs() < 4.0 || x.error_function() == x.signum(), "{x}");
        }
        for function in Function::ALL {
            assert!(f32::NAN.apply(*function).is_nan(), "{function:?}");
        }
        assert!(f32::INFINITY.cosine().is_nan());
        assert_eq!((200f32.exponential(), (-200f32).exponential()), (f32::INFINITY, 0.0));
        assert_eq!(
            (0f32.logarithm(), f32::INFINITY.logarithm()),
            (f32::NEG_INFINITY, f32::INFINITY)
        );
        assert!((-1f32).logarithm().is_nan());
    }
}
