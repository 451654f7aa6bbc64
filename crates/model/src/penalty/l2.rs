use burn::tensor::Tensor;
use pulp::Arch;

use super::{Added, Kind, Rule, Weighed};
use crate::kernels::cpu as kernels;

/// Weight decay by a penalty: of weights, not of biases, as Goodfellow, Bengio & Courville advise (*Deep Learning*, 2016,
/// section 7.1). Beside Adam it is not what AdamW does, which decays without a detour by the gradient.
#[derive(Debug)]
pub struct L2;

impl Rule for L2 {
    fn name(&self) -> &'static str {
        "l2"
    }

    fn formula(&self) -> &'static str {
        "lambda/2 sum of w^2"
    }

    fn source(&self) -> &'static str {
        "Krogh & Hertz, NIPS 1991"
    }

    fn kind(&self) -> Kind {
        Kind::Added(&Self)
    }
}

impl Added for L2 {
    fn add_gradient(&self, arch: Arch, coefficient: f32, of: Weighed<'_>, gradient: &mut [f32]) {
        let weight = of.layer.weight(of.parameters);
        kernels::add_scaled(arch, of.layer.weight_mut(gradient), coefficient, weight);
    }

    fn of_tensors(&self, weight: Tensor<3>, coefficients: Tensor<1>, _: Option<&mut Tensor<2>>) -> Tensor<1> {
        let [networks, inputs, outputs] = weight.dims();
        let without = coefficients.clone().equal_elem(0.0).reshape([networks, 1, 1]);
        let weight = weight.mask_fill(without.expand([networks, inputs, outputs]), 0.0);
        let squares = (weight.clone() * weight)
            .reshape([networks, inputs * outputs])
            .sum_dim(1);
        squares.reshape([networks]) * coefficients * 0.5
    }

    fn reference(&self, weight: &[f64], _: usize, _: &mut Vec<f64>) -> Vec<f64> {
        weight.to_vec()
    }
}
