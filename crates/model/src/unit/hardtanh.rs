use super::{End, Parameter, Slope, Unit};
use crate::number::Number;

/// The identity between two numbers.
#[derive(Debug)]
pub struct Hardtanh;

impl Unit for Hardtanh {
    const NAME: &'static str = "hardtanh";
    const FORMULA: &'static str = "x, but at least min and at most max";
    const SOURCE: &'static str = "Collobert, Universite Paris 6, 2004";
    const PARAMETERS: &'static [Parameter] = &[Parameter::fixed("min", -1.0), Parameter::fixed("max", 1.0)];

    fn refuses(parameters: &[f64]) -> Option<&'static str> {
        (parameters[0] >= parameters[1]).then_some("min must be below max")
    }

    fn slope_from(_: &[f32]) -> Slope {
        Slope::OfValue
    }

    #[inline(always)]
    fn value<N: Number>(x: N, parameters: &[N]) -> N {
        let (min, max) = (parameters[0], parameters[1]);
        x.if_less(min, min, max.if_less(x, max, x))
    }

    #[inline(always)]
    fn slope<N: Number>(_: N, y: N, parameters: &[N]) -> N {
        let (zero, one) = (N::constant(0.0), N::constant(1.0));
        parameters[0].if_less(y, y.if_less(parameters[1], one, zero), zero)
    }

    /// Where learning has brought `min` above `max` it jumps.
    fn lipschitz(parameters: &[f64]) -> f64 {
        if parameters[0] > parameters[1] {
            f64::INFINITY
        } else {
            1.0
        }
    }

    fn ends(parameters: &[f64]) -> [End; 2] {
        [End::constant(parameters[0]), End::constant(parameters[1])]
    }

    fn range(parameters: &[f64]) -> [f64; 2] {
        [parameters[0].min(parameters[1]), parameters[0].max(parameters[1])]
    }
}
