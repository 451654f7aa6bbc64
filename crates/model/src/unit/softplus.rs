use super::{End, Unit};
use crate::number::{Elementary, Number};

/// A smooth rectifier.
#[derive(Debug)]
pub struct Softplus;

impl Unit for Softplus {
    const NAME: &'static str = "softplus";
    const FORMULA: &'static str = "ln(1 + exp(x))";
    const SOURCE: &'static str = "Dugas et al., NIPS 2000";

    /// Without overflow: the larger of `x` and 0, and what is left of the exponential.
    #[inline(always)]
    fn value<N: Number>(x: N, _: &[N]) -> N {
        let zero = N::constant(0.0);
        let rest = (-x.abs_value()).exponential() + N::constant(1.0);
        x.if_less(zero, zero, x) + rest.logarithm()
    }

    #[inline(always)]
    fn slope<N: Number>(x: N, _: N, _: &[N]) -> N {
        x.logistic()
    }

    fn lipschitz(_: &[f64]) -> f64 {
        1.0
    }

    fn ends(_: &[f64]) -> [End; 2] {
        let right = End::Line {
            slope: 1.0,
            intercept: 0.0,
        };
        [End::constant(0.0), right]
    }

    fn range(_: &[f64]) -> [f64; 2] {
        [0.0, f64::INFINITY]
    }
}
