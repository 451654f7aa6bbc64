//! The power iteration and the penalty `lambda/2 sigma^2` of one layer of each network of a stack.

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, AutodiffBackend, Backend, Dispatch, backend_extension};
use burn::tensor::Tensor;

use crate::kernels::SMALLEST_NORM;

/// The power iteration and the penalty as operations of a backend.
#[backend_extension(
    NdArray: cfg(feature = "ndarray"),
    Flex: cfg(feature = "flex"),
    Cube: cfg(feature = "wgpu"),
    Autodiff
)]
pub trait SpectralOps: Backend {
    /// One power iteration, without a gradient: `(left, right, sigma)`; see [`power_iteration`].
    fn power_iteration(
        weight: FloatTensor<Self>,
        right: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>);

    /// `lambda/2 sigma^2` of each network, with the gradient `lambda sigma left rightᵀ` of the weight; see
    /// [`penalty`].
    fn spectral_penalty(
        weight: FloatTensor<Self>,
        left: FloatTensor<Self>,
        right: FloatTensor<Self>,
        sigma: FloatTensor<Self>,
        lambda: FloatTensor<Self>,
    ) -> FloatTensor<Self>;
}

/// What the gradient of [`SpectralOps`] needs of a backend.
pub trait SpectralKernels: SpectralOps {
    /// `gradient lambda sigma left rightᵀ`, the gradient of the weight, `[networks, inputs, outputs]`, from that of the
    /// penalty, `[networks]`; zeros where lambda is 0, whatever the others are.
    fn spectral_penalty_backward(
        gradient: FloatTensor<Self>,
        lambda: FloatTensor<Self>,
        triple: [FloatTensor<Self>; 3],
    ) -> FloatTensor<Self>;
}

/// The singular vectors and the singular value that a power iteration has reached.
#[derive(Debug, Clone)]
pub struct SingularTriple {
    /// `[networks, inputs]`, of length one.
    pub left: Tensor<2>,
    /// `[networks, outputs]`, of length one: where the next iteration starts.
    pub right: Tensor<2>,
    /// `[networks]`, never above the largest singular value but by rounding.
    pub sigma: Tensor<1>,
}

/// One power iteration: `left <- W right / |W right|`, `right <- Wᵀ left / |Wᵀ left|`, `sigma = |Wᵀ left|`. Where
/// `|W right|` is below [`SMALLEST_NORM`], `right` stays and `sigma` is `|W right|`.
///
/// - `weight`: `[networks, inputs, outputs]`
/// - `right`: `[networks, outputs]`
///
/// No gradient flows through it.
pub fn power_iteration(weight: Tensor<3>, right: Tensor<2>) -> SingularTriple {
    let (left, right, sigma) = Dispatch::power_iteration(weight.into_dispatch(), right.into_dispatch());
    SingularTriple {
        left: Tensor::from_dispatch(left),
        right: Tensor::from_dispatch(right),
        sigma: Tensor::from_dispatch(sigma),
    }
}

/// The penalty `lambda/2 sigma^2` of one layer of each network. `left` and `right` are held constant in the
/// gradient, so that `d sigma / d W = left rightᵀ`.
///
/// - `weight`: `[networks, inputs, outputs]`
/// - `lambda`: `[networks]`, the regularisation coefficients
///
/// Returns `[networks]`. A network whose lambda is 0 gets a penalty and a gradient of exactly 0, whatever its weight is.
pub fn penalty(weight: Tensor<3>, triple: SingularTriple, lambda: Tensor<1>) -> Tensor<1> {
    Tensor::from_dispatch(Dispatch::spectral_penalty(
        weight.into_dispatch(),
        triple.left.into_dispatch(),
        triple.right.into_dispatch(),
        triple.sigma.into_dispatch(),
        lambda.into_dispatch(),
    ))
}

#[derive(Debug)]
struct PenaltyBackward;

impl<B: SpectralKernels> Backward<B, 1> for PenaltyBackward {
    /// `lambda`, and `left`, `right` and `sigma`.
    type State = (FloatTensor<B>, [FloatTensor<B>; 3]);

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let [weight] = ops.parents;
        let gradient = grads.consume::<B>(&ops.node);
        let (lambda, triple) = ops.state;
        if let Some(node) = weight {
            grads.register::<B>(node.id, B::spectral_penalty_backward(gradient, lambda, triple));
        }
    }
}

impl<B: SpectralKernels, C: CheckpointStrategy> SpectralOps for Autodiff<B, C> {
    fn power_iteration(
        weight: FloatTensor<Self>,
        right: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        let (left, right, sigma) = B::power_iteration(weight.into_primitive(), right.into_primitive());
        (
            <Self as AutodiffBackend>::from_inner(left),
            <Self as AutodiffBackend>::from_inner(right),
            <Self as AutodiffBackend>::from_inner(sigma),
        )
    }

    fn spectral_penalty(
        weight: FloatTensor<Self>,
        left: FloatTensor<Self>,
        right: FloatTensor<Self>,
        sigma: FloatTensor<Self>,
        lambda: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        let nodes = [weight.node()];
        let [left, right, sigma, lambda] = [left, right, sigma, lambda].map(|tensor| tensor.into_primitive());
        let state = (lambda.clone(), [left.clone(), right.clone(), sigma.clone()]);
        let penalty = B::spectral_penalty(weight.into_primitive(), left, right, sigma, lambda);
        match PenaltyBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish(state, penalty),
            OpsKind::UnTracked(prep) => prep.finish(penalty),
        }
    }
}

/// The same in double precision, one network at a time.
pub mod reference {
    use super::SMALLEST_NORM;

    /// One power iteration on `weight: [inputs, outputs]` from `right: [outputs]`: `(left, right, sigma)`.
    pub fn power_iteration(weight: &[f64], right: &[f64]) -> (Vec<f64>, Vec<f64>, f64) {
        let columns = right.len();
        let mut left: Vec<f64> = weight
            .chunks(columns)
            .map(|row| row.iter().zip(right).map(|(w, r)| w * r).sum())
            .collect();
        let norm = normalise(&mut left);
        if norm < f64::from(SMALLEST_NORM) {
            return (left, right.to_vec(), norm);
        }
        let mut right = vec![0.0; columns];
        for (row, left) in weight.chunks(columns).zip(&left) {
            right.iter_mut().zip(row).for_each(|(right, w)| *right += left * w);
        }
        let sigma = normalise(&mut right);
        (left, right, sigma)
    }

    fn normalise(vector: &mut [f64]) -> f64 {
        let norm = vector.iter().map(|x| x * x).sum::<f64>().sqrt();
        let scale = norm.max(f64::from(SMALLEST_NORM));
        vector.iter_mut().for_each(|x| *x /= scale);
        norm
    }

    /// Gradient of `lambda/2 sigma^2` with respect to the weight: `lambda sigma left rightᵀ`.
    pub fn backward(lambda: f64, sigma: f64, left: &[f64], right: &[f64]) -> Vec<f64> {
        let row = |left: &f64| {
            right
                .iter()
                .map(|right| lambda * sigma * left * right)
                .collect::<Vec<_>>()
        };
        left.iter().flat_map(row).collect()
    }
}
