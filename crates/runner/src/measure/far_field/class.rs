//! What a curve looks like up to a distance: a constant, a straight line, a polynomial, waves, divergent, or none of
//! these. Decided by fits; what it becomes in the end is for algebra to say.

use serde::{Deserialize, Serialize};

use super::fit;
use super::swing::turns;

/// What a function is along a ray, or a network along all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Varies by less than [`FLAT`] of the trained target's standard deviation.
    Constant,
    /// A straight line fits.
    Affine,
    /// A polynomial of degree 2 or 3 does.
    Polynomial,
    /// A constant and at most [`fit::WAVES`] sine waves do, of which the strongest swings at least twice.
    Periodic,
    /// Leaves the finite numbers, or grows faster than a cubic.
    Divergent,
    /// None of these.
    Other,
}

impl Class {
    /// All, in the order in which results list them.
    pub const ALL: [Self; 6] = [
        Self::Constant,
        Self::Affine,
        Self::Polynomial,
        Self::Periodic,
        Self::Divergent,
        Self::Other,
    ];

    /// As results name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Constant => "constant",
            Self::Affine => "affine",
            Self::Polynomial => "polynomial",
            Self::Periodic => "periodic",
            Self::Divergent => "divergent",
            Self::Other => "none of these",
        }
    }

    /// The class of what is of one class here and of another there: constants are lines, lines are polynomials;
    /// what diverges anywhere diverges.
    pub fn and(self, other: Self) -> Self {
        let (low, high) = (self.min(other), self.max(other));
        match (low, high) {
            (low, high) if low == high => high,
            (Self::Divergent, _) | (_, Self::Divergent) => Self::Divergent,
            (_, Self::Affine | Self::Polynomial) => high,
            _ => Self::Other,
        }
    }
}

/// R² from which a fit counts, one after the other, so that nobody hangs a claim on one of them. By the second Xu et al.
/// (ICLR 2021) call networks linear outside of their data.
pub const THRESHOLDS: [f64; 3] = [0.95, 0.99, 0.999];

/// The place of the threshold by which one class stands for a network.
pub const USUAL: usize = 1;

/// Standard deviation along a ray below which a function is flat, in standard deviations of the trained target.
pub const FLAT: f64 = 0.01;

/// What a function looks like, by each of [`THRESHOLDS`]: `values` at evenly spaced `distances` in half-widths, `scale`
/// the trained target's standard deviation.
pub fn classes(distances: &[f64], values: &[f64], scale: f64) -> [Class; THRESHOLDS.len()] {
    if values.iter().any(|value| !value.is_finite()) {
        return [Class::Divergent; THRESHOLDS.len()];
    }
    if fit::deviation(values) <= FLAT * scale {
        return [Class::Constant; THRESHOLDS.len()];
    }
    let [line, square, cubic] = fit::polynomials_r2(values);
    let polynomial = |threshold: f64| match () {
        () if line >= threshold => Some(Class::Affine),
        () if square.max(cubic) >= threshold => Some(Class::Polynomial),
        () => None,
    };
    let found = THRESHOLDS.map(polynomial);
    if found.iter().all(Option::is_some) {
        return found.map(|class| class.unwrap_or(Class::Other));
    }
    let divergent = grows_beyond_cubic(distances, values);
    // Waves that swing twice turn four times, of which one may lie at the end; to look for them takes its time.
    let waves = match !divergent && turns(values, FLAT * scale) >= 3 {
        true => fit::waves_r2(values),
        false => 0.0,
    };
    let others = THRESHOLDS.map(|threshold| match () {
        () if divergent => Class::Divergent,
        () if waves >= threshold => Class::Periodic,
        () => Class::Other,
    });
    std::array::from_fn(|place| found[place].unwrap_or(others[place]))
}

/// From half the distance to all of it a cubic grows by at most 8; what grows more, and at the same pace again over the
/// quarter before, is no polynomial of small degree.
fn grows_beyond_cubic(distances: &[f64], values: &[f64]) -> bool {
    let end = distances[distances.len() - 1];
    let size_at = |distance: f64| {
        let at = distances.iter().position(|d| *d >= distance).unwrap_or(0);
        (values[at] - values[0]).abs()
    };
    let (all, half, quarter) = (size_at(end), size_at(end / 2.0), size_at(end / 4.0));
    half > 0.0 && quarter > 0.0 && all / half > 16.0 && half / quarter > 8.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes_of(f: impl Fn(f64) -> f64, distance: f64) -> [Class; 3] {
        let distances: Vec<f64> = (0..200)
            .map(|i| 1.1 + (distance - 1.1) * f64::from(i) / 199.0)
            .collect();
        classes(&distances, &distances.iter().map(|t| f(*t)).collect::<Vec<_>>(), 1.0)
    }

    #[test]
    fn hand_made_functions_are_of_their_class() {
        type Function = fn(f64) -> f64;
        let cases: [(&str, Class, Function); 15] = [
            ("0", Class::Constant, |_| 0.0),
            ("7", Class::Constant, |_| 7.0),
            ("tanh x from 5 on", Class::Constant, |x| (x + 4.0).tanh()),
            ("3 x", Class::Affine, |x| 3.0 * x),
            ("1 - 0.1 x, with a ripple", Class::Affine, |x| {
                1.0 - 0.1 * x + 0.01 * (9.0 * x).sin()
            }),
            ("x^2", Class::Polynomial, |x| x * x),
            ("x^3 - 9 x^2", Class::Polynomial, |x| x.powi(3) - 9.0 * x * x),
            ("sin 3 x", Class::Periodic, |x| (3.0 * x).sin()),
            ("2 + sin 5 x + cos 2 x", Class::Periodic, |x| {
                2.0 + (5.0 * x).sin() + (2.0 * x).cos()
            }),
            ("e^x", Class::Divergent, |x| x.exp()),
            ("e^(x^2), which overflows", Class::Divergent, |x| (x * x * 20.0).exp()),
            ("1/(x - x)", Class::Divergent, |x| 1.0 / (x - x)),
            ("x sin 3 x", Class::Other, |x| x * (3.0 * x).sin()),
            ("sin x^2", Class::Other, |x| (x * x).sin()),
            ("x + sin 5 x", Class::Other, |x| x + (5.0 * x).sin()),
        ];
        for (name, class, f) in cases {
            assert_eq!(classes_of(f, 10.0)[USUAL], class, "{name}");
        }
    }

    /// The variance of t over a length L is L^2/12, that of a sine 1/2: on [1.1, 30] a line explains
    /// 69.6/(69.6 + 0.5) = 0.993 of t + sin 5t, on [1.1, 10] 0.93.
    #[test]
    fn a_class_is_one_of_its_threshold_and_its_distance() {
        let f = |t: f64| t + (5.0 * t).sin();
        assert_eq!(classes_of(f, 10.0), [Class::Other; 3]);
        assert_eq!(classes_of(f, 30.0), [Class::Affine, Class::Affine, Class::Other]);
    }

    #[test]
    fn the_sides_of_a_network_are_judged_together() {
        assert_eq!(Class::Constant.and(Class::Affine), Class::Affine);
        assert_eq!(Class::Periodic.and(Class::Affine), Class::Other);
        assert_eq!(Class::Divergent.and(Class::Affine), Class::Divergent);
    }
}
