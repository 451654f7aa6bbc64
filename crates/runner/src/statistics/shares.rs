//! Shares: of networks that are independent of each other, and of seeds, whose networks are not.

use super::intervals::{CONFIDENCE, Estimate, median_interval};

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

/// The share of a seed's networks that bear something out: the median over seeds with its interval of order statistics.
/// Networks of one seed over many cells are not independent, seeds are. `seeds` has for each how many bear it out, and of
/// how many; those without a network say nothing. None of none.
pub fn seed_share(seeds: &[(usize, usize)]) -> Option<Estimate> {
    let some = seeds.iter().filter(|(_, of)| *of > 0);
    let shares: Vec<f64> = some.map(|(count, of)| *count as f64 / *of as f64).collect();
    median_interval(&shares)
}

/// Where every one of `n` seeds bears something out, the share of all seeds that does, at least, with 95 % confidence:
/// 0.05^(1/n), the one-sided bound of Clopper & Pearson (1934, Biometrika 26). Nothing where there is no seed.
pub fn at_least(n: usize) -> f64 {
    (1.0 - CONFIDENCE).powf(1.0 / n as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn a_share_of_seeds_is_a_median_over_seeds() {
        let seeds = [(4, 4), (2, 4), (0, 0), (3, 4), (1, 4), (4, 4)];
        let share = seed_share(&seeds).expect("seeds");
        assert_eq!((share.median, share.low, share.high, share.n), (0.75, 0.25, 1.0, 5));
        assert_eq!(seed_share(&[(0, 0)]), None);
    }

    /// By the definition of the bound: of seeds of which just that share bears it out, all of n do in one of 20 cases.
    #[test]
    fn where_all_seeds_bear_it_out_nearly_all_seeds_do() {
        for n in [1usize, 5, 10, 59] {
            assert!((at_least(n).powi(n as i32) - 0.05).abs() < 1e-12, "{n}");
        }
        assert!((at_least(10) - 0.741).abs() < 1e-3);
        assert_eq!(at_least(0), 0.0);
    }
}
