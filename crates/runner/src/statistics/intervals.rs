//! A median over seeds and the exact interval of order statistics that it lies in.
//!
//! Of n values in order, [x_(k), x_(n+1-k)] holds the median of the distribution that they are from with a probability of
//! 1 - 2 P(Bin(n, 1/2) < k), whatever that distribution is (Thompson, 1936, Annals of Mathematical Statistics 7; David &
//! Nagaraja, Order Statistics, 2003, section 7.1). No resampling, no assumption, and a diverged network is a value like any
//! other: infinite.

use super::binomial::below;

/// What an interval covers, at least, where there are enough values.
pub const CONFIDENCE: f64 = 0.95;

/// A median and the interval that it lies in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The median of the values.
    pub median: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
    /// The probability that such an interval holds the true median: where 0.95 is asked for, at least that from 6 values
    /// on, and less below.
    pub coverage: f64,
    /// How many values there were.
    pub n: usize,
}

/// The median with the narrowest interval of order statistics that covers it with at least 95 %; of fewer than 6 values
/// from the smallest to the largest, with what that covers. None of no values.
pub fn median_interval(values: &[f64]) -> Option<Estimate> {
    median_interval_to(values, CONFIDENCE)
}

/// The same with at least this confidence, for which it takes more values.
pub fn median_interval_to(values: &[f64], confidence: f64) -> Option<Estimate> {
    let n = values.len();
    if n == 0 {
        return None;
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (k, coverage) = order(n, confidence);
    Some(Estimate {
        median: middle(&sorted),
        low: sorted[k - 1],
        high: sorted[n - k],
        coverage,
        n,
    })
}

/// The largest k whose interval covers enough, at least 1, and what it covers.
fn order(n: usize, confidence: f64) -> (usize, f64) {
    let coverage = |k: usize| 1.0 - 2.0 * below(n, k);
    let (mut enough, mut too_little) = (1, n / 2 + 1);
    while too_little - enough > 1 {
        let k = (enough + too_little) / 2;
        if coverage(k) >= confidence {
            enough = k;
        } else {
            too_little = k;
        }
    }
    (enough, coverage(enough).max(0.0))
}

/// The middle value, or the mean of the two in the middle; infinite where those are, no number of no values.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    middle(&sorted)
}

fn middle(sorted: &[f64]) -> f64 {
    match (sorted.len(), sorted.len() / 2) {
        (0, _) => f64::NAN,
        (odd, middle) if odd % 2 == 1 => sorted[middle],
        (_, middle) => {
            let (low, high) = (sorted[middle - 1], sorted[middle]);
            // Every number is a median of -inf and inf; 0 is as far from one as from the other.
            let opposite = low == f64::NEG_INFINITY && high == f64::INFINITY;
            if opposite { 0.0 } else { 0.5 * (low + high) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_are_in_the_middle() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
        assert_eq!(median(&[1.0, f64::INFINITY, f64::INFINITY]), f64::INFINITY);
        assert_eq!(median(&[f64::NEG_INFINITY, f64::INFINITY]), 0.0);
        assert_eq!(median_interval(&[]), None);
        let one = median_interval(&[7.0]).expect("an estimate");
        assert_eq!((one.median, one.low, one.high, one.n), (7.0, 7.0, 7.0, 1));
        assert!(one.coverage.abs() < 1e-12, "one value says nothing");
    }

    /// Ranks and coverages as the tables of order statistics have them, to the digits printed there.
    #[test]
    fn intervals_are_the_published_order_statistics() {
        for (n, k, coverage) in [
            (5, 1, 0.9375),
            (6, 1, 0.9688),
            (7, 1, 0.9844),
            (8, 1, 0.9922),
            (9, 2, 0.9609),
            (10, 2, 0.9785),
            (12, 3, 0.9614),
            (15, 4, 0.9648),
            (20, 6, 0.9586),
            (30, 10, 0.9572),
            (100, 40, 0.9648),
        ] {
            let values: Vec<f64> = (1..=n).map(|i| i as f64).collect();
            let found = median_interval(&values).expect("values");
            assert_eq!((found.low, found.high), (k as f64, (n + 1 - k) as f64), "{n}");
            assert!((found.coverage - coverage).abs() < 1e-4, "{n}: {}", found.coverage);
        }
    }

    #[test]
    fn diverged_networks_are_values_like_any_other() {
        let mut values = vec![f64::INFINITY; 2];
        values.extend((1..=8).map(f64::from));
        let found = median_interval(&values).expect("values");
        assert_eq!((found.median, found.low, found.high), (5.5, 2.0, f64::INFINITY));
    }
}
