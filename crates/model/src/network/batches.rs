//! Which samples a step takes, where it does not take all of them.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use crate::random::{Random, Stream};

/// How batches come to their samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Order {
    /// All samples once an epoch, in an order of its own, cut into batches; the last of them has what is left, as with
    /// PyTorch's `DataLoader`.
    #[default]
    Shuffled,
    /// Each sample of each step drawn from all, with replacement.
    Drawn,
}

impl Order {
    /// All orders.
    pub const ALL: [Self; 2] = [Self::Shuffled, Self::Drawn];

    /// The name that the user types.
    pub fn name(self) -> &'static str {
        match self {
            Self::Shuffled => "shuffled",
            Self::Drawn => "drawn",
        }
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Order {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let order = Self::ALL.into_iter().find(|order| order.name() == name);
        order.ok_or_else(|| "use shuffled or drawn".to_owned())
    }
}

/// The batches of a stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Batches {
    /// Samples of a step: from 1 to all.
    pub size: usize,
    /// Which they are.
    pub order: Order,
}

impl Batches {
    /// Steps that take as many samples as there are.
    pub fn steps_of_an_epoch(self, samples: usize) -> usize {
        samples.div_ceil(self.size)
    }
}

/// The rows of one network's samples that its steps take. They depend on its seed and the step alone.
#[derive(Debug, Clone)]
pub struct Sampler {
    batches: Batches,
    seed: u64,
    samples: usize,
    /// Shuffled: all, in the order of the epoch. Drawn: those of the step.
    rows: Vec<usize>,
    /// The epoch that the order is of.
    epoch: Option<usize>,
    /// Where among the rows those of the step are.
    taken: Range<usize>,
}

impl Sampler {
    /// Of a network with so many samples.
    pub fn new(batches: Batches, seed: u64, samples: usize) -> Self {
        let rows = match batches.order {
            Order::Shuffled => samples,
            Order::Drawn => batches.size,
        };
        Self {
            batches,
            seed,
            samples,
            rows: vec![0; rows],
            epoch: None,
            taken: 0..0,
        }
    }

    /// Finds the rows of a step; how many they are.
    pub fn begin(&mut self, step: usize) -> usize {
        let size = self.batches.size;
        self.taken = match self.batches.order {
            Order::Drawn => {
                // A row takes two numbers of the generator.
                let position = 2 * step as u128 * size as u128;
                let mut random = Random::part(self.seed, Stream::Batches, 0, position);
                let rows = self.rows.iter_mut();
                rows.for_each(|row| *row = random.below(self.samples));
                0..size
            }
            Order::Shuffled => {
                let steps = self.batches.steps_of_an_epoch(self.samples);
                let (epoch, first) = (step / steps, step % steps * size);
                if self.epoch != Some(epoch) {
                    self.shuffle(epoch);
                }
                first..self.samples.min(first + size)
            }
        };
        self.taken.len()
    }

    /// The rows of the step that began last, counted from 0.
    pub fn rows(&self) -> &[usize] {
        &self.rows[self.taken.clone()]
    }

    fn shuffle(&mut self, epoch: usize) {
        let part = u32::try_from(epoch).expect("a stack has fewer steps than 2^32");
        self.rows.iter_mut().zip(0..).for_each(|(row, place)| *row = place);
        Random::part(self.seed, Stream::Batches, part, 0).shuffle(&mut self.rows);
        self.epoch = Some(epoch);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sampler(size: usize, order: Order, seed: u64, samples: usize) -> Sampler {
        Sampler::new(Batches { size, order }, seed, samples)
    }

    fn rows(sampler: &mut Sampler, step: usize) -> Vec<usize> {
        let count = sampler.begin(step);
        assert_eq!(sampler.rows().len(), count);
        sampler.rows().to_vec()
    }

    #[test]
    fn an_epoch_of_shuffled_batches_sees_every_sample_once() {
        for (size, samples) in [(32, 100), (1, 7), (7, 7), (5, 20), (6, 7)] {
            let mut sampler = sampler(size, Order::Shuffled, 3, samples);
            let steps = samples.div_ceil(size);
            let mut orders = Vec::new();
            for epoch in 0..4 {
                let batches = (0..steps).map(|step| rows(&mut sampler, epoch * steps + step));
                let batches: Vec<Vec<usize>> = batches.collect();
                assert!(batches[..steps - 1].iter().all(|batch| batch.len() == size));
                orders.push(batches.concat());
                let mut seen = batches.concat();
                seen.sort_unstable();
                assert_eq!(seen, (0..samples).collect::<Vec<_>>(), "{size} of {samples}");
            }
            orders.sort();
            orders.dedup();
            assert_eq!(orders.len(), 4, "{size} of {samples}: epochs have orders of their own");
        }
    }

    /// Whoever begins in the middle, as a step that is done again, finds the same rows.
    #[test]
    fn the_rows_of_a_step_are_its_own() {
        for order in Order::ALL {
            let mut whole = sampler(8, order, 5, 30);
            let steps: Vec<Vec<usize>> = (0..20).map(|step| rows(&mut whole, step)).collect();
            for step in [13, 2, 19, 0] {
                let found = rows(&mut sampler(8, order, 5, 30), step);
                assert_eq!(found, steps[step], "{order} {step}");
            }
            assert_ne!(rows(&mut sampler(8, order, 6, 30), 0), steps[0], "{order}");
        }
    }

    /// Chi-square of 50 equally likely rows in 20,000 draws, of 49 degrees of freedom: beyond 99.6 with a probability of
    /// 2.6e-5, and so below 17 with one of less.
    #[test]
    fn drawn_rows_are_uniform() {
        let (samples, size, steps) = (50, 40, 500);
        let mut sampler = sampler(size, Order::Drawn, 1, samples);
        let mut counts = vec![0f64; samples];
        for step in 0..steps {
            let rows = rows(&mut sampler, step);
            rows.iter().for_each(|row| counts[*row] += 1.0);
        }
        let expected = (size * steps / samples) as f64;
        let chi_square: f64 = counts.iter().map(|count| (count - expected).powi(2) / expected).sum();
        assert!((17.0..99.6).contains(&chi_square), "{chi_square}");
    }
}
