//! The numbers that a trial trains on and is tested on.

mod check;
mod check_steps;
mod draw;
mod formulas;
mod fresh;
mod regions;
mod same;
mod scaling;
mod split;

use actlab_model::network::random::{Random, Stream};

use crate::error::InputError;
use crate::experiment::sampling::Sampling;
use crate::experiment::target::{Function, Target};
use crate::experiment::trial::Resolved;

pub use check::check_all;
pub use fresh::Fresh;
pub use regions::{FAR, GAP, INSIDE, VALIDATION, band_name, inside_points};
pub use same::mark_same;
pub use scaling::Scaling;

/// Points of the inputs' space with the target's values.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Points {
    /// One row for each point, a number for each input.
    pub x: Vec<Vec<f64>>,
    /// The target at each of them, a number for each output.
    pub y: Vec<Vec<f64>>,
}

impl Points {
    fn push(&mut self, x: Vec<f64>, y: Vec<f64>) {
        self.x.push(x);
        self.y.push(y);
    }

    fn extend(&mut self, other: &Self) {
        self.x.extend(other.x.iter().cloned());
        self.y.extend(other.y.iter().cloned());
    }

    /// What one output is to be, at each point.
    pub fn output(&self, output: usize) -> impl ExactSizeIterator<Item = f64> + Clone {
        self.y.iter().map(move |y| y[output])
    }
}

/// All points of a trial.
#[derive(Debug, Clone, PartialEq)]
pub struct Samples {
    /// What it trains on, with noise.
    pub train: Points,
    /// What it is tested on: each part of the line with its name in results.
    pub regions: Vec<(String, Points)>,
    /// From the target's units to the network's.
    pub scaling: Scaling,
}

/// The points of a trial. Those of an expression are drawn from the trial's seed, for the training and for the choice of
/// settings, and tested on a grid that is the same for every trial; those of data are chosen among its rows.
pub fn samples(target: &Target, settings: &Resolved) -> Result<Samples, InputError> {
    let seed = settings.sample_seed.of(settings.seed.unwrap_or(0));
    let sampling = settings.sampling;
    let (mut train, validation, parts) = match target {
        Target::Function(function) => (
            drawn(
                function,
                settings,
                sampling,
                settings.samples,
                Random::new(seed, Stream::Samples),
            ),
            regions::defined(drawn(
                function,
                settings,
                sampling.between(),
                settings.validation,
                Random::new(seed, Stream::Validation),
            )),
            regions::grid(function, settings),
        ),
        Target::Data(data) => split::chosen(data, settings, seed)?,
    };
    std::iter::zip(&train.x, &train.y).try_for_each(|(x, y)| finite(settings, x, y))?;
    let mut noise = Random::new(seed, Stream::Noise);
    let noisy = train.y.iter_mut().flatten();
    noisy.for_each(|y| *y += settings.noise * noise.normal());
    let scaling = Scaling::of(
        &train,
        [settings.inputs.len(), settings.outputs.len()],
        settings.standardize,
    );
    Ok(Samples {
        train,
        regions: regions::named(parts, validation),
        scaling,
    })
}

/// Whether a trial has points to choose its settings by.
pub fn has_validation(target: &Target, settings: &Resolved) -> bool {
    match target {
        Target::Function(_) => true,
        Target::Data(data) => split::validation_count(data, settings) > 0,
    }
}

/// So many points of a target, spread like this over the range.
fn drawn(function: &Function, settings: &Resolved, sampling: Sampling, count: usize, mut random: Random) -> Points {
    let x = draw::points(settings, sampling, count, &mut random);
    Points {
        y: x.iter().map(|x| function.values(x)).collect(),
        x,
    }
}

/// Whether a target, with the value `y` at `x`, can be learned there.
fn finite(settings: &Resolved, x: &[f64], y: &[f64]) -> Result<(), InputError> {
    let Some(output) = y.iter().position(|y| !y.is_finite()) else {
        return Ok(());
    };
    let x: Vec<String> = x.iter().map(f64::to_string).collect();
    Err(InputError::new(format!(
        "the target \"{}\" is {} at x = {}, which is in the range to train on; choose a range on which it is finite",
        settings.outputs[output],
        y[output],
        x.join(", ")
    )))
}

#[cfg(test)]
mod tests;
