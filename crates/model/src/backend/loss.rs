//! The loss of each network of a stack, each by its own rule.

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::{FloatTensor, IntTensor};
use burn::backend::{Autodiff, AutodiffBackend, Backend, Dispatch, backend_extension};
use burn::tensor::{Device, Int, Tensor, TensorData};

use crate::loss::{Loss, Losses, NUMBERS};

/// The loss of each network of a stack, where kernels can read it.
#[derive(Debug, Clone)]
pub struct LossesOfStack {
    /// `[networks, NUMBERS]`: the settings of its loss.
    pub numbers: Tensor<2>,
    /// `[networks]`: which of the losses it is.
    pub codes: Tensor<1, Int>,
    /// What the codes stand for.
    pub losses: Losses,
}

impl LossesOfStack {
    /// The losses of a stack on `device`.
    pub fn new(losses: &[Loss], device: &Device) -> Self {
        let numbers: Vec<f32> = losses.iter().flat_map(Loss::numbers).collect();
        let (rules, codes) = Losses::of(losses);
        Self {
            numbers: Tensor::from_data(TensorData::new(numbers, [losses.len(), NUMBERS]), device),
            codes: Tensor::from_data(TensorData::new(codes, [losses.len()]), device),
            losses: rules,
        }
    }
}

/// The loss as an operation of a backend.
#[backend_extension(
    NdArray: cfg(feature = "ndarray"),
    Flex: cfg(feature = "flex"),
    Cube: cfg(feature = "wgpu"),
    Autodiff
)]
pub trait LossOps: Backend {
    /// The loss of each network; see [`error`].
    fn error(
        prediction: FloatTensor<Self>,
        target: FloatTensor<Self>,
        numbers: FloatTensor<Self>,
        codes: IntTensor<Self>,
        losses: Losses,
    ) -> FloatTensor<Self>;

    /// 1 for each finite value, else 0, without a gradient; see [`finite`].
    fn finite(values: FloatTensor<Self>) -> FloatTensor<Self>;
}

/// The bits of an `f32`'s exponent; all of them are set in infinities and in what is no number, and in nothing else.
pub const EXPONENT: u32 = 0x7f80_0000;

/// What the gradient of [`LossOps`] needs of a backend.
pub trait LossKernels: LossOps {
    /// `gradient slope(prediction - target) / (samples outputs)`, the gradient of the prediction, from the
    /// gradient of the loss, `[networks]`.
    fn error_backward(
        gradient: FloatTensor<Self>,
        errors: Errors<FloatTensor<Self>, IntTensor<Self>>,
    ) -> FloatTensor<Self>;
}

/// What networks predict, what they should, and what the difference counts.
#[derive(Debug, Clone)]
pub struct Errors<Float, Int> {
    /// `[networks, samples, outputs]`.
    pub prediction: Float,
    /// The same.
    pub target: Float,
    /// See [`LossesOfStack`].
    pub numbers: Float,
    /// See [`LossesOfStack`].
    pub codes: Int,
    /// What the codes stand for.
    pub losses: Losses,
}

/// The loss of each network, the mean over its samples and outputs.
///
/// - `prediction`, `target`: `[networks, samples, outputs]`; the target is held constant
///
/// Returns `[networks]`.
pub fn error(prediction: Tensor<3>, target: Tensor<3>, losses: &LossesOfStack) -> Tensor<1> {
    let LossesOfStack { numbers, codes, losses } = losses.clone();
    Tensor::from_dispatch(Dispatch::error(
        prediction.into_dispatch(),
        target.into_dispatch(),
        numbers.into_dispatch(),
        codes.into_dispatch(),
        losses,
    ))
}

/// 1 where a value is a finite number, else 0, without a gradient. Told by the bits of its exponent: a shader's compiler
/// may take it that there are no infinities, and that whatever is no number compares as it likes.
pub fn finite(values: Tensor<1>) -> Tensor<1> {
    Tensor::from_dispatch(Dispatch::finite(values.into_dispatch()))
}

#[derive(Debug)]
struct ErrorBackward;

impl<B: LossKernels> Backward<B, 1> for ErrorBackward {
    type State = Errors<FloatTensor<B>, IntTensor<B>>;

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let [prediction] = ops.parents;
        let gradient = grads.consume::<B>(&ops.node);
        if let Some(node) = prediction {
            grads.register::<B>(node.id, B::error_backward(gradient, ops.state));
        }
    }
}

impl<B: LossKernels, C: CheckpointStrategy> LossOps for Autodiff<B, C> {
    fn error(
        prediction: FloatTensor<Self>,
        target: FloatTensor<Self>,
        numbers: FloatTensor<Self>,
        codes: IntTensor<Self>,
        losses: Losses,
    ) -> FloatTensor<Self> {
        let nodes = [prediction.node()];
        let [prediction, target, numbers] = [prediction, target, numbers].map(|tensor| tensor.into_primitive());
        match ErrorBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let errors = Errors {
                    prediction: prediction.clone(),
                    target: target.clone(),
                    numbers: numbers.clone(),
                    codes: codes.clone(),
                    losses: losses.clone(),
                };
                prep.finish(errors, B::error(prediction, target, numbers, codes, losses))
            }
            OpsKind::UnTracked(prep) => prep.finish(B::error(prediction, target, numbers, codes, losses)),
        }
    }

    fn finite(values: FloatTensor<Self>) -> FloatTensor<Self> {
        <Self as AutodiffBackend>::from_inner(B::finite(values.into_primitive()))
    }
}
