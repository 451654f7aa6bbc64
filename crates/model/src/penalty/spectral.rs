use burn::tensor::Tensor;
use pulp::Arch;

use super::{Added, Kind, Rule, Weighed};
use crate::backend::spectral::{penalty, power_iteration, reference};
use crate::random::{Random, Stream};

/// Spectral norm regularisation: `sigma` is the largest singular value of a weight, estimated by one power iteration a
/// step that starts from the last step's vectors.
#[derive(Debug)]
pub struct Spectral;

impl Spectral {
    /// Where the power iterations of layers of so many `outputs` start: as many normal numbers for each.
    pub fn vectors(seed: u64, outputs: &[usize]) -> Vec<Vec<f32>> {
        let mut random = Random::new(seed, Stream::Spectral);
        let mut draw = |width: &usize| (0..*width).map(|_| random.normal() as f32).collect();
        outputs.iter().map(&mut draw).collect()
    }
}

impl Rule for Spectral {
    fn name(&self) -> &'static str {
        "spectral"
    }

    fn formula(&self) -> &'static str {
        "lambda/2 sigma(W)^2"
    }

    fn source(&self) -> &'static str {
        "Yoshida & Miyato, 2017"
    }

    fn start(&self, seed: u64, outputs: &[usize]) -> Option<Vec<Vec<f32>>> {
        Some(Self::vectors(seed, outputs))
    }

    fn kind(&self) -> Kind {
        Kind::Added(&Self)
    }
}

impl Added for Spectral {
    fn add_gradient(&self, arch: Arch, coefficient: f32, of: Weighed<'_>, gradient: &mut [f32]) {
        let Weighed {
            layer,
            parameters,
            kept: right,
            room: left,
        } = of;
        let sigma = layer.power_iteration(arch, parameters, left, right);
        layer.add_outer_product(arch, gradient, coefficient * sigma, left, right);
    }

    fn of_tensors(&self, weight: Tensor<3>, coefficients: Tensor<1>, kept: Option<&mut Tensor<2>>) -> Tensor<1> {
        let right = kept.expect("a vector for each layer is kept");
        let triple = power_iteration(weight.clone().inner(), right.clone());
        *right = triple.right.clone();
        penalty(weight, triple, coefficients)
    }

    fn reference(&self, weight: &[f64], outputs: usize, kept: &mut Vec<f64>) -> Vec<f64> {
        assert_eq!(kept.len(), outputs, "a vector for each layer is kept");
        let (left, right, sigma) = reference::power_iteration(weight, kept);
        let gradient = reference::backward(1.0, sigma, &left, &right);
        *kept = right;
        gradient
    }
}
