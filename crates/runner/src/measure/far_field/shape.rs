//! How much of a curve's shape along a ray each family of functions explains, and how steep and how bent it is: whether
//! networks become what their activation is far from the origin, or what its first derivative is there.

use actlab_model::Activation;
use actlab_model::unit::FarField as Family;

use super::{FLAT, fit};

/// Shares are R², averaged over the rays of a network; 1 where the curve is flat and there is nothing to explain.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Shape {
    /// By a constant: 1 where the curve is flat, else 0.
    pub constant: f64,
    /// By a straight line.
    pub line: f64,
    /// By a constant and a few sine waves, which swing at least twice.
    pub waves: f64,
    /// Root mean square of the first derivative, in the trained target's standard deviations for each half-width.
    pub slope: f64,
    /// Root mean square of the second derivative, in standard deviations for each half-width squared.
    pub curvature: f64,
}

impl Shape {
    /// Of `values` at evenly spaced `distances` in half-widths. None where a value is not finite.
    pub fn of(distances: &[f64], values: &[f64], scale: f64) -> Option<Self> {
        if values.iter().any(|value| !value.is_finite()) {
            return None;
        }
        let flat = fit::deviation(values) <= FLAT * scale;
        let unless_flat = |share: f64| if flat { 1.0 } else { share.max(0.0) };
        let step = distances[1] - distances[0];
        let first = |pair: &[f64]| (pair[1] - pair[0]) / step / scale;
        let second = |three: &[f64]| (three[2] - 2.0 * three[1] + three[0]) / (step * step) / scale;
        Some(Self {
            constant: unless_flat(0.0),
            line: unless_flat(fit::polynomial_r2(distances, values, 1)),
            waves: unless_flat(fit::waves_r2(distances, values)),
            slope: root_mean_square(values.windows(2).map(first)),
            curvature: root_mean_square(values.windows(3).map(second)),
        })
    }

    /// Over several rays: shares on average, derivatives over all of them.
    pub fn over(rays: &[Self]) -> Option<Self> {
        let mean = |pick: fn(&Self) -> f64| rays.iter().map(pick).sum::<f64>() / rays.len() as f64;
        (!rays.is_empty()).then(|| Self {
            constant: mean(|ray| ray.constant),
            line: mean(|ray| ray.line),
            waves: mean(|ray| ray.waves),
            slope: root_mean_square(rays.iter().map(|ray| ray.slope)),
            curvature: root_mean_square(rays.iter().map(|ray| ray.curvature)),
        })
    }

    /// The share that this family explains.
    pub fn explained_by(&self, family: Family) -> f64 {
        match family {
            Family::Constant => self.constant,
            Family::Affine => self.line,
            Family::Periodic => self.waves,
            Family::Other => 0.0,
        }
    }
}

/// What the first derivative of an activation is far from the origin: of a line a constant, of a constant nothing, of a
/// wave a wave.
pub fn family_of_derivative(activation: Activation) -> Family {
    match activation.far_field() {
        Family::Affine | Family::Constant => Family::Constant,
        Family::Periodic => Family::Periodic,
        Family::Other => Family::Other,
    }
}

fn root_mean_square(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len() as f64;
    (values.map(|value| value * value).sum::<f64>() / count).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(f: impl Fn(f64) -> f64) -> Shape {
        let distances: Vec<f64> = (0..200).map(|i| 1.1 + 8.9 * f64::from(i) / 199.0).collect();
        let values: Vec<f64> = distances.iter().map(|t| f(*t)).collect();
        Shape::of(&distances, &values, 1.0).expect("finite")
    }

    /// Shares to rounding. The derivatives of 3 t are 3 and 0. Differences of sin 4t over a step s are
    /// cos(4t + 2s) 2 sin(2s)/s, those of them -sin(4t + 4s) (2 sin(2s)/s)^2, and the sums of n squared cosines and
    /// sines in steps of d have a closed form, n/2 ± cos(2a + (n-1) d) sin(n d) / (2 sin d) from a on. What is left is
    /// rounding, divided by s^2.
    #[test]
    fn each_family_explains_its_own() {
        let line = shape(|t| 3.0 * t - 1.0);
        assert!((line.line - 1.0).abs() < 1e-12 && line.constant == 0.0, "{line:?}");
        assert!((line.slope - 3.0).abs() < 1e-9 && line.curvature < 1e-9, "{line:?}");

        let wave = shape(|t| (4.0 * t).sin());
        assert!(
            wave.waves > 0.999 && wave.line < 0.1 && wave.constant == 0.0,
            "{wave:?}"
        );
        let (start, step) = (1.1, 8.9 / 199.0f64);
        let (factor, d) = (2.0 * (2.0 * step).sin() / step, 4.0 * step);
        let mean_square = |n: f64, a: f64, sign: f64| {
            0.5 + sign * (2.0 * a + (n - 1.0) * d).cos() * (n * d).sin() / (2.0 * n * d.sin())
        };
        let slope = factor * mean_square(199.0, 4.0 * start + 2.0 * step, 1.0).sqrt();
        let curvature = factor * factor * mean_square(198.0, 4.0 * start + 4.0 * step, -1.0).sqrt();
        assert!((wave.slope / slope - 1.0).abs() < 1e-12, "{wave:?}");
        assert!((wave.curvature / curvature - 1.0).abs() < 1e-12, "{wave:?}");

        let flat = shape(|_| 7.0);
        assert_eq!((flat.constant, flat.line, flat.waves, flat.slope), (1.0, 1.0, 1.0, 0.0));
    }

    /// Neither lines nor waves, by the R² that a fit needs.
    #[test]
    fn a_square_is_of_no_family() {
        let square = shape(|t| t * t);
        assert!(
            square.line < 0.99 && square.waves < 0.99 && square.constant == 0.0,
            "{square:?}"
        );
        // f'' of t^2 is 2 everywhere.
        assert!((square.curvature - 2.0).abs() < 1e-9, "{square:?}");
    }

    #[test]
    fn rays_count_alike_and_what_is_not_finite_has_no_shape() {
        let both = Shape::over(&[shape(|t| t), shape(|_| 0.0)]).expect("rays");
        assert!(
            (both.constant - 0.5).abs() < 1e-12 && (both.line - 1.0).abs() < 1e-12,
            "{both:?}"
        );
        assert!((both.slope - 0.5f64.sqrt()).abs() < 1e-9, "{both:?}");
        assert_eq!(Shape::of(&[1.0, 2.0, 3.0], &[0.0, f64::NAN, 1.0], 1.0), None);
        assert_eq!(Shape::over(&[]), None);
    }

    /// By the activations' own formulas: along a ray from 30 on, g' is of the family that is said of it.
    #[test]
    fn derivatives_of_activations_are_of_their_family() {
        for activation in Activation::all() {
            let found = shape(|t| activation.derivative(30.0 * t));
            let family = family_of_derivative(activation);
            assert!(found.explained_by(family) > 0.99, "{activation}: {found:?}");
        }
    }
}
