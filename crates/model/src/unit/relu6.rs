use super::{End, Hardtanh, Slope, Unit};
use crate::number::Number;

/// Rectified linear unit that ends at 6.
#[derive(Debug)]
pub struct Relu6;

const ENDS: [f64; 2] = [0.0, 6.0];

impl Unit for Relu6 {
    const NAME: &'static str = "relu6";
    const FORMULA: &'static str = "min(max(0, x), 6)";
    const SOURCE: &'static str = "Krizhevsky, University of Toronto, 2010";

    fn slope_from(_: &[f32]) -> Slope {
        Slope::OfValue
    }

    #[inline(always)]
    fn value<N: Number>(x: N, _: &[N]) -> N {
        Hardtanh::value(x, &ENDS.map(N::constant))
    }

    #[inline(always)]
    fn slope<N: Number>(x: N, y: N, _: &[N]) -> N {
        Hardtanh::slope(x, y, &ENDS.map(N::constant))
    }

    fn lipschitz(_: &[f64]) -> f64 {
        1.0
    }

    fn ends(_: &[f64]) -> [End; 2] {
        ENDS.map(End::constant)
    }

    fn range(_: &[f64]) -> [f64; 2] {
        ENDS
    }
}
