//! Clipping by the norm of the gradient over all parameters of a network, as `torch.nn.utils.clip_grad_norm_` does it
//! (Pascanu et al., ICML 2013).

use burn::tensor::Tensor;

/// What PyTorch adds to the norm that it divides by: a gradient of no length is left as it is.
const BESIDE_NORM: f32 = 1e-6;

/// What a gradient is multiplied with so that it is at most as long as `limit`, from the sum of its squares. What is no
/// number stays none.
pub fn factor(limit: f32, squares: f32) -> f32 {
    let factor = limit / (squares.sqrt() + BESIDE_NORM);
    if factor > 1.0 { 1.0 } else { factor }
}

/// The same of each network of a stack, all `[networks]`; where the limit is 0 there is none.
pub fn factors(limits: &Tensor<1>, squares: Tensor<1>) -> Tensor<1> {
    let factors = limits.clone() / (squares.sqrt() + BESIDE_NORM);
    factors.clamp_max(1.0).mask_fill(limits.clone().equal_elem(0.0), 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gradients_are_shortened_and_never_lengthened() {
        assert_eq!(factor(2.0, 1.0), 1.0);
        assert_eq!(factor(2.0, 0.0), 1.0);
        assert_eq!(factor(2.0, 16.0), 2.0 / (4.0 + 1e-6));
        assert!(factor(2.0, f32::NAN).is_nan());
        assert_eq!(factor(2.0, f32::INFINITY), 0.0);
    }
}
