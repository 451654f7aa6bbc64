//! A stack of networks as one burn module.

use burn::module::{Module, Param};
use burn::tensor::{Device, Tensor, TensorData};

use super::program::{Operation, Program};
use super::recipe::Recipe;
use super::weights::{Layer, Weights};
use crate::backend::activation::{Activations, activate};
use crate::unit::{Activation, Identity, PARAMETERS};

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

/// Networks of one architecture, each with its own activations.
#[derive(Module, Debug)]
pub struct Networks {
    /// First to last.
    pub layers: Vec<Linear>,
    /// For each layer that an activation follows, that of each network.
    #[module(skip)]
    pub activations: Vec<Activations>,
    /// As many identities, which the other layers have.
    #[module(skip)]
    identities: Activations,
}

impl Networks {
    /// The networks of a stack on `device`, as they are before the first step.
    ///
    /// # Panics
    /// If there is none, or if they differ in their layers' shapes or their numbers of activations.
    pub fn new(networks: &[Recipe], device: &Device) -> Self {
        let layers = (0..networks[0].initial.len()).map(|layer| {
            let layers: Vec<&Layer> = networks.iter().map(|network| &network.initial[layer]).collect();
            stack_layer(&layers, device)
        });
        let activations = (0..networks[0].activations.len()).map(|slot| {
            let activations: Vec<_> = networks.iter().map(|network| network.activations[slot]).collect();
            Activations::new(&activations, device)
        });
        Self {
            layers: layers.collect(),
            activations: activations.collect(),
            identities: Activations::new(&vec![Activation::new(&Identity); networks.len()], device),
        }
    }

    /// The networks' outputs.
    ///
    /// - `x`: `[networks, samples, inputs]`
    /// - `dropped`: what the dropout at a place leaves of `[networks, samples, width]`; none where that is all
    ///
    /// Returns `[networks, samples, outputs]`.
    pub fn forward(
        &self,
        program: &Program,
        x: Tensor<3>,
        dropped: impl Fn(usize, &Tensor<3>) -> Option<Tensor<3>>,
    ) -> Tensor<3> {
        let mut buffers: Vec<Option<Tensor<3>>> = vec![None; program.widths().len()];
        buffers[Program::INPUT] = Some(x);
        let mut readers = vec![0; program.widths().len()];
        let reads = program.operations().iter().flat_map(Operation::reads);
        reads.for_each(|read| readers[read.buffer] += 1);
        let all = readers.clone();
        // Whether another buffer has the same tensor, which dropouts that leave all pass on.
        let mut elsewhere = vec![false; all.len()];
        for operation in program.operations() {
            let mut taken = |buffer: usize| {
                let values = buffers[buffer].take().expect("operations read what was written");
                readers[buffer] -= 1;
                // Two at most read the same tensor; see `same`.
                buffers[buffer] = match readers[buffer] {
                    0 => None,
                    1 => Some(values.clone()),
                    _ => Some(same(values.clone())),
                };
                values
            };
            let given = match operation {
                Operation::Dense {
                    input,
                    layer,
                    activation,
                    ..
                } => {
                    let layer = &self.layers[*layer];
                    let activations = activation.map_or(&self.identities, |slot| &self.activations[slot]);
                    activate(
                        taken(input.buffer).matmul(layer.weight.val()),
                        layer.bias.val(),
                        activations,
                    )
                }
                Operation::Join {
                    join, inputs: [a, b], ..
                } => join.tensor(taken(a.buffer), taken(b.buffer)),
                Operation::Dropout { input, output, place } => {
                    let values = taken(input.buffer);
                    let has_others = elsewhere[input.buffer] || all[input.buffer] > 1;
                    match dropped(*place, &values) {
                        Some(left) => left,
                        None if has_others && all[*output] > 1 => same(values),
                        None => {
                            elsewhere[*output] = has_others;
                            values
                        }
                    }
                }
            };
            buffers[operation.output()] = Some(given);
        }
        buffers
            .swap_remove(program.output())
            .expect("the last operation writes the output")
    }

    /// For each network the parameters of the activation in each slot, read back to the host.
    pub fn learned(&self) -> Vec<Vec<Vec<f32>>> {
        let slots: Vec<Vec<f32>> = self
            .activations
            .iter()
            .map(|activations| host(activations.parameters.clone().inner()))
            .collect();
        let networks = self.identities.codes.dims()[0];
        let of = |network: usize| {
            let one = |slot: &Vec<f32>| slot[network * PARAMETERS..][..PARAMETERS].to_vec();
            slots.iter().map(one).collect()
        };
        (0..networks).map(of).collect()
    }

    /// The weights of each network, read back to the host.
    pub fn weights(&self) -> Vec<Weights> {
        let networks = self.identities.codes.dims()[0];
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

/// The same values as a tensor of its own, whose gradients are added up before they come to the first: three gradients
/// that meet at one tensor are added up by burn in an order that depends on all that lies behind it, as a neighbour's
/// dropout, and the sum does on the order. Of two it does not.
pub(crate) fn same<const D: usize>(tensor: Tensor<D>) -> Tensor<D> {
    tensor * 1.0
}

/// The values of a tensor, in order.
pub(crate) fn host<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_into_vec().expect("actlab trains in f32")
}
