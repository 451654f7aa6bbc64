use burn::tensor::Tensor;
use pulp::Arch;

use super::{Added, Kind, Rule, Weighed};
use crate::kernels::cpu as kernels;

/// The lasso, of weights, not of biases: what a weight is drawn with does not depend on how large it is, so that weights
/// of no use go all the way to zero. At zero its gradient is 0, as in PyTorch.
#[derive(Debug)]
pub struct L1;

impl Rule for L1 {
    fn name(&self) -> &'static str {
        "l1"
    }

    fn formula(&self) -> &'static str {
        "lambda sum of |w|"
    }

    fn source(&self) -> &'static str {
        "Tibshirani, 1996"
    }

    fn kind(&self) -> Kind {
        Kind::Added(&Self)
    }
}

impl Added for L1 {
    fn add_gradient(&self, arch: Arch, coefficient: f32, of: Weighed<'_>, gradient: &mut [f32]) {
        let weight = of.layer.weight(of.parameters);
        kernels::add_signs(arch, of.layer.weight_mut(gradient), coefficient, weight);
    }

    fn of_tensors(&self, weight: Tensor<3>, coefficients: Tensor<1>, _: Option<&mut Tensor<2>>) -> Tensor<1> {
        let [networks, inputs, outputs] = weight.dims();
        let without = coefficients.clone().equal_elem(0.0).reshape([networks, 1, 1]);
        let weight = weight.mask_fill(without.expand([networks, inputs, outputs]), 0.0);
        let sums = weight.abs().reshape([networks, inputs * outputs]).sum_dim(1);
        sums.reshape([networks]) * coefficients
    }

    fn reference(&self, weight: &[f64], _: usize, _: &mut Vec<f64>) -> Vec<f64> {
        let sign = |weight: &f64| f64::from(i8::from(*weight > 0.0) - i8::from(*weight < 0.0));
        weight.iter().map(sign).collect()
    }
}
