//! One step of the optimisers of all networks of a stack, each with its own rule and numbers. A network that is not alive
//! keeps its parameters and what is kept of their gradients.

use burn::backend::tensor::{FloatTensor, IntTensor};
use burn::backend::{Backend, Dispatch, backend_extension};
use burn::tensor::{Int, Tensor};

use crate::optimizer::Rules;

/// The step as an operation of a backend.
#[backend_extension(
    NdArray: cfg(feature = "ndarray"),
    Flex: cfg(feature = "flex"),
    Cube: cfg(feature = "wgpu")
)]
pub trait OptimizerOps: Backend {
    /// `(parameter, first, second)` after the step; see [`step`].
    #[allow(clippy::too_many_arguments)]
    fn optimizer_step(
        parameter: FloatTensor<Self>,
        first: FloatTensor<Self>,
        second: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        numbers: FloatTensor<Self>,
        alive: FloatTensor<Self>,
        codes: IntTensor<Self>,
        rules: Rules,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>);
}

/// A parameter of all networks and what is kept of its gradients, all of one shape `[networks, ..]`.
#[derive(Debug, Clone)]
pub struct State<const D: usize> {
    /// The parameter, without autodiff.
    pub parameter: Tensor<D>,
    /// The first thing kept.
    pub first: Tensor<D>,
    /// The second.
    pub second: Tensor<D>,
}

/// What a step does to each network.
#[derive(Debug, Clone)]
pub struct Step {
    /// `[networks, NUMBERS]`: the numbers of each network's rule.
    pub numbers: Tensor<2>,
    /// `[networks]`: which of the rules it is.
    pub codes: Tensor<1, Int>,
    /// What the codes stand for.
    pub rules: Rules,
}

/// One step for all networks.
///
/// - `gradient`: as the parameter
/// - `alive`: `[networks]`, 0 for a network that keeps what it has, else 1
pub fn step<const D: usize>(state: State<D>, gradient: Tensor<D>, alive: Tensor<1>, step: Step) -> State<D> {
    let (parameter, first, second) = Dispatch::optimizer_step(
        state.parameter.into_dispatch(),
        state.first.into_dispatch(),
        state.second.into_dispatch(),
        gradient.into_dispatch(),
        step.numbers.into_dispatch(),
        alive.into_dispatch(),
        step.codes.into_dispatch(),
        step.rules,
    );
    State {
        parameter: Tensor::from_dispatch(parameter),
        first: Tensor::from_dispatch(first),
        second: Tensor::from_dispatch(second),
    }
}
