//! The number of the GPU's kernels: whatever is done with it is written into the kernel that is being made.

use std::ops::{Add, Div, Mul, Neg, Sub};

use burn_cubecl::cubecl;
use burn_cubecl::cubecl::ir::Scope;
use burn_cubecl::cubecl::prelude::*;

use super::polynomials::{self, Basic, cosine_near_zero, sine_near_zero};
use super::{Function, Number, whole_power};

/// A constant, or a value of the kernel.
#[derive(Clone, Copy)]
pub enum Traced<'kernel> {
    /// Known while the kernel is made.
    Constant(f32),
    /// Known while it runs.
    Value(&'kernel Scope, NativeExpand<f32>),
}

impl<'kernel> Traced<'kernel> {
    /// The value in the kernel `scope`.
    pub fn expand(self, scope: &Scope) -> NativeExpand<f32> {
        match self {
            Self::Constant(value) => NativeExpand::from_lit(scope, value),
            Self::Value(_, value) => value,
        }
    }

    fn unary(self, host: fn(f32) -> f32, kernel: fn(&Scope, NativeExpand<f32>) -> NativeExpand<f32>) -> Self {
        match self {
            Self::Constant(value) => Self::Constant(host(value)),
            Self::Value(scope, value) => Self::Value(scope, kernel(scope, value)),
        }
    }

    fn binary(
        self,
        other: Self,
        host: fn(f32, f32) -> f32,
        kernel: fn(&Scope, NativeExpand<f32>, NativeExpand<f32>) -> NativeExpand<f32>,
    ) -> Self {
        match (self, other) {
            (Self::Constant(a), Self::Constant(b)) => Self::Constant(host(a, b)),
            (Self::Value(scope, _), _) | (_, Self::Value(scope, _)) => {
                Self::Value(scope, kernel(scope, self.expand(scope), other.expand(scope)))
            }
        }
    }
}

#[cube]
fn add(a: f32, b: f32) -> f32 {
    a + b
}

#[cube]
fn subtract(a: f32, b: f32) -> f32 {
    a - b
}

#[cube]
fn multiply(a: f32, b: f32) -> f32 {
    a * b
}

#[cube]
fn divide(a: f32, b: f32) -> f32 {
    a / b
}

#[cube]
fn negate(a: f32) -> f32 {
    -a
}

#[cube]
fn absolute(a: f32) -> f32 {
    a.abs()
}

#[cube]
fn exponential(a: f32) -> f32 {
    a.exp()
}

#[cube]
fn logarithm(a: f32) -> f32 {
    a.ln()
}

#[cube]
fn root(a: f32) -> f32 {
    a.sqrt()
}

#[cube]
fn floor(a: f32) -> f32 {
    a.floor()
}

#[cube]
fn if_less(a: f32, b: f32, then: f32, otherwise: f32) -> f32 {
    select(a < b, then, otherwise)
}

impl Add for Traced<'_> {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        self.binary(other, |a, b| a + b, add::expand)
    }
}

impl Sub for Traced<'_> {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self.binary(other, |a, b| a - b, subtract::expand)
    }
}

impl Mul for Traced<'_> {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        self.binary(other, |a, b| a * b, multiply::expand)
    }
}

impl Div for Traced<'_> {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        self.binary(other, |a, b| a / b, divide::expand)
    }
}

impl Neg for Traced<'_> {
    type Output = Self;
    fn neg(self) -> Self {
        self.unary(|a| -a, negate::expand)
    }
}

impl Number for Traced<'_> {
    fn constant(value: f64) -> Self {
        Self::Constant(value as f32)
    }

    fn apply(self, function: Function) -> Self {
        polynomials::apply(self, function)
    }

    /// Two roundings: not every card has the operation that rounds once.
    fn mul_add(self, factor: Self, sum: Self) -> Self {
        self * factor + sum
    }

    fn if_less(self, other: Self, then: Self, otherwise: Self) -> Self {
        if let (Self::Constant(a), Self::Constant(b)) = (self, other) {
            return if a < b { then } else { otherwise };
        }
        let scopes = [self, other].into_iter().find_map(|number| match number {
            Self::Value(scope, _) => Some(scope),
            Self::Constant(_) => None,
        });
        let scope = scopes.expect("one of them is a value");
        let [a, b, then, otherwise] = [self, other, then, otherwise].map(|number| number.expand(scope));
        Self::Value(scope, if_less::expand(scope, a, b, then, otherwise))
    }

    fn power(self, exponent: Self) -> Self {
        let whole = match exponent {
            Self::Constant(exponent) => whole_power(self, f64::from(exponent)),
            Self::Value(..) => None,
        };
        whole.unwrap_or_else(|| polynomials::power(self, exponent))
    }
}

impl Basic for Traced<'_> {
    fn size(self) -> Self {
        self.unary(f32::abs, absolute::expand)
    }

    fn sin(self) -> Self {
        turned_sine(self, 0.0)
    }

    fn cos(self) -> Self {
        turned_sine(self, 1.0)
    }

    /// Zero, where it is smaller than a float with all its digits: some drivers stop at the smallest of these, which times a
    /// large number is one to be seen.
    fn exp(self) -> Self {
        let value = self.unary(Basic::exp, exponential::expand);
        self.if_less(Self::Constant(-87.34), Self::Constant(0.0), value)
    }

    fn ln(self) -> Self {
        self.unary(Basic::ln, logarithm::expand)
    }

    fn root(self) -> Self {
        self.unary(f32::sqrt, root::expand)
    }

    fn floor(self) -> Self {
        self.unary(f32::floor, floor::expand)
    }
}

/// Sine `turned` quarter turns further on: 0 is the sine, 1 the cosine. Exact up to |x| = 10,000, bounded beyond.
fn turned_sine(x: Traced<'_>, turned: f64) -> Traced<'_> {
    let constant = |value: f32| Traced::Constant(value);
    let turns = (x * constant(std::f32::consts::FRAC_2_PI) + constant(0.5)).floor();
    // π/2 in three parts of 12 bits or less, so that their products with a turn count of 12 bits are exact.
    let reduced =
        ((x - turns * constant(1.570_312_5)) - turns * constant(4.837_513e-4)) - turns * constant(7.549_79e-8);
    let reduced = reduced.clamp(0.8);
    let quadrant = turns - constant(4.0) * (turns * constant(0.25)).floor() + Traced::constant(turned);
    let quadrant = constant(3.5).if_less(quadrant, quadrant - constant(4.0), quadrant);
    let half = constant(1.5).if_less(quadrant, quadrant - constant(2.0), quadrant);
    let value = constant(0.5).if_less(half, cosine_near_zero(reduced), sine_near_zero(reduced));
    constant(1.5).if_less(quadrant, -value, value)
}
