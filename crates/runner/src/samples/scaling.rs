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
    /// For each output.
    #[serde(with = "one_or_several")]
    pub y_mean: Vec<f64>,
    /// For each output.
    #[serde(with = "one_or_several")]
    pub y_std: Vec<f64>,
}

impl Scaling {
    /// Mean 0 and standard deviation 1 of each input and each output on the training samples, or no change.
    pub fn of(points: &Points, [inputs, outputs]: [usize; 2], standardize: bool) -> Self {
        if !standardize {
            return Self::none(inputs, outputs);
        }
        let columns = (0..inputs).map(|input| moments(points.x.iter().map(|x| x[input])));
        let (x_mean, x_std) = columns.unzip();
        let columns = (0..outputs).map(|output| moments(points.output(output)));
        let (y_mean, y_std) = columns.unzip();
        Self {
            x_mean,
            x_std,
            y_mean,
            y_std,
        }
    }

    /// No change.
    pub fn none(inputs: usize, outputs: usize) -> Self {
        Self {
            x_mean: vec![0.0; inputs],
            x_std: vec![1.0; inputs],
            y_mean: vec![0.0; outputs],
            y_std: vec![1.0; outputs],
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

    /// What the network should answer at an output whose target is `y`.
    pub fn scale_output(&self, output: usize, y: f64) -> f64 {
        (y - self.y_mean[output]) / self.y_std[output]
    }

    /// What the network should answer where the target is `y`.
    pub fn scale_y(&self, y: &[f64]) -> Vec<f64> {
        let outputs = y.iter().enumerate();
        outputs.map(|(output, y)| self.scale_output(output, *y)).collect()
    }

    /// An output's value for an answer of the network.
    pub fn unscale_y(&self, output: usize, y: f64) -> f64 {
        y * self.y_std[output] + self.y_mean[output]
    }
}

/// A list of one number is stored as that number, as it was when networks had one output.
mod one_or_several {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Stored {
        One(f64),
        Several(Vec<f64>),
    }

    pub fn serialize<S: Serializer>(values: &[f64], serializer: S) -> Result<S::Ok, S::Error> {
        match values {
            [one] => one.serialize(serializer),
            several => several.serialize(serializer),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<f64>, D::Error> {
        Ok(match Stored::deserialize(deserializer)? {
            Stored::One(one) => vec![one],
            Stored::Several(several) => several,
        })
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Stores of before have a number where there is one output.
    #[test]
    fn scalings_are_read_as_they_were_written() {
        let of = |y: &[f64]| Scaling {
            y_mean: y.to_vec(),
            y_std: y.to_vec(),
            ..Scaling::none(1, 0)
        };
        for (y, text) in [
            (&[0.1][..], r#""y_mean":0.1,"y_std":0.1"#),
            (&[0.1, 3.0], r#""y_mean":[0.1,3.0],"y_std":[0.1,3.0]"#),
        ] {
            let json = serde_json::to_string(&of(y)).expect("plain data");
            assert!(json.contains(text), "{json}");
            assert_eq!(serde_json::from_str::<Scaling>(&json).expect("what was written"), of(y));
        }
    }

    /// 1, 3 and 5 have the mean 3 and the variance 8/3; a constant has no deviation to divide by.
    #[test]
    fn each_output_is_brought_to_mean_0_and_deviation_1() {
        let points = Points {
            x: vec![vec![0.0]; 3],
            y: vec![vec![1.0, 7.0], vec![3.0, 7.0], vec![5.0, 7.0]],
        };
        let scaling = Scaling::of(&points, [1, 2], true);
        assert_eq!((&scaling.y_mean[..], scaling.y_std[1]), (&[3.0, 7.0][..], 1.0));
        assert!((scaling.y_std[0] - (8f64 / 3.0).sqrt()).abs() < 1e-15);
        let y = scaling.scale_y(&[5.0, 8.0]);
        assert_eq!(y, [2.0 / scaling.y_std[0], 1.0]);
        assert_eq!((scaling.unscale_y(0, y[0]), scaling.unscale_y(1, y[1])), (5.0, 8.0));
    }
}
