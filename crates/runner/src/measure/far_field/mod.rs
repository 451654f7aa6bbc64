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
use crate::experiment::trial::Resolved;
use crate::samples::Scaling;
use algebra::{Path, asymptotes};
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

/// What a network, or one of its outputs, does in the far field.
#[derive(Debug, Clone, PartialEq)]
pub struct FarField {
    /// Along each ray; with one input to the left and to the right. Of several outputs together, those of one after those
    /// of the other.
    pub rays: Vec<Ray>,
    /// How it goes up and down, where it has no asymptote.
    pub swings: Option<Swings>,
    /// Mean steepness over the outer half of the way to 10 half-widths, in the target's units for each half-width; of all
    /// rays the steepest. Of several outputs together the length of the vector of theirs.
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
    /// Of what is seen along all of these.
    fn over(seen: &[&Seen], slope: f64, distances: &[f64]) -> Self {
        let class = |place: usize| {
            let of_ray = seen.iter().map(|seen| seen.classes[place]);
            let both =
                |a: [Class; THRESHOLDS.len()], b: [Class; THRESHOLDS.len()]| std::array::from_fn(|i| a[i].and(b[i]));
            of_ray.reduce(both).unwrap_or([Class::Other; THRESHOLDS.len()])
        };
        let swings: Vec<Swings> = seen.iter().filter_map(|seen| seen.swings).collect();
        Self {
            rays: seen.iter().map(|seen| seen.ray).collect(),
            swings: Swings::over(&swings),
            slope,
            fits: (0..distances.len())
                .map(|place| Fit {
                    distance: distances[place],
                    classes: class(place),
                })
                .collect(),
        }
    }

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

/// The far field of a network, and of each of its outputs where there are several.
#[derive(Debug, Clone, PartialEq)]
pub struct FarFields {
    /// Of all outputs together, as of all rays: it ends in a line where each of them does, and has settled with the last.
    pub far: FarField,
    /// Of each of several outputs.
    pub outputs: Vec<FarField>,
}

/// The far field of a network; `scales` are the standard deviations of the outputs of its target in the range, which its
/// scaling has only where the target was standardised. It is looked at up to [`DISTANCES`] and up to `distance`.
pub fn far_fields(
    network: &TrainedNetwork,
    settings: &Resolved,
    scaling: &Scaling,
    scales: &[f64],
    distance: f64,
) -> FarFields {
    let distances = looked_at(distance);
    let look = |direction: Vec<f64>| {
        let look = Look {
            network,
            settings,
            scaling,
            scales,
            direction,
        };
        look.along(&distances)
    };
    // For each ray what each output does along it.
    let seen: Vec<Vec<Seen>> = directions(&settings.domain()).into_iter().map(look).collect();
    let steepest = |along: &dyn Fn(&[Seen]) -> f64| seen.iter().map(|ray| along(ray)).fold(0.0, f64::max);
    let of = |output: usize| {
        let rays: Vec<&Seen> = seen.iter().map(|ray| &ray[output]).collect();
        FarField::over(&rays, steepest(&|ray| ray[output].slope), &distances)
    };
    match scales.len() {
        1 => FarFields {
            far: of(0),
            outputs: Vec::new(),
        },
        outputs => FarFields {
            far: FarField::over(
                &(0..outputs)
                    .flat_map(|output| seen.iter().map(move |ray| &ray[output]))
                    .collect::<Vec<_>>(),
                steepest(&|ray| ray.iter().map(|of| of.slope * of.slope).sum::<f64>().sqrt()),
                &distances,
            ),
            outputs: (0..outputs).map(of).collect(),
        },
    }
}

/// What rounding leaves of a value, in double precision and through a few layers, is less than this part of it.
const ROUNDING: f64 = 1e-12;

/// R² of the straight line that fits the first output best along each ray, from just outside of what the samples cover to 10
/// half-widths, as Xu et al. (ICLR 2021) measure it. 1 where the network varies by rounding alone: there is nothing to explain.
pub fn linearity(network: &TrainedNetwork, settings: &Resolved, scaling: &Scaling) -> Vec<f64> {
    let r2 = |direction: Vec<f64>| {
        let look = Look {
            network,
            settings,
            scaling,
            scales: &scaling.y_std,
            direction,
        };
        let values = &look.values(&evenly(START, DISTANCES[NEAR]))[0];
        let largest = values.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
        match fit::deviation(values) <= ROUNDING * largest {
            true => 1.0,
            false => fit::polynomials_r2(values)[0],
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
    scales: &'a [f64],
    direction: Vec<f64>,
}

/// What is seen of an output along a ray.
struct Seen {
    ray: Ray,
    swings: Option<Swings>,
    slope: f64,
    classes: Vec<[Class; THRESHOLDS.len()]>,
}

impl Look<'_> {
    /// What each output does.
    fn along(&self, distances: &[f64]) -> Vec<Seen> {
        let grids: Vec<Vec<f64>> = distances.iter().map(|distance| evenly(START, *distance)).collect();
        let curves: Vec<Vec<Vec<f64>>> = grids.iter().map(|at| self.values(at)).collect();
        let asymptotes = asymptotes(self.network, &self.path());
        let is_line = |asymptote: &Asymptote| matches!(asymptote, Asymptote::Line { .. });
        let settling = asymptotes.iter().any(is_line).then(|| {
            let distances = settle::distances();
            (self.values(&distances), distances)
        });
        let swinging = !asymptotes.iter().all(is_line);
        let swinging = swinging.then(|| self.values(&evenly(DISTANCES[NEAR], FAR)));
        let seen = |(output, asymptote): (usize, Asymptote)| {
            let (mean, std, scale) = (
                self.scaling.y_mean[output],
                self.scaling.y_std[output],
                self.scales[output],
            );
            let asymptote = asymptote.scaled(std, mean);
            let settled = match (asymptote, &settling) {
                (Asymptote::Line { slope, .. }, Some((values, distances))) => {
                    Some(settle::settled(distances, &values[output], slope, scale))
                }
                _ => None,
            };
            let near = &curves[NEAR][output];
            let swings = swinging.as_ref().filter(|_| settled.is_none());
            let curves = grids.iter().zip(&curves);
            Seen {
                ray: Ray { asymptote, settled },
                swings: swings.map(|far| swings_of(near, &far[output], scale)),
                slope: steepness(&grids[NEAR], near),
                classes: curves.map(|(at, values)| classes(at, &values[output], scale)).collect(),
            }
        };
        asymptotes.into_iter().enumerate().map(seen).collect()
    }

    /// For each output its answers at these distances.
    fn values(&self, distances: &[f64]) -> Vec<Vec<f64>> {
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

/// Of a curve up to 10 half-widths, and from there on.
fn swings_of(near: &[f64], far: &[f64], scale: f64) -> Swings {
    let (inner, outer) = (swing::amplitude(near), swing::amplitude(far));
    Swings {
        turns: swing::turns(near, FLAT * scale) as f64 / (DISTANCES[NEAR] - START),
        growth: match outer.is_finite() {
            true if outer == inner => 1.0,
            true => outer / inner,
            false => f64::INFINITY,
        },
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
