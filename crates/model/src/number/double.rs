//! Double precision: the reference.

use super::{Function, Number, whole_power};

impl Number for f64 {
    fn constant(value: f64) -> Self {
        value
    }

    fn apply(self, function: Function) -> Self {
        function.reference(self)
    }

    fn mul_add(self, factor: Self, sum: Self) -> Self {
        f64::mul_add(self, factor, sum)
    }

    fn if_less(self, other: Self, then: Self, otherwise: Self) -> Self {
        if self < other { then } else { otherwise }
    }

    fn power(self, exponent: Self) -> Self {
        whole_power(self, exponent).unwrap_or_else(|| libm::pow(self, exponent))
    }

    fn remainder(self, divisor: Self) -> Self {
        libm::fmod(self, divisor)
    }
}
