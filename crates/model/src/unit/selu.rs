use super::{Elu, End, Unit};
use crate::number::Number;

/// Scaled exponential linear unit.
#[derive(Debug)]
pub struct Selu;

/// With these, means and variances of 0 and 1 stay so from layer to layer.
const ALPHA: f64 = 1.673_263_242_354_377_2;
const SCALE: f64 = 1.050_700_987_355_480_5;

impl Unit for Selu {
    const NAME: &'static str = "selu";
    const FORMULA: &'static str = "1.0507009873554805 x for positive x, 1.7580993408473769 (exp(x) - 1) otherwise";
    const SOURCE: &'static str = "Klambauer, Unterthiner, Mayr & Hochreiter, NIPS 2017";

    #[inline(always)]
    fn value<N: Number>(x: N, _: &[N]) -> N {
        N::constant(SCALE) * Elu::value(x, &[N::constant(ALPHA)])
    }

    #[inline(always)]
    fn slope<N: Number>(x: N, y: N, _: &[N]) -> N {
        N::constant(SCALE) * Elu::slope(x, y, &[N::constant(ALPHA)])
    }

    fn lipschitz(_: &[f64]) -> f64 {
        SCALE * ALPHA
    }

    fn ends(_: &[f64]) -> [End; 2] {
        [End::constant(-SCALE * ALPHA), End::line(SCALE, 0.0)]
    }

    fn range(_: &[f64]) -> [f64; 2] {
        [-SCALE * ALPHA, f64::INFINITY]
    }

    fn gain(_: &[f64]) -> f64 {
        0.75
    }
}
