use super::{End, Unit};
use crate::number::{Elementary, Number};

/// Sinusoidal unit.
#[derive(Debug)]
pub struct Sinu;

impl Unit for Sinu {
    const NAME: &'static str = "sinu";
    const FORMULA: &'static str = "sin(x)";

    #[inline(always)]
    fn value<N: Number>(x: N, _: &[N]) -> N {
        x.sine()
    }

    #[inline(always)]
    fn slope<N: Number>(x: N, _: N, _: &[N]) -> N {
        x.cosine()
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
