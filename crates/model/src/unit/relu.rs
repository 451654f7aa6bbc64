use super::{End, Slope, Unit};
use crate::number::Number;

/// Rectified linear unit.
#[derive(Debug)]
pub struct Relu;

impl Unit for Relu {
    const NAME: &'static str = "relu";
    const FORMULA: &'static str = "max(0, x)";
    const SOURCE: &'static str = "Nair & Hinton, ICML 2010";

    fn slope_from(_: &[f32]) -> Slope {
        Slope::OfValue
    }

    #[inline(always)]
    fn value<N: Number>(x: N, _: &[N]) -> N {
        let zero = N::constant(0.0);
        x.if_less(zero, zero, x)
    }

    #[inline(always)]
    fn slope<N: Number>(_: N, y: N, _: &[N]) -> N {
        let zero = N::constant(0.0);
        zero.if_less(y, N::constant(1.0), zero)
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

    fn gain(_: &[f64]) -> f64 {
        2f64.sqrt()
    }
}
