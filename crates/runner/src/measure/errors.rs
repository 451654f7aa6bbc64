//! The errors of a trained network inside and outside of its range.

use actlab_model::network::trained::TrainedNetwork;

use crate::samples::{Points, Samples, Scaling};

/// Error on one part of the line.
#[derive(Debug, Clone, PartialEq)]
pub struct RegionError {
    /// `test`, `gap`, `far` or a band.
    pub region: String,
    /// Points it was measured at.
    pub points: usize,
    /// Root of the mean squared error, in the target's units.
    pub rmse: f64,
    /// The same, divided by the target's standard deviation on these points; none where the target is constant.
    pub nrmse: Option<f64>,
}

/// The network's answers in the target's units, at points in the inputs' units.
pub fn answers<'a>(
    network: &TrainedNetwork,
    scaling: &Scaling,
    points: impl IntoIterator<Item = &'a [f64]>,
) -> Vec<f64> {
    let x: Vec<f64> = points.into_iter().flat_map(|x| scaling.scale_x(x)).collect();
    let outputs = network.predict_all(&x);
    outputs.into_iter().map(|y| scaling.unscale_y(y)).collect()
}

/// The network's answer in the target's units, at a point in the inputs' units.
pub fn answer(network: &TrainedNetwork, scaling: &Scaling, x: &[f64]) -> f64 {
    answers(network, scaling, [x])[0]
}

/// Mean squared error on these points, in the target's units squared.
pub fn mean_square(network: &TrainedNetwork, scaling: &Scaling, points: &Points) -> f64 {
    let answers = answers(network, scaling, points.x.iter().map(Vec::as_slice));
    let errors = answers.iter().zip(&points.y).map(|(answer, y)| answer - y);
    errors.map(|error| error * error).sum::<f64>() / points.y.len() as f64
}

/// The error on each part of the line.
pub fn region_errors(network: &TrainedNetwork, samples: &Samples) -> Vec<RegionError> {
    let error = |(region, points): &(String, Points)| {
        let rmse = mean_square(network, &samples.scaling, points).sqrt();
        RegionError {
            region: region.clone(),
            points: points.y.len(),
            rmse,
            nrmse: normalise(rmse, &points.y),
        }
    };
    samples.regions.iter().map(error).collect()
}

fn normalise(rmse: f64, y: &[f64]) -> Option<f64> {
    let n = y.len() as f64;
    let mean = y.iter().sum::<f64>() / n;
    let deviation = (y.iter().map(|y| (y - mean) * (y - mean)).sum::<f64>() / n).sqrt();
    (deviation > 0.0).then(|| rmse / deviation)
}
