//! The weights of a dense layer, as they are handed in and out.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layout_of_pytorch_and_back_is_the_same_layer() {
        let layer = Layer {
            inputs: 3,
            outputs: 5,
            weight: (0..15u8).map(f32::from).collect(),
            bias: vec![0.5; 5],
        };
        assert_eq!(layer.weight_by_output()[..4], [0.0, 5.0, 10.0, 1.0]);
        let back = Layer::from_weight_by_output(&layer.weight_by_output(), layer.bias.clone());
        assert_eq!(back, layer);
    }
}
