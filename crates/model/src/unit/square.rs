use super::{End, Unit};
use crate::number::Number;

/// Square.
#[derive(Debug)]
pub struct Square;

impl Unit for Square {
    const NAME: &'static str = "square";
    const FORMULA: &'static str = "x^2";

    #[inline(always)]
    fn value<N: Number>(x: N, _: &[N]) -> N {
        x * x
    }

    #[inline(always)]
    fn slope<N: Number>(x: N, _: N, _: &[N]) -> N {
        N::constant(2.0) * x
    }

    fn lipschitz(_: &[f64]) -> f64 {
        f64::INFINITY
    }

    fn ends(_: &[f64]) -> [End; 2] {
        [End::Other; 2]
    }

    fn range(_: &[f64]) -> [f64; 2] {
        [0.0, f64::INFINITY]
    }
}
