//! Each activation in one place: its formula, its derivative, how steep it can get, and what it is far
//! from the origin. The kernels under `ops/` compute the same functions in `f32`; this module is what
//! they are checked against.

use std::fmt;
use std::str::FromStr;

/// An activation function `g`, applied to every hidden layer of a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(i32)]
pub enum Activation {
    /// `max(0, x)`.
    Relu = 0,
    /// `x` for positive `x`, `0.01 x` otherwise.
    LeakyRelu = 1,
    /// The hyperbolic tangent.
    Tanh = 2,
    /// `sin(x)`, the sinusoidal unit.
    Sinu = 3,
    /// `1 / (1 + exp(-x))`.
    Sigmoid = 4,
    /// `x`: a network of it is an affine function.
    Identity = 5,
}

/// What an activation turns into far from the origin, and so what a network with one hidden layer of it
/// does outside of its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FarField {
    /// A straight line.
    Affine,
    /// A constant.
    Constant,
    /// Bounded, and repeating.
    Periodic,
}

/// Slope of [`Activation::LeakyRelu`] for negative arguments, as in the paper.
pub const LEAKY_SLOPE: f32 = 0.01;

impl Activation {
    /// All activations, in the order of their codes.
    pub const ALL: [Self; 6] = [
        Self::Relu,
        Self::LeakyRelu,
        Self::Tanh,
        Self::Sinu,
        Self::Sigmoid,
        Self::Identity,
    ];

    /// The name used in experiment files and results.
    pub fn name(self) -> &'static str {
        match self {
            Self::Relu => "relu",
            Self::LeakyRelu => "leaky_relu",
            Self::Tanh => "tanh",
            Self::Sinu => "sinu",
            Self::Sigmoid => "sigmoid",
            Self::Identity => "identity",
        }
    }

    /// The number that stands for this activation in the integer tensors of a stack.
    pub fn code(self) -> i32 {
        self as i32
    }

    /// The activation with this [code](Self::code); a code that is no activation's is the identity.
    pub(crate) fn from_code(code: i32) -> Self {
        usize::try_from(code)
            .ok()
            .and_then(|code| Self::ALL.get(code).copied())
            .unwrap_or(Self::Identity)
    }

    /// `g(x)` in double precision, the same bits on every platform.
    pub fn value(self, x: f64) -> f64 {
        match self {
            Self::Relu if x < 0.0 => 0.0,
            Self::LeakyRelu if x < 0.0 => f64::from(LEAKY_SLOPE) * x,
            Self::Relu | Self::LeakyRelu | Self::Identity => x,
            Self::Tanh => libm::tanh(x),
            Self::Sinu => libm::sin(x),
            Self::Sigmoid => 1.0 / (1.0 + libm::exp(-x)),
        }
    }

    /// `g'(x)` in double precision. At a kink it is the derivative on the left, as in PyTorch.
    pub fn derivative(self, x: f64) -> f64 {
        match self {
            Self::Relu if x <= 0.0 => 0.0,
            Self::LeakyRelu if x <= 0.0 => f64::from(LEAKY_SLOPE),
            Self::Relu | Self::LeakyRelu | Self::Identity => 1.0,
            Self::Tanh => {
                let y = libm::tanh(x);
                1.0 - y * y
            }
            Self::Sinu => libm::cos(x),
            Self::Sigmoid => {
                let y = self.value(x);
                y * (1.0 - y)
            }
        }
    }

    /// The Lipschitz constant, `max |g'|`.
    pub fn lipschitz(self) -> f64 {
        match self {
            Self::Sigmoid => 0.25,
            _ => 1.0,
        }
    }

    /// What the activation is far from the origin.
    pub fn far_field(self) -> FarField {
        match self {
            Self::Relu | Self::LeakyRelu | Self::Identity => FarField::Affine,
            Self::Tanh | Self::Sigmoid => FarField::Constant,
            Self::Sinu => FarField::Periodic,
        }
    }
}

impl fmt::Display for Activation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A name that is no activation's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown activation \"{0}\"")]
pub struct UnknownActivation(pub String);

impl FromStr for Activation {
    type Err = UnknownActivation;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|activation| activation.name() == name)
            .ok_or_else(|| UnknownActivation(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_codes_lead_back_to_the_activation() {
        for activation in Activation::ALL {
            assert_eq!(activation.name().parse(), Ok(activation));
            assert_eq!(Activation::from_code(activation.code()), activation);
        }
        assert!("rellu".parse::<Activation>().is_err());
    }

    /// Central differences with step h err by h^2/6 |g'''| <= 2e-9 plus rounding of 1e-16/h = 1e-12.
    #[test]
    fn derivatives_are_the_slopes_of_the_values() {
        let h = 1e-4;
        for activation in Activation::ALL {
            for i in -400..400 {
                let x = f64::from(i) * 0.02 + 0.01;
                let slope = (activation.value(x + h) - activation.value(x - h)) / (2.0 * h);
                let error = (slope - activation.derivative(x)).abs();
                assert!(error < 1e-8, "{activation} at {x}: {error}");
                assert!(activation.derivative(x).abs() <= activation.lipschitz());
            }
        }
    }

    #[test]
    fn a_value_that_is_no_number_stays_one_that_is_not() {
        for activation in Activation::ALL {
            assert!(activation.value(f64::NAN).is_nan(), "{activation}");
        }
    }
}
