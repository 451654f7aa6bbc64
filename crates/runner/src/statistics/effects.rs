//! Main effects: the first terms of a decomposition of variance (Sobol', 1993, Mathematical Modelling and Computational
//! Experiments 1; on a full grid those of Fisher's analysis of variance).

use std::collections::BTreeMap;

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
}
