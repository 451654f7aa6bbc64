//! One step of Adam (Kingma & Ba, 2015, algorithm 1) for all networks of a stack, each with its own learning
//! rate. A network that is not alive keeps its parameters and its moments.

use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Dispatch, backend_extension};
use burn::tensor::Tensor;

/// The numbers of one step that are the same for all networks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AdamStep {
    /// Decay of the mean of the gradient.
    pub beta1: f32,
    /// Decay of the mean of the squared gradient.
    pub beta2: f32,
    /// `1 - beta1`, rounded once: from the rounded beta2 it would be off by 5e-5 of itself.
    pub complement1: f32,
    /// `1 - beta2`, rounded once.
    pub complement2: f32,
    /// Added to the denominator.
    pub epsilon: f32,
    /// `1 / (1 - beta1^t)`.
    pub correction1: f32,
    /// `1 / (1 - beta2^t)`.
    pub correction2: f32,
}

/// The step as an operation of a backend.
#[backend_extension(
    NdArray: cfg(feature = "ndarray"),
    Flex: cfg(feature = "flex"),
    Cube: cfg(feature = "wgpu")
)]
pub trait AdamOps: Backend {
    /// `(parameter, first, second)` after the step; see [`adam`].
    fn adam(
        parameter: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        first: FloatTensor<Self>,
        second: FloatTensor<Self>,
        rate: FloatTensor<Self>,
        alive: FloatTensor<Self>,
        step: AdamStep,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>);
}

/// A parameter of all networks and the moments of its gradient, all of one shape `[networks, ..]`.
#[derive(Debug, Clone)]
pub struct AdamState<const D: usize> {
    /// The parameter, without autodiff.
    pub parameter: Tensor<D>,
    /// Running mean of the gradient.
    pub first: Tensor<D>,
    /// Running mean of the squared gradient.
    pub second: Tensor<D>,
}

/// One step for all networks.
///
/// - `gradient`: as the parameter
/// - `rate`: `[networks]`, the learning rates
/// - `alive`: `[networks]`, 0 for a network that keeps what it has, else 1
pub fn adam<const D: usize>(
    state: AdamState<D>,
    gradient: Tensor<D>,
    rate: Tensor<1>,
    alive: Tensor<1>,
    step: AdamStep,
) -> AdamState<D> {
    let (parameter, first, second) = Dispatch::adam(
        state.parameter.into_dispatch(),
        gradient.into_dispatch(),
        state.first.into_dispatch(),
        state.second.into_dispatch(),
        rate.into_dispatch(),
        alive.into_dispatch(),
        step,
    );
    AdamState {
        parameter: Tensor::from_dispatch(parameter),
        first: Tensor::from_dispatch(first),
        second: Tensor::from_dispatch(second),
    }
}

/// The same in double precision, one number at a time.
pub mod reference {
    /// Updates a parameter and the moments of its gradient at step `t`, counted from 1.
    pub fn adam(state: &mut [f64; 3], gradient: f64, rate: f64, [beta1, beta2, epsilon]: [f64; 3], t: i32) {
        let [parameter, first, second] = state;
        *first = beta1 * *first + (1.0 - beta1) * gradient;
        *second = beta2 * *second + (1.0 - beta2) * gradient * gradient;
        let first = *first / (1.0 - beta1.powi(t));
        let second = *second / (1.0 - beta2.powi(t));
        *parameter -= rate * first / (second.sqrt() + epsilon);
    }
}
