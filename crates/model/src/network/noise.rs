//! Noise on the inputs of training steps (Bishop, 1995): of small noise the mean is a penalty on the network's slopes,
//! and of a linear network exactly L2.

use crate::random::{Random, Stream};

/// The noise on the inputs of one step of a network.
#[derive(Debug, Clone, Copy)]
pub struct InputNoise {
    /// The network's seed.
    pub seed: u64,
    /// Steps done.
    pub step: usize,
    /// Standard deviation, in units of the network's inputs.
    pub deviation: f32,
    /// Inputs of a sample.
    pub width: usize,
    /// Samples of a step.
    pub samples: usize,
}

/// Numbers of the generator that a normal takes.
const NUMBERS: u128 = 4;

impl InputNoise {
    /// Adds it to the inputs of some samples of the step, from its sample `first` on. What is added depends on the seed, the
    /// step, the sample and the column alone.
    ///
    /// - `inputs`: `[rows, stride]`, whose padding is left alone
    pub fn add(&self, first: usize, stride: usize, inputs: &mut [f32]) {
        let row = self.step as u128 * self.samples as u128 + first as u128;
        let mut random = Random::part(self.seed, Stream::InputNoise, 0, NUMBERS * row * self.width as u128);
        for row in inputs.chunks_exact_mut(stride) {
            for value in &mut row[..self.width] {
                *value += self.deviation * random.normal() as f32;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOISE: InputNoise = InputNoise {
        seed: 4,
        step: 7,
        deviation: 0.5,
        width: 3,
        samples: 4000,
    };

    fn added(noise: InputNoise) -> Vec<f32> {
        let mut inputs = vec![0.0; noise.samples * noise.width];
        noise.add(0, noise.width, &mut inputs);
        inputs
    }

    /// Moments of 12,000 draws lie within 5 standard errors, and correlations of two steps or seeds too: each is missed by
    /// one seed in 1.7 million.
    #[test]
    fn noise_has_its_deviation_and_every_step_has_its_own() {
        let first = added(NOISE);
        let n = first.len() as f64;
        let mean = |values: &mut dyn Iterator<Item = f64>| values.sum::<f64>() / n;
        let all = || first.iter().map(|value| f64::from(*value) / 0.5);
        assert!(mean(&mut all()).abs() < 5.0 / n.sqrt());
        assert!((mean(&mut all().map(|x| x * x)) - 1.0).abs() < 5.0 * (2.0 / n).sqrt());
        for other in [InputNoise { step: 8, ..NOISE }, InputNoise { seed: 5, ..NOISE }] {
            let other = added(other);
            let products = &mut all().zip(&other).map(|(a, b)| a * f64::from(*b) / 0.5);
            assert!(mean(products).abs() < 5.0 / n.sqrt());
        }
    }

    #[test]
    fn a_block_of_samples_has_its_part_of_the_noise() {
        let whole = added(NOISE);
        let mut block = vec![0.0; 5 * 16];
        NOISE.add(100, 16, &mut block);
        for (row, expected) in block.chunks(16).zip(whole[100 * 3..].chunks(3)) {
            assert_eq!(row[..3], *expected);
            assert!(row[3..].iter().all(|padding| *padding == 0.0));
        }
    }
}
