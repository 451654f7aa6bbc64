//! The gradients of the parameters of a stack.

use burn::tensor::{Device, Tensor, TensorData};

use super::Stack;
use crate::backend::optimizer::squares;
use crate::network::module::Networks;
use crate::optimizer::clip;

/// The gradients of all parameters, without autodiff.
pub struct Gradients {
    /// Of each layer those of weight and bias.
    pub layers: Vec<(Tensor<3>, Tensor<2>)>,
    /// Of each slot of activations that of their parameters, where any network learns one.
    pub learned: Vec<Option<Tensor<2>>>,
}

impl Gradients {
    /// Those of a sum over networks.
    pub fn of(networks: &Networks, total: &Tensor<1>) -> Self {
        let mut gradients = total.backward();
        let every = "every parameter has a gradient";
        let layers = networks.layers.iter().map(|layer| {
            let weight = layer.weight.val().grad_remove(&mut gradients).expect(every);
            let bias = layer.bias.val().grad_remove(&mut gradients).expect(every);
            (weight, bias)
        });
        let layers = layers.collect();
        let learned = networks.activations.iter().map(|activations| {
            let parameters = &activations.parameters;
            let learned = activations.learns.then(|| parameters.grad_remove(&mut gradients));
            learned.map(|gradient| gradient.expect(every))
        });
        Self {
            learned: learned.collect(),
            layers,
        }
    }

    /// Those of each network shortened to its limit, `[networks]`, where there are limits.
    pub fn clipped(mut self, limits: Option<&Tensor<1>>) -> Self {
        let Some(limits) = limits else { return self };
        let weights = self.layers.iter().map(|(weight, _)| squares(weight.clone()));
        let biases = self.layers.iter().map(|(_, bias)| squares(bias.clone()));
        let learned = self.learned.iter().flatten().map(|gradient| squares(gradient.clone()));
        let sum = weights
            .chain(biases)
            .chain(learned)
            .reduce(|sum, squares| sum + squares);
        let factors = clip::factors(limits, sum.expect("a network has layers"));
        for (weight, bias) in &mut self.layers {
            *weight = scaled(weight.clone(), &factors);
            *bias = scaled(bias.clone(), &factors);
        }
        for gradient in self.learned.iter_mut().flatten() {
            *gradient = scaled(gradient.clone(), &factors);
        }
        self
    }
}

/// Each network's values multiplied with its factor.
fn scaled<const D: usize>(values: Tensor<D>, factors: &Tensor<1>) -> Tensor<D> {
    let mut shape = [1; D];
    shape[0] = values.dims()[0];
    values * factors.clone().reshape(shape)
}

/// The limits of a stack's networks, `[networks]`; none where no network has one.
pub fn limits(stack: &Stack, device: &Device) -> Option<Tensor<1>> {
    let limits: Vec<f32> = stack.networks().iter().map(|network| network.clip).collect();
    let any = limits.iter().any(|limit| *limit > 0.0);
    let shape = [limits.len()];
    any.then(|| Tensor::from_data(TensorData::new(limits, shape), device))
}
