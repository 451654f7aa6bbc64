//! Dropout (Srivastava et al., JMLR 2014), inverted as in PyTorch: while a network trains, each value is left out with
//! the probability `rate`, and what is kept is divided by `1 - rate`, so that its mean stays. A network that answers
//! leaves nothing out.

use pulp::{Arch, Simd, WithSimd};

use crate::kernels::cpu::{result, vectorized};
use crate::random::{Random, Stream};

/// The values of a dropout of a network that one step leaves out, and keeps.
#[derive(Debug, Clone, Copy)]
pub struct Masked {
    /// The network's seed.
    pub seed: u64,
    /// Which dropout of the network it is.
    pub place: usize,
    /// Steps done.
    pub step: usize,
    /// The share of the values that is left out.
    pub rate: f32,
    /// Values of a sample.
    pub width: usize,
    /// Samples of a step.
    pub samples: usize,
}

impl Masked {
    /// What the values of some samples, from the sample `first` on, are multiplied with: 0, or `1 / (1 - rate)`. Each is
    /// decided by one number of the network's generator, which the seed, the place, the step, the sample and the column
    /// alone pick.
    ///
    /// - `mask`: `[rows, stride]`, whose padding is left alone
    pub fn write(&self, first: usize, stride: usize, mask: &mut [f32]) {
        let row = self.step as u128 * self.samples as u128 + first as u128;
        let place = u32::try_from(self.place).expect("fewer places than 2^32");
        let mut random = Random::part(self.seed, Stream::Dropout, place, row * self.width as u128);
        let kept = 1.0 / (1.0 - self.rate);
        for row in mask.chunks_exact_mut(stride) {
            for value in &mut row[..self.width] {
                *value = if random.uniform_f32() < self.rate { 0.0 } else { kept };
            }
        }
    }
}

vectorized! {
    /// `output <- input mask`.
    pub fn forward<'a>(input: &'a [f32], mask: &'a [f32], output: &'a mut [f32]) {
        for ((output, input), mask) in output.iter_mut().zip(input).zip(mask) {
            *output = *input * *mask;
        }
    }

    /// `delta <- gradient mask`, the gradient of the input, or added to `delta` where it `adds`.
    pub fn backward<'a>(gradient: &'a [f32], mask: &'a [f32], delta: &'a mut [f32], adds: bool) {
        let values = delta.iter_mut().zip(gradient).zip(mask);
        match adds {
            true => values.for_each(|((delta, gradient), mask)| *delta += *gradient * *mask),
            false => values.for_each(|((delta, gradient), mask)| *delta = *gradient * *mask),
        }
    }
}

/// The same in double precision.
pub fn reference(input: &[f64], mask: &[f32]) -> Vec<f64> {
    input
        .iter()
        .zip(mask)
        .map(|(input, mask)| input * f64::from(*mask))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MASKED: Masked = Masked {
        seed: 4,
        place: 1,
        step: 7,
        rate: 0.3,
        width: 50,
        samples: 400,
    };

    fn mask(masked: Masked) -> Vec<f32> {
        let mut mask = vec![0.0; masked.samples * masked.width];
        masked.write(0, masked.width, &mut mask);
        mask
    }

    /// Of 20,000 values the share that is kept has a standard error of sqrt(0.3 0.7 / 20,000), their mean one of that
    /// over 0.7; 5 of them are missed by one seed in 1.7 million.
    #[test]
    fn as_many_are_kept_as_the_rate_says_and_the_mean_stays() {
        let mask = mask(MASKED);
        let n = mask.len() as f64;
        let (kept, scale) = (1.0 - f64::from(MASKED.rate), 1.0 / (1.0 - MASKED.rate));
        assert!(mask.iter().all(|value| [0.0, scale].contains(value)));
        let share = mask.iter().filter(|value| **value > 0.0).count() as f64 / n;
        let error = (kept * (1.0 - kept) / n).sqrt();
        assert!((share - kept).abs() < 5.0 * error, "{share}");
        let mean = mask.iter().map(|value| f64::from(*value)).sum::<f64>() / n;
        assert!((mean - 1.0).abs() < 5.0 * error / kept, "{mean}");
    }

    /// Two independent masks agree in 0.3^2 + 0.7^2 of their values, with a standard error of sqrt(0.58 0.42 / 20,000).
    #[test]
    fn steps_places_and_networks_have_masks_of_their_own() {
        let first = mask(MASKED);
        let others = [
            Masked { step: 8, ..MASKED },
            Masked { place: 0, ..MASKED },
            Masked { seed: 5, ..MASKED },
        ];
        for other in others {
            let same = first.iter().zip(mask(other)).filter(|(a, b)| *a == b).count();
            let share = same as f64 / first.len() as f64;
            let error = (0.58 * 0.42 / first.len() as f64).sqrt();
            assert!((share - 0.58).abs() < 5.0 * error, "{other:?}: {share}");
        }
        assert_eq!(first, mask(MASKED));
    }

    #[test]
    fn a_block_of_samples_has_its_part_of_the_mask() {
        let whole = mask(MASKED);
        let mut block = vec![-1.0; 3 * 64];
        MASKED.write(100, 64, &mut block);
        for (row, expected) in block.chunks(64).zip(whole[100 * 50..].chunks(50)) {
            assert_eq!(row[..50], *expected);
            assert!(row[50..].iter().all(|padding| *padding == -1.0));
        }
    }

    #[test]
    fn a_rate_of_zero_keeps_every_value_as_it_is() {
        assert!(mask(Masked { rate: 0.0, ..MASKED }).iter().all(|value| *value == 1.0));
    }
}
