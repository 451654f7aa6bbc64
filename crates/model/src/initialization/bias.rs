//! Where biases start from.

use std::fmt;

use super::Distribution;

/// Where the biases of all layers start from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bias {
    /// As PyTorch's `nn.Linear`: uniform in `±1/sqrt(inputs of the layer)`.
    Pytorch,
    /// At zero.
    Zero,
    /// Normal with mean 0 and this standard deviation.
    Normal(f64),
}

impl Bias {
    /// Those that have a name, as the user types it.
    pub const NAMED: [(&'static str, Self); 2] = [("pytorch", Self::Pytorch), ("zero", Self::Zero)];

    /// Normal biases; a standard deviation of 0 is [`Zero`](Self::Zero).
    pub fn normal(deviation: f64) -> Self {
        match deviation {
            0.0 => Self::Zero,
            deviation => Self::Normal(deviation),
        }
    }

    /// What PyTorch draws biases from.
    pub fn of_pytorch(inputs: usize) -> Distribution {
        Distribution::Uniform(f64::from(1.0 / (inputs as f32).sqrt()))
    }
}

impl fmt::Display for Bias {
    /// The name, or the standard deviation.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = Self::NAMED.iter().find(|(_, bias)| bias == self);
        match (named, self) {
            (Some((name, _)), _) => f.pad(name),
            (None, Self::Normal(deviation)) => write!(f, "{deviation}"),
            (None, Self::Pytorch | Self::Zero) => Ok(()),
        }
    }
}
