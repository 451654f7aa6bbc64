//! What a function is far outside of the range it was trained on: a constant, a straight line, periodic, a polynomial,
//! divergent, or none of these. Decided by fits along a ray that leads away from the range, with stated thresholds.

mod fit;
mod shape;

pub use fit::deviation;
pub use shape::{Shape, family_of_derivative};

use actlab_model::network::trained::TrainedNetwork;
use actlab_model::random::{Random, Stream};

use crate::experiment::grid::Resolved;
use crate::measure::errors::answers;
use crate::samples::Scaling;

/// What a function is along a ray, or a network along all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// Varies by less than [`FLAT`] of the trained target's standard deviation.
    Constant,
    /// A straight line fits with R² of at least [`FITS`].
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
    fn and(self, other: Self) -> Self {
        let (low, high) = (self.min(other), self.max(other));
        match (low, high) {
            (low, high) if low == high => high,
            (Self::Divergent, _) | (_, Self::Divergent) => Self::Divergent,
            (_, Self::Affine | Self::Polynomial) => high,
            _ => Self::Other,
        }
    }
}

/// R² from which a fit counts: the one by which Xu et al. (ICLR 2021) call networks linear outside of their data.
pub const FITS: f64 = 0.99;

/// Standard deviation along a ray below which a function is flat, in standard deviations of the trained target.
pub const FLAT: f64 = 0.01;

/// Rays begin this many half-widths from the centre, as in Xu et al.
const START: f64 = 1.1;

/// Points on a ray.
const POINTS: usize = 200;

/// Rays of a network with several inputs; with one input there are two, one to each side.
const RAYS: usize = 16;

/// What a function does along one ray.
#[derive(Debug, Clone, PartialEq)]
pub struct Ray {
    /// What it is.
    pub class: Class,
    /// R² of the straight line; 1 where there is nothing to explain.
    pub line_r2: f64,
    /// Changes of direction: maxima and minima.
    pub turns: usize,
    /// Largest deviation from the mean over the outer half, divided by that over the inner half.
    pub growth: f64,
    /// Mean steepness over the outer half, in the values' units for each half-width.
    pub slope: f64,
}

/// Looks at a function along a ray: `values` at evenly spaced `distances` in half-widths, `scale` the trained target's
/// standard deviation.
pub fn look(distances: &[f64], values: &[f64], scale: f64) -> Ray {
    if values.iter().any(|value| !value.is_finite()) {
        return Ray {
            class: Class::Divergent,
            line_r2: 0.0,
            turns: 0,
            growth: f64::INFINITY,
            slope: f64::INFINITY,
        };
    }
    let flat = fit::deviation(values) <= FLAT * scale;
    let line_r2 = fit::polynomial_r2(distances, values, 1);
    let class = if flat {
        Class::Constant
    } else if line_r2 >= FITS {
        Class::Affine
    } else if (2..=3).any(|degree| fit::polynomial_r2(distances, values, degree) >= FITS) {
        Class::Polynomial
    } else if grows_beyond_cubic(distances, values) {
        Class::Divergent
    } else if fit::waves_r2(distances, values) >= FITS {
        Class::Periodic
    } else {
        Class::Other
    };
    Ray {
        class,
        line_r2,
        turns: turns(values, FLAT * scale),
        growth: growth(values),
        slope: {
            let (middle, end) = (values.len() / 2, values.len() - 1);
            ((values[end] - values[middle]) / (distances[end] - distances[middle])).abs()
        },
    }
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

/// Changes of direction of more than `threshold`, so that rounding does not count.
fn turns(values: &[f64], threshold: f64) -> usize {
    let (mut turns, mut direction, mut extreme) = (0, 0.0f64, values[0]);
    for value in values {
        let step = value - extreme;
        if step * direction > 0.0 {
            extreme = *value;
        } else if step.abs() > threshold {
            turns += usize::from(direction != 0.0);
            direction = step.signum();
            extreme = *value;
        }
    }
    turns
}

fn growth(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let (inner, outer) = values.split_at(values.len() / 2);
    let largest = |part: &[f64]| part.iter().map(|value| (value - mean).abs()).fold(0.0, f64::max);
    largest(outer) / largest(inner).max(f64::MIN_POSITIVE)
}

/// What a network does in the far field.
#[derive(Debug, Clone, PartialEq)]
pub struct FarField {
    /// What it is along all rays.
    pub class: Class,
    /// Along each ray.
    pub rays: Vec<Ray>,
    /// What explains its shape, and its derivatives; none where it leaves the finite numbers.
    pub shape: Option<Shape>,
}

impl FarField {
    /// Whether the network stays bounded and goes up and down along every ray: it turns at least twice, and swings
    /// at most twice as far in the outer half as in the inner one.
    pub fn oscillates(&self) -> bool {
        self.rays.iter().all(|ray| ray.turns >= 2 && ray.growth <= 2.0)
    }
}

/// The far field of a network, up to `distance` half-widths from the centre of its range; `scale` is the standard
/// deviation of its target in the range, which its scaling has only where the target was standardised.
pub fn far_field(
    network: &TrainedNetwork,
    settings: &Resolved,
    scaling: &Scaling,
    scale: f64,
    distance: f64,
) -> FarField {
    let distances: Vec<f64> = (0..POINTS)
        .map(|i| START + (distance - START) * i as f64 / (POINTS - 1) as f64)
        .collect();
    let curves: Vec<Vec<f64>> = directions(settings.range.0.len())
        .iter()
        .map(|direction| {
            let point = |t: &f64| -> Vec<f64> {
                let along = direction.iter().enumerate();
                let x = along.map(|(input, along)| {
                    let (centre, half_width) = settings.range.hull(input);
                    centre + half_width * t * along
                });
                x.collect()
            };
            let points: Vec<Vec<f64>> = distances.iter().map(point).collect();
            answers(network, settings, scaling, points.iter().map(Vec::as_slice))
        })
        .collect();
    let rays: Vec<Ray> = curves.iter().map(|values| look(&distances, values, scale)).collect();
    let shapes: Option<Vec<Shape>> = curves
        .iter()
        .map(|values| Shape::of(&distances, values, scale))
        .collect();
    let class = rays
        .iter()
        .map(|ray| ray.class)
        .reduce(Class::and)
        .unwrap_or(Class::Other);
    let shape = shapes.and_then(|shapes| Shape::over(&shapes));
    FarField { class, rays, shape }
}

/// The directions of the rays; of the largest component 1, so that all begin at the same distance from the range.
fn directions(inputs: usize) -> Vec<Vec<f64>> {
    if inputs == 1 {
        return vec![vec![-1.0], vec![1.0]];
    }
    let mut random = Random::new(0, Stream::Test);
    let direction = |_| {
        let components: Vec<f64> = (0..inputs).map(|_| random.normal()).collect();
        let largest = components
            .iter()
            .fold(f64::MIN_POSITIVE, |largest, c| c.abs().max(largest));
        components.iter().map(|c| c / largest).collect()
    };
    (0..RAYS).map(direction).collect()
}

#[cfg(test)]
mod tests;
