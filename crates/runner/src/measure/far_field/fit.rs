//! Fits to evenly spaced values along a ray, each with its coefficient of determination R²: the share of the variance that
//! it explains.

use nalgebra::{DMatrix, DVector};

/// Sine waves of a periodic function, at most.
pub const WAVES: usize = 3;

/// Swings of the strongest wave along the ray, at least; fewer cannot be told from a curve.
const SWINGS: f64 = 2.0;

/// Standard deviation.
pub fn deviation(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    (values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / values.len() as f64).sqrt()
}

/// R² of the polynomials of degree 1, 2 and 3 that fit best. Each power, made orthogonal to those before (Gram's
/// polynomials), takes its own share off what is left.
pub fn polynomials_r2(values: &[f64]) -> [f64; 3] {
    let t = centred(values.len());
    let mut basis = vec![vec![(values.len() as f64).sqrt().recip(); values.len()]];
    let mut left = values.to_vec();
    take_off(&mut left, &basis[0]);
    let variation = left.clone();
    [1, 2, 3].map(|degree| {
        let mut power: Vec<f64> = t.iter().map(|t| t.powi(degree)).collect();
        basis.iter().for_each(|before| take_off(&mut power, before));
        let length = dot(&power, &power).sqrt();
        power.iter_mut().for_each(|value| *value /= length);
        take_off(&mut left, &power);
        basis.push(power);
        explained(&variation, &left)
    })
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Leaves of `values` what is orthogonal to a vector of length 1.
fn take_off(values: &mut [f64], direction: &[f64]) {
    let along = dot(values, direction);
    values
        .iter_mut()
        .zip(direction)
        .for_each(|(value, d)| *value -= along * d);
}

/// R² of a constant and up to [`WAVES`] sine waves: the frequency that explains most of what is left is found on a
/// grid and refined, then all waves are fitted together. 0 where the strongest swings less than [`SWINGS`] times.
pub fn waves_r2(values: &[f64]) -> f64 {
    let t = centred(values.len());
    let mut columns = vec![vec![1.0; t.len()]];
    let variation = residual(&columns, values);
    let mut left = variation.clone();
    for wave in 0..WAVES {
        let Some(swings) = strongest(&t, &left) else { break };
        if wave == 0 && swings < SWINGS {
            return 0.0;
        }
        columns.extend(sine_and_cosine(&t, swings));
        left = residual(&columns, values);
    }
    explained(&variation, &left)
}

/// The number of swings along the ray of the wave that explains most of `y`: of up to a quarter of the points, beyond
/// which a swing has too few of them.
fn strongest(t: &[f64], y: &[f64]) -> Option<f64> {
    let best_of = |candidates: Vec<f64>| {
        let scores = candidates
            .chunks(LANES)
            .flat_map(|swings| explained_by_waves(t, y, swings))
            .zip(&candidates);
        scored_best(scores)
    };
    // A wave is told from its neighbour by half a swing over the ray; the grid has eight steps to a swing.
    let limit = t.len() / 4 * 8;
    let coarse = best_of((2..limit).map(|i| i as f64 / 8.0).collect())?;
    let fine = best_of((-20..=20).map(|i| coarse + f64::from(i) / 160.0).collect())?;
    best_of((-20..=20).map(|i| fine + f64::from(i) / 3200.0).collect())
}

fn scored_best<'a>(scores: impl Iterator<Item = (f64, &'a f64)>) -> Option<f64> {
    let best = scores.max_by(|a, b| a.0.total_cmp(&b.0));
    best.map(|(_, swings)| *swings)
}

/// Frequencies that are tried at a time, so that a processor adds several at once.
const LANES: usize = 8;

