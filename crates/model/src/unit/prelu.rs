use super::{End, LeakyRelu, Parameter, Slope, Unit};
use crate::number::Number;

/// Leaky rectified linear unit whose slope is learned, from PyTorch's 0.25 on.
#[derive(Debug)]
pub struct Prelu;

impl Unit for Prelu {
    const NAME: &'static str = "prelu";
    const FORMULA: &'static str = "x for positive x, slope x otherwise; the slope is learned";
    const SOURCE: &'static str = "He, Zhang, Ren & Sun, ICCV 2015";
    const PARAMETERS: &'static [Parameter] = &[Parameter::learned("slope", 0.25)];

    fn slope_from(parameters: &[f32]) -> Slope {
        LeakyRelu::slope_from(parameters)
    }

    #[inline(always)]
    fn value<N: Number>(x: N, parameters: &[N]) -> N {
        LeakyRelu::value(x, parameters)
    }

    #[inline(always)]
    fn slope<N: Number>(x: N, y: N, parameters: &[N]) -> N {
        LeakyRelu::slope(x, y, parameters)
    }

    fn lipschitz(parameters: &[f64]) -> f64 {
        LeakyRelu::lipschitz(parameters)
    }

    fn ends(parameters: &[f64]) -> [End; 2] {
        LeakyRelu::ends(parameters)
    }

    fn range(parameters: &[f64]) -> [f64; 2] {
        LeakyRelu::range(parameters)
    }

    /// By the slope that it starts with; PyTorch's function knows only the leaky one.
    fn gain(parameters: &[f64]) -> f64 {
        LeakyRelu::gain(parameters)
    }
}
