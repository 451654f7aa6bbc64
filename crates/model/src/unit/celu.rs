use super::{End, Parameter, Unit};
use crate::number::{Elementary, Number};

/// Continuously differentiable exponential linear unit.
#[derive(Debug)]
pub struct Celu;

impl Unit for Celu {
    const NAME: &'static str = "celu";
    const FORMULA: &'static str = "x for positive x, alpha (exp(x / alpha) - 1) otherwise";
    const SOURCE: &'static str = "Barron, arXiv:1704.07483, 2017";
    const PARAMETERS: &'static [Parameter] = &[Parameter::fixed("alpha", 1.0)];

    fn refuses(parameters: &[f64]) -> Option<&'static str> {
        (parameters[0] == 0.0).then_some("alpha is what x is divided by, and must not be 0")
    }

    #[inline(always)]
    fn value<N: Number>(x: N, parameters: &[N]) -> N {
        let (zero, alpha) = (N::constant(0.0), parameters[0]);
        let left = zero.if_less(x, zero, x) / alpha;
        zero.if_less(x, x, alpha * left.exponential_minus_one())
    }

    #[inline(always)]
    fn slope<N: Number>(x: N, _: N, parameters: &[N]) -> N {
        N::constant(0.0).if_less(x, N::constant(1.0), (x / parameters[0]).exponential())
    }

    /// With a negative `alpha` it falls to the left as an exponential does.
    fn lipschitz(parameters: &[f64]) -> f64 {
        if parameters[0] > 0.0 { 1.0 } else { f64::INFINITY }
    }

    fn ends(parameters: &[f64]) -> [End; 2] {
        let left = match parameters[0] > 0.0 {
            true => End::constant(-parameters[0]),
            false => End::Other,
        };
        [left, End::line(1.0, 0.0)]
    }

    fn range(parameters: &[f64]) -> [f64; 2] {
        let low = if parameters[0] > 0.0 {
            -parameters[0]
        } else {
            f64::NEG_INFINITY
        };
        [low, f64::INFINITY]
    }
}
