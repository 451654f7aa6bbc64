//! The activation of a layer, its bias included: `y = g(z + b)`, with an activation for each network.

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::{FloatTensor, IntTensor};
use burn::backend::{Autodiff, Backend, Dispatch, backend_extension};
use burn::tensor::{Int, Tensor};

/// The activation as an operation of a backend.
#[backend_extension(
    NdArray: cfg(feature = "ndarray"),
    Flex: cfg(feature = "flex"),
    Cube: cfg(feature = "wgpu"),
    Autodiff
)]
pub trait ActivationOps: Backend {
    /// `g(z + bias)`; see [`activate`].
    fn activate(z: FloatTensor<Self>, bias: FloatTensor<Self>, codes: IntTensor<Self>) -> FloatTensor<Self>;
}

/// What the gradient of [`ActivationOps`] needs of a backend.
pub trait ActivationKernels: ActivationOps {
    /// `g(z + bias)` and `g'(z + bias)`, both `[networks, samples, width]`.
    fn activate_with_slope(
        z: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        codes: IntTensor<Self>,
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
/// - `codes`: `[networks]`, the [code](crate::Activation::code) of each network's activation
///
/// Returns `[networks, samples, width]`.
pub fn activate(z: Tensor<3>, bias: Tensor<2>, codes: Tensor<1, Int>) -> Tensor<3> {
    let (z, bias, codes) = (z.into_dispatch(), bias.into_dispatch(), codes.into_dispatch());
    Tensor::from_dispatch(Dispatch::activate(z, bias, codes))
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
    fn activate(z: FloatTensor<Self>, bias: FloatTensor<Self>, codes: IntTensor<Self>) -> FloatTensor<Self> {
        let nodes = [z.node(), bias.node()];
        let (z, bias) = (z.into_primitive(), bias.into_primitive());
        match ActivateBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let (y, slope) = B::activate_with_slope(z, bias, codes);
                prep.finish(slope, y)
            }
            OpsKind::UnTracked(prep) => prep.finish(B::activate(z, bias, codes)),
        }
    }
}

/// The same in double precision, value and gradients, one network at a time.
pub mod reference {
    use crate::activation::Activation;

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
