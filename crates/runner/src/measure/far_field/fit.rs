//! Fits along a ray, each with its coefficient of determination R²: the share of the variance that it explains.

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

/// R² of the polynomial of this degree that fits best.
pub fn polynomial_r2(x: &[f64], y: &[f64], degree: usize) -> f64 {
    let t = centred(x);
    let columns: Vec<Vec<f64>> = (0..=degree)
        .map(|power| t.iter().map(|t| t.powi(power as i32)).collect())
        .collect();
    r2(y, &residual(&columns, y))
}

/// R² of a constant and up to [`WAVES`] sine waves: the frequency that explains most of what is left is found on a
/// grid and refined, then all waves are fitted together. 0 where the strongest swings less than [`SWINGS`] times.
pub fn waves_r2(x: &[f64], y: &[f64]) -> f64 {
    let t = centred(x);
    let mut columns = vec![vec![1.0; t.len()]];
    let mut left = residual(&columns, y);
    for wave in 0..WAVES {
        let Some(swings) = strongest(&t, &left) else { break };
        if wave == 0 && swings < SWINGS {
            return 0.0;
        }
        columns.extend(sine_and_cosine(&t, swings));
        left = residual(&columns, y);
    }
    r2(y, &left)
}

/// The number of swings along the ray of the wave that explains most of `y`: of up to a quarter of the points, beyond
/// which a swing has too few of them.
fn strongest(t: &[f64], y: &[f64]) -> Option<f64> {
    let explained = |swings: f64| explained_by_wave(t, y, swings);
    let best_of = |candidates: Vec<f64>| {
        let scored = candidates.into_iter().map(|swings| (explained(swings), swings));
        scored.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, swings)| swings)
    };
    // A wave is told from its neighbour by half a swing over the ray; the grid has eight steps to a swing.
    let limit = t.len() / 4 * 8;
    let coarse = best_of((2..limit).map(|i| i as f64 / 8.0).collect())?;
    let fine = best_of((-20..=20).map(|i| coarse + f64::from(i) / 160.0).collect())?;
    best_of((-20..=20).map(|i| fine + f64::from(i) / 3200.0).collect())
}

/// The sum of squares that a sine wave of this frequency takes off `y`, by the normal equations of its sine and its
/// cosine; the points are evenly spaced, so that one rotation leads from each to the next.
fn explained_by_wave(t: &[f64], y: &[f64], swings: f64) -> f64 {
    let (mut sin, mut cos) = (std::f64::consts::PI * swings * t[0]).sin_cos();
    let (turn_sin, turn_cos) = (std::f64::consts::PI * swings * (t[1] - t[0])).sin_cos();
    let (mut ss, mut sc, mut cc, mut sy, mut cy) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for y in y {
        ss += sin * sin;
        sc += sin * cos;
        cc += cos * cos;
        sy += sin * y;
        cy += cos * y;
        (sin, cos) = (sin * turn_cos + cos * turn_sin, cos * turn_cos - sin * turn_sin);
    }
    let determinant = ss * cc - sc * sc;
    if determinant > 0.0 {
        (cc * sy * sy - 2.0 * sc * sy * cy + ss * cy * cy) / determinant
    } else {
        0.0
    }
}

fn sine_and_cosine(t: &[f64], swings: f64) -> [Vec<f64>; 2] {
    let angle = |t: &f64| std::f64::consts::PI * swings * t;
    [
        t.iter().map(|t| angle(t).sin()).collect(),
        t.iter().map(|t| angle(t).cos()).collect(),
    ]
}

/// `x`, which is evenly spaced, brought to [-1, 1].
fn centred(x: &[f64]) -> Vec<f64> {
    let (first, last) = (x[0], x[x.len() - 1]);
    x.iter().map(|x| (2.0 * x - first - last) / (last - first)).collect()
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

/// 1 where there is nothing to explain.
fn r2(y: &[f64], residual: &[f64]) -> f64 {
    let total = deviation(y).powi(2) * y.len() as f64;
    let left: f64 = residual.iter().map(|r| r * r).sum();
    if total > 0.0 { 1.0 - left / total } else { 1.0 }
}
