use super::{End, Parameter, Slope, Unit};
use crate::number::Number;

/// Leaky rectified linear unit; its default slope is PyTorch's.
#[derive(Debug)]
pub struct LeakyRelu;

impl Unit for LeakyRelu {
    const NAME: &'static str = "leaky_relu";
    const FORMULA: &'static str = "x for positive x, slope x otherwise";
    const SOURCE: &'static str = "Maas, Hannun & Ng, ICML 2013";
    const PARAMETERS: &'static [Parameter] = &[Parameter::fixed("slope", 0.01)];

    /// The value has the sign of the argument, unless the slope turns it around.
    fn slope_from(parameters: &[f32]) -> Slope {
        match parameters[0] >= 0.0 {
            true => Slope::OfValue,
            false => Slope::OfArgument,
        }
    }

    #[inline(always)]
    fn value<N: Number>(x: N, parameters: &[N]) -> N {
        N::constant(0.0).if_less(x, x, parameters[0] * x)
    }

    #[inline(always)]
    fn slope<N: Number>(x: N, _: N, parameters: &[N]) -> N {
        N::constant(0.0).if_less(x, N::constant(1.0), parameters[0])
    }

    fn lipschitz(parameters: &[f64]) -> f64 {
        parameters[0].abs().max(1.0)
    }

    fn ends(parameters: &[f64]) -> [End; 2] {
        [parameters[0], 1.0].map(|slope| End::Line { slope, intercept: 0.0 })
    }

    /// With a negative slope both sides go up.
    fn range(parameters: &[f64]) -> [f64; 2] {
        match parameters[0] > 0.0 {
            true => [f64::NEG_INFINITY, f64::INFINITY],
            false => [0.0, f64::INFINITY],
        }
    }

    fn gain(parameters: &[f64]) -> f64 {
        (2.0 / (1.0 + parameters[0] * parameters[0])).sqrt()
    }
}
