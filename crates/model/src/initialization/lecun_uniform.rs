use super::{Distribution, Place, Rule};

/// Values keep their size through a linear layer.
#[derive(Debug)]
pub struct LecunUniform;

impl Rule for LecunUniform {
    fn name(&self) -> &'static str {
        "lecun_uniform"
    }

    fn formula(&self) -> &'static str {
        "U(gain sqrt(3 / n))"
    }

    fn source(&self) -> &'static str {
        "LeCun et al., Efficient BackProp, 1998"
    }

    fn weight(&self, place: &Place, settings: &[f64]) -> Distribution {
        Distribution::Uniform(settings[0] * (3.0 / place.inputs as f64).sqrt())
    }
}
