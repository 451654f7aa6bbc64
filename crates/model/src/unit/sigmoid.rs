use super::{End, Slope, Unit};
use crate::number::{Elementary, Number};

/// Logistic sigmoid.
#[derive(Debug)]
pub struct Sigmoid;

impl Unit for Sigmoid {
    const NAME: &'static str = "sigmoid";
    const FORMULA: &'static str = "1 / (1 + exp(-x))";

    fn slope_from(_: &[f32]) -> Slope {
        Slope::OfValue
    }

    #[inline(always)]
    fn value<N: Number>(x: N, _: &[N]) -> N {
        x.logistic()
    }

    #[inline(always)]
    fn slope<N: Number>(_: N, y: N, _: &[N]) -> N {
        y * (N::constant(1.0) - y)
    }

    fn lipschitz(_: &[f64]) -> f64 {
        0.25
    }

    fn ends(_: &[f64]) -> [End; 2] {
        [End::constant(0.0), End::constant(1.0)]
    }

    fn range(_: &[f64]) -> [f64; 2] {
        [0.0, 1.0]
    }
}
