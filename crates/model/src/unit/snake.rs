use super::{End, Parameter, Unit};
use crate::number::{Elementary, Number};

/// The identity and the square of a sine.
#[derive(Debug)]
pub struct Snake;

/// What the sine is of. Where it overflows, no digit of the sine is left long since.
#[inline(always)]
pub(super) fn turned<N: Number>(frequency: N, x: N) -> N {
    (frequency * x).clamp(1e37)
}

impl Unit for Snake {
    const NAME: &'static str = "snake";
    const FORMULA: &'static str = "x + sin(a x)^2 / a";
    const SOURCE: &'static str = "Ziyin, Hartwig & Ueda, NeurIPS 2020";
    const PARAMETERS: &'static [Parameter] = &[Parameter::fixed("a", 1.0)];

    fn refuses(parameters: &[f64]) -> Option<&'static str> {
        (parameters[0] == 0.0).then_some("a is what the sine is divided by, and must not be 0")
    }

    #[inline(always)]
    fn value<N: Number>(x: N, parameters: &[N]) -> N {
        let sine = turned(parameters[0], x).sine();
        x + sine * sine / parameters[0]
    }

    #[inline(always)]
    fn slope<N: Number>(x: N, _: N, parameters: &[N]) -> N {
        let z = turned(parameters[0], x);
        N::constant(1.0) + N::constant(2.0) * z.sine() * z.cosine()
    }

    fn lipschitz(_: &[f64]) -> f64 {
        2.0
    }

    fn ends(parameters: &[f64]) -> [End; 2] {
        let height = 1.0 / parameters[0];
        [End::Periodic {
            slope: 1.0,
            low: height.min(0.0),
            high: height.max(0.0),
        }; 2]
    }
}
