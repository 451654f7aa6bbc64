//! How steep a network can get at most.

use actlab_model::Activation;
use actlab_model::network::norm::lipschitz_bound;

use crate::samples::Scaling;

/// Bound of a network's slope, in the target's units per unit of input, from the spectral norms of its layers. Of
/// several inputs the one with the smallest unit is the steepest. None where the activation has no bound, as far as
/// anybody knows: formulas have none.
pub fn lipschitz(sigma: &[f64], activation: Activation, scaling: &Scaling) -> Option<f64> {
    let smallest = scaling
        .x_std
        .iter()
        .fold(f64::INFINITY, |smallest, std| smallest.min(*std));
    let bounded = sigma.len() < 2 || activation.lipschitz().is_finite();
    bounded.then(|| lipschitz_bound(sigma, activation) * scaling.y_std / smallest)
}
