//! The binomial distribution of fair coins, on which order statistics and the sign test rest.

/// The probability that of `n` fair coins fewer than `k` show heads. The largest term by the logarithm of the gamma
/// function, the others by their ratio to it: to 1e-9 of itself up to a million coins.
pub fn below(n: usize, k: usize) -> f64 {
    if k == 0 {
        return 0.0;
    }
    if k > n {
        return 1.0;
    }
    // As many heads as tails: beyond the middle it is the other tail that is summed.
    if 2 * k > n + 1 {
        return 1.0 - below(n, n + 1 - k);
    }
    let mut term = 1.0;
    let mut sum = term;
    for heads in (1..k).rev() {
        term *= heads as f64 / (n - heads + 1) as f64;
        sum += term;
        if term < f64::EPSILON * sum / 4.0 {
            break;
        }
    }
    sum * exactly(n, k - 1)
}

/// The probability of exactly `k` heads.
fn exactly(n: usize, k: usize) -> f64 {
    let log_factorial = |n: usize| libm::lgamma(n as f64 + 1.0);
    (log_factorial(n) - log_factorial(k) - log_factorial(n - k) - n as f64 * std::f64::consts::LN_2).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against Pascal's triangle in whole numbers, which 2^60 has room for. The logarithms of factorials are below 200
    /// and rounded three times: 1e-13 of the result.
    #[test]
    fn tails_are_those_of_pascals_triangle() {
        for n in 1..=60usize {
            let mut row = vec![1u64];
            for _ in 0..n {
                let sums = row.windows(2).map(|pair| pair[0] + pair[1]);
                row = std::iter::once(1).chain(sums).chain([1]).collect();
            }
            let mut sum = 0;
            for (k, term) in row.iter().enumerate() {
                let expected = sum as f64 / (1u64 << n) as f64;
                assert!((below(n, k) - expected).abs() <= 1e-12 * expected, "{n} {k}");
                sum += term;
            }
            assert_eq!(below(n, n + 1), 1.0);
        }
    }

    /// The normal distribution, whose error for a million coins is of the order of 1/n (Berry and Esseen's bound is
    /// 0.5 / sqrt(n); by symmetry, and with the correction for continuity, the first term of it is none).
    #[test]
    fn of_many_coins_the_tails_are_those_of_the_normal_distribution() {
        let n = 1_000_000;
        // 1.959964 standard deviations of 500 below the middle, and half a coin.
        let k = 500_000.0 - 1.959_964 * 500.0 + 0.5;
        assert!((below(n, k as usize) - 0.025).abs() < 1e-4);
    }
}
