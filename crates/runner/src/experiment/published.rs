//! Values that others have published, for networks of an experiment to be compared with.

use serde::{Deserialize, Serialize};

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
    /// R² of a straight line along a ray from 1.1 to 10 half-widths: the mean over rays.
    R2,
    /// The same of the ray where it is least.
    R2Least,
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
