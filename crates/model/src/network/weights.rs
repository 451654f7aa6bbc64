//! The weights of a network, and where they start from.

use super::program::{Back, Operation, Program};
use crate::initialization::{Initialization, Place};
use crate::unit::Activation;

pub use crate::block::layer::Layer;

/// The layers of one network, first to last.
pub type Weights = Vec<Layer>;

/// PyTorch's initial weights and biases of a perceptron with these layer `sizes`: inputs, hidden widths, outputs.
pub fn initial_weights(sizes: &[usize], seed: u64) -> Weights {
    let place = |pair: &[usize]| Place {
        inputs: pair[0],
        outputs: pair[1],
        is_first: false,
        activation: None,
        latest: None,
    };
    Initialization::default().layers(sizes.windows(2).map(place), seed)
}

/// The layers of a network with these activations, as an [initialisation](Initialization) sees them.
pub fn places(program: &Program, activations: &[Activation]) -> Vec<Place> {
    let mut latest = None;
    let layers = program.operations().iter().filter_map(|operation| match operation {
        Operation::Dense {
            input,
            layer,
            activation,
            ..
        } => {
            let activation = activation.map(|slot| activations[slot]);
            latest = activation.or(latest);
            let [inputs, outputs] = program.layers()[*layer];
            Some(Place {
                inputs,
                outputs,
                is_first: input.back == Back::Nothing,
                activation,
                latest,
            })
        }
        Operation::Join { .. } | Operation::Dropout { .. } => None,
    });
    layers.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_their_seeds_alone() {
        assert_eq!(initial_weights(&[2, 8, 1], 7), initial_weights(&[2, 8, 1], 7));
        assert_ne!(initial_weights(&[2, 8, 1], 7), initial_weights(&[2, 8, 1], 8));
    }

    #[test]
    fn weights_fill_the_interval_of_the_fan_in() {
        let weights = initial_weights(&[4, 4096], 0);
        let (low, high) = weights[0]
            .weight
            .iter()
            .fold((0f32, 0f32), |(low, high), &w| (low.min(w), high.max(w)));
        assert!(low >= -0.5 && high < 0.5);
        // 16,384 draws: the extremes miss the bounds by more than 0.1 % with probability (1 - 5e-4)^16384.
        assert!(low < -0.4995 && high > 0.4995);
    }
}
