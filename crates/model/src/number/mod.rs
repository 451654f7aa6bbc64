//! What formulas are computed with. An activation, an optimiser or a user's formula is written once, over any [`Number`];
//! what it is computed with is a choice of the one who calls it:
//!
//! - `f64`, the reference: the mathematics library in Rust, the same bits on every platform
//! - `f32`, for the kernels on CPUs: [`single`], without branches, so that the compiler computes 4, 8 or 16 at once
//! - the GPU's kernels, where each operation is written into the kernel instead of being computed
//! - [`Dual`], a number and its derivative
//! - the tape of an [expression](crate::expression), where each operation is written down to be done later

mod double;
mod dual;
mod polynomials;
pub mod single;
pub(crate) mod sums;
#[cfg(feature = "wgpu")]
pub(crate) mod traced;

use std::ops::{Add, Div, Mul, Neg, Sub};

pub use dual::Dual;
pub use sums::LANES;

/// A number that formulas are computed with.
pub trait Number:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self> + Neg<Output = Self>
{
    /// The number nearest to this one.
    fn constant(value: f64) -> Self;

    /// A function of one number.
    fn apply(self, function: Function) -> Self;

    /// `self * factor + sum`, rounded once where the number has such an operation.
    fn mul_add(self, factor: Self, sum: Self) -> Self;

    /// `then` where `self < other`, else `otherwise`, which is also what no-numbers get.
    fn if_less(self, other: Self, then: Self, otherwise: Self) -> Self;

    /// `self` to this power.
    fn power(self, exponent: Self) -> Self;

    /// What division by `divisor` leaves, with the sign of `self`.
    #[inline(always)]
    fn remainder(self, divisor: Self) -> Self {
        self - divisor * (self / divisor).apply(Function::Trunc)
    }

    /// `self` within ±`limit`; lets no-numbers through.
    #[inline(always)]
    fn clamp(self, limit: f64) -> Self {
        let (low, high) = (Self::constant(-limit), Self::constant(limit));
        let below = high.if_less(self, high, self);
        below.if_less(low, low, below)
    }
}

macro_rules! functions {
    ($($variant:ident $method:ident $name:literal $value:expr;)*) => {
        /// The functions of one number, by the names that users type in expressions.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Function {
            $(#[doc = concat!("`", $name, "`.")] $variant,)*
        }

        impl Function {
            /// All functions.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name in expressions.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// Of each of some numbers: the choice is made once for all of them.
            #[inline(always)]
            pub fn of_each<N: Number, const COUNT: usize>(self, mut numbers: [N; COUNT]) -> [N; COUNT] {
                match self {
                    $(Self::$variant => {
                        for number in &mut numbers {
                            *number = number.apply(Self::$variant);
                        }
                    })*
                }
                numbers
            }

            /// The value in double precision, by a library in Rust, so that it is the same everywhere.
            fn reference(self, x: f64) -> f64 {
                let value: fn(f64) -> f64 = match self {
                    $(Self::$variant => $value,)*
                };
                value(x)
            }
        }

        /// Functions as methods.
        pub trait Elementary: Number {
            $(#[doc = concat!("`", $name, "`.")]
            #[inline(always)]
            fn $method(self) -> Self {
                self.apply(Function::$variant)
            })*
        }

        impl<N: Number> Elementary for N {}
    };
}

functions! {
    Abs abs_value "abs" libm::fabs;
    Sign sign "sign" |x| if x == 0.0 { 0.0 } else { x.signum() };
    Sin sine "sin" libm::sin;
    Cos cosine "cos" libm::cos;
    Tan tangent "tan" libm::tan;
    Asin arcsine "asin" libm::asin;
    Acos arccosine "acos" libm::acos;
    Atan arctangent "atan" libm::atan;
    Sinh hyperbolic_sine "sinh" libm::sinh;
    Cosh hyperbolic_cosine "cosh" libm::cosh;
    Tanh hyperbolic_tangent "tanh" libm::tanh;
    Logistic logistic "sigmoid" |x| 1.0 / (1.0 + libm::exp(-x));
    Erf error_function "erf" libm::erf;
    Exp exponential "exp" libm::exp;
    ExpM1 exponential_minus_one "expm1" libm::expm1;
    Ln logarithm "ln" libm::log;
    Log2 binary_logarithm "log2" libm::log2;
    Log10 decimal_logarithm "log10" libm::log10;
    Sqrt square_root "sqrt" libm::sqrt;
    Cbrt cubic_root "cbrt" libm::cbrt;
    Floor round_down "floor" libm::floor;
    Ceil round_up "ceil" libm::ceil;
    Round round_off "round" libm::round;
    Trunc truncate "trunc" libm::trunc;
}

/// Whole powers up to 16 by multiplication, so that `x^2` is `x*x` to the last bit. None for other exponents.
pub(crate) fn whole_power<N: Number>(base: N, exponent: f64) -> Option<N> {
    let whole = exponent == exponent.trunc() && (0.0..=16.0).contains(&exponent);
    whole.then(|| (0..exponent as usize).fold(N::constant(1.0), |product, _| product * base))
}
