use burn::tensor::Tensor;
use pulp::Arch;

use super::{Applied, Kind, Rule, Spectral, Stepped, Strength};
use crate::backend::spectral::{power_iteration, reference};

/// Spectral normalisation where it is needed: a weight whose largest singular value exceeds the coefficient, the bound, is
/// scaled down to it after each step. Miyato et al. divide every weight by its spectral norm; here the bound is the
/// user's, and a weight below it stays as it is.
#[derive(Debug)]
pub struct SpectralNorm;

impl Rule for SpectralNorm {
    fn name(&self) -> &'static str {
        "spectral_norm"
    }

    fn formula(&self) -> &'static str {
        "W min(1, lambda / sigma(W)) after each step"
    }

    fn source(&self) -> &'static str {
        "Miyato et al., ICLR 2018; as a bound, Gouk et al., 2021"
    }

    fn start(&self, seed: u64, outputs: &[usize]) -> Option<Vec<Vec<f32>>> {
        Some(Spectral::vectors(seed, outputs))
    }

    fn kind(&self) -> Kind {
        Kind::Applied(&Self)
    }
}

impl Applied for SpectralNorm {
    fn apply(&self, arch: Arch, strength: Strength<f32>, of: Stepped<'_>) {
        let sigma = of.layer.power_iteration(arch, of.parameters, of.room, of.kept);
        if sigma > strength.coefficient {
            of.layer.scale(arch, of.parameters, strength.coefficient / sigma);
        }
    }

    fn of_tensors(&self, weight: Tensor<3>, strength: Strength<Tensor<1>>, kept: Option<&mut Tensor<2>>) -> Tensor<3> {
        let right = kept.expect("a vector for each layer is kept");
        let triple = power_iteration(weight.clone(), right.clone());
        *right = triple.right.clone();
        let [networks, inputs, outputs] = weight.dims();
        let exceeds = triple.sigma.clone().greater(strength.coefficient.clone());
        let scaled = weight.clone() * (strength.coefficient / triple.sigma).reshape([networks, 1, 1]);
        let exceeds = exceeds.reshape([networks, 1, 1]).expand([networks, inputs, outputs]);
        weight.mask_where(exceeds, scaled)
    }

    fn reference(&self, weight: &[f64], strength: Strength<f64>, kept: &mut Vec<f64>) -> Vec<f64> {
        let (_, right, sigma) = reference::power_iteration(weight, kept);
        *kept = right;
        let factor = (strength.coefficient / sigma).min(1.0);
        weight.iter().map(|weight| weight * factor).collect()
    }
}
