//! Fourier features, `sin(2 pi B x)` and `cos(2 pi B x)` of what a block gets, with frequencies `B` that do not train
//! (Rahimi & Recht, NIPS 2007; Tancik et al., NeurIPS 2020): a dense layer with the weight `2 pi [B, B]`, whose biases of
//! the second half are `pi / 2`, and the sine after it.

use std::f64::consts::{FRAC_PI_2, TAU};

use super::layer::Layer;
use crate::random::{Random, Stream};
use crate::unit::{Activation, Sinu};

/// What follows the layer.
pub fn activation() -> Activation {
    Activation::new(&Sinu)
}

/// Normal frequencies with this standard deviation.
///
/// - `frequencies`: how many; the layer has twice as many outputs
/// - `seed`: of the network
/// - `place`: which of the network's layers it is
pub fn normal(inputs: usize, frequencies: usize, scale: f64, seed: u64, place: usize) -> Layer {
    let place = u32::try_from(place).expect("fewer layers than 2^32");
    let mut random = Random::part(seed, Stream::Fourier, place, 0);
    let draws: Vec<f64> = (0..inputs * frequencies).map(|_| scale * random.normal()).collect();
    features(inputs, &draws)
}

/// Each of these frequencies along each input by itself.
pub fn along_inputs(inputs: usize, frequencies: &[f64]) -> Layer {
    let row = |input: usize| {
        let along = move |other: usize| frequencies.iter().map(move |of| if other == input { *of } else { 0.0 });
        (0..inputs).flat_map(along)
    };
    let rows: Vec<f64> = (0..inputs).flat_map(row).collect();
    features(inputs, &rows)
}

/// The layer of `frequencies: [inputs, frequencies]`.
fn features(inputs: usize, frequencies: &[f64]) -> Layer {
    let half = frequencies.len() / inputs;
    let rows = frequencies.chunks_exact(half);
    let weight = rows.flat_map(|row| row.iter().chain(row).map(|of| (TAU * of) as f32));
    let bias = |output: usize| if output < half { 0.0 } else { FRAC_PI_2 as f32 };
    Layer {
        inputs,
        outputs: 2 * half,
        weight: weight.collect(),
        bias: (0..2 * half).map(bias).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In `f32` the arguments of the sine, below 30 here, are off by two roundings, 2^-24 of 30 each.
    #[test]
    fn features_are_the_sines_and_cosines_of_their_frequencies() {
        let layer = along_inputs(2, &[0.5, 3.0]);
        assert_eq!((layer.inputs, layer.outputs), (2, 8));
        let x = [0.3, -1.1];
        let turns = [0.5 * x[0], 3.0 * x[0], 0.5 * x[1], 3.0 * x[1]];
        let waves = turns.map(|turns| TAU * turns);
        let expected = waves.iter().map(|z| z.sin()).chain(waves.iter().map(|z| z.cos()));
        for (output, expected) in expected.enumerate() {
            let weights = [0, 1].map(|input: usize| f64::from(layer.weight[input * 8 + output]));
            let z = weights[0] * x[0] + weights[1] * x[1] + f64::from(layer.bias[output]);
            let found = activation().value(z);
            assert!(
                (found - expected).abs() < 60.0 / 16_777_216.0,
                "{output}: {found} for {expected}"
            );
        }
    }

    /// 20,000 draws: their standard deviation is off by a share of 1 / sqrt(40,000), of which 5 are missed by one seed in
    /// 1.7 million.
    #[test]
    fn normal_frequencies_have_their_scale_and_are_their_seeds_alone() {
        let layer = normal(2, 10_000, 3.0, 7, 0);
        let mean = layer.weight.iter().map(|w| (f64::from(*w) / TAU).powi(2)).sum::<f64>() / 40_000.0;
        assert!((mean.sqrt() / 3.0 - 1.0).abs() < 5.0 / 200.0, "{mean}");
        assert_eq!(layer, normal(2, 10_000, 3.0, 7, 0));
        assert_ne!(layer.weight, normal(2, 10_000, 3.0, 8, 0).weight);
        assert_ne!(layer.weight, normal(2, 10_000, 3.0, 7, 1).weight);
    }
}
