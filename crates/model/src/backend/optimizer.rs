//! One step of the optimisers of all networks of a stack, each with its own rule and numbers. A network that is not alive
//! keeps its parameters and what is kept of their gradients.

use burn::backend::tensor::{FloatTensor, IntTensor};
use burn::backend::{Backend, Dispatch, backend_extension};
use burn::tensor::{Int, Tensor};

use crate::optimizer::{KEPT, Rules};

/// The step as an operation of a backend.
#[backend_extension(
    NdArray: cfg(feature = "ndarray"),
    Flex: cfg(feature = "flex"),
    Cube: cfg(feature = "wgpu")
)]
pub trait OptimizerOps: Backend {
    /// `(parameter, first, second, third)` after the step; see [`step`].
    #[allow(clippy::too_many_arguments)]
    fn optimizer_step(
        parameter: FloatTensor<Self>,
        first: FloatTensor<Self>,
        second: FloatTensor<Self>,
        third: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        numbers: FloatTensor<Self>,
        alive: FloatTensor<Self>,
        codes: IntTensor<Self>,
        rules: Rules,
    ) -> (
        FloatTensor<Self>,
        FloatTensor<Self>,
        FloatTensor<Self>,
        FloatTensor<Self>,
    );

    /// The sum of the squares of each network's values; see [`squares`].
    fn sum_of_squares(values: FloatTensor<Self>) -> FloatTensor<Self>;
}

/// A parameter of all networks and what is kept of its gradients.
#[derive(Debug, Clone)]
pub struct State<const D: usize> {
    /// The parameter, `[networks, ..]`, without autodiff.
    pub parameter: Tensor<D>,
    /// What is kept, of the parameter's shape. What no rule of the stack keeps is of one element.
    pub kept: [Tensor<D>; KEPT],
}

impl<const D: usize> State<D> {
    /// Of a parameter before the first step of these rules.
    pub fn new(parameter: Tensor<D>, rules: &Rules) -> Self {
        let zeros = |place| match place < rules.kept() {
            true => parameter.zeros_like(),
            false => Tensor::zeros([1; D], &parameter.device()),
        };
        Self {
            kept: std::array::from_fn(zeros),
            parameter,
        }
    }
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
    let [first, second, third] = state.kept;
    let (parameter, first, second, third) = Dispatch::optimizer_step(
        state.parameter.into_dispatch(),
        first.into_dispatch(),
        second.into_dispatch(),
        third.into_dispatch(),
        gradient.into_dispatch(),
        step.numbers.into_dispatch(),
        alive.into_dispatch(),
        step.codes.into_dispatch(),
        step.rules,
    );
    State {
        parameter: Tensor::from_dispatch(parameter),
        kept: [first, second, third].map(Tensor::from_dispatch),
    }
}

/// The sum of the squares of each network's values, `[networks]` for `[networks, ..]`: on a CPU in an order that their
/// number alone decides.
pub fn squares<const D: usize>(values: Tensor<D>) -> Tensor<1> {
    Tensor::from_dispatch(Dispatch::sum_of_squares(values.into_dispatch()))
}
