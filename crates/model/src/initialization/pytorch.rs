use super::{Distribution, Place, Rule};

/// What PyTorch's `nn.Linear` starts from: its `kaiming_uniform_` with a slope of sqrt 5, whatever follows the layer.
#[derive(Debug)]
pub struct Pytorch;

impl Rule for Pytorch {
    fn name(&self) -> &'static str {
        "pytorch"
    }

    fn formula(&self) -> &'static str {
        "U(gain / sqrt n)"
    }

    fn source(&self) -> &'static str {
        "torch.nn.Linear"
    }

    /// Divided in single precision, as it has always been: in double precision some bounds would round to another number.
    fn weight(&self, place: &Place, settings: &[f64]) -> Distribution {
        Distribution::Uniform(settings[0] * f64::from(1.0 / (place.inputs as f32).sqrt()))
    }
}
