//! A mean over seeds and the interval that it lies in, by Student's distribution (1908, Biometrika 6).
//!
//! Exact where the values are normal. It is for values that others publish as means; what we conclude ourselves rests on
//! medians, see [`super::intervals`].

use super::intervals::{CONFIDENCE, Estimate};

/// The mean with its interval. None of no values; of one value the interval says nothing, and covers nothing.
pub fn mean_interval(values: &[f64]) -> Option<Estimate> {
    let n = values.len();
    if n == 0 {
        return None;
    }
    let mean = values.iter().sum::<f64>() / n as f64;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    let half = match n {
        1 => 0.0,
        _ => t_quantile(n - 1) * (squares / ((n - 1) * n) as f64).sqrt(),
    };
    Some(Estimate {
        median: mean,
        low: mean - half,
        high: mean + half,
        coverage: if n == 1 { 0.0 } else { CONFIDENCE },
        n,
    })
}

/// Of Student's distribution with so many degrees of freedom, what 95 % are nearer to 0 than.
fn t_quantile(degrees: usize) -> f64 {
    let (mut low, mut high) = (0.0, std::f64::consts::FRAC_PI_2);
    // The angle whose tangent is t/sqrt(degrees): to the last bit in as many halvings as a number has bits.
    for _ in 0..f64::MANTISSA_DIGITS {
        let middle = 0.5 * (low + high);
        if within(middle, degrees) < CONFIDENCE {
            low = middle;
        } else {
            high = middle;
        }
    }
    (degrees as f64).sqrt() * low.tan()
}

/// The probability that the angle is less than this, by the finite sums of Abramowitz & Stegun (1964), 26.7.3 and 26.7.4.
fn within(angle: f64, degrees: usize) -> f64 {
    let (sin, cos) = angle.sin_cos();
    let is_odd = degrees % 2 == 1;
    let (mut term, mut sum) = (if is_odd { cos } else { 1.0 }, 0.0);
    let mut power = if is_odd { 1 } else { 0 };
    while power + 2 <= degrees {
        sum += term;
        power += 2;
        term *= cos * cos * (power - 1) as f64 / power as f64;
    }
    match is_odd {
        true => std::f64::consts::FRAC_2_PI * (angle + sin * sum),
        false => sin * sum,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As every table has them, to the digits printed there.
    #[test]
    fn quantiles_are_those_of_the_tables() {
        for (degrees, quantile) in [
            (1, 12.706),
            (2, 4.303),
            (3, 3.182),
            (4, 2.776),
            (9, 2.262),
            (20, 2.086),
            (120, 1.980),
        ] {
            let found = t_quantile(degrees);
            assert!((found - quantile).abs() < 5.1e-4, "{degrees}: {found}");
        }
    }

    #[test]
    fn a_mean_has_the_interval_of_algebra() {
        let found = mean_interval(&[1.0, 2.0, 6.0]).expect("values");
        // The deviation is sqrt 7, of the mean sqrt(7/3).
        let half = 4.302_652_73 * (7.0f64 / 3.0).sqrt();
        assert!((found.median, found.n) == (3.0, 3) && (found.high - 3.0 - half).abs() < 1e-6);
        let one = mean_interval(&[5.0]).expect("a value");
        assert_eq!((one.low, one.high, one.coverage), (5.0, 5.0, 0.0));
        assert_eq!(mean_interval(&[]), None);
    }
}
