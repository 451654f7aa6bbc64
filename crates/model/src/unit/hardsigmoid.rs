use super::{End, Unit};
use crate::number::Number;

/// A sigmoid of three straight parts.
#[derive(Debug)]
pub struct Hardsigmoid;

/// From here to the left and to the right it is straight.
pub(super) const BEND: f64 = 3.0;

impl Unit for Hardsigmoid {
    const NAME: &'static str = "hardsigmoid";
    const FORMULA: &'static str = "min(max(0, x + 3), 6) / 6";
    const SOURCE: &'static str = "Howard et al., ICCV 2019";

    #[inline(always)]
    fn value<N: Number>(x: N, _: &[N]) -> N {
        (x.clamp(BEND) + N::constant(BEND)) / N::constant(2.0 * BEND)
    }

    #[inline(always)]
    fn slope<N: Number>(x: N, _: N, _: &[N]) -> N {
        let (zero, steep) = (N::constant(0.0), N::constant(0.5 / BEND));
        N::constant(-BEND).if_less(x, x.if_less(N::constant(BEND), steep, zero), zero)
    }

    fn lipschitz(_: &[f64]) -> f64 {
        0.5 / BEND
    }

    fn ends(_: &[f64]) -> [End; 2] {
        [End::constant(0.0), End::constant(1.0)]
    }

    fn range(_: &[f64]) -> [f64; 2] {
        [0.0, 1.0]
    }
}
