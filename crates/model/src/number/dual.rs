//! A number and its derivative: the forward mode of automatic differentiation (Wengert, 1964).

use std::ops::{Add, Div, Mul, Neg, Sub};

use super::{Elementary, Function, Number};

/// `value` and its derivative `slope`, by whatever the slope of the argument is taken to be 1 for. At a kink it is the
/// derivative on the left, where functions that jump have none but 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dual<N> {
    /// The number.
    pub value: N,
    /// Its derivative.
    pub slope: N,
}

impl<N: Number> Dual<N> {
    /// What is differentiated by.
    #[inline(always)]
    pub fn variable(value: N) -> Self {
        let slope = N::constant(1.0);
        Self { value, slope }
    }

    /// What does not change with it.
    #[inline(always)]
    pub fn fixed(value: N) -> Self {
        let slope = N::constant(0.0);
        Self { value, slope }
    }
}

impl<N: Number> Add for Dual<N> {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self {
            value: self.value + other.value,
            slope: self.slope + other.slope,
        }
    }
}

impl<N: Number> Sub for Dual<N> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self {
            value: self.value - other.value,
            slope: self.slope - other.slope,
        }
    }
}

impl<N: Number> Mul for Dual<N> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self {
            value: self.value * other.value,
            slope: self.slope * other.value + self.value * other.slope,
        }
    }
}

impl<N: Number> Div for Dual<N> {
    type Output = Self;
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        let value = self.value / other.value;
        Self {
            value,
            slope: (self.slope - value * other.slope) / other.value,
        }
    }
}

impl<N: Number> Neg for Dual<N> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self {
            value: -self.value,
            slope: -self.slope,
        }
    }
}

impl<N: Number> Number for Dual<N> {
    #[inline(always)]
    fn constant(value: f64) -> Self {
        Self::fixed(N::constant(value))
    }

    #[inline(always)]
    fn apply(self, function: Function) -> Self {
        let value = self.value.apply(function);
        Self {
            value,
            slope: derivative(function, self.value, value) * self.slope,
        }
    }

    #[inline(always)]
    fn mul_add(self, factor: Self, sum: Self) -> Self {
        self * factor + sum
    }

    #[inline(always)]
    fn if_less(self, other: Self, then: Self, otherwise: Self) -> Self {
        let pick = |then, otherwise| self.value.if_less(other.value, then, otherwise);
        Self {
            value: pick(then.value, otherwise.value),
            slope: pick(then.slope, otherwise.slope),
        }
    }

    /// `d(u^v) = v u^(v-1) du + u^v ln(u) dv`.
    #[inline(always)]
    fn power(self, exponent: Self) -> Self {
        let value = self.value.power(exponent.value);
        let by_base = exponent.value * self.value.power(exponent.value - N::constant(1.0)) * self.slope;
        // The logarithm of a negative base is no number, which is no matter where the exponent does not change.
        let logarithm = value * self.value.logarithm() * exponent.slope;
        let moves = exponent.slope * exponent.slope;
        let by_exponent = N::constant(0.0).if_less(moves, logarithm, N::constant(0.0));
        Self {
            value,
            slope: by_base + by_exponent,
        }
    }

    #[inline(always)]
    fn remainder(self, divisor: Self) -> Self {
        let turns = (self.value / divisor.value).truncate();
        Self {
            value: self.value.remainder(divisor.value),
            slope: self.slope - turns * divisor.slope,
        }
    }
}

/// The derivative of a function at `x`, where its value is `y`.
#[inline(always)]
fn derivative<N: Number>(function: Function, x: N, y: N) -> N {
    let (zero, one) = (N::constant(0.0), N::constant(1.0));
    let root = |square: N| one / square.square_root();
    match function {
        Function::Abs => zero.if_less(x, one, -one),
        Function::Sin => x.cosine(),
        Function::Cos => -x.sine(),
        Function::Tan => y * y + one,
        Function::Asin => root((one - x) * (one + x)),
        Function::Acos => -root((one - x) * (one + x)),
        Function::Atan => one / (x * x + one),
        Function::Sinh => x.hyperbolic_cosine(),
        Function::Cosh => x.hyperbolic_sine(),
        Function::Tanh => one - y * y,
        Function::Logistic => y * (one - y),
        Function::Erf => N::constant(std::f64::consts::FRAC_2_SQRT_PI) * (-(x * x)).exponential(),
        Function::Exp => y,
        Function::ExpM1 => x.exponential(),
        Function::Ln => one / x,
        Function::Log2 => N::constant(std::f64::consts::LOG2_E) / x,
        Function::Log10 => N::constant(std::f64::consts::LOG10_E) / x,
        Function::Sqrt => N::constant(0.5) / y,
        Function::Cbrt => one / (N::constant(3.0) * y * y),
        Function::Sign | Function::Floor | Function::Ceil | Function::Round | Function::Trunc => zero,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Central differences with a step of 2^-17 err by some 1e-10 of the third derivative, which is below 100 for these
    /// functions where they are looked at, and by the rounding of values up to 10 over the step, 1e-10.
    #[test]
    fn slopes_are_the_differences_of_values() {
        let step = 2f64.powi(-17);
        for function in Function::ALL {
            for x in [0.13, 0.37, 0.71, 0.93] {
                let slope = Dual::variable(x).apply(*function).slope;
                let difference = (f64::apply(x + step, *function) - f64::apply(x - step, *function)) / (2.0 * step);
                assert!(
                    (slope - difference).abs() < 1e-7,
                    "{function:?} at {x}: {slope}, {difference}"
                );
            }
        }
        let both = |x: Dual<f64>| x.power(Dual::constant(3.0)) / x.power(x) + x.remainder(Dual::constant(0.2));
        for x in [0.27, 0.55, 1.31] {
            let difference = (both(Dual::fixed(x + step)).value - both(Dual::fixed(x - step)).value) / (2.0 * step);
            assert!((both(Dual::variable(x)).slope - difference).abs() < 1e-7, "{x}");
        }
    }

    #[test]
    fn powers_of_negative_bases_have_slopes() {
        assert_eq!(Dual::variable(-2.0f64).power(Dual::constant(3.0)).slope, 12.0);
    }
}
