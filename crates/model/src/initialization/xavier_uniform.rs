use super::{Distribution, Place, Rule};

/// PyTorch's `xavier_uniform_`: values keep their size on the way there and gradients on the way back, as far as both can.
#[derive(Debug)]
pub struct XavierUniform;

impl Rule for XavierUniform {
    fn name(&self) -> &'static str {
        "xavier_uniform"
    }

    fn formula(&self) -> &'static str {
        "U(gain sqrt(6 / (n + m)))"
    }

    fn source(&self) -> &'static str {
        "Glorot & Bengio, AISTATS 2010"
    }

    fn weight(&self, place: &Place, settings: &[f64]) -> Distribution {
        Distribution::Uniform(settings[0] * (6.0 / (place.inputs + place.outputs) as f64).sqrt())
    }
}
