//! Random numbers of a trial: drawn on the host from a counter-based generator (ChaCha8) keyed by the trial's seed, so
//! every backend starts from the same bits, and a network's numbers do not depend on its neighbours.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What a stream of random numbers is for. Streams of one seed are independent of each other: drawing
/// more samples does not change the weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub enum Stream {
    /// Initial weights and biases.
    Weights = 0,
    /// Positions of the training samples.
    Samples = 1,
    /// Noise on the training targets.
    Noise = 2,
    /// Points to test at.
    Test = 3,
    /// Start of the power iteration.
    Spectral = 4,
    /// Points to choose settings by. The number 5 was for resampling, and stays unused.
    Validation = 6,
    /// What dropout leaves out.
    Dropout = 7,
    /// Which samples a batch takes.
    Batches = 8,
    /// Samples that are drawn afresh for each step.
    Fresh = 9,
    /// Noise on the inputs of training steps.
    InputNoise = 10,
    /// Weights of a network whose answers others learn.
    Teacher = 11,
}

/// Random numbers of one stream of one seed.
#[derive(Debug, Clone)]
pub struct Random(ChaCha8Rng);

impl Random {
    /// The stream of `seed` that serves `stream`.
    pub fn new(seed: u64, stream: Stream) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(stream as u64);
        Self(generator)
    }

    /// The part of a stream that belongs to `part`, from its `position`th 32-bit number on: whatever is drawn before or
    /// beside it, it is the same. Part 0 is the stream itself.
    pub fn part(seed: u64, stream: Stream, part: u32, position: u128) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(u64::from(part) << 32 | stream as u64);
        generator.set_word_pos(position);
        Self(generator)
    }

    /// Uniform in `[0, 1)`, a multiple of 2^-24.
    pub fn uniform_f32(&mut self) -> f32 {
        (self.0.next_u32() >> 8) as f32 * (-24f32).exp2()
    }

    /// Uniform in `[0, 1)`, a multiple of 2^-53.
    pub fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 * (-53f64).exp2()
    }

    /// Standard normal, by Box and Muller (1958).
    pub fn normal(&mut self) -> f64 {
        let radius = libm::sqrt(-2.0 * libm::log(1.0 - self.uniform()));
        radius * libm::cos(std::f64::consts::TAU * self.uniform())
    }

    /// Uniform in `0..n`; the bias of the multiplication method is below `n` / 2^64.
    ///
    /// # Panics
    /// If `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        assert!(n > 0, "nothing to choose from");
        ((u128::from(self.0.next_u64()) * n as u128) >> 64) as usize
    }

    /// Shuffles in place (Fisher and Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1,000 uniforms each. The correlation of two independent streams has a standard deviation of 1/sqrt(1000); of 55
    /// pairs none is beyond 5 of them but for one seed in some 32,000.
    #[test]
    fn the_streams_of_a_seed_are_independent() {
        const STREAMS: [Stream; 11] = [
            Stream::Weights,
            Stream::Samples,
            Stream::Noise,
            Stream::Test,
            Stream::Spectral,
            Stream::Validation,
            Stream::Dropout,
            Stream::Batches,
            Stream::Fresh,
            Stream::InputNoise,
            Stream::Teacher,
        ];
        let n = 1000;
        let centred = |stream: Stream| -> Vec<f64> {
            let mut random = Random::new(7, stream);
            (0..n).map(|_| random.uniform() - 0.5).collect()
        };
        let draws = STREAMS.map(centred);
        for (i, a) in draws.iter().enumerate() {
            for (b, stream) in draws[..i].iter().zip(STREAMS) {
                let product: f64 = a.iter().zip(b).map(|(a, b)| a * b).sum();
                let correlation = 12.0 * product / f64::from(n);
                assert!(
                    correlation.abs() < 5.0 / f64::from(n).sqrt(),
                    "{:?} and {stream:?}: {correlation}",
                    STREAMS[i]
                );
            }
        }
    }

    /// Means of n draws are within 5 standard errors but for one seed in 1.7 million.
    #[test]
    fn normals_have_the_moments_of_the_normal_distribution() {
        let mut random = Random::new(3, Stream::Noise);
        let n = 100_000;
        let draws: Vec<f64> = (0..n).map(|_| random.normal()).collect();
        let moment = |k: i32| draws.iter().map(|x| x.powi(k)).sum::<f64>() / f64::from(n);
        let standard_error = |variance: f64| 5.0 * (variance / f64::from(n)).sqrt();
        assert!(moment(1).abs() < standard_error(1.0));
        assert!((moment(2) - 1.0).abs() < standard_error(2.0));
        assert!((moment(4) - 3.0).abs() < standard_error(96.0));
    }

    #[test]
    fn a_part_of_a_stream_is_the_same_wherever_one_begins() {
        let draws = |part, position, n: usize| -> Vec<f32> {
            let mut random = Random::part(5, Stream::Dropout, part, position);
            (0..n).map(|_| random.uniform_f32()).collect()
        };
        let whole = draws(2, 0, 300);
        for position in [1, 16, 63, 64, 257] {
            assert_eq!(draws(2, position, 20), whole[position as usize..][..20], "{position}");
        }
        assert_ne!(draws(3, 0, 20), whole[..20]);
        let mut stream = Random::new(5, Stream::Dropout);
        assert_eq!(draws(0, 0, 1), [stream.uniform_f32()]);
    }

    #[test]
    fn shuffling_keeps_every_item() {
        let mut items: Vec<usize> = (0..100).collect();
        Random::new(0, Stream::Samples).shuffle(&mut items);
        assert_ne!(items, (0..100).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..100).collect::<Vec<_>>());
    }
}
