//! `actlab predict`: what a trained network answers, point by point.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use super::find;
use crate::error::{InputError, reject};
use crate::experiment::data;
use crate::experiment::target::Function;
use crate::measure::errors::answer;
use crate::store::{Store, Stored, weights};
use crate::words::count;

/// Which network, and where.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Folder of the run
    run: PathBuf,
    /// The trial, by the beginning of its id
    trial: String,
    /// Points as start:end:step; once for each input of the network
    #[arg(long, required = true, allow_hyphen_values = true)]
    x: Vec<Grid>,
}

/// Points on one input: `start:end:step`, both ends included, or one number.
#[derive(Debug, Clone, PartialEq)]
struct Grid(Vec<f64>);

/// Points of one prediction, at most.
const LIMIT: usize = 10_000_000;

impl std::str::FromStr for Grid {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let hint = "write it as start:end:step, for example -40:40:0.5";
        let numbers = text.split(':').map(|part| part.trim().parse::<f64>());
        let numbers: Vec<f64> = numbers.collect::<Result<_, _>>().map_err(|_| hint.to_owned())?;
        if numbers.iter().any(|number| !number.is_finite()) {
            return Err(hint.to_owned());
        }
        match numbers[..] {
            [x] => Ok(Self(vec![x])),
            [start, end, step] if step > 0.0 && start <= end && (end - start) / step < LIMIT as f64 => {
                // A step of 0.1 does not quite divide 1: the end belongs to the grid all the same.
                let last = ((end - start) / step * (1.0 + 1e-12) + 1e-9).floor() as usize;
                Ok(Self((0..=last).map(|i| start + i as f64 * step).collect()))
            }
            [_, _, _] => {
                Err("the step is above 0, the start not above the end, and the points not above 10 million".to_owned())
            }
            _ => Err(hint.to_owned()),
        }
    }
}

/// Prints the answers.
pub fn run(arguments: &Arguments) -> Result<()> {
    let store = Store::open_existing(&arguments.run)?;
    let trials = store.trials()?;
    let trial = find(&trials, &arguments.trial)?;
    predict(&store, trial, &arguments.x, std::io::stdout().lock())
}

/// Writes the answers of a trial's network on the grid of all inputs as CSV: the inputs, `prediction`, and for a
/// target that is a function `truth`; of several outputs one for each, with its name.
fn predict(store: &Store, trial: &Stored, grids: &[Grid], out: impl Write) -> Result<()> {
    let settings = &trial.settings;
    if grids.len() != settings.inputs.len() {
        reject!(
            "this network has {} ({}): give --x {}",
            count(settings.inputs.len() as u64, "input"),
            settings.inputs.join(", "),
            if settings.inputs.len() == 1 {
                "once"
            } else {
                "once for each, in this order"
            }
        );
    }
    let points = grids
        .iter()
        .try_fold(1usize, |product, grid| product.checked_mul(grid.0.len()));
    if points.is_none_or(|points| points > LIMIT) {
        reject!("these are more than {LIMIT} points; take larger steps");
    }
    if let Some(step) = trial.diverged_at {
        eprintln!("note: this network diverged at step {step}; its answers mean nothing");
    }
    let network = weights::decode(&store.weights(&trial.id)?)?;
    let truth = match settings.data {
        Some(_) => None,
        None => Some(Function::several(&settings.outputs).map_err(InputError::new)?),
    };
    let mut header = settings.inputs.clone();
    header.extend(columns("prediction", &settings.outputs));
    header.extend(truth.iter().flat_map(|_| columns("truth", &settings.outputs)));
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let rows = (0..points.unwrap_or(0)).map(|index| {
        let x = point(grids, index);
        let mut row: Vec<String> = x.iter().map(f64::to_string).collect();
        row.extend(answer(&network, &trial.scaling, &x).iter().map(f64::to_string));
        let truth = truth.iter().flat_map(|function| function.values(&x));
        row.extend(truth.map(|truth| truth.to_string()));
        row
    });
    data::write(out, &header, rows)
}

/// The column of one output, or one for each of several.
fn columns(name: &str, outputs: &[String]) -> Vec<String> {
    match outputs {
        [_] => vec![name.to_owned()],
        several => several.iter().map(|output| format!("{name}_{output}")).collect(),
    }
}

/// The point with this index of the product of all grids, the last input fastest.
fn point(grids: &[Grid], mut index: usize) -> Vec<f64> {
    let mut x: Vec<f64> = grids
        .iter()
        .rev()
        .map(|grid| {
            let value = grid.0[index % grid.0.len()];
            index /= grid.0.len();
            value
        })
        .collect();
    x.reverse();
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grids_include_both_ends() {
        assert_eq!("-1:1:0.5".parse(), Ok(Grid(vec![-1.0, -0.5, 0.0, 0.5, 1.0])));
        assert_eq!("0:1:0.1".parse::<Grid>().map(|grid| grid.0.len()), Ok(11));
        assert_eq!("0:1:0.3".parse::<Grid>().map(|grid| grid.0.len()), Ok(4));
        assert_eq!("3".parse(), Ok(Grid(vec![3.0])));
        for text in [
            "",
            "1:2",
            "2:1:0.5",
            "1:2:0",
            "1:2:-1",
            "a:b:c",
            "0:1e9:1e-9",
            "0:inf:1",
            "nan",
        ] {
            assert!(text.parse::<Grid>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_last_input_is_the_fastest() {
        let grids = ["0:1:1".parse().expect("a grid"), "5:7:1".parse().expect("a grid")];
        assert_eq!(point(&grids, 0), [0.0, 5.0]);
        assert_eq!(point(&grids, 4), [1.0, 6.0]);
    }

    #[test]
    fn several_outputs_have_a_column_each() {
        let names = ["sin(x)", "b"].map(str::to_owned);
        assert_eq!(columns("truth", &names[..1]), ["truth"]);
        assert_eq!(columns("truth", &names), ["truth_sin(x)", "truth_b"]);
    }
}
