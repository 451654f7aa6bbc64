//! The weights of a network, and where they start from.

use crate::random::{Random, Stream};

pub use crate::block::layer::Layer;

/// The layers of one network, first to last.
pub type Weights = Vec<Layer>;

/// Initial weights and biases of a perceptron with these layer `sizes` (inputs, hidden widths, outputs); see
/// [`initial_weights_of`].
pub fn initial_weights(sizes: &[usize], seed: u64) -> Weights {
    initial_weights_of(sizes.windows(2).map(|pair| [pair[0], pair[1]]), seed)
}

/// Initial weights and biases of layers of these `[inputs, outputs]`: all uniform in `±1/sqrt(inputs of the layer)`, the
/// default of PyTorch's `nn.Linear`.
pub fn initial_weights_of(layers: impl IntoIterator<Item = [usize; 2]>, seed: u64) -> Weights {
    let mut random = Random::new(seed, Stream::Weights);
    let layer = |[inputs, outputs]: [usize; 2]| {
        let bound = 1.0 / (inputs as f32).sqrt();
        let mut draw = |n: usize| -> Vec<f32> { (0..n).map(|_| bound * (2.0 * random.uniform_f32() - 1.0)).collect() };
        Layer {
            inputs,
            outputs,
            weight: draw(inputs * outputs),
            bias: draw(outputs),
        }
    };
    layers.into_iter().map(layer).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_their_seeds_alone() {
        assert_eq!(initial_weights(&[2, 8, 1], 7), initial_weights(&[2, 8, 1], 7));
        assert_ne!(initial_weights(&[2, 8, 1], 7), initial_weights(&[2, 8, 1], 8));
    }

    #[test]
    fn weights_fill_the_interval_of_the_fan_in() {
        let weights = initial_weights(&[4, 4096], 0);
        let (low, high) = weights[0]
            .weight
            .iter()
            .fold((0f32, 0f32), |(low, high), &w| (low.min(w), high.max(w)));
        assert!(low >= -0.5 && high < 0.5);
        // 16,384 draws: the extremes miss the bounds by more than 0.1 % with probability (1 - 5e-4)^16384.
        assert!(low < -0.4995 && high > 0.4995);
    }
}
