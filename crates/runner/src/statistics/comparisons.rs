//! Two kinds of networks compared seed by seed.
//!
//! Seeds pair them: the same samples, the same initial draws. The difference of a pair is d = log(error of A / error of B);
//! its median over pairs has the interval of order statistics (see [`super::intervals`]), and p is of the exact two-sided
//! sign test with zeros dropped (Dixon & Mood, 1946, Journal of the American Statistical Association 41), which goes with
//! that interval and assumes no symmetry: both at one level. Of many comparisons p is adjusted by Holm (1979, Scandinavian Journal of
//! Statistics 6). Two errors are equivalent where the whole interval is within a factor of 1.05: two one-sided tests
//! at half of the level (Schuirmann, 1987, Journal of Pharmacokinetics and Biopharmaceutics 15), not adjusted.

use std::collections::BTreeMap;

use super::binomial::below;
use super::intervals::{Estimate, median, median_interval_to};

/// What p is held against where seeds are looked at once.
pub const LEVEL: f64 = 0.05;

/// Errors whose ratio is below this are equivalent.
const EQUIVALENT: f64 = 1.05;

/// The logarithm of the ratio of two errors. An infinite error is one of a diverged network; where both are infinite there
/// is nothing to compare.
pub fn log_ratio(a: f64, b: f64) -> Option<f64> {
    match (a.is_finite(), b.is_finite()) {
        (false, false) => None,
        (false, true) => Some(f64::INFINITY),
        (true, false) => Some(f64::NEG_INFINITY),
        (true, true) if a == b => Some(0.0),
        (true, true) => Some((a / b).ln()),
    }
}

/// What pairs of errors say about A and B.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// The logarithm of A's error divided by B's, over the pairs.
    pub log_ratio: Estimate,
    /// Pairs in which A's error is lower.
    pub lower: usize,
    /// Pairs in which A's error is higher.
    pub higher: usize,
    /// Pairs in which one of both is infinite.
    pub infinite: usize,
    /// Pairs without a difference, as both diverged.
    pub left_out: usize,
    /// Of the sign test, not adjusted.
    pub p: f64,
    /// What p is held against; the interval covers at least the rest.
    pub level: f64,
}

/// What follows for A.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// There are not enough pairs.
    TooFew,
    /// Its error is lower.
    Better,
    /// Its error is lower, by less than 5 %.
    SlightlyBetter,
    /// The errors differ by less than 5 %.
    Equivalent,
    /// Its error is higher, by less than 5 %.
    SlightlyWorse,
    /// Its error is higher.
    Worse,
    /// None of these is shown.
    Undecided,
}

impl Verdict {
    /// Whether A's error is lower, by however little.
    pub fn is_better(self) -> bool {
        matches!(self, Self::Better | Self::SlightlyBetter)
    }

    /// Whether more seeds are not asked for.
    pub fn is_decided(self) -> bool {
        !matches!(self, Self::Undecided | Self::TooFew)
    }
}

/// How many seeds would decide, to one digit and to a factor of three.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seeds {
    /// About as many.
    About(usize),
    /// More than this.
    Over(usize),
}

impl Comparison {
    /// From the errors of A and B, a pair for each seed. None where no pair has a difference.
    pub fn of_pairs(pairs: &[(f64, f64)], level: f64) -> Option<Self> {
        let ratios: Vec<f64> = pairs.iter().filter_map(|(a, b)| log_ratio(*a, *b)).collect();
        Self::of_ratios(&ratios, pairs.len() - ratios.len(), level)
    }

    /// From the logarithms of the ratios, where `left_out` pairs have none. None of no ratio.
    pub fn of_ratios(ratios: &[f64], left_out: usize, level: f64) -> Option<Self> {
        let count = |wanted: fn(f64) -> bool| ratios.iter().filter(|ratio| wanted(**ratio)).count();
        let (lower, higher) = (count(|ratio| ratio < 0.0), count(|ratio| ratio > 0.0));
        Some(Self {
            log_ratio: median_interval_to(ratios, 1.0 - level)?,
            lower,
            higher,
            infinite: count(f64::is_infinite),
            left_out,
            p: sign_test(lower, higher),
            level,
        })
    }

