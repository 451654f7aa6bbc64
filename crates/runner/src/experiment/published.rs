//! Values that others have published, for networks of an experiment to be compared with.

use serde::{Deserialize, Serialize};

use super::grid::Resolved;
use super::range::Interval;

/// A published value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Published {
    /// What is measured of each network.
    pub quantity: Quantity,
    /// What is made of that over seeds.
    pub statistic: Statistic,
    /// Of which networks: settings by the names of their columns, with their values as results show them.
    pub of: Vec<(String, String)>,
    /// The value, where one number is published.
    pub value: Option<f64>,
    /// From the lowest to the highest that is as published: the value with its tolerance.
    pub interval: Interval,
    /// Where it is published.
    pub source: String,
}

/// What is measured of a network, in the target's units.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// Its answer at this point.
    Prediction(Vec<f64>),
    /// Its error.
    Error(Measure, Place),
    /// How steep it is far out: over the outer half of the way to 10 half-widths, the steepest side.
    Slope,
    /// R² of a straight line along a ray from 1.1 to 10 half-widths, the ray where that is least.
    R2,
    /// The standard deviation of its answers over the range, in standard deviations of the target there: 0 is a constant.
    Variation,
}

/// What kind of error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Root mean square.
    Rmse,
    /// Mean square.
    Mse,
    /// Root mean square, in standard deviations of the target.
    Nrmse,
}

/// Where an error is measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In a region, by its name in results.
    Region(String),
    /// Where every input is in this interval.
    Interval(Interval),
}

/// What is made of a quantity over the seeds of a cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Statistic {
    /// Mean.
    Mean,
    /// Median.
    Median,
    /// The smallest.
    Least,
    /// The largest.
    Greatest,
    /// The share of networks of which it is below this.
    ShareBelow(f64),
    /// The share of networks of which it is above this.
    ShareAbove(f64),
    /// Covariance with the answer at another point.
    Covariance(Vec<f64>),
}

/// The name of the column by which samples of one cell are told from others.
pub const DRAW: &str = "sample_seed";

impl Published {
    /// Whether it is about a network of these settings.
    pub fn is_about(&self, settings: &Resolved) -> bool {
        self.of
            .iter()
            .all(|(column, value)| same(&settings.text(column), value))
    }
}

/// Whether a value as results show it is what was typed: the same text, or the same number.
fn same(shown: &str, typed: &str) -> bool {
    shown == typed || matches!((shown.parse::<f64>(), typed.parse::<f64>()), (Ok(a), Ok(b)) if a == b)
}

/// Why a published value cannot be compared with the networks of an experiment, and what to type instead.
pub fn misfit<'t>(published: &Published, trials: impl Iterator<Item = &'t Resolved> + Clone) -> Option<String> {
    if let Some((column, value)) = unmatched(published, trials.clone()) {
        let mut there: Vec<String> = trials.map(|settings| settings.text(column)).collect();
        there.sort();
        there.dedup();
        return Some(format!(
            "this is about no network: none has {column} = {value}. There is {}; leave all published values out with \
             --set published=[]",
            there.join(", ")
        ));
    }
    let about: Vec<&Resolved> = trials.filter(|settings| published.is_about(settings)).collect();
    let Some(first) = about.first() else {
        return Some("this is about no network: none has all values of \"where\" at once".to_owned());
    };
    let mixed: Vec<&str> = super::settings::columns()
        .into_iter()
        .chain(["range"])
        .filter(|column| *column != DRAW && about.iter().any(|other| other.text(column) != first.text(column)))
        .collect();
    if !mixed.is_empty() {
        return Some(format!(
            "this is about networks that differ in {}: say in \"where\" which are meant, so that it is about networks that \
             differ in their seeds alone",
            mixed.join(" and ")
        ));
    }
    let inputs = first.inputs.len();
    let at = match &published.quantity {
        Quantity::Prediction(at) => Some(at),
        _ => None,
    };
    let with = match &published.statistic {
        Statistic::Covariance(with) => Some(with),
        _ => None,
    };
    if let Some(point) = at.into_iter().chain(with).find(|point| point.len() != inputs) {
        return Some(format!(
            "a point of this network has {inputs} numbers, one for each of {}, not {}",
            first.inputs.join(", "),
            point.len()
        ));
    }
    match published.quantity {
        Quantity::Slope if inputs > 1 => Some("a slope is of networks of one input; use r2".to_owned()),
        Quantity::Error(_, Place::Interval(_)) if first.data.is_some() => {
            Some("the truth of data is known at its rows alone: write region = \"far\" in place of over".to_owned())
        }
        _ => None,
    }
}

/// The first setting whose value no network has.
fn unmatched<'p, 't>(
    published: &'p Published,
    trials: impl Iterator<Item = &'t Resolved> + Clone,
) -> Option<&'p (String, String)> {
    let has = |(column, value): &&(String, String)| trials.clone().any(|settings| same(&settings.text(column), value));
    published.of.iter().find(|setting| !has(setting))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::test_settings;

    fn about(of: &[(&str, &str)]) -> Published {
        Published {
            quantity: Quantity::Prediction(vec![1.0]),
            statistic: Statistic::Mean,
            of: of
                .iter()
                .map(|(column, value)| (column.to_string(), value.to_string()))
                .collect(),
            value: Some(1.0),
            interval: [0.5, 1.5],
            source: "a paper".to_owned(),
        }
    }

    /// Two sizes, each with two seeds and two draws of the samples.
    fn trials() -> Vec<Resolved> {
        let mut trials = Vec::new();
        for (hidden, seed, draw) in (0..8).map(|i| (i & 1, (i >> 1) & 1, i >> 2)) {
            let mut settings = test_settings("x", vec![[-1.0, 1.0]]);
            settings.hidden = vec![8 + hidden];
            settings.seed = Some(seed as u64);
            settings.sample_seed = crate::experiment::settings::SampleSeed::Shared(draw as u64);
            trials.push(settings);
        }
        trials
    }

    #[test]
    fn a_value_is_about_networks_that_differ_in_their_seeds_alone() {
        let trials = trials();
        assert_eq!(
            misfit(&about(&[("hidden", "8"), ("learning_rate", "1e-3")]), trials.iter()),
            None
        );
        for (of, part) in [
            (&[("hidden", "10")][..], "none has hidden = 10. There is 8, 9"),
            (&[("activation", "tanh")], "differ in hidden"),
            (&[("hidden", "8"), ("target", "x^2")], "target = x^2"),
        ] {
            let error = misfit(&about(of), trials.iter()).expect("a misfit");
            assert!(error.contains(part), "{error}");
        }
        let two = Published {
            quantity: Quantity::Prediction(vec![1.0, 2.0]),
            ..about(&[("hidden", "8")])
        };
        assert!(misfit(&two, trials.iter()).is_some_and(|error| error.contains("has 1 numbers")));
    }
}
