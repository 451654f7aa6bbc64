use super::{Distribution, Place, Rule};

/// Values keep their size through a linear layer.
#[derive(Debug)]
pub struct LecunNormal;

impl Rule for LecunNormal {
    fn name(&self) -> &'static str {
        "lecun_normal"
    }

    fn formula(&self) -> &'static str {
        "N(gain / sqrt n)"
    }

    fn source(&self) -> &'static str {
        "LeCun et al., Efficient BackProp, 1998"
    }

    fn weight(&self, place: &Place, settings: &[f64]) -> Distribution {
        Distribution::Normal(settings[0] / (place.inputs as f64).sqrt())
    }
}