    /// How many pairs have a difference.
    pub fn pairs(&self) -> usize {
        self.log_ratio.n
    }

    /// From the logarithms of the ratios of many cells, each with its seed, where there is one: of each seed the median over
    /// its cells. None of no ratio.
    pub fn of_seeds(ratios: impl IntoIterator<Item = (Option<u64>, Option<f64>)>, level: f64) -> Option<Self> {
        let mut by_seed: BTreeMap<Option<u64>, Vec<f64>> = BTreeMap::new();
        for (seed, ratio) in ratios {
            by_seed.entry(seed).or_default().extend(ratio);
        }
        let some = by_seed.values().filter(|ratios| !ratios.is_empty());
        let medians: Vec<f64> = some.map(|ratios| median(ratios)).collect();
        Self::of_ratios(&medians, by_seed.len() - medians.len(), level)
    }

    /// Whether there are too few pairs for any verdict.
    pub fn is_too_small(&self) -> bool {
        self.pairs() < fewest(self.level)
    }

    /// What follows, with p adjusted for all comparisons that it stands among.
    pub fn verdict(&self, adjusted: f64) -> Verdict {
        if self.is_too_small() {
            return Verdict::TooFew;
        }
        let Estimate { low, high, .. } = self.log_ratio;
        let bound = EQUIVALENT.ln();
        let equivalent = low > -bound && high < bound && self.infinite + self.left_out == 0;
        match (adjusted < self.level, self.lower > self.higher, equivalent) {
            (true, true, false) => Verdict::Better,
            (true, true, true) => Verdict::SlightlyBetter,
            (true, false, true) => Verdict::SlightlyWorse,
            (true, false, false) => Verdict::Worse,
            (false, _, true) => Verdict::Equivalent,
            (false, _, false) => Verdict::Undecided,
        }
    }

    /// How many seeds would decide, one way or the other, among so many comparisons: an interval narrows with the square
    /// root of their number. None where the interval has no width or no end, or the estimate is 0.
    pub fn seeds(&self, comparisons: usize) -> Option<Seeds> {
        const MOST: f64 = 1000.0;
        let Estimate { median, low, high, .. } = self.log_ratio;
        let (n, theta, half) = (self.pairs() as f64, median.abs(), 0.5 * (high - low));
        if !half.is_finite() || !theta.is_finite() || theta == 0.0 {
            return None;
        }
        let room = EQUIVALENT.ln() - theta;
        let better = n * (half / theta).powi(2);
        let equivalent = if room > 0.0 {
            n * (half / room).powi(2)
        } else {
            f64::INFINITY
        };
        // What is undecided needs more than there are, and as many as the number of comparisons takes in any case.
        let least = (self.pairs() + 1).max(seeds_for(comparisons, self.level));
        let needed = better.min(equivalent).max(least as f64);
        Some(match needed > MOST {
            true => Seeds::Over(MOST as usize),
            false => Seeds::About(one_digit(needed, least)),
        })
    }
}

/// A number of seeds to one digit, but not below `least`.
fn one_digit(needed: f64, least: usize) -> usize {
    let digit = 10f64.powf(needed.log10().floor());
    let rounded = (needed / digit).round() * digit;
    if rounded < least as f64 {
        return least;
    }
    rounded as usize
}

/// The exact two-sided p of a sign test.
fn sign_test(lower: usize, higher: usize) -> f64 {
    (2.0 * below(lower + higher, lower.min(higher) + 1)).min(1.0)
}

