//! What a trained network is worth: its errors inside and outside of its range, and how steep it can get. All in
//! double precision on the host, so that the numbers do not depend on the backend that trained it.

use actlab_model::network::norm::spectral_norm;
use actlab_model::network::trained::TrainedNetwork;

use super::lipschitz::lipschitz;
use crate::experiment::grid::Resolved;
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

/// What is measured of a trained network.
#[derive(Debug, Clone, PartialEq)]
pub struct Measurements {
    /// Mean squared error on the training samples, in the target's units squared.
    pub train_mse: f64,
    /// Errors where it was not trained.
    pub errors: Vec<RegionError>,
    /// Spectral norm of each layer, first to last.
    pub sigma: Vec<f64>,
    /// Bound of the slope, in the target's units per unit of input.
    pub lipschitz: Option<f64>,
}

/// The network's answers in the target's units, at points in the inputs' units.
pub fn answers<'a>(
    network: &TrainedNetwork,
    _: &Resolved,
    scaling: &Scaling,
    points: impl IntoIterator<Item = &'a [f64]>,
) -> Vec<f64> {
    let x: Vec<f64> = points.into_iter().flat_map(|x| scaling.scale_x(x)).collect();
    let outputs = network.predict_all(&x);
    outputs.into_iter().map(|y| scaling.unscale_y(y)).collect()
}

/// The network's answer in the target's units, at a point in the inputs' units.
pub fn answer(network: &TrainedNetwork, settings: &Resolved, scaling: &Scaling, x: &[f64]) -> f64 {
    answers(network, settings, scaling, [x])[0]
}

/// Measures a network. None where it has an error that is not finite, as after its last step it may have.
pub fn measure(network: &TrainedNetwork, settings: &Resolved, samples: &Samples) -> Option<Measurements> {
    let mse = |points: &Points| {
        let answers = answers(network, settings, &samples.scaling, points.x.iter().map(Vec::as_slice));
        let errors = answers.iter().zip(&points.y).map(|(answer, y)| answer - y);
        errors.map(|error| error * error).sum::<f64>() / points.y.len() as f64
    };
    let errors = samples.regions.iter().map(|(region, points)| {
        let rmse = mse(points).sqrt();
        RegionError {
            region: region.clone(),
            points: points.y.len(),
            rmse,
            nrmse: normalise(rmse, &points.y),
        }
    });
    let sigma: Vec<f64> = network.weights.iter().map(spectral_norm).collect();
    let measurements = Measurements {
        train_mse: mse(&samples.train),
        errors: errors.collect(),
        lipschitz: lipschitz(network, &sigma, &samples.scaling),
        sigma,
    };
    let finite = measurements.train_mse.is_finite()
        && measurements.errors.iter().all(|error| error.rmse.is_finite())
        && measurements.sigma.iter().all(|sigma| sigma.is_finite())
        && measurements.lipschitz.is_none_or(f64::is_finite);
    finite.then_some(measurements)
}

fn normalise(rmse: f64, y: &[f64]) -> Option<f64> {
    let n = y.len() as f64;
    let mean = y.iter().sum::<f64>() / n;
    let deviation = (y.iter().map(|y| (y - mean) * (y - mean)).sum::<f64>() / n).sqrt();
    (deviation > 0.0).then(|| rmse / deviation)
}

#[cfg(test)]
mod tests {
    use actlab_model::network::weights::Layer;

    use super::*;
    use crate::experiment::target::{Function, Target};
    use crate::experiment::test_settings;
    use crate::samples::samples;

    /// The line y = x instead of x^2, not standardised, on [-1, 1]: the errors are integrals of (x - x^2)^2. The
    /// midpoint rule on 512 points errs by h^2/24 of what the slope rises by, at most 1e-5 of an error here; the variance
    /// that it is divided by errs as much.
    #[test]
    fn errors_of_a_line_are_the_integrals_of_algebra() {
        let mut settings = test_settings("x^2", vec![[-1.0, 1.0]]);
        settings.standardize = false;
        settings.hidden = Vec::new();
        let target = Target::Function(Function::parse("x^2").expect("an expression"));
        let samples = samples(&target, &settings).expect("samples");
        let line = vec![Layer {
            inputs: 1,
            outputs: 1,
            weight: vec![1.0],
            bias: vec![0.0],
        }];
        let line = TrainedNetwork::perceptron(line, settings.activation);
        let measured = measure(&line, &settings, &samples).expect("finite");
        // Mean of x^2 - 2 x^3 + x^4 over a < |x| < b: the odd part cancels.
        let mean_square = |a: f64, b: f64| ((b.powi(3) - a.powi(3)) / 3.0 + (b.powi(5) - a.powi(5)) / 5.0) / (b - a);
        let variance = |a: f64, b: f64| {
            let mean = (b.powi(3) - a.powi(3)) / 3.0 / (b - a);
            (b.powi(5) - a.powi(5)) / 5.0 / (b - a) - mean * mean
        };
        for (region, a, b) in [
            ("test", 0.0, 1.0),
            ("far_1_1.5", 1.0, 1.5),
            ("far_2_4", 2.0, 4.0),
            ("far", 1.0, 2.0),
        ] {
            let error = measured
                .errors
                .iter()
                .find(|error| error.region == region)
                .expect("a region");
            let rmse = mean_square(a, b).sqrt();
            assert!(
                (error.rmse / rmse - 1.0).abs() < 2e-5,
                "{region}: {} instead of {rmse}",
                error.rmse
            );
            let nrmse = rmse / variance(a, b).sqrt();
            assert!(
                (error.nrmse.expect("not constant") / nrmse - 1.0).abs() < 2e-5,
                "{region}"
            );
        }
        assert_eq!(measured.sigma, [1.0]);
        assert_eq!(measured.lipschitz, Some(1.0));
    }

    #[test]
    fn a_network_with_weights_that_are_no_numbers_has_no_measurements() {
        let settings = test_settings("x^2", vec![[-1.0, 1.0]]);
        let target = Target::Function(Function::parse("x^2").expect("an expression"));
        let samples = samples(&target, &settings).expect("samples");
        let broken = vec![Layer {
            inputs: 1,
            outputs: 1,
            weight: vec![f32::NAN],
            bias: vec![0.0],
        }];
        let broken = TrainedNetwork::perceptron(broken, settings.activation);
        assert_eq!(measure(&broken, &settings, &samples), None);
    }
}
