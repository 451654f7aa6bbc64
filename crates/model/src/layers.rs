//! For networks of one's own in plain burn: any activation as a function of a tensor, and the spectral norm penalty of a
//! weight, both with their gradients.
//!
//! ```
//! use actlab_model::device::{Choice, open};
//! use actlab_model::layers::{SpectralPenalty, activate};
//! use burn::tensor::{Distribution, Tensor};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let device = open(Choice::Auto)?.device.autodiff();
//! let weight = Tensor::<2>::random([3, 8], Distribution::Default, &device).require_grad();
//! let x = Tensor::<2>::random([16, 3], Distribution::Default, &device);
//!
//! let snake = actlab_model::unit::Formula::define("snake", "x + sin(x)^2", &[])?;
//! let y = activate(x.matmul(weight.clone()), actlab_model::Activation::new(snake));
//!
//! let mut penalty = SpectralPenalty::new(8, 0, &device);
//! let loss = y.powi_scalar(2).mean() + penalty.of(weight.clone(), 1e-2);
//! let gradients = loss.backward();
//! assert_eq!(weight.grad(&gradients).expect("a gradient").dims(), [3, 8]);
//! # Ok(())
//! # }
//! ```

use burn::tensor::{Device, Tensor, TensorData};

use crate::backend::activation::{self, Activations};
use crate::backend::spectral::{penalty, power_iteration};
use crate::random::{Random, Stream};
use crate::unit::Activation;

/// Applies an activation to each number of a tensor of any shape.
pub fn activate<const D: usize>(x: Tensor<D>, activation: Activation) -> Tensor<D> {
    let (shape, device) = (x.shape(), x.device());
    let numbers = shape.num_elements();
    let bias = Tensor::zeros([1, 1], &device);
    let y = activation::activate(
        x.reshape([1, numbers, 1]),
        bias,
        &Activations::new(&[activation], &device),
    );
    y.reshape(shape)
}

/// The penalty `lambda/2 sigma^2` of a weight, `sigma` its largest singular value (Yoshida & Miyato, 2017). Each call
/// advances the power iteration by one from where the last one ended, so keep it beside the weight that it is of.
#[derive(Debug, Clone)]
pub struct SpectralPenalty {
    /// `[1, outputs]`.
    right: Tensor<2>,
}

impl SpectralPenalty {
    /// For weights of so many outputs; `seed` decides where the iteration starts.
    pub fn new(outputs: usize, seed: u64, device: &Device) -> Self {
        let mut random = Random::new(seed, Stream::Spectral);
        let start: Vec<f32> = (0..outputs).map(|_| random.normal() as f32).collect();
        let right = Tensor::<2>::from_data(TensorData::new(start, [1, outputs]), device);
        Self { right: right.inner() }
    }

    /// The penalty of `weight: [inputs, outputs]`, a number.
    pub fn of(&mut self, weight: Tensor<2>, lambda: f32) -> Tensor<1> {
        let weight = weight.unsqueeze::<3>();
        let triple = power_iteration(weight.clone().inner(), self.right.clone());
        self.right = triple.right.clone();
        let lambda = Tensor::full([1], lambda, &triple.sigma.device());
        penalty(weight, triple, lambda)
    }
}
