use super::{Distribution, Place, Rule};

/// PyTorch's `kaiming_uniform_`, with the gain of the activation that follows the layer.
#[derive(Debug)]
pub struct KaimingUniform;

impl Rule for KaimingUniform {
    fn name(&self) -> &'static str {
        "kaiming_uniform"
    }

    fn formula(&self) -> &'static str {
        "U(gain g sqrt(3 / n)), g of the activation: relu sqrt 2, leaky_relu sqrt(2 / (1 + slope^2)), tanh 5/3, selu 3/4, others 1"
    }

    fn source(&self) -> &'static str {
        "He et al., ICCV 2015"
    }

    fn weight(&self, place: &Place, settings: &[f64]) -> Distribution {
        Distribution::Uniform(settings[0] * place.gain() * (3.0 / place.inputs as f64).sqrt())
    }
}
