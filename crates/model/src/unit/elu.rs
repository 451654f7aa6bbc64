use super::{End, Parameter, Unit};
use crate::number::{Elementary, Number};

/// Exponential linear unit.
#[derive(Debug)]
pub struct Elu;

impl Unit for Elu {
    const NAME: &'static str = "elu";
    const FORMULA: &'static str = "x for positive x, alpha (exp(x) - 1) otherwise";
    const SOURCE: &'static str = "Clevert, Unterthiner & Hochreiter, ICLR 2016";
    const PARAMETERS: &'static [Parameter] = &[Parameter::fixed("alpha", 1.0)];

    #[inline(always)]
    fn value<N: Number>(x: N, parameters: &[N]) -> N {
        let zero = N::constant(0.0);
        zero.if_less(x, x, parameters[0] * zero.if_less(x, zero, x).exponential_minus_one())
    }

    #[inline(always)]
    fn slope<N: Number>(x: N, _: N, parameters: &[N]) -> N {
        N::constant(0.0).if_less(x, N::constant(1.0), parameters[0] * x.exponential())
    }

    fn lipschitz(parameters: &[f64]) -> f64 {
        parameters[0].abs().max(1.0)
    }

    fn ends(parameters: &[f64]) -> [End; 2] {
        [End::constant(-parameters[0]), End::line(1.0, 0.0)]
    }

    /// With a negative `alpha` both sides go up.
    fn range(parameters: &[f64]) -> [f64; 2] {
        [(-parameters[0]).min(0.0), f64::INFINITY]
    }
}
