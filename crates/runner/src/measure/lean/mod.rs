//! Whether a network leans to a family of functions of a single unit, c + A h(w t + b): each is fitted to the network's
//! curve in and near its range, and predicts it farther out. The families are those of an activation g, its derivative g'
//! and its integral, of all activations of a run, and of a constant and a line.

mod family;
mod fit;

use std::collections::BTreeMap;

use actlab_model::Activation;
use actlab_model::network::trained::TrainedNetwork;
use serde::{Deserialize, Serialize};

use super::errors::answers;
use super::far_field::deviation;
use crate::experiment::trial::Resolved;
use crate::samples::Scaling;
use family::Family;
use fit::{Curve, fit, fit_line};

/// Where a curve is fitted, in half-widths from the centre of the range to both sides, and how far out it is predicted.
const FITTED: f64 = 2.0;
const PREDICTED: f64 = 10.0;

/// Points that are fitted, and points of each side that are predicted.
const POINTS: usize = 81;
const AHEAD: usize = 40;

/// How far apart predictions of one family and another are, at least, as a share of what errors are measured in.
pub const APART: f64 = 0.05;

/// What is learned of a single unit's function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// g itself.
    Activation,
    /// g'.
    Derivative,
    /// The integral of g.
    Integral,
}

impl Of {
    /// In the order in which [`Lean`] has them.
    pub const ALL: [Self; 3] = [Self::Activation, Self::Derivative, Self::Integral];
}

/// How well a family does.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// R² where it is fitted; 1 where there is nothing to explain.
    pub r2: f64,
    /// Root of the mean squared error of its prediction, divided by the curve's standard deviation there, or by the
    /// target's in the range where that is more.
    pub error: f64,
}

/// How well each family does with a network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lean {
    /// c alone.
    pub constant: Score,
    /// c + A t.
    pub line: Score,
    /// Of each activation, by its [`key`], those of [`Of::ALL`].
    pub units: BTreeMap<String, [Score; 3]>,
    /// How far the prediction of the derivative of the network's own activation is from those of [`RIVALS`], in the same
    /// measure as errors.
    pub apart: [f64; 4],
}

/// What the derivative of an activation has to do better than, in the order of [`Lean::apart`].
pub const RIVALS: [&str; 4] = ["activation", "integral", "constant", "line"];

impl Lean {
    /// How well the families of this activation do.
    pub fn of(&self, activation: Activation) -> Option<&[Score; 3]> {
        self.units.get(&key(activation))
    }

    /// Whether it has the families of all of these.
    pub fn has_all(&self, activations: &[Activation]) -> bool {
        activations.iter().all(|activation| self.of(*activation).is_some())
    }
}

/// What an activation is found by, whatever formula has its name in another experiment.
fn key(activation: Activation) -> String {
    format!("{activation} = {}", activation.definition().formula())
}

/// The activations of networks that have only one: networks that mix them lean to none.
pub fn single<'a>(of: impl IntoIterator<Item = &'a Resolved>) -> impl Iterator<Item = Activation> {
    of.into_iter().filter_map(|settings| settings.activations().single())
}

/// The families of some activations.
#[derive(Debug)]
pub struct Families(Vec<(Activation, [Family; 3])>);

impl Families {
    /// Of these.
    pub fn new(activations: &[Activation]) -> Self {
        let inside = inside();
        let families = |activation: &Activation| (*activation, Of::ALL.map(|of| Family::new(*activation, of, &inside)));
        Self(activations.iter().map(families).collect())
    }
}

/// How well each family does with this network of one input and one output; `scale` is the standard deviation of its target in
/// the range. None of a network of several inputs, outputs or activations, of one whose curve leaves the finite numbers, and of
/// one whose activation is not among the families.
pub fn lean(
    network: &TrainedNetwork,
    settings: &Resolved,
    scaling: &Scaling,
    scale: f64,
    families: &Families,
) -> Option<Lean> {
    let own = settings.activations().single()?;
    if settings.inputs.len() != 1 || settings.outputs.len() != 1 {
        return None;
    }
    let (centre, half_width) = settings.domain().hull(0);
    let values = |distances: &[f64]| {
        let x: Vec<f64> = distances.iter().map(|t| centre + half_width * t).collect();
        answers(network, scaling, x.iter().map(std::slice::from_ref)).concat()
    };
    let curve = Curve::new(inside(), &values(&inside()))?;
    judge(&curve, &values(&outside()), own, scale, families)
}

fn judge(curve: &Curve, ahead: &[f64], own: Activation, scale: f64, families: &Families) -> Option<Lean> {
    let unit = deviation(ahead).max(scale);
    let distance = |a: &[f64], b: &[f64]| {
        let squares = a.iter().zip(b).map(|(a, b)| (a - b) * (a - b));
        let error = (squares.sum::<f64>() / a.len() as f64).sqrt() / unit;
        // What overflows is farther than any number; JSON has no infinity.
        if error < f64::MAX { error } else { f64::MAX }
    };
    let score = |fitted: &fit::Fitted| Score {
        r2: fitted.r2,
        error: distance(&fitted.predicted, ahead),
    };
    let outside = outside();
    let (constant, line) = (curve.constant(&outside), fit_line(curve, &outside));
    let mut units = BTreeMap::new();
    let mut apart = None;
    for (activation, of) in &families.0 {
        let [g, derivative, integral] = of.each_ref().map(|family| fit(family, curve, &outside));
        if *activation == own {
            let rivals = [&g, &integral, &constant, &line];
            apart = Some(rivals.map(|rival| distance(&rival.predicted, &derivative.predicted)));
        }
        units.insert(key(*activation), [g, derivative, integral].map(|fitted| score(&fitted)));
    }
    Some(Lean {
        constant: score(&constant),
        line: score(&line),
        units,
        apart: apart?,
    })
}

/// Where curves are fitted.
fn inside() -> Vec<f64> {
    let at = |i: usize| FITTED * (2.0 * i as f64 / (POINTS - 1) as f64 - 1.0);
    (0..POINTS).map(at).collect()
}

/// Where they are predicted, to both sides.
fn outside() -> Vec<f64> {
    let distance = |i: usize| FITTED + (PREDICTED - FITTED) * i as f64 / AHEAD as f64;
    (1..=AHEAD).flat_map(|i| [-distance(i), distance(i)]).collect()
}

/// What is found of a curve over half-widths as if it were one of a network of `own`, where the target's standard
/// deviation is 1.
#[cfg(test)]
pub fn of_curve(own: Activation, families: &Families, f: impl Fn(f64) -> f64) -> Option<Lean> {
    let values = |distances: Vec<f64>| distances.into_iter().map(&f).collect::<Vec<f64>>();
    let curve = Curve::new(inside(), &values(inside()))?;
    judge(&curve, &values(outside()), own, 1.0, families)
}

#[cfg(test)]
mod tests;
