use burn::tensor::Tensor;
use pulp::Arch;

use super::{Applied, Kind, Rule, Spectral, Stepped, Strength};
use crate::backend::spectral::{power_iteration, reference};

/// Spectral norm regularisation beside the optimiser, as AdamW decays weights: after each step the weight itself loses what
/// plain gradient descent would take off it for [`Spectral`]. What an optimiser makes of gradients, as Adam, which
/// divides them by their size, is none of lambda's business.
#[derive(Debug)]
pub struct SpectralDecoupled;

impl Rule for SpectralDecoupled {
    fn name(&self) -> &'static str {
        "spectral_decoupled"
    }

    fn formula(&self) -> &'static str {
        "W - learning_rate lambda sigma(W) u v^T after each step, u and v the singular vectors of sigma(W)"
    }

    fn source(&self) -> &'static str {
        "Yoshida & Miyato, 2017, decoupled as by Loshchilov & Hutter, ICLR 2019"
    }

    fn start(&self, seed: u64, outputs: &[usize]) -> Option<Vec<Vec<f32>>> {
        Some(Spectral::vectors(seed, outputs))
    }

    fn kind(&self) -> Kind {
        Kind::Applied(&Self)
    }
}

impl Applied for SpectralDecoupled {
    fn apply(&self, arch: Arch, strength: Strength<f32>, of: Stepped<'_>) {
        let sigma = of.layer.power_iteration(arch, of.parameters, of.room, of.kept);
        let factor = -strength.learning_rate * strength.coefficient * sigma;
        of.layer
            .add_outer_product(arch, of.parameters, factor, of.room, of.kept);
    }

    fn of_tensors(&self, weight: Tensor<3>, strength: Strength<Tensor<1>>, kept: Option<&mut Tensor<2>>) -> Tensor<3> {
        let right = kept.expect("a vector for each layer is kept");
        let triple = power_iteration(weight.clone(), right.clone());
        *right = triple.right.clone();
        let [networks, inputs, outputs] = weight.dims();
        let factor = strength.learning_rate * strength.coefficient * triple.sigma;
        let left = triple.left * factor.reshape([networks, 1]);
        weight - left.reshape([networks, inputs, 1]) * triple.right.reshape([networks, 1, outputs])
    }

    fn reference(&self, weight: &[f64], strength: Strength<f64>, kept: &mut Vec<f64>) -> Vec<f64> {
        let (left, right, sigma) = reference::power_iteration(weight, kept);
        let lost = reference::backward(strength.learning_rate * strength.coefficient, sigma, &left, &right);
        *kept = right;
        weight.iter().zip(lost).map(|(weight, lost)| weight - lost).collect()
    }
}
