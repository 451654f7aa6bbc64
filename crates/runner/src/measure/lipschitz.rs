//! How steep a network can get at most.

use actlab_model::network::trained::TrainedNetwork;

use crate::samples::Scaling;

/// Bound of a network's slope, in the target's units per unit of input, from the spectral norms of its layers. Of
/// several inputs the one with the smallest unit is the steepest, of several outputs the one with the largest: it is a bound
/// of how fast all of them together move, as a vector. None where nobody knows a bound, as of formulas.
pub fn lipschitz(network: &TrainedNetwork, sigma: &[f64], scaling: &Scaling) -> Option<f64> {
    let smallest = scaling
        .x_std
        .iter()
        .fold(f64::INFINITY, |smallest, std| smallest.min(*std));
    let largest = scaling.y_std.iter().fold(0.0, |largest: f64, std| largest.max(*std));
    let bound = network.lipschitz_bound(sigma)?;
    Some(bound * largest / smallest)
}
