//! Statistics over the seeds of a cell.

use std::collections::BTreeMap;

use actlab_model::network::random::{Random, Stream};

/// A median and the interval that it lies in with 95 % confidence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The median of the values.
    pub median: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

/// A share and the interval that it lies in with 95 % confidence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// How many bear it out.
    pub count: usize,
    /// Of how many.
    pub of: usize,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

/// The 0.975 quantile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// A share with its interval by Wilson (1927, Journal of the American Statistical Association 22). None of none.
pub fn wilson(count: usize, of: usize) -> Option<Share> {
    if of == 0 {
        return None;
    }
    let (n, p, z2) = (of as f64, count as f64 / of as f64, Z * Z);
    let centre = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    Some(Share {
        count,
        of,
        low: (centre - half).max(0.0),
        high: (centre + half).min(1.0),
    })
}

/// Resamples of the bootstrap.
const RESAMPLES: usize = 2000;

/// Median with its percentile bootstrap interval (Efron & Tibshirani, 1993, chapter 13). The resamples are the same
/// on every run. With few seeds the interval is from the smallest value to the largest. None of no values.
pub fn median_interval(values: &[f64]) -> Option<Estimate> {
    if values.is_empty() {
        return None;
    }
    let mut random = Random::new(0, Stream::Bootstrap);
    let mut medians: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            let resample: Vec<f64> = (0..values.len()).map(|_| values[random.below(values.len())]).collect();
            median(&resample)
        })
        .collect();
    medians.sort_by(f64::total_cmp);
    let quantile = |q: f64| medians[(q * (RESAMPLES - 1) as f64).round() as usize];
    Some(Estimate {
        median: median(values),
        low: quantile(0.025),
        high: quantile(0.975),
    })
}

/// The middle value, or the mean of the two in the middle; infinite where those are, no number of no values.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match (sorted.len(), sorted.len() / 2) {
        (0, _) => f64::NAN,
        (odd, middle) if odd % 2 == 1 => sorted[middle],
        (_, middle) => 0.5 * (sorted[middle - 1] + sorted[middle]),
    }
}

/// The share of the values' variance that each axis explains by itself, its main effect: the variance of the means
/// over its levels. What the shares leave to 1 is interactions and chance. `levels` has for each axis the level of each
/// value; where nothing varies, nothing is explained.
pub fn main_effects(levels: &[Vec<usize>], values: &[f64]) -> Vec<f64> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let total: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    let share = |levels: &Vec<usize>| {
        let mut sums: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
        for (level, value) in levels.iter().zip(values) {
            let (sum, count) = sums.entry(*level).or_default();
            *sum += value;
            *count += 1.0;
        }
        let between: f64 = sums
            .values()
            .map(|(sum, count)| count * (sum / count - mean).powi(2))
            .sum();
        if total > 0.0 { between / total } else { 0.0 }
    };
    levels.iter().map(share).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `3 a + b` over a full grid of `a, b` in 0, 1: the variances of 3 a and of b are as 9 to 1. With `a b` in place
    /// of it each axis explains a third, and their interaction the rest.
    #[test]
    fn main_effects_are_those_of_algebra() {
        let levels = [vec![0, 0, 1, 1], vec![0, 1, 0, 1]];
        let close =
            |found: Vec<f64>, expected: [f64; 2]| found.iter().zip(expected).all(|(f, e)| (f - e).abs() < 1e-12);
        assert!(close(main_effects(&levels, &[0.0, 1.0, 3.0, 4.0]), [0.9, 0.1]));
        assert!(close(
            main_effects(&levels, &[0.0, 0.0, 0.0, 1.0]),
            [1.0 / 3.0, 1.0 / 3.0]
        ));
        assert_eq!(main_effects(&levels, &[2.0; 4]), [0.0, 0.0]);
    }

    #[test]
    fn medians_are_in_the_middle() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
        assert_eq!(median(&[1.0, f64::INFINITY, f64::INFINITY]), f64::INFINITY);
        assert_eq!(median_interval(&[]), None);
        let one = median_interval(&[7.0]).expect("an estimate");
        assert_eq!((one.median, one.low, one.high), (7.0, 7.0, 7.0));
    }

    /// The values of Wilson's interval as they are published for these counts, to the digits printed.
    #[test]
    fn shares_have_the_published_intervals() {
        for (count, low, high, digits) in [(0, 0.0, 0.037, 5e-4), (100, 0.963, 1.0, 5e-4), (62, 0.52, 0.71, 5e-3)] {
            let share = wilson(count, 100).expect("a share");
            assert!((share.low - low).abs() <= digits, "{count}: {}", share.low);
            assert!((share.high - high).abs() <= digits, "{count}: {}", share.high);
        }
        assert_eq!(wilson(0, 0), None);
    }

    /// Of 400 samples of 15 normals the interval holds the true median in about 95 %: with p = 0.95 the count has a
    /// standard deviation of 4.4. The percentile bootstrap of a median is known to be a little narrow or wide on
    /// small samples, hence 0.91 to 0.99.
    #[test]
    fn the_interval_covers_the_true_median_as_often_as_it_says() {
        let mut random = Random::new(42, Stream::Samples);
        let covered = (0..400)
            .filter(|_| {
                let values: Vec<f64> = (0..15).map(|_| random.normal()).collect();
                median_interval(&values).is_some_and(|estimate| (estimate.low..=estimate.high).contains(&0.0))
            })
            .count();
        assert!((364..=396).contains(&covered), "{covered} of 400");
    }
}
