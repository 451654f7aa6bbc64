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
    /// `[networks, PARAMETERS]`: 1 for a parameter that is learned, else 0, and then its gradient is exactly 0.
    pub learned: Tensor<2>,
    /// Whether any network learns a parameter: only then are the parameters differentiated by.
    pub learns: bool,
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
        let learned: Vec<f32> = activations
            .iter()
            .flat_map(|activation| {
                let mut learned = [0.0; PARAMETERS];
                activation.learned().for_each(|position| learned[position] = 1.0);
                learned
            })
            .collect();
        let learns = learned.contains(&1.0);
        let of_parameters = |values| Tensor::from_data(TensorData::new(values, [networks, PARAMETERS]), device);
        let parameters = of_parameters(parameters);
        Self {
            codes: Tensor::from_data(TensorData::new(codes, [networks]), device),
            parameters: if learns { parameters.require_grad() } else { parameters },
            learned: of_parameters(learned).inner(),
            learns,
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
    #[allow(clippy::too_many_arguments)]
    fn activate(
        z: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        parameters: FloatTensor<Self>,
        learned: FloatTensor<Self>,
        codes: IntTensor<Self>,
        units: Units,
        learns: bool,
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

    /// From the gradient of the output, `[networks, samples, width]`, that of the learned parameters,
    /// `[networks, PARAMETERS]`.
    fn parameters_backward(
        gradient: FloatTensor<Self>,
        layer: Before<FloatTensor<Self>, IntTensor<Self>>,
    ) -> FloatTensor<Self>;

    /// From the gradient of the output, the gradients of `z` and of the bias.
    fn activate_backward(
        gradient: FloatTensor<Self>,
        slope: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);
}

/// What a layer gave to its activations, and what these are.
#[derive(Debug, Clone)]
pub struct Before<Float, Int> {
    /// `[networks, samples, width]`.
    pub z: Float,
    /// `[networks, width]`.
    pub bias: Float,
    /// See [`Activations`].
    pub parameters: Float,
    /// See [`Activations`].
    pub learned: Float,
    /// See [`Activations`].
    pub codes: Int,
    /// What the codes stand for.
    pub units: Units,
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
        learned,
        learns,
        units,
    } = activations.clone();
    Tensor::from_dispatch(Dispatch::activate(
        z.into_dispatch(),
        bias.into_dispatch(),
        parameters.into_dispatch(),
        learned.into_dispatch(),
        codes.into_dispatch(),
        units,
        learns,
    ))
}

#[derive(Debug)]
struct ActivateBackward;

/// The derivatives of the activations, and what those by learned parameters are made of, where there are any.
type Kept<B> = (FloatTensor<B>, Option<Before<FloatTensor<B>, IntTensor<B>>>);

impl<B: ActivationKernels> Backward<B, 3> for ActivateBackward {
    type State = Kept<B>;

    fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, _: &mut Checkpointer) {
        let [z, bias, parameters] = ops.parents;
        let gradient = grads.consume::<B>(&ops.node);
        let (slope, before) = ops.state;
        if let (Some(node), Some(before)) = (parameters, before) {
            grads.register::<B>(node.id, B::parameters_backward(gradient.clone(), before));
        }
        let (z_gradient, bias_gradient) = B::activate_backward(gradient, slope);
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
        learned: FloatTensor<Self>,
        codes: IntTensor<Self>,
        units: Units,
        learns: bool,
    ) -> FloatTensor<Self> {
        let nodes = [z.node(), bias.node(), parameters.node()];
        let [z, bias, parameters, learned] = [z, bias, parameters, learned].map(|tensor| tensor.into_primitive());
        match ActivateBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let before = learns.then(|| Before {
                    z: z.clone(),
                    bias: bias.clone(),
                    parameters: parameters.clone(),
                    learned,
                    codes: codes.clone(),
                    units: units.clone(),
                });
                let (y, slope) = B::activate_with_slope(z, bias, parameters, codes, units);
                prep.finish((slope, before), y)
            }
            OpsKind::UnTracked(prep) => prep.finish(B::activate(z, bias, parameters, learned, codes, units, learns)),
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

    /// Gradient of the parameter of the activation at a position, from the gradient of the output.
    pub fn parameter_backward(
        z: &[f64],
        bias: &[f64],
        activation: Activation,
        position: usize,
        gradient: &[f64],
    ) -> f64 {
        let term = |(i, (z, gradient)): (usize, (&f64, &f64))| {
            gradient * activation.parameter_derivative(z + bias[i % bias.len()], position)
        };
        z.iter().zip(gradient).enumerate().map(term).sum()
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
