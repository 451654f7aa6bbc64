use super::{End, Unit};
use crate::number::{Elementary, Number};

/// Cosine.
#[derive(Debug)]
pub struct Cosine;

impl Unit for Cosine {
    const NAME: &'static str = "cosine";
    const FORMULA: &'static str = "cos(x)";
    const SOURCE: &'static str = "Rahimi & Recht, NIPS 2007";

    #[inline(always)]
    fn value<N: Number>(x: N, _: &[N]) -> N {
        x.cosine()
    }

    #[inline(always)]
    fn slope<N: Number>(x: N, _: N, _: &[N]) -> N {
        -x.sine()
    }

    fn lipschitz(_: &[f64]) -> f64 {
        1.0
    }

    fn ends(_: &[f64]) -> [End; 2] {
        [End::Periodic {
            slope: 0.0,
            low: -1.0,
            high: 1.0,
        }; 2]
    }

    fn range(_: &[f64]) -> [f64; 2] {
        [-1.0, 1.0]
    }
}