/// For each frequency, [`LANES`] at most, the sum of squares that a sine wave of it takes off `y`, by the normal equations
/// of its sine and its cosine; the points are evenly spaced, so that one rotation leads from each to the next.
fn explained_by_waves(t: &[f64], y: &[f64], swings: &[f64]) -> Vec<f64> {
    let angle = |lane: usize, t: f64| (std::f64::consts::PI * swings.get(lane).unwrap_or(&0.0) * t).sin_cos();
    let start: [(f64, f64); LANES] = std::array::from_fn(|lane| angle(lane, t[0]));
    let turn: [(f64, f64); LANES] = std::array::from_fn(|lane| angle(lane, t[1] - t[0]));
    let (mut sin, mut cos) = (start.map(|(sin, _)| sin), start.map(|(_, cos)| cos));
    let [mut ss, mut sc, mut cc, mut sy, mut cy] = [[0.0; LANES]; 5];
    for y in y {
        for lane in 0..LANES {
            let (s, c, (turn_sin, turn_cos)) = (sin[lane], cos[lane], turn[lane]);
            ss[lane] += s * s;
            sc[lane] += s * c;
            cc[lane] += c * c;
            sy[lane] += s * y;
            cy[lane] += c * y;
            sin[lane] = s * turn_cos + c * turn_sin;
            cos[lane] = c * turn_cos - s * turn_sin;
        }
    }
    let explained = |lane: usize| {
        let (ss, sc, cc, sy, cy) = (ss[lane], sc[lane], cc[lane], sy[lane], cy[lane]);
        match ss * cc - sc * sc {
            determinant if determinant > 0.0 => (cc * sy * sy - 2.0 * sc * sy * cy + ss * cy * cy) / determinant,
            _ => 0.0,
        }
    };
    (0..swings.len()).map(explained).collect()
}

fn sine_and_cosine(t: &[f64], swings: f64) -> [Vec<f64>; 2] {
    let angle = |t: &f64| std::f64::consts::PI * swings * t;
    [
        t.iter().map(|t| angle(t).sin()).collect(),
        t.iter().map(|t| angle(t).cos()).collect(),
    ]
}

/// The places of so many evenly spaced points, brought to [-1, 1].
fn centred(points: usize) -> Vec<f64> {
    (0..points)
        .map(|i| 2.0 * i as f64 / (points - 1) as f64 - 1.0)
        .collect()
}

/// What the best combination of `columns` leaves of `y`.
fn residual(columns: &[Vec<f64>], y: &[f64]) -> Vec<f64> {
    let matrix = DMatrix::from_fn(y.len(), columns.len(), |row, column| columns[column][row]);
    let y = DVector::from_column_slice(y);
    let qr = matrix.clone().qr();
    let coefficients = qr.r().solve_upper_triangular(&(qr.q().transpose() * &y));
    let fitted = coefficients.map_or_else(|| DVector::zeros(y.len()), |coefficients| matrix * coefficients);
    (y - fitted).iter().copied().collect()
}

/// The share of the variation about the mean that is explained where this is left of it; 1 where there is none.
fn explained(variation: &[f64], left: &[f64]) -> f64 {
    let total = dot(variation, variation);
    if total > 0.0 {
        1.0 - dot(left, left) / total
    } else {
        1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of t^2 + t on a grid that is even about 0 a line takes the part of t, and the square the rest: the shares of their
    /// variances, 4/45 and 1/3, to the 1/n by which sums over n points differ from integrals.
    #[test]
    fn each_power_takes_its_share() {
        let n = 20_001;
        let values: Vec<f64> = centred(n).iter().map(|t| t * t + t).collect();
        let [line, square, cubic] = polynomials_r2(&values);
        let share = (1.0 / 3.0) / (1.0 / 3.0 + 4.0 / 45.0);
        assert!((line - share).abs() < 3.0 / n as f64, "{line} instead of {share}");
        assert!((1.0 - square).abs() < 1e-12 && (1.0 - cubic).abs() < 1e-12);
    }

    /// A wave explains what it leaves of least squares: the chunked sums against the fit by a QR decomposition.
    #[test]
    fn waves_at_a_time_are_waves_one_by_one() {
        let t = centred(150);
        let y: Vec<f64> = t.iter().map(|t| (7.0 * t).sin() + 0.3 * t).collect();
        let swings = [0.25, 1.0, 2.2, 3.1, 9.0];
        for (swings, found) in swings.iter().zip(explained_by_waves(&t, &y, &swings)) {
            let left = residual(&sine_and_cosine(&t, *swings), &y);
            let expected = dot(&y, &y) - dot(&left, &left);
            // Both are sums of 150 terms of the size of 1.
            assert!(
                (found - expected).abs() < 1e-10,
                "{swings}: {found} instead of {expected}"
            );
        }
    }
}
