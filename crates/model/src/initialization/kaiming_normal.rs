use super::{Distribution, Place, Rule};

/// PyTorch's `kaiming_normal_`, with the gain of the activation that follows the layer.
#[derive(Debug)]
pub struct KaimingNormal;

impl Rule for KaimingNormal {
    fn name(&self) -> &'static str {
        "kaiming_normal"
    }

    fn formula(&self) -> &'static str {
        "N(gain g / sqrt n), g as there"
    }

    fn source(&self) -> &'static str {
        "He et al., ICCV 2015"
    }

    fn weight(&self, place: &Place, settings: &[f64]) -> Distribution {
        Distribution::Normal(settings[0] * place.gain() / (place.inputs as f64).sqrt())
    }
}
