use super::{End, Slope, Unit};
use crate::number::Number;

/// The identity: a network of it is an affine function.
#[derive(Debug)]
pub struct Identity;

impl Unit for Identity {
    const NAME: &'static str = "identity";
    const FORMULA: &'static str = "x";

    fn slope_from(_: &[f32]) -> Slope {
        Slope::OfValue
    }

    #[inline(always)]
    fn value<N: Number>(x: N, _: &[N]) -> N {
        x
    }

    #[inline(always)]
    fn slope<N: Number>(_: N, _: N, _: &[N]) -> N {
        N::constant(1.0)
    }

    fn lipschitz(_: &[f64]) -> f64 {
        1.0
    }

    fn ends(_: &[f64]) -> [End; 2] {
        [End::Line {
            slope: 1.0,
            intercept: 0.0,
        }; 2]
    }
}
