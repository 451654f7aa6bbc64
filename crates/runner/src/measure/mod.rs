//! What is measured of a trained network: its errors, how steep it can get, what it does in the far field. All in double
//! precision on the host, so that the numbers do not depend on the backend that trained it.

pub mod errors;
pub mod far_field;
pub mod lean;
mod lipschitz;

use actlab_model::network::norm::spectral_norm;
use actlab_model::network::trained::TrainedNetwork;

use crate::experiment::trial::Resolved;
use crate::samples::{INSIDE, Samples, Scaling};
use errors::{RegionError, mean_squares, region_errors};
use far_field::{FarField, FarFields, far_fields};
use lean::{Families, Lean, lean};
use lipschitz::lipschitz;

/// What is measured of a trained network.
#[derive(Debug, Clone, PartialEq)]
pub struct Measurements {
    /// Mean squared error on the training samples, in the target's units squared; none of several outputs, which have no
    /// unit in common.
    pub train_mse: Option<f64>,
    /// Errors where it was not trained.
    pub errors: Vec<RegionError>,
    /// Spectral norm of each layer, first to last.
    pub sigma: Vec<f64>,
    /// Bound of the slope, in the target's units per unit of input; of several outputs as a vector.
    pub lipschitz: Option<f64>,
    /// What it does outside of its range.
    pub outside: Outside,
}

/// What a network does outside of its range.
#[derive(Debug, Clone, PartialEq)]
pub struct Outside {
    /// What it becomes, and what it looks like; of several outputs all of them together.
    pub far: FarField,
    /// The same of each of several outputs.
    pub outputs: Vec<FarField>,
    /// How well single units predict it, where the experiment asks for that.
    pub lean: Option<Lean>,
}

/// What an experiment asks of its networks outside of their range.
#[derive(Debug)]
pub struct Question {
    /// How far out they are looked at beside the usual distances, in half-widths from the centre of their range.
    pub distance: f64,
    /// The units that they are compared with.
    pub families: Option<Families>,
}

impl Question {
    /// The answer of a network, whose errors are known.
    pub fn ask(
        &self,
        network: &TrainedNetwork,
        settings: &Resolved,
        scaling: &Scaling,
        errors: &[RegionError],
    ) -> Outside {
        let scales = target_deviations(errors, scaling);
        let FarFields { far, outputs } = far_fields(network, settings, scaling, &scales, self.distance);
        let families = self.families.as_ref();
        Outside {
            far,
            outputs,
            lean: families.and_then(|families| lean(network, settings, scaling, scales[0], families)),
        }
    }
}

/// Standard deviation of each output of the target in the range, as the errors there were divided by it.
pub fn target_deviations(errors: &[RegionError], scaling: &Scaling) -> Vec<f64> {
    let inside = errors.iter().find(|error| error.region == INSIDE);
    let of = |(output, std): (usize, &f64)| {
        let error = inside.and_then(|error| error.output(output));
        let deviation = error.and_then(|error| Some(error.rmse / error.nrmse?));
        deviation
            .filter(|deviation| deviation.is_finite() && *deviation > 0.0)
            .unwrap_or(*std)
    };
    scaling.y_std.iter().enumerate().map(of).collect()
}

/// Measures a network. None where it has an error that is not finite, as after its last step it may have.
pub fn measure(
    network: &TrainedNetwork,
    settings: &Resolved,
    samples: &Samples,
    question: &Question,
) -> Option<Measurements> {
    let Samples { train, scaling, .. } = samples;
    let errors = region_errors(network, samples);
    let sigma: Vec<f64> = network.weights.iter().map(spectral_norm).collect();
    let train_errors = mean_squares(network, scaling, train);
    let lipschitz = lipschitz(network, &sigma, scaling);
    let finite = train_errors.iter().all(|error| error.is_finite())
        && errors.iter().all(RegionError::is_finite)
        && sigma.iter().all(|sigma| sigma.is_finite())
        && lipschitz.is_none_or(f64::is_finite);
    finite.then(|| Measurements {
        train_mse: match train_errors[..] {
            [one] => Some(one),
            _ => None,
        },
        outside: question.ask(network, settings, scaling, &errors),
        errors,
        sigma,
        lipschitz,
    })
}

#[cfg(test)]
mod tests {
    use actlab_model::network::weights::Layer;

    use super::*;
    use crate::experiment::network::Hidden;
    use crate::experiment::target::{Function, Target};
    use crate::experiment::test_settings;
    use crate::samples::samples;

    fn question() -> Question {
        Question {
            distance: 10.0,
            families: None,
        }
    }

