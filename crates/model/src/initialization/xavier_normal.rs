use super::{Distribution, Place, Rule};

/// PyTorch's `xavier_normal_`.
#[derive(Debug)]
pub struct XavierNormal;

impl Rule for XavierNormal {
    fn name(&self) -> &'static str {
        "xavier_normal"
    }

    fn formula(&self) -> &'static str {
        "N(gain sqrt(2 / (n + m)))"
    }

    fn source(&self) -> &'static str {
        "Glorot & Bengio, AISTATS 2010"
    }

    fn weight(&self, place: &Place, settings: &[f64]) -> Distribution {
        Distribution::Normal(settings[0] * (2.0 / (place.inputs + place.outputs) as f64).sqrt())
    }
}
