//! A stack of feed-forward networks as one burn module.

use burn::module::{Module, Param};
use burn::tensor::{Device, Int, Tensor, TensorData};
use pulp::{Arch, Simd, WithSimd};

use crate::activation::Activation;
use crate::init::{Layer, Weights};
use crate::ops::activation::activate;
use crate::ops::cpu::product::LANES;

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
    /// `[networks]`: the code of each network's activation.
    pub activations: Tensor<1, Int>,
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
        let codes: Vec<i32> = activations.iter().map(|activation| activation.code()).collect();
        let shape = [codes.len()];
        Self {
            layers,
            activations: Tensor::from_data(TensorData::new(codes, shape), device),
        }
    }

    /// The networks' outputs.
    ///
    /// - `x`: `[networks, samples, inputs]`
    ///
    /// Returns `[networks, samples, outputs]`.
    pub fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        let output = self.layers.len() - 1;
        let linear = self.activations.full_like(Activation::Identity.code());
        self.layers.iter().enumerate().fold(x, |a, (index, layer)| {
            let codes = if index == output { &linear } else { &self.activations };
            activate(a.matmul(layer.weight.val()), layer.bias.val(), codes.clone())
        })
    }

    /// The weights of each network, read back to the host.
    pub fn weights(&self) -> Vec<Weights> {
        let networks = self.activations.dims()[0];
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

/// The output of one network on the host in double precision, for one sample.
///
/// # Panics
/// If `x` is not as long as the network has inputs.
pub fn predict(weights: &Weights, activation: Activation, x: &[f64]) -> Vec<f64> {
    assert_eq!(x.len(), weights[0].inputs, "a value for each input");
    predict_all(weights, activation, x)
}

/// The outputs of one network on the host in double precision, `[samples, outputs]` for `x: [samples, inputs]`. The
/// same bits on every machine, and for a sample whatever is predicted with it.
///
/// # Panics
/// If `x` is no whole number of samples.
pub fn predict_all(weights: &Weights, activation: Activation, x: &[f64]) -> Vec<f64> {
    let output = weights.len() - 1;
    weights.iter().enumerate().fold(x.to_vec(), |a, (index, layer)| {
        assert!(
            a.len().is_multiple_of(layer.inputs),
            "a value for each input of the layer"
        );
        let mut z = affine(Arch::new(), layer, &a);
        if index != output {
            z.iter_mut().for_each(|z| *z = activation.value(*z));
        }
        z
    })
}

/// `a W + b` for `a: [samples, inputs]`.
fn affine(arch: Arch, layer: &Layer, a: &[f64]) -> Vec<f64> {
    // The widest vector has half as many f64 as f32.
    let stride = layer.outputs.next_multiple_of(BLOCK * LANES / 2);
    let pad = |values: &[f32]| -> Vec<f64> {
        let mut row = values.iter().copied().map(f64::from).collect::<Vec<_>>();
        row.resize(stride, 0.0);
        row
    };
    let weight: Vec<f64> = layer.weight.chunks_exact(layer.outputs).flat_map(pad).collect();
    let bias = pad(&layer.bias);
    let mut z = Vec::with_capacity(a.len() / layer.inputs * layer.outputs);
    arch.dispatch(Affine {
        layer,
        weight: &weight,
        bias: &bias,
        a,
        z: &mut z,
    });
    z
}

/// Vectors of sums that stay in registers.
const BLOCK: usize = 4;

/// Rows of `weight` and the `bias` are padded to whole blocks of vectors.
struct Affine<'a> {
    layer: &'a Layer,
    weight: &'a [f64],
    bias: &'a [f64],
    a: &'a [f64],
    z: &'a mut Vec<f64>,
}

impl WithSimd for Affine<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let blocks = self.bias.len() / (BLOCK * S::F64_LANES);
        let bias = S::as_simd_f64s(self.bias).0.as_chunks::<BLOCK>().0;
        let weight = S::as_simd_f64s(self.weight).0.as_chunks::<BLOCK>().0;
        let mut row = vec![0.0; self.bias.len()];
        for a in self.a.chunks_exact(self.layer.inputs) {
            let z = S::as_mut_simd_f64s(&mut row).0.as_chunks_mut::<BLOCK>().0;
            for (block, (z, bias)) in z.iter_mut().zip(bias).enumerate() {
                let mut sums = *bias;
                for (a, weight) in a.iter().zip(weight[block..].iter().step_by(blocks)) {
                    let a = simd.splat_f64s(*a);
                    for i in 0..BLOCK {
                        sums[i] = simd.mul_add_f64s(a, weight[i], sums[i]);
                    }
                }
                *z = sums;
            }
            self.z.extend_from_slice(&row[..self.layer.outputs]);
        }
    }
}