    /// The line y = x instead of x^2, not standardised, on [-1, 1]: the errors are integrals of (x - x^2)^2. The
    /// midpoint rule on 512 points errs by h^2/24 of what the slope rises by, at most 1e-5 of an error here; the variance
    /// that it is divided by errs as much.
    #[test]
    fn errors_of_a_line_are_the_integrals_of_algebra() {
        let mut settings = test_settings("x^2", vec![[-1.0, 1.0]]);
        settings.standardize = false;
        settings.hidden = Vec::new().into();
        let target = Target::Function(Function::parse("x^2").expect("an expression"));
        let samples = samples(&target, &settings).expect("samples");
        let line = vec![Layer {
            inputs: 1,
            outputs: 1,
            weight: vec![1.0],
            bias: vec![0.0],
        }];
        let line = TrainedNetwork::perceptron(line, settings.activation);
        let measured = measure(&line, &settings, &samples, &question()).expect("finite");
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
            let found = error.rmse.expect("one output");
            assert!((found / rmse - 1.0).abs() < 2e-5, "{region}: {found} instead of {rmse}");
            let nrmse = rmse / variance(a, b).sqrt();
            assert!(
                (error.nrmse.expect("not constant") / nrmse - 1.0).abs() < 2e-5,
                "{region}"
            );
        }
        assert_eq!(measured.sigma, [1.0]);
        assert_eq!(measured.lipschitz, Some(1.0));
    }

    /// The lines y = 2x + 1 and y = -3x instead of x and 6x on [-1, 1]: the errors are x + 1 and 9x, with the mean squares
    /// 1/3 + 1 and 81/3, of which the deviations are those of x and 6x. Sums over the evenly spread points of the test are
    /// right to 1/512^2 of the integrals.
    #[test]
    fn errors_of_two_outputs_are_of_each_and_of_both() {
        let texts = ["x".to_owned(), "6*x".to_owned()];
        let mut settings = test_settings("(x, 6*x)", vec![[-1.0, 1.0]]);
        settings.outputs = texts.to_vec();
        settings.standardize = false;
        settings.hidden = Hidden::Widths(Vec::new());
        let target = Target::Function(Function::several(&texts).expect("expressions"));
        let samples = samples(&target, &settings).expect("samples");
        let lines = vec![Layer {
            inputs: 1,
            outputs: 2,
            weight: vec![2.0, -3.0],
            bias: vec![1.0, 0.0],
        }];
        let lines = TrainedNetwork::perceptron(lines, settings.activation);
        let measured = measure(&lines, &settings, &samples, &question()).expect("finite");
        assert_eq!(measured.train_mse, None);
        let error = measured
            .errors
            .iter()
            .find(|error| error.region == "test")
            .expect("a region");
        let is = |found: f64, expected: f64| assert!((found / expected - 1.0).abs() < 1e-5, "{found} {expected}");
        let (first, second) = (error.output(0).expect("first"), error.output(1).expect("second"));
        is(first.rmse * first.rmse, 4.0 / 3.0);
        is(second.rmse * second.rmse, 27.0);
        let deviation = (1f64 / 3.0).sqrt();
        is(first.nrmse.expect("varies"), first.rmse / deviation);
        is(second.nrmse.expect("varies"), second.rmse / (6.0 * deviation));
        assert_eq!((error.rmse, error.output(2)), (None, None));
        is(error.nrmse.expect("both vary").powi(2), 0.5 * (4.0 + 81.0 / 36.0));
        // Both are lines, and as a vector as steep as (2, -3).
        let Outside { far, outputs, .. } = &measured.outside;
        let ends: Vec<far_field::Ending> = outputs.iter().chain([far]).map(FarField::ending).collect();
        assert_eq!(ends, [far_field::Ending::Line; 3]);
        let slopes: Vec<f64> = outputs.iter().map(|of| of.slope).collect();
        assert!(
            (slopes[0] - 2.0).abs() < 1e-12 && (slopes[1] - 3.0).abs() < 1e-12,
            "{slopes:?}"
        );
        is(far.slope, 13f64.sqrt());
        is(measured.lipschitz.expect("a bound"), 13f64.sqrt());
    }

    /// An output that does not vary has no deviation to measure its error in, and then both have none in common.
    #[test]
    fn an_output_that_is_constant_leaves_no_error_of_all() {
        let texts = ["x".to_owned(), "7".to_owned()];
        let mut settings = test_settings("(x, 7)", vec![[-1.0, 1.0]]);
        settings.outputs = texts.to_vec();
        let target = Target::Function(Function::several(&texts).expect("expressions"));
        let samples = samples(&target, &settings).expect("samples");
        let lines = vec![Layer {
            inputs: 1,
            outputs: 2,
            weight: vec![1.0, 0.0],
            bias: vec![0.0, 0.0],
        }];
        let lines = TrainedNetwork::perceptron(lines, settings.activation);
        for error in region_errors(&lines, &samples) {
            assert_eq!(error.nrmse, None);
            let second = error.output(1).expect("an output");
            assert_eq!((second.rmse, second.nrmse), (0.0, None));
            assert!(error.output(0).is_some_and(|first| first.nrmse.is_some()));
        }
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
        assert_eq!(measure(&broken, &settings, &samples, &question()), None);
    }
}
