use super::silu::{gate, gate_slope};
use super::{End, Unit};
use crate::number::Number;

/// The approximation of the Gaussian error linear unit by a hyperbolic tangent: PyTorch's `GELU(approximate="tanh")`.
#[derive(Debug)]
pub struct GeluTanh;

/// Twice the square root of 2 / pi.
const TWICE: f64 = 1.595_769_121_605_731;
const CUBE: f64 = 0.044_715;

/// What the gate is of, and its derivative. It is shut or open long before the limit, beyond which cubes overflow.
#[inline(always)]
fn inner<N: Number>(x: N) -> [N; 2] {
    let (x, one) = (x.clamp(30.0), N::constant(1.0));
    let square = x * x;
    let value = N::constant(TWICE) * x * (one + N::constant(CUBE) * square);
    let slope = N::constant(TWICE) * (one + N::constant(3.0 * CUBE) * square);
    [value, slope]
}

impl Unit for GeluTanh {
    const NAME: &'static str = "gelu_tanh";
    const FORMULA: &'static str = "x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2";
    const SOURCE: &'static str = "Hendrycks & Gimpel, arXiv:1606.08415, 2016";

    #[inline(always)]
    fn value<N: Number>(x: N, _: &[N]) -> N {
        x * gate(inner(x)[0])
    }

    #[inline(always)]
    fn slope<N: Number>(x: N, _: N, _: &[N]) -> N {
        let [z, by_x] = inner(x);
        gate(z) + x.clamp(30.0) * gate_slope(z) * by_x
    }

    /// At 1.4185.
    fn lipschitz(_: &[f64]) -> f64 {
        1.128_993_068_658_772
    }

    fn ends(_: &[f64]) -> [End; 2] {
        [End::constant(0.0), End::line(1.0, 0.0)]
    }

    /// It is least at -0.7525.
    fn range(_: &[f64]) -> [f64; 2] {
        [-0.170_040_750_571_254_1, f64::INFINITY]
    }
}
