//! The mean squared error of each network of a stack.

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, AutodiffBackend, Backend, Dispatch, backend_extension};
use burn::tensor::Tensor;

/// The loss as an operation of a backend.
#[backend_extension(
    NdArray: cfg(feature = "ndarray"),
    Flex: cfg(feature = "flex"),
    Cube: cfg(feature = "wgpu"),
    Autodiff
)]
pub trait LossOps: Backend {
    /// Mean squared error of each network; see [`squared_error`].
    fn squared_error(prediction: FloatTensor<Self>, target: FloatTensor<Self>) -> FloatTensor<Self>;

    /// 1 for each finite value, else 0, without a gradient; see [`finite`].
    fn finite(values: FloatTensor<Self>) -> FloatTensor<Self>;
}

/// The bits of an `f32`'s exponent; all of them are set in infinities and in what is no number, and in nothing else.
pub const EXPONENT: u32 = 0x7f80_0000;

/// What the gradient of [`LossOps`] needs of a backend.
pub trait LossKernels: LossOps {
    /// `2 gradient (prediction - target) / (samples outputs)`, the gradient of the prediction, from the
    /// gradient of the loss, `[networks]`.
    fn squared_error_backward(
        prediction: FloatTensor<Self>,
        target: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
    ) -> FloatTensor<Self>;
}

/// Mean squared error of each network, over its samples and outputs: the loss of section 2.2 of the paper.
///
/// - `prediction`, `target`: `[networks, samples, outputs]`; the target is held constant
///
/// Returns `[networks]`.
pub fn squared_error(prediction: Tensor<3>, target: Tensor<3>) -> Tensor<1> {
    let (prediction, target) = (prediction.into_dispatch(), target.into_dispatch());
    Tensor::from_dispatch(Dispatch::squared_error(prediction, target))
}

/// 1 where a value is a finite number, else 0, without a gradient. Told by the bits of its exponent: a shader's compiler
/// may take it that there are no infinities, and that whatever is no number compares as it likes.
pub fn finite(values: Tensor<1>) -> Tensor<1> {
    Tensor::from_dispatch(Dispatch::finite(values.into_dispatch()))
}

#[derive(Debug)]
struct SquaredErrorBackward;

impl<B: LossKernels> Backward<B, 1> for SquaredErrorBackward {
    type State = (FloatTensor<B>, FloatTensor<B>);

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let [prediction] = ops.parents;
        let gradient = grads.consume::<B>(&ops.node);
        let (value, target) = ops.state;
        if let Some(node) = prediction {
            grads.register::<B>(node.id, B::squared_error_backward(value, target, gradient));
        }
    }
}

impl<B: LossKernels, C: CheckpointStrategy> LossOps for Autodiff<B, C> {
    fn squared_error(prediction: FloatTensor<Self>, target: FloatTensor<Self>) -> FloatTensor<Self> {
        let nodes = [prediction.node()];
        let (prediction, target) = (prediction.into_primitive(), target.into_primitive());
        match SquaredErrorBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let loss = B::squared_error(prediction.clone(), target.clone());
                prep.finish((prediction, target), loss)
            }
            OpsKind::UnTracked(prep) => prep.finish(B::squared_error(prediction, target)),
        }
    }

    fn finite(values: FloatTensor<Self>) -> FloatTensor<Self> {
        <Self as AutodiffBackend>::from_inner(B::finite(values.into_primitive()))
    }
}

/// The same in double precision, value and gradient, one network at a time.
pub mod reference {
    /// Mean squared error.
    pub fn squared_error(prediction: &[f64], target: &[f64]) -> f64 {
        let squares = prediction.iter().zip(target).map(|(p, t)| (p - t) * (p - t));
        squares.sum::<f64>() / prediction.len() as f64
    }

    /// Gradient of the prediction.
    pub fn backward(prediction: &[f64], target: &[f64]) -> Vec<f64> {
        let factor = 2.0 / prediction.len() as f64;
        prediction.iter().zip(target).map(|(p, t)| factor * (p - t)).collect()
    }
}
