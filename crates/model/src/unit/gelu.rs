use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI};

use super::{End, Unit};
use crate::number::{Elementary, Number};

/// Gaussian error linear unit.
#[derive(Debug)]
pub struct Gelu;

/// The normal distribution's share below `x`.
#[inline(always)]
fn below<N: Number>(x: N) -> N {
    let half = N::constant(0.5);
    half * (N::constant(1.0) + (x * N::constant(FRAC_1_SQRT_2)).error_function())
}

impl Unit for Gelu {
    const NAME: &'static str = "gelu";
    const FORMULA: &'static str = "x (1 + erf(x / sqrt(2))) / 2";
    const SOURCE: &'static str = "Hendrycks & Gimpel, arXiv:1606.08415, 2016";

    #[inline(always)]
    fn value<N: Number>(x: N, _: &[N]) -> N {
        x * below(x)
    }

    #[inline(always)]
    fn slope<N: Number>(x: N, _: N, _: &[N]) -> N {
        let bell = (N::constant(-0.5) * x * x).exponential();
        below(x) + N::constant(0.5 * FRAC_1_SQRT_2 * FRAC_2_SQRT_PI) * x * bell
    }

    /// At the square root of 2: `(1 + erf(1)) / 2 + exp(-1) / sqrt(pi)`.
    fn lipschitz(_: &[f64]) -> f64 {
        1.128_904_145_185_155
    }

    fn ends(_: &[f64]) -> [End; 2] {
        [End::constant(0.0), End::line(1.0, 0.0)]
    }

    /// It is least at -0.7518.
    fn range(_: &[f64]) -> [f64; 2] {
        [-0.169_971_207_479_903_7, f64::INFINITY]
    }
}
