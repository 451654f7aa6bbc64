//! A stack of feed-forward networks as one burn module.

use burn::module::{Module, Param};
use burn::tensor::{Device, Tensor, TensorData};

use super::weights::{Layer, Weights};
use crate::backend::activation::{Activations, activate};
use crate::unit::{Activation, Identity};

/// One fully connected layer of every network of a stack.
#[derive(Module, Debug)]
pub struct Linear {
    /// `[networks, inputs, outputs]`.
    pub weight: Param<Tensor<3>>,
    /// `[networks, outputs]`.
    pub bias: Param<Tensor<2>>,
}

impl Linear {
    /// A layer with these parameters: `[networks, inputs, outputs]` and `[networks, outputs]`.
    pub fn new(weight: Tensor<3>, bias: Tensor<2>) -> Self {
        Self {
            weight: Param::from_tensor(weight),
            bias: Param::from_tensor(bias),
        }
    }
}

/// Feed-forward networks of the same layer sizes, `a(l) = g(W(l) a(l-1) + b(l))` with a linear output, each with
/// its own activation `g` (section 2.1 of the paper).
#[derive(Module, Debug)]
pub struct Mlp {
    /// First to last; the last is the linear output.
    pub layers: Vec<Linear>,
    /// The activation of each network.
    #[module(skip)]
    pub activations: Activations,
    /// As many identities, which the output layer has.
    #[module(skip)]
    outputs: Activations,
}

impl Mlp {
    /// The stack of these networks on `device`.
    ///
    /// # Panics
    /// If there is no network, if they differ in their layer sizes, or if there is not one activation for each.
    pub fn new(networks: &[&Weights], activations: &[Activation], device: &Device) -> Self {
        assert_eq!(networks.len(), activations.len(), "one activation for each network");
        let layers = (0..networks[0].len())
            .map(|layer| {
                let layers: Vec<&Layer> = networks.iter().map(|network| &network[layer]).collect();
                stack_layer(&layers, device)
            })
            .collect();
        Self {
            layers,
            activations: Activations::new(activations, device),
            outputs: Activations::new(&vec![Activation::new(&Identity); networks.len()], device),
        }
    }

    /// The networks' outputs.
    ///
    /// - `x`: `[networks, samples, inputs]`
    ///
    /// Returns `[networks, samples, outputs]`.
    pub fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        let output = self.layers.len() - 1;
        self.layers.iter().enumerate().fold(x, |a, (index, layer)| {
            let activations = if index == output {
                &self.outputs
            } else {
                &self.activations
            };
            activate(a.matmul(layer.weight.val()), layer.bias.val(), activations)
        })
    }

    /// The weights of each network, read back to the host.
    pub fn weights(&self) -> Vec<Weights> {
        let networks = self.activations.codes.dims()[0];
        let mut weights = vec![Weights::new(); networks];
        for layer in &self.layers {
            let [_, inputs, outputs] = layer.weight.dims();
            let values = host(layer.weight.val().inner());
            let biases = host(layer.bias.val().inner());
            for (network, weights) in weights.iter_mut().enumerate() {
                weights.push(Layer {
                    inputs,
                    outputs,
                    weight: values[network * inputs * outputs..][..inputs * outputs].to_vec(),
                    bias: biases[network * outputs..][..outputs].to_vec(),
                });
            }
        }
        weights
    }
}

fn stack_layer(layers: &[&Layer], device: &Device) -> Linear {
    let (inputs, outputs) = (layers[0].inputs, layers[0].outputs);
    assert!(
        layers
            .iter()
            .all(|layer| (layer.inputs, layer.outputs) == (inputs, outputs)),
        "the networks of a stack have the same layer sizes"
    );
    let weight: Vec<f32> = layers.iter().flat_map(|layer| layer.weight.iter().copied()).collect();
    let bias: Vec<f32> = layers.iter().flat_map(|layer| layer.bias.iter().copied()).collect();
    Linear::new(
        Tensor::from_data(TensorData::new(weight, [layers.len(), inputs, outputs]), device),
        Tensor::from_data(TensorData::new(bias, [layers.len(), outputs]), device),
    )
}

/// The values of a tensor, in order.
pub(crate) fn host<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_into_vec().expect("actlab trains in f32")
}
