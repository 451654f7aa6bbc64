//! The weights of a network, and where they start from.

use super::random::{Random, Stream};

/// One fully connected layer: `a W + b`.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// Width of the layer before.
    pub inputs: usize,
    /// Width of this layer.
    pub outputs: usize,
    /// `[inputs, outputs]`, row after row.
    pub weight: Vec<f32>,
    /// `[outputs]`.
    pub bias: Vec<f32>,
}

impl Layer {
    /// Weights in the layout of PyTorch's `nn.Linear`: `[outputs, inputs]`, row after row.
    pub fn weight_by_output(&self) -> Vec<f32> {
        let column = |j: usize| self.weight[j..].iter().step_by(self.outputs).copied();
        (0..self.outputs).flat_map(column).collect()
    }

    /// The layer with this weight in the layout of PyTorch's `nn.Linear`, `[outputs, inputs]`.
    pub fn from_weight_by_output(weight: &[f32], bias: Vec<f32>) -> Self {
        let outputs = bias.len();
        let transposed = Self {
            inputs: outputs,
            outputs: weight.len() / outputs.max(1),
            weight: weight.to_vec(),
            bias: Vec::new(),
        };
        Self {
            inputs: transposed.outputs,
            outputs,
            weight: transposed.weight_by_output(),
            bias,
        }
    }
}

/// The layers of one network, first to last.
pub type Weights = Vec<Layer>;

/// Initial weights and biases of a network with these layer `sizes` (inputs, hidden widths, outputs): all
/// uniform in `±1/sqrt(inputs of the layer)`, the default of PyTorch's `nn.Linear`.
pub fn initial_weights(sizes: &[usize], seed: u64) -> Weights {
    let mut random = Random::new(seed, Stream::Weights);
    let layer = |pair: &[usize]| {
        let bound = 1.0 / (pair[0] as f32).sqrt();
        let mut draw = |n: usize| -> Vec<f32> { (0..n).map(|_| bound * (2.0 * random.uniform_f32() - 1.0)).collect() };
        Layer {
            inputs: pair[0],
            outputs: pair[1],
            weight: draw(pair[0] * pair[1]),
            bias: draw(pair[1]),
        }
    };
    sizes.windows(2).map(layer).collect()
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

    #[test]
    fn the_layout_of_pytorch_and_back_is_the_same_layer() {
        let layer = initial_weights(&[3, 5], 1).remove(0);
        assert_eq!(
            layer.weight_by_output()[..3],
            [layer.weight[0], layer.weight[5], layer.weight[10]]
        );
        let back = Layer::from_weight_by_output(&layer.weight_by_output(), layer.bias.clone());
        assert_eq!(back, layer);
    }
}
