use super::hardsigmoid::BEND;
use super::{End, Hardsigmoid, Unit};
use crate::number::Number;

/// Swish with a sigmoid of three straight parts.
#[derive(Debug)]
pub struct Hardswish;

impl Unit for Hardswish {
    const NAME: &'static str = "hardswish";
    const FORMULA: &'static str = "x min(max(0, x + 3), 6) / 6";
    const SOURCE: &'static str = "Howard et al., ICCV 2019";

    #[inline(always)]
    fn value<N: Number>(x: N, parameters: &[N]) -> N {
        x * Hardsigmoid::value(x, parameters)
    }

    #[inline(always)]
    fn slope<N: Number>(x: N, _: N, _: &[N]) -> N {
        let bend = N::constant(BEND);
        let middle = x / bend + N::constant(0.5);
        let right = x.if_less(bend, middle, N::constant(1.0));
        (-bend).if_less(x, right, N::constant(0.0))
    }

    /// Just before 3, where it is steeper than beyond.
    fn lipschitz(_: &[f64]) -> f64 {
        1.5
    }

    fn ends(_: &[f64]) -> [End; 2] {
        [End::constant(0.0), End::line(1.0, 0.0)]
    }

    /// It is least at -1.5.
    fn range(_: &[f64]) -> [f64; 2] {
        [-0.375, f64::INFINITY]
    }
}