/// The p of many comparisons, each adjusted for all: with those that are below a level, the probability of a false one
/// among them is at most that level, however they depend on each other.
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|a, b| p[*a].total_cmp(&p[*b]));
    let mut adjusted = vec![1.0; p.len()];
    let mut largest = 0.0f64;
    for (place, of) in order.into_iter().enumerate() {
        largest = largest.max((p.len() - place) as f64 * p[of]).min(1.0);
        adjusted[of] = largest;
    }
    adjusted
}

/// Of how many comparisons one can be decided with so many seeds, if all seeds say the same: m 2^(1-n) below the level.
pub fn decidable(seeds: usize, level: f64) -> usize {
    let most = level * 2f64.powf(seeds as f64 - 1.0);
    // A level is a twentieth, or a part of one, and no power of two is a multiple of 20: the bound is no whole number.
    most.floor() as usize
}

/// With how many seeds one of so many comparisons can be decided.
pub fn seeds_for(comparisons: usize, level: f64) -> usize {
    let enough = (1..).find(|seeds| decidable(*seeds, level) >= comparisons.max(1));
    enough.unwrap_or(usize::MAX)
}

/// Pairs without which there is no verdict: at a level of 0.05 it is 6, as 5 that all say the same have p = 0.0625.
pub fn fewest(level: f64) -> usize {
    seeds_for(1, level)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sign_test_counts_coins() {
        // Of 10 coins: 2 (1 + 10 + 45) / 1024.
        for (lower, higher, p) in [
            (10, 0, 2.0 / 1024.0),
            (8, 2, 112.0 / 1024.0),
            (2, 8, 112.0 / 1024.0),
            (5, 5, 1.0),
        ] {
            assert!((sign_test(lower, higher) - p).abs() < 1e-12, "{lower} {higher}");
        }
        assert_eq!(sign_test(0, 0), 1.0);
        let ties = Comparison::of_pairs(&[(1.0, 1.0), (1.0, 2.0), (1.0, 2.0)], LEVEL).expect("pairs");
        assert!((ties.p - 0.5).abs() < 1e-12, "zeros are dropped: {}", ties.p);
    }

    /// R's `p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")`.
    #[test]
    fn holm_adjusts_as_r_does() {
        let found = holm(&[0.01, 0.04, 0.03, 0.005]);
        for (found, expected) in found.iter().zip([0.03, 0.06, 0.06, 0.02]) {
            assert!((found - expected).abs() < 1e-12, "{found}");
        }
        assert_eq!(holm(&[0.9, 0.8]), [1.0, 1.0]);
        assert_eq!(holm(&[]), [0.0; 0]);
    }

    #[test]
    fn diverged_networks_compare() {
        let inf = f64::INFINITY;
        let of =
            Comparison::of_pairs(&[(1.0, inf), (inf, 1.0), (inf, inf), (1.0, 2.0), (0.0, 0.0)], LEVEL).expect("pairs");
        assert_eq!(
            (of.lower, of.higher, of.infinite, of.left_out, of.pairs()),
            (2, 1, 2, 1, 4)
        );
        assert_eq!((of.log_ratio.low, of.log_ratio.high), (-inf, inf));
        assert_eq!(Comparison::of_pairs(&[(inf, inf)], LEVEL), None);
    }

    fn of(ratios: &[f64]) -> Comparison {
        Comparison::of_ratios(ratios, 0, LEVEL).expect("ratios")
    }

    #[test]
    fn verdicts_need_pairs_and_an_interval() {
        let verdict = |comparison: &Comparison| comparison.verdict(comparison.p);
        assert_eq!(verdict(&of(&[-1.0; 5])), Verdict::TooFew);
        assert_eq!(verdict(&of(&[-1.0; 6])), Verdict::Better);
        assert_eq!(verdict(&of(&[1.0; 6])), Verdict::Worse);
        assert_eq!(verdict(&of(&[-0.01; 6])), Verdict::SlightlyBetter);
        assert_eq!(verdict(&of(&[0.01; 6])), Verdict::SlightlyWorse);
        assert_eq!(of(&[-1.0; 6]).verdict(0.06), Verdict::Undecided);
        let around = [-0.04, -0.03, -0.01, 0.0, 0.01, 0.03, 0.04];
        assert_eq!(verdict(&of(&around)), Verdict::Equivalent);
        // A pair of which both diverged, or one did: nobody can say that they are equivalent.
        assert_eq!(
            verdict(&Comparison::of_ratios(&around, 1, LEVEL).expect("ratios")),
            Verdict::Undecided
        );
        let mut wild = around.to_vec();
        wild.extend([0.0, 0.0, f64::INFINITY]);
        assert!(of(&wild).log_ratio.high < EQUIVALENT.ln());
        assert_eq!(verdict(&of(&wild)), Verdict::Undecided);
    }

    /// Six seeds that all say the same: p is 2^-5, and their interval covers 1 - 2^-5, which a third of the level is below.
    #[test]
    fn a_lower_level_asks_for_more_of_p_and_of_the_interval() {
        let third = |ratios: &[f64]| Comparison::of_ratios(ratios, 0, LEVEL / 3.0).expect("ratios");
        let verdict = |ratios: &[f64]| third(ratios).verdict(third(ratios).p);
        assert_eq!(
            [6, 7].map(|seeds| verdict(&vec![-1.0; seeds])),
            [Verdict::TooFew, Verdict::Better]
        );
        // From the second to the ninth of ten covers 97.9 %, which is not 98.3 %.
        let ten: Vec<f64> = (1..=10).map(f64::from).collect();
        assert_eq!((of(&ten).log_ratio.low, third(&ten).log_ratio.low), (2.0, 1.0));
        // Nine seeds within 5 % and one beyond.
        let around = [-0.06, -0.04, -0.03, -0.01, -0.01, 0.01, 0.01, 0.03, 0.04, 0.04];
        assert_eq!(of(&around).verdict(1.0), Verdict::Equivalent);
        assert_eq!(verdict(&around), Verdict::Undecided);
    }

    #[test]
    fn what_seeds_can_decide_is_said_beforehand() {
        let found = [5, 6, 8, 9, 10, 12].map(|seeds| decidable(seeds, LEVEL));
        assert_eq!(found, [0, 1, 6, 12, 25, 102]);
        let needed = |level: f64| [0, 1, 6, 7, 25, 26].map(|comparisons| seeds_for(comparisons, level));
        assert_eq!(needed(LEVEL), [6, 6, 8, 9, 10, 11]);
        // 2^-6 is below a sixtieth, and so are 6 and 7 of 2^-9, 25 and 26 of 2^-11.
        assert_eq!(needed(LEVEL / 3.0), [7, 7, 10, 10, 12, 12]);
    }

    #[test]
    fn seeds_that_would_decide_follow_from_the_interval() {
        // Ten values around 0.3 whose interval, from the second to the ninth, has a half-width of 0.6.
        let wide = [-0.5, -0.3, 0.0, 0.1, 0.25, 0.35, 0.5, 0.7, 0.9, 1.1];
        // 10 (0.6 / 0.3)^2.
        assert_eq!(of(&wide).seeds(1), Some(Seeds::About(40)));
        // 10 (0.6 / 0.003)^2 to be better, 10 (0.6 / (0.0488 - 0.003))^2 = 1716 to be equivalent.
        assert_eq!(of(&wide.map(|d| d - 0.297)).seeds(1), Some(Seeds::Over(1000)));
        let endless = [
            f64::NEG_INFINITY,
            f64::NEG_INFINITY,
            0.1,
            0.1,
            0.1,
            0.1,
            0.1,
            0.1,
            0.1,
            f64::INFINITY,
        ];
        assert_eq!(of(&endless).seeds(1), None);
        assert_eq!(of(&[0.0; 10]).seeds(1), None);
        // All say the same, but 7 of them cannot decide one of 45.
        assert_eq!(of(&[0.2; 7]).seeds(45), Some(Seeds::About(11)));
    }
}
