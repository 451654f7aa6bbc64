use super::{End, Unit};
use crate::number::{Elementary, Number};

/// Absolute value.
#[derive(Debug)]
pub struct Abs;

impl Unit for Abs {
    const NAME: &'static str = "abs";
    const FORMULA: &'static str = "abs(x)";

    #[inline(always)]
    fn value<N: Number>(x: N, _: &[N]) -> N {
        x.abs_value()
    }

    /// 0 at the kink, as PyTorch has it.
    #[inline(always)]
    fn slope<N: Number>(x: N, _: N, _: &[N]) -> N {
        let (zero, one) = (N::constant(0.0), N::constant(1.0));
        zero.if_less(x, one, x.if_less(zero, -one, zero))
    }

    fn lipschitz(_: &[f64]) -> f64 {
        1.0
    }

    fn ends(_: &[f64]) -> [End; 2] {
        [End::line(-1.0, 0.0), End::line(1.0, 0.0)]
    }

    fn range(_: &[f64]) -> [f64; 2] {
        [0.0, f64::INFINITY]
    }
}
