use super::{End, Slope, Unit};
use crate::number::{Elementary, Number};

/// Hyperbolic tangent.
#[derive(Debug)]
pub struct Tanh;

impl Unit for Tanh {
    const NAME: &'static str = "tanh";
    const FORMULA: &'static str = "tanh(x)";

    fn slope_from(_: &[f32]) -> Slope {
        Slope::OfValue
    }

    #[inline(always)]
    fn value<N: Number>(x: N, _: &[N]) -> N {
        x.hyperbolic_tangent()
    }

    #[inline(always)]
    fn slope<N: Number>(_: N, y: N, _: &[N]) -> N {
        N::constant(1.0) - y * y
    }

    fn lipschitz(_: &[f64]) -> f64 {
        1.0
    }

    fn ends(_: &[f64]) -> [End; 2] {
        [End::constant(-1.0), End::constant(1.0)]
    }

    fn range(_: &[f64]) -> [f64; 2] {
        [-1.0, 1.0]
    }

    fn gain(_: &[f64]) -> f64 {
        5.0 / 3.0
    }
}
