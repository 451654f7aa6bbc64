//! How steep a network can get at most.

use actlab_model::network::trained::TrainedNetwork;

use crate::samples::Scaling;

/// Bound of a network's slope, in the target's units per unit of input, from the spectral norms of its layers. Of
/// several inputs the one with the smallest unit is the steepest. None where nobody knows a bound, as of formulas.
pub fn lipschitz(network: &TrainedNetwork, sigma: &[f64], scaling: &Scaling) -> Option<f64> {
    let smallest = scaling
        .x_std
        .iter()
        .fold(f64::INFINITY, |smallest, std| smallest.min(*std));
    let bound = network.lipschitz_bound(sigma)?;
    Some(bound * scaling.y_std / smallest)
}
