//! The settings of an experiment, each said once: a row of the table below is all that a setting is, but for the code
//! that uses it.
//!
//! From the rows come the keys that there are, parsing, the grid, what ids are computed from, the columns of results,
//! the experiment that `init` writes, the README's table and the schema that editors complete experiments with.
//!
//! A new setting is one row and a line in [`crate::train::plan`], which takes settings apart by name. `since` is one
//! more than that of the row that came last: a setting that is younger than the first ids is left out of them while it
//! has its default, so that trials of before keep theirs. Ids depend on the order of the rows: add where you like, and
//! move none.

mod activation;
mod axis;
mod define;
pub mod describe;
mod hidden;
mod kind;
mod ranges;
mod resolve;
mod row;
mod targets;
#[cfg(test)]
mod tests;
mod value;

use actlab_model::optimizer::Adam;
use actlab_model::unit::Relu;
use actlab_model::{Activation, Optimizer};
use serde::de::Error;
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::document::Document;
use super::network::Hidden;
use super::range::Range;
use super::target::Target;
use crate::error::InputError;
use activation::Activations;
use define::settings;
use hidden::Networks;
use kind::{Expression, Named, Number, Present, Seeds, Switch, Text, Whole};
use ranges::Ranges;
use resolve::{FAR_DISTANCE, LEAN, RANGE, SEEDS, Shared};
use row::{Plain, Row, With, field, section_of, spread};
use value::Stored;

pub use axis::Axis;
pub use row::{COLUMNS, columns, columns_of_one, columns_of_section, key_of_column, keys};

settings! {
    /// Results go to runs/<name>. Left out, it is the name of the file.
    "name" {
        kind: Text("a string"), list: false, since: 1, with: Any, shown: "\"my-experiment\""
    }

    /// What to learn: an expression of x, or of x1, x2, .. (sin, cos, tanh, exp, ln, sqrt, abs, pi, ..).
    "target.function" {
        kind: Expression, list: true, since: 1, with: Function, shown: "[\"x^2\", \"sin(3*x) + 0.1*x\"]"
    }

    /// Your own data instead: a CSV file (its path starts from this file).
    "target.data" {
        kind: Text("a path"), list: false, since: 1, with: Data, shown: "\"file.csv\""
    }

    /// Columns of the file that are the inputs of a network.
    "target.x" {
        kind: Text("columns"), list: true, since: 1, with: Data, shown: "[\"time\"]"
    }

    /// The column of the file to learn.
    "target.y" {
        kind: Text("a column"), list: true, since: 1, with: Data, shown: "\"temperature\""
    }

    /// Where to train: [low, high]. A list of ranges is an axis; [[[-5, -1], [1, 5]]] is one range with a gap, and
    /// { x1 = [0, 1], x2 = [-5, 5] } has one for each input. Data has no default.
    "data.range" {
        kind: Ranges(&[]), default: RANGE, list: true, since: 1, with: Any, shown: "[-5, 5]"
    }

    /// Training samples; of data at most, and all rows where this is left out.
    "data.samples" => (samples: usize = 256) {
        kind: Whole(1, 10_000_000), list: true, since: 1, with: Any, shown: "256"
    }

    /// Standard deviation of normal noise on the training targets, in the target's units.
    "data.noise" => (noise: f64 = 0.0) {
        kind: Number::NotNegative, list: true, since: 1, with: Any, shown: "0.0"
    }

    /// Points of the range, drawn with each seed, whose error chooses among settings; of data it is half of the rows that
    /// are held out.
    "data.validation" => (validation: usize = 256) {
        kind: Whole(2, 1_000_000), list: false, since: 3, with: Function, shown: "256"
    }

    /// Bring inputs and targets to mean 0 and standard deviation 1. Errors are always in the target's own units.
    "data.standardize" => (standardize: bool = true) {
        kind: Switch, list: true, since: 1, with: Any, shown: "true"
    }

    /// The share of the rows in the range that is held out: one half to choose settings by, the other for the test.
    "data.holdout" => (holdout: Option<f64> = Some(0.2), else None) {
        kind: Present(Number::Share), list: false, since: 1, with: Data, shown: "0.2"
    }

    /// In how many blocks of neighbours rows are kept for the test; 0 is row by row, where in a time series each has its
    /// neighbours in training.
    "data.holdout_blocks" => (holdout_blocks: usize = 0) {
        kind: Whole(0, 1000), list: false, since: 2, with: Data, shown: "4"
    }

    /// Widths of the hidden layers: [64, 64] is one network, [[32], [64, 64]] an axis of two. Other networks are texts, as
    /// "sum(64 relu, 64 sinu) -> 32 tanh": see docs/modular-networks.md.
    "network.hidden" => (hidden: Hidden = Hidden::Widths(vec![64])) {
        kind: Networks, list: true, since: 1, with: Any, shown: "[[32], [64, 64]]"
    }

    /// Activation of the hidden layers that name no other; sinu is the sine. With parameters it is { name = "leaky_relu", slope = 0.2 }, and
    /// a formula of your own { name = "wiggle", formula = "x + 0.3*sin(4*x)" }, which may have parameters too; with
    /// learn = ["slope"] a parameter starts at its value and is trained, one for each layer.
    "network.activation" => (activation: Activation = Activation::new(&Relu)) {
        kind: Activations, list: true, since: 1, with: Any, shown: "[\"relu\", \"leaky_relu\", \"tanh\", \"sinu\"]"
    }

    /// Coefficient lambda of the spectral norm penalty, lambda/2 times the squared spectral norm of each layer.
    "regularization.spectral" => (spectral: f64 = 0.0) {
        kind: Number::NotNegative, list: true, since: 1, with: Any, shown: "[0.0, 1e-2]"
    }

    /// Coefficient lambda of the L2 penalty, lambda/2 times the sum of the squared weights; biases have none.
    "regularization.l2" => (l2: f64 = 0.0) {
        kind: Number::NotNegative, list: true, since: 3, with: Any, shown: "0.0"
    }

    /// The share of the values after each hidden layer's activation that a training step leaves out; of a network that
    /// says dropout itself, there.
    "regularization.dropout" => (dropout: f64 = 0.0) {
        kind: Number::Share, list: true, since: 3, with: Any, shown: "0.0"
    }

    /// The rule that trains.
    "training.optimizer" => (optimizer: Optimizer = Optimizer::new(&Adam)) {
        kind: Named::OPTIMIZER, list: true, since: 1, with: Any, shown: "\"adam\""
    }

    /// Learning rate of the optimizer.
    "training.learning_rate" => (learning_rate: f64 = 1e-3) {
        kind: Number::Positive, list: true, since: 1, with: Any, shown: "1e-3"
    }

    /// Steps over all samples.
    "training.steps" => (steps: usize = 2000) {
        kind: Whole(1, 1_000_000_000), list: true, since: 1, with: Any, shown: "1000"
    }

    /// How many seeds (0, 1, ..), or a list of them. Fewer than 6 decide nothing; a dry run says what yours can decide.
    "sweep.seeds" {
        kind: Seeds, default: SEEDS, list: true, since: 1, with: Any, shown: "10"
    }

    /// How far out networks are looked at for what they become there, in half-widths from the centre of their range.
    "far_field.distance" {
        kind: Number::HalfWidths, default: FAR_DISTANCE, list: false, since: 1, with: Any, shown: "10"
    }

    /// Whether networks of one input are compared with single units, to see if those of an activation lean to its
    /// derivative. It takes its time.
    "far_field.lean" {
        kind: Switch, default: LEAN, list: false, since: 4, with: Any, shown: "false"
    }
}
