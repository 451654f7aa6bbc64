//! From the target's units to the network's and back.

use serde::{Deserialize, Serialize};

use super::Points;

/// How a network's numbers relate to the target's: the network sees `(x - x_mean) / x_std` and answers with
/// `(y - y_mean) / y_std`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scaling {
    /// For each input.
    pub x_mean: Vec<f64>,
    /// For each input.
    pub x_std: Vec<f64>,
    /// Of the target.
    pub y_mean: f64,
    /// Of the target.
    pub y_std: f64,
}

impl Scaling {
    /// Mean 0 and standard deviation 1 on the training samples, or no change.
    pub fn of(points: &Points, inputs: usize, standardize: bool) -> Self {
        if !standardize {
            return Self {
                x_mean: vec![0.0; inputs],
                x_std: vec![1.0; inputs],
                y_mean: 0.0,
                y_std: 1.0,
            };
        }
        let columns = (0..inputs).map(|input| moments(points.x.iter().map(|x| x[input])));
        let (x_mean, x_std) = columns.unzip();
        let (y_mean, y_std) = moments(points.y.iter().copied());
        Self {
            x_mean,
            x_std,
            y_mean,
            y_std,
        }
    }

    /// The inputs as the network sees them.
    pub fn scale_x(&self, x: &[f64]) -> Vec<f64> {
        let inputs = x.iter().enumerate();
        inputs.map(|(input, x)| self.scale_input(input, *x)).collect()
    }

    /// The same of one input.
    pub fn scale_input(&self, input: usize, x: f64) -> f64 {
        (x - self.x_mean[input]) / self.x_std[input]
    }

    /// A value of the target as the network sees it.
    pub fn scale_y(&self, y: f64) -> f64 {
        (y - self.y_mean) / self.y_std
    }

    /// The target's value for an answer of the network.
    pub fn unscale_y(&self, y: f64) -> f64 {
        y * self.y_std + self.y_mean
    }
}

/// Mean and standard deviation; a deviation of 0 counts as 1, so that it can be divided by.
fn moments(values: impl ExactSizeIterator<Item = f64> + Clone) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.clone().sum::<f64>() / n;
    let variance = values.map(|x| (x - mean) * (x - mean)).sum::<f64>() / n;
    let std = variance.sqrt();
    (mean, if std > 0.0 { std } else { 1.0 })
}
