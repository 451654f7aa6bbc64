use super::{End, Parameter, Unit};
use crate::number::Number;

/// Soft threshold.
#[derive(Debug)]
pub struct Softshrink;

impl Unit for Softshrink {
    const NAME: &'static str = "softshrink";
    const FORMULA: &'static str = "0 from -lambda to lambda, x - lambda above, x + lambda below";
    const SOURCE: &'static str = "Donoho, IEEE Transactions on Information Theory 41, 1995";
    const PARAMETERS: &'static [Parameter] = &[Parameter::fixed("lambda", 0.5)];

    fn refuses(parameters: &[f64]) -> Option<&'static str> {
        (parameters[0] < 0.0).then_some("lambda must not be negative")
    }

    /// What is no number stays one that is not.
    #[inline(always)]
    fn value<N: Number>(x: N, parameters: &[N]) -> N {
        let lambda = parameters[0];
        lambda.if_less(x, x - lambda, x.if_less(-lambda, x + lambda, N::constant(0.0) * x))
    }

    #[inline(always)]
    fn slope<N: Number>(x: N, _: N, parameters: &[N]) -> N {
        let (zero, one, lambda) = (N::constant(0.0), N::constant(1.0), parameters[0]);
        lambda.if_less(x, one, x.if_less(-lambda, one, zero))
    }

    /// Where learning has brought `lambda` below 0 it jumps.
    fn lipschitz(parameters: &[f64]) -> f64 {
        if parameters[0] < 0.0 { f64::INFINITY } else { 1.0 }
    }

    fn ends(parameters: &[f64]) -> [End; 2] {
        [End::line(1.0, parameters[0]), End::line(1.0, -parameters[0])]
    }
}
