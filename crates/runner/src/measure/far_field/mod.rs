//! What a network is far outside of the range it was trained on: what it ends in, by algebra; where it gets there; and
//! what it looks like up to some distances.

mod algebra;
mod asymptote;
mod class;
mod fit;
mod settle;
mod swing;

use actlab_model::network::random::{Random, Stream};
use actlab_model::network::trained::TrainedNetwork;
use serde::{Deserialize, Serialize};

pub use asymptote::{Asymptote, Ending};
pub use class::{Class, THRESHOLDS, USUAL};
pub use fit::deviation;
pub use settle::{LIMIT, Settled};
pub use swing::{Swings, turns};

use super::errors::answers;
use crate::experiment::domain::Domain;
use crate::experiment::grid::Resolved;
use crate::samples::Scaling;
use algebra::{Path, asymptote};
use class::{FLAT, classes};

/// How far out every network is looked at, in half-widths from the centre of its range; an experiment may add another
/// distance.
pub const DISTANCES: [f64; 3] = [5.0, 10.0, 30.0];

/// Rays begin this many half-widths from the centre, as in Xu et al. (ICLR 2021).
const START: f64 = 1.1;

/// The place of the distance up to which slopes, turns and the first amplitude are taken; the second goes from there to
/// [`FAR`].
const NEAR: usize = 1;
const FAR: f64 = 100.0;

/// Points on a ray up to a distance.
const POINTS: usize = 200;

/// Rays of a network with several inputs; with one input there are two, one to each side.
const RAYS: usize = 16;

/// What a network does in the far field.
#[derive(Debug, Clone, PartialEq)]
pub struct FarField {
    /// Along each ray; with one input to the left and to the right.
    pub rays: Vec<Ray>,
    /// How it goes up and down, where it has no asymptote.
    pub swings: Option<Swings>,
    /// Mean steepness over the outer half of the way to 10 half-widths, in the target's units for each half-width; of all
    /// rays the steepest.
    pub slope: f64,
    /// What it looks like, by distance.
    pub fits: Vec<Fit>,
}

/// What a network does in the end along a ray, in the target's units and half-widths.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Ray {
    /// What it becomes.
    pub asymptote: Asymptote,
    /// Where it gets there, if that is a line or a constant.
    pub settled: Option<Settled>,
}

/// What a network looks like along all rays, up to a distance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Fit {
    /// In half-widths from the centre of the range.
    pub distance: f64,
    /// By each of [`THRESHOLDS`].
    pub classes: [Class; THRESHOLDS.len()],
}

impl FarField {
    /// What it ends in along all rays.
    pub fn ending(&self) -> Ending {
        Ending::over(self.rays.iter().map(|ray| ray.asymptote))
    }

    /// Where it has settled along all rays; none where it has no asymptote on one.
    pub fn settled(&self) -> Option<Settled> {
        let settled: Option<Vec<Settled>> = self.rays.iter().map(|ray| ray.settled).collect();
        settled?.into_iter().reduce(Settled::later)
    }

    /// What it looks like up to a distance; none where it was not looked at so far.
    pub fn fit(&self, distance: f64) -> Option<&Fit> {
        self.fits.iter().find(|fit| fit.distance == distance)
    }

    /// What it looks like up to a distance, by the usual threshold.
    pub fn class(&self, distance: f64) -> Option<Class> {
        self.fit(distance).map(|fit| fit.classes[USUAL])
    }
}

/// The far field of a network; `scale` is the standard deviation of its target in the range, which its scaling has only
/// where the target was standardised. It is looked at up to [`DISTANCES`] and up to `distance`.
pub fn far_field(
    network: &TrainedNetwork,
    settings: &Resolved,
    scaling: &Scaling,
    scale: f64,
    distance: f64,
) -> FarField {
    let distances = looked_at(distance);
    let look = |direction: Vec<f64>| {
        let look = Look {
            network,
            settings,
            scaling,
            scale,
            direction,
        };
        look.along(&distances)
    };
    let seen: Vec<Seen> = directions(&settings.domain()).into_iter().map(look).collect();
    let class = |place: usize| {
        let of_ray = seen.iter().map(|seen| seen.classes[place]);
        let both = |a: [Class; THRESHOLDS.len()], b: [Class; THRESHOLDS.len()]| std::array::from_fn(|i| a[i].and(b[i]));
        of_ray.reduce(both).unwrap_or([Class::Other; THRESHOLDS.len()])
    };
    let swings: Vec<Swings> = seen.iter().filter_map(|seen| seen.swings).collect();
    FarField {
        rays: seen.iter().map(|seen| seen.ray).collect(),
        swings: Swings::over(&swings),
        slope: seen.iter().map(|seen| seen.slope).fold(0.0, f64::max),
        fits: (0..distances.len())
            .map(|place| Fit {
                distance: distances[place],
                classes: class(place),
            })
            .collect(),
    }
}

/// What rounding leaves of a value, in double precision and through a few layers, is less than this part of it.
const ROUNDING: f64 = 1e-12;

