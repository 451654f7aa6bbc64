use super::{End, Unit};
use crate::number::{Elementary, Number};

/// A sigmoid that approaches its ends as `1/x` does.
#[derive(Debug)]
pub struct Softsign;

impl Unit for Softsign {
    const NAME: &'static str = "softsign";
    const FORMULA: &'static str = "x / (1 + abs(x))";
    const SOURCE: &'static str = "Bergstra, Desjardins, Lamblin & Bengio, Universite de Montreal, 2009";

    #[inline(always)]
    fn value<N: Number>(x: N, _: &[N]) -> N {
        x / (N::constant(1.0) + x.abs_value())
    }

    #[inline(always)]
    fn slope<N: Number>(x: N, _: N, _: &[N]) -> N {
        let one = N::constant(1.0);
        let share = one / (one + x.abs_value());
        share * share
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
}
