use super::snake::turned;
use super::{End, Parameter, Unit};
use crate::number::{Elementary, Number};

/// A sine of a frequency; with an `omega` of 1 it is [`Sinu`](super::Sinu).
#[derive(Debug)]
pub struct Sine;

impl Unit for Sine {
    const NAME: &'static str = "sine";
    const FORMULA: &'static str = "sin(omega x)";
    const SOURCE: &'static str = "Sitzmann et al., NeurIPS 2020 (SIREN)";
    const PARAMETERS: &'static [Parameter] = &[Parameter::fixed("omega", 30.0)];

    #[inline(always)]
    fn value<N: Number>(x: N, parameters: &[N]) -> N {
        turned(parameters[0], x).sine()
    }

    #[inline(always)]
    fn slope<N: Number>(x: N, _: N, parameters: &[N]) -> N {
        parameters[0] * turned(parameters[0], x).cosine()
    }

    fn lipschitz(parameters: &[f64]) -> f64 {
        parameters[0].abs()
    }

    fn ends(parameters: &[f64]) -> [End; 2] {
        match parameters[0] {
            0.0 => [End::constant(0.0); 2],
            _ => {
                [End::Periodic {
                    slope: 0.0,
                    low: -1.0,
                    high: 1.0,
                }; 2]
            }
        }
    }

    fn range(parameters: &[f64]) -> [f64; 2] {
        if parameters[0] == 0.0 { [0.0; 2] } else { [-1.0, 1.0] }
    }
}
