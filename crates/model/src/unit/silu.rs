use super::{End, Parameter, Unit};
use crate::number::{Elementary, Number};

/// Sigmoid linear unit; with another `beta` it is Swish.
#[derive(Debug)]
pub struct Silu;

/// The logistic function with all its digits on both sides, since it is multiplied by arguments as large as they like.
#[inline(always)]
pub(super) fn gate<N: Number>(z: N) -> N {
    let small = (-z.abs_value()).exponential();
    let rest = N::constant(1.0) + small;
    N::constant(0.0).if_less(z, N::constant(1.0) / rest, small / rest)
}

/// Its derivative.
#[inline(always)]
pub(super) fn gate_slope<N: Number>(z: N) -> N {
    let small = (-z.abs_value()).exponential();
    let rest = N::constant(1.0) + small;
    small / (rest * rest)
}

/// For a `beta` of 1 it is least at -1.2785, and there as far below 0 as `x` is beyond -1.
const LEAST: f64 = 0.278_464_542_761_073_8;

impl Unit for Silu {
    const NAME: &'static str = "silu";
    const FORMULA: &'static str = "x / (1 + exp(-beta x))";
    const SOURCE: &'static str =
        "Elfwing, Uchibe & Doya, Neural Networks 107, 2018; Ramachandran, Zoph & Le, ICLR 2018";
    const PARAMETERS: &'static [Parameter] = &[Parameter::fixed("beta", 1.0)];

    #[inline(always)]
    fn value<N: Number>(x: N, parameters: &[N]) -> N {
        x * gate(parameters[0] * x)
    }

    /// Beyond the limit the gate's derivative is 0, which no infinity must multiply.
    #[inline(always)]
    fn slope<N: Number>(x: N, _: N, parameters: &[N]) -> N {
        let z = (parameters[0] * x).clamp(1e4);
        gate(z) + z * gate_slope(z)
    }

    /// At 2.3994 / `beta`.
    fn lipschitz(parameters: &[f64]) -> f64 {
        if parameters[0] == 0.0 {
            0.5
        } else {
            1.099_839_320_128_867
        }
    }

    fn ends(parameters: &[f64]) -> [End; 2] {
        let (shut, open) = (End::constant(0.0), End::line(1.0, 0.0));
        match parameters[0] {
            0.0 => [End::line(0.5, 0.0); 2],
            beta if beta > 0.0 => [shut, open],
            _ => [open, shut],
        }
    }

    fn range(parameters: &[f64]) -> [f64; 2] {
        match parameters[0] {
            0.0 => [f64::NEG_INFINITY, f64::INFINITY],
            beta if beta > 0.0 => [-LEAST / beta, f64::INFINITY],
            beta => [f64::NEG_INFINITY, -LEAST / beta],
        }
    }
}
