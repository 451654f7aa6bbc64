use super::{End, Unit};
use crate::number::{Elementary, Number};

/// The identity and a sine.
#[derive(Debug)]
pub struct XPlusSin;

impl Unit for XPlusSin {
    const NAME: &'static str = "x_plus_sin";
    const FORMULA: &'static str = "x + sin(x)";
    const SOURCE: &'static str = "Ziyin, Hartwig & Ueda, NeurIPS 2020";

    #[inline(always)]
    fn value<N: Number>(x: N, _: &[N]) -> N {
        x + x.sine()
    }

    #[inline(always)]
    fn slope<N: Number>(x: N, _: N, _: &[N]) -> N {
        N::constant(1.0) + x.cosine()
    }

    fn lipschitz(_: &[f64]) -> f64 {
        2.0
    }

    fn ends(_: &[f64]) -> [End; 2] {
        [End::Periodic {
            slope: 1.0,
            low: -1.0,
            high: 1.0,
        }; 2]
    }
}
