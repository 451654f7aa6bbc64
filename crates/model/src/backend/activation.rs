//! The activation of a layer, its bias included: `y = g(z + b)`, with an activation for each network.

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::{FloatTensor, IntTensor};
use burn::backend::{Autodiff, Backend, Dispatch, backend_extension};
use burn::tensor::{Device, Int, Tensor, TensorData};

use crate::unit::{Activation, PARAMETERS, Units};

/// The activation of each network of a stack, where kernels can read it.
#[derive(Debug, Clone)]
pub struct Activations {
    /// `[networks]`: which of the units each network has.
    pub codes: Tensor<1, Int>,
    /// `[networks, PARAMETERS]`: the parameters of its unit.
    pub parameters: Tensor<2>,
    /// What the codes stand for.
    pub units: Units,
}

impl Activations {
    /// The activations of a stack on `device`.
    pub fn new(activations: &[Activation], device: &Device) -> Self {
        let mut units = Units::default();
        let codes: Vec<i32> = activations
            .iter()
            .map(|activation| units.code(activation.definition()) as i32)
            .collect();
        let parameters: Vec<f32> = activations
            .iter()
            .flat_map(|activation| {
                let mut padded = [0.0; PARAMETERS];
                padded[..activation.parameters().len()].copy_from_slice(activation.parameters());
                padded
            })
            .collect();
        let networks = activations.len();
        Self {
            codes: Tensor::from_data(TensorData::new(codes, [networks]), device),
            parameters: Tensor::from_data(TensorData::new(parameters, [networks, PARAMETERS]), device),
            units,
        }
    }
}

/// The activation as an operation of a backend.
#[backend_extension(
    NdArray: cfg(feature = "ndarray"),
    Flex: cfg(feature = "flex"),
    Cube: cfg(feature = "wgpu"),
    Autodiff
)]
pub trait ActivationOps: Backend {
    /// `g(z + bias)`; see [`activate`].
    fn activate(
        z: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        parameters: FloatTensor<Self>,
        codes: IntTensor<Self>,
        units: Units,
    ) -> FloatTensor<Self>;
}

/// What the gradient of [`ActivationOps`] needs of a backend.
pub trait ActivationKernels: ActivationOps {
    /// `g(z + bias)` and `g'(z + bias)`, both `[networks, samples, width]`.
    fn activate_with_slope(
        z: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        parameters: FloatTensor<Self>,
        codes: IntTensor<Self>,
        units: Units,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);

    /// From the gradient of the output, the gradients of `z` and of the bias.
    fn activate_backward(
        gradient: FloatTensor<Self>,
        slope: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);
}

/// Applies to each network its own activation, after adding its bias.
///
/// - `z`: `[networks, samples, width]`
/// - `bias`: `[networks, width]`
///
/// Returns `[networks, samples, width]`.
pub fn activate(z: Tensor<3>, bias: Tensor<2>, activations: &Activations) -> Tensor<3> {
    let Activations {
        codes,
        parameters,
        units,
    } = activations.clone();
    Tensor::from_dispatch(Dispatch::activate(
        z.into_dispatch(),
        bias.into_dispatch(),
        parameters.into_dispatch(),
        codes.into_dispatch(),
        units,
    ))
}

#[derive(Debug)]
struct ActivateBackward;

impl<B: ActivationKernels> Backward<B, 2> for ActivateBackward {
    type State = FloatTensor<B>;

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let [z, bias] = ops.parents;
        let gradient = grads.consume::<B>(&ops.node);
        let (z_gradient, bias_gradient) = B::activate_backward(gradient, ops.state);
        if let Some(node) = z {
            grads.register::<B>(node.id, z_gradient);
        }
        if let Some(node) = bias {
            grads.register::<B>(node.id, bias_gradient);
        }
    }
}

impl<B: ActivationKernels, C: CheckpointStrategy> ActivationOps for Autodiff<B, C> {
    fn activate(
        z: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        parameters: FloatTensor<Self>,
        codes: IntTensor<Self>,
        units: Units,
    ) -> FloatTensor<Self> {
        let nodes = [z.node(), bias.node()];
        let [z, bias, parameters] = [z, bias, parameters].map(|tensor| tensor.into_primitive());
        match ActivateBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let (y, slope) = B::activate_with_slope(z, bias, parameters, codes, units);
                prep.finish(slope, y)
            }
            OpsKind::UnTracked(prep) => prep.finish(B::activate(z, bias, parameters, codes, units)),
        }
    }
}

/// The same in double precision, value and gradients, one network at a time.
pub mod reference {
    use crate::unit::Activation;

    /// `g(z + bias)`, for `z: [samples, width]` and `bias: [width]`.
    pub fn activate(z: &[f64], bias: &[f64], activation: Activation) -> Vec<f64> {
        let shifted = |(i, z): (usize, &f64)| activation.value(z + bias[i % bias.len()]);
        z.iter().enumerate().map(shifted).collect()
    }

    /// Gradients of `z` and of `bias`, from the gradient of the output.
    pub fn backward(z: &[f64], bias: &[f64], activation: Activation, gradient: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let mut bias_gradient = vec![0.0; bias.len()];
        let z_gradient = z.iter().zip(gradient).enumerate().map(|(i, (z, gradient))| {
            let column = i % bias.len();
            let dz = gradient * activation.derivative(z + bias[column]);
            bias_gradient[column] += dz;
            dz
        });
        (z_gradient.collect(), bias_gradient)
    }
}