/// R² of the straight line that fits best along each ray, from just outside of what the samples cover to 10 half-widths, as
/// Xu et al. (ICLR 2021) measure it. 1 where the network varies by rounding alone: there is nothing to explain.
pub fn linearity(network: &TrainedNetwork, settings: &Resolved, scaling: &Scaling) -> Vec<f64> {
    let r2 = |direction: Vec<f64>| {
        let look = Look {
            network,
            settings,
            scaling,
            scale: scaling.y_std,
            direction,
        };
        let values = look.values(&evenly(START, DISTANCES[NEAR]));
        let largest = values.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
        match fit::deviation(&values) <= ROUNDING * largest {
            true => 1.0,
            false => fit::polynomials_r2(&values)[0],
        }
    };
    directions(&settings.domain()).into_iter().map(r2).collect()
}

/// [`DISTANCES`] and another.
fn looked_at(distance: f64) -> Vec<f64> {
    let other = Some(distance).filter(|distance| !DISTANCES.contains(distance));
    DISTANCES.into_iter().chain(other).collect()
}

/// A network along a ray.
struct Look<'a> {
    network: &'a TrainedNetwork,
    settings: &'a Resolved,
    scaling: &'a Scaling,
    scale: f64,
    direction: Vec<f64>,
}

/// What is seen along a ray.
struct Seen {
    ray: Ray,
    swings: Option<Swings>,
    slope: f64,
    classes: Vec<[Class; THRESHOLDS.len()]>,
}

impl Look<'_> {
    fn along(&self, distances: &[f64]) -> Seen {
        let curve = |distance: &f64| {
            let at = evenly(START, *distance);
            let values = self.values(&at);
            (at, values)
        };
        let curves: Vec<(Vec<f64>, Vec<f64>)> = distances.iter().map(curve).collect();
        let classes = curves.iter().map(|(at, values)| classes(at, values, self.scale));
        let (near, values) = &curves[NEAR];
        let asymptote = asymptote(self.network, &self.path()).scaled(self.scaling.y_std, self.scaling.y_mean);
        let settled = match asymptote {
            Asymptote::Line { slope, .. } => Some(self.settled(slope)),
            _ => None,
        };
        Seen {
            ray: Ray { asymptote, settled },
            swings: settled.is_none().then(|| self.swings(values)),
            slope: steepness(near, values),
            classes: classes.collect(),
        }
    }

    fn settled(&self, slope: f64) -> Settled {
        let distances = settle::distances();
        settle::settled(&distances, &self.values(&distances), slope, self.scale)
    }

    fn swings(&self, near: &[f64]) -> Swings {
        let far = self.values(&evenly(DISTANCES[NEAR], FAR));
        let (inner, outer) = (swing::amplitude(near), swing::amplitude(&far));
        Swings {
            turns: swing::turns(near, FLAT * self.scale) as f64 / (DISTANCES[NEAR] - START),
            growth: match outer.is_finite() {
                true if outer == inner => 1.0,
                true => outer / inner,
                false => f64::INFINITY,
            },
        }
    }

    /// The network's answers at these distances.
    fn values(&self, distances: &[f64]) -> Vec<f64> {
        let domain = self.settings.domain();
        let point = |t: &f64| -> Vec<f64> {
            let along = self.direction.iter().enumerate();
            let x = along.map(|(input, along)| {
                let (centre, half_width) = domain.hull(input);
                centre + half_width * t * along
            });
            x.collect()
        };
        let points: Vec<Vec<f64>> = distances.iter().map(point).collect();
        answers(self.network, self.scaling, points.iter().map(Vec::as_slice))
    }

    /// The ray as the network sees it.
    fn path(&self) -> Path {
        let domain = self.settings.domain();
        let scaling = self.scaling.x_mean.iter().zip(&self.scaling.x_std).enumerate();
        let (start, direction) = scaling
            .map(|(input, (mean, std))| {
                let (centre, half_width) = domain.hull(input);
                ((centre - mean) / std, half_width * self.direction[input] / std)
            })
            .unzip();
        Path { start, direction }
    }
}

fn evenly(start: f64, end: f64) -> Vec<f64> {
    let at = |i: usize| start + (end - start) * i as f64 / (POINTS - 1) as f64;
    (0..POINTS).map(at).collect()
}

/// Over the outer half; infinite where the values leave the finite numbers.
fn steepness(distances: &[f64], values: &[f64]) -> f64 {
    let (middle, end) = (values.len() / 2, values.len() - 1);
    let slope = ((values[end] - values[middle]) / (distances[end] - distances[middle])).abs();
    if slope.is_nan() { f64::INFINITY } else { slope }
}

/// The directions of the rays, so long that all leave what the samples cover where `t` is 1.
fn directions(domain: &Domain) -> Vec<Vec<f64>> {
    let inputs = domain.inputs();
    if inputs == 1 {
        return vec![vec![-1.0], vec![1.0]];
    }
    let mut random = Random::new(0, Stream::Test);
    let direction = |_| {
        let components: Vec<f64> = (0..inputs).map(|_| random.normal()).collect();
        domain.to_the_edge(&components)
    };
    (0..RAYS).map(direction).collect()
}

#[cfg(test)]
mod tests;
