use super::{End, Unit};
use crate::number::{Elementary, Number};

/// A bell.
#[derive(Debug)]
pub struct Gaussian;

impl Unit for Gaussian {
    const NAME: &'static str = "gaussian";
    const FORMULA: &'static str = "exp(-x^2)";

    #[inline(always)]
    fn value<N: Number>(x: N, _: &[N]) -> N {
        (-(x * x)).exponential()
    }

    #[inline(always)]
    fn slope<N: Number>(x: N, y: N, _: &[N]) -> N {
        N::constant(-2.0) * (x * y)
    }

    /// At the square root of 1/2 it is the square root of 2 / e.
    fn lipschitz(_: &[f64]) -> f64 {
        0.857_763_884_960_706_8
    }

    fn ends(_: &[f64]) -> [End; 2] {
        [End::constant(0.0); 2]
    }

    fn range(_: &[f64]) -> [f64; 2] {
        [0.0, 1.0]
    }
}
