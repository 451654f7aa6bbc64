use super::{End, Unit};
use crate::number::{Elementary, Number};

/// What the hyperbolic tangent leaves of the identity.
#[derive(Debug)]
pub struct Tanhshrink;

impl Unit for Tanhshrink {
    const NAME: &'static str = "tanhshrink";
    const FORMULA: &'static str = "x - tanh(x)";

    #[inline(always)]
    fn value<N: Number>(x: N, _: &[N]) -> N {
        x - x.hyperbolic_tangent()
    }

    #[inline(always)]
    fn slope<N: Number>(x: N, _: N, _: &[N]) -> N {
        let tanh = x.hyperbolic_tangent();
        tanh * tanh
    }

    fn lipschitz(_: &[f64]) -> f64 {
        1.0
    }

    fn ends(_: &[f64]) -> [End; 2] {
        [End::line(1.0, 1.0), End::line(1.0, -1.0)]
    }
}
