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
    /// Root of the mean squared error, in the target's units; none of several outputs, which have no unit in common.
    pub rmse: Option<f64>,
    /// The same, divided by the target's standard deviation on these points; none where the target is constant. Of several
    /// outputs the root mean square of theirs; none where one of them is constant.
    pub nrmse: Option<f64>,
    /// Of several outputs the error of each.
    pub outputs: Vec<OutputError>,
}

/// Error of one output.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OutputError {
    /// Root of the mean squared error, in the output's units.
    pub rmse: f64,
    /// The same, divided by the output's standard deviation on these points; none where it is constant.
    pub nrmse: Option<f64>,
}

impl RegionError {
    /// From the errors of the outputs.
    fn new(region: String, points: usize, outputs: Vec<OutputError>) -> Self {
        let (rmse, nrmse) = match outputs[..] {
            [one] => (Some(one.rmse), one.nrmse),
            _ => (None, together(&outputs)),
        };
        Self {
            region,
            points,
            rmse,
            nrmse,
            outputs: if outputs.len() > 1 { outputs } else { Vec::new() },
        }
    }

    /// Of one output.
    pub fn output(&self, output: usize) -> Option<OutputError> {
        match self.rmse {
            Some(rmse) if output == 0 => Some(OutputError {
                rmse,
                nrmse: self.nrmse,
            }),
            _ => self.outputs.get(output).copied(),
        }
    }

    /// Whether it is a finite number, of each output.
    pub fn is_finite(&self) -> bool {
        let mut outputs = self.rmse.into_iter().chain(self.outputs.iter().map(|of| of.rmse));
        outputs.all(f64::is_finite)
    }
}

/// The root mean square of normalised errors.
fn together(outputs: &[OutputError]) -> Option<f64> {
    let squares: Option<f64> = outputs.iter().map(|of| Some(of.nrmse? * of.nrmse?)).sum();
    Some((squares? / outputs.len() as f64).sqrt())
}

/// For each output of the network its answers in the target's units, at points in the inputs' units.
pub fn answers<'a>(
    network: &TrainedNetwork,
    scaling: &Scaling,
    points: impl IntoIterator<Item = &'a [f64]>,
) -> Vec<Vec<f64>> {
    let x: Vec<f64> = points.into_iter().flat_map(|x| scaling.scale_x(x)).collect();
    let all = network.predict_all(&x);
    let outputs = scaling.y_std.len();
    let of = |output: usize| {
        let answers = all.iter().skip(output).step_by(outputs);
        answers.map(|y| scaling.unscale_y(output, *y)).collect()
    };
    (0..outputs).map(of).collect()
}

/// The network's answer in the target's units, a number for each output, at a point in the inputs' units.
pub fn answer(network: &TrainedNetwork, scaling: &Scaling, x: &[f64]) -> Vec<f64> {
    answers(network, scaling, [x]).concat()
}

/// Mean squared error of each output on these points, in its units squared.
pub fn mean_squares(network: &TrainedNetwork, scaling: &Scaling, points: &Points) -> Vec<f64> {
    let answers = answers(network, scaling, points.x.iter().map(Vec::as_slice));
    let mean_square = |(output, answers): (usize, Vec<f64>)| {
        let errors = answers.iter().zip(points.output(output)).map(|(answer, y)| answer - y);
        errors.map(|error| error * error).sum::<f64>() / points.y.len() as f64
    };
    answers.into_iter().enumerate().map(mean_square).collect()
}

/// The error on each part of the line.
pub fn region_errors(network: &TrainedNetwork, samples: &Samples) -> Vec<RegionError> {
    let error = |(region, points): &(String, Points)| {
        let squares = mean_squares(network, &samples.scaling, points);
        let of = |(output, square): (usize, f64)| OutputError {
            rmse: square.sqrt(),
            nrmse: normalise(square.sqrt(), points.output(output)),
        };
        let outputs = squares.into_iter().enumerate().map(of).collect();
        RegionError::new(region.clone(), points.y.len(), outputs)
    };
    samples.regions.iter().map(error).collect()
}

fn normalise(rmse: f64, y: impl ExactSizeIterator<Item = f64> + Clone) -> Option<f64> {
    let n = y.len() as f64;
    let mean = y.clone().sum::<f64>() / n;
    let deviation = (y.map(|y| (y - mean) * (y - mean)).sum::<f64>() / n).sqrt();
    (deviation > 0.0).then(|| rmse / deviation)
}
