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
mod initialization;
mod kind;
mod published;
mod ranges;
mod resolve;
mod row;
mod rows;
mod rules;
mod sampling;
mod targets;
mod teacher;
#[cfg(test)]
mod tests;
mod value;

use actlab_model::loss::{self, Loss};
use actlab_model::network::batches::Order;
use actlab_model::network::selection::Keep;
use actlab_model::optimizer::{self, Schedule, schedule};
use actlab_model::unit::Relu;
use actlab_model::{Activation, Initialization, Optimizer};
use serde::de::Error;
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::document::Document;
use super::published::Published;
use super::range::Range;
use super::sampling::Sampling;
use super::target::Target;
use crate::error::InputError;
use activation::Activations;
use define::settings;
use initialization::Initializations;
use kind::{Expression, Named, Number, Outputs, Present, Seeds, Switch, Text, Whole, Widths};
use published::PublishedValues;
use ranges::Ranges;
use resolve::{EPOCHS, FAR_DISTANCE, LEAN, RANGE, SEEDS, Shared};
use row::{Plain, Row, With, field, section_of, spread};
use rules::Rules;
use sampling::{SampleSeeds, Samplings};
use teacher::Teachers;
use value::Stored;

pub use axis::Axis;
pub use row::{COLUMNS, columns, columns_of_one, columns_of_section, key_of_column, keys};
pub use sampling::SampleSeed;

settings! {
    /// Results go to runs/<name>. Left out, it is the name of the file.
    "name" {
        kind: Text("a string"), list: false, since: 1, with: Any, shown: "\"my-experiment\""
    }

    /// Values that others have published, to compare with: [[published]] tables, each with a quantity (prediction, rmse, mse,
    /// nrmse, slope, r2, r2_least, variation), a statistic over seeds (mean, median, least, greatest, share, covariance), which trials
    /// (where), the value with its tolerance or an interval, and its source.
    "published" {
        kind: PublishedValues, list: true, since: 5, with: Any, shown: "[]"
    }

    /// What to learn: an expression of x, or of x1, x2, .. (sin, cos, tanh, exp, ln, sqrt, abs, pi, ..). A list in the
    /// list is one target of several outputs: [["sin(x)", "cos(x)"]].
    "target.function" {
        kind: Outputs(Expression), list: true, since: 1, with: Function, shown: "[\"x^2\", \"sin(3*x) + 0.1*x\"]"
    }

    /// Your own data instead: a CSV file (its path starts from this file).
    "target.data" {
        kind: Text("a path"), list: false, since: 1, with: Data, shown: "\"file.csv\""
    }

    /// A network with random weights instead, whose answers are to be learned: { hidden = [16], activation = "tanh", seed = 0,
    /// inputs = 1, scale = 1.0 }. Its weights and biases are uniform in ±scale/√(inputs of the layer).
    "target.teacher" {
        kind: Teachers, list: true, since: 5, with: Teacher, shown: "{ hidden = [16], activation = \"tanh\", seed = 0 }"
    }

    /// Columns of the file that are the inputs of a network.
    "target.x" {
        kind: Text("columns"), list: true, since: 1, with: Data, shown: "[\"time\"]"
    }

    /// The column of the file to learn. A list in the list is one target of several outputs:
    /// [["temperature", "pressure"]].
    "target.y" {
        kind: Outputs(Text("a column")), list: true, since: 1, with: Data, shown: "\"temperature\""
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

    /// Standard deviation of normal noise on the training targets, in the target's units; of several outputs on each.
    "data.noise" => (noise: f64 = 0.0) {
        kind: Number::NotNegative, list: true, since: 1, with: Any, shown: "0.0"
    }

    /// How samples are spread over the range: uniform, on a full grid, normal (mean and standard deviation are the centre of
    /// the range and its half-width), on the sphere about the centre or in the ball; { name = "lattice", step = 0.01 } is
    /// different points of a grid by chance.
    "data.sampling" => (sampling: Sampling = Sampling::Uniform) {
        kind: Samplings, list: true, since: 5, with: Function, shown: "\"uniform\""
    }

    /// What samples, noise and hold-out are drawn from: "own" is the seed of each network, a number is the same for all
    /// of them, so that they differ in their initial weights alone.
    "data.sample_seed" => (sample_seed: SampleSeed = SampleSeed::Own) {
        kind: SampleSeeds, list: true, since: 5, with: Any, shown: "\"own\""
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

    /// Draw the training samples afresh for each step, from the same range and with the same noise, as if there were no end
    /// of them. What is standardised is so by the first draw.
    "data.fresh" => (fresh: bool = false) {
        kind: Switch, list: true, since: 5, with: Function, shown: "false"
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

    /// Widths of the hidden layers: [64, 64] is one network, [[32], [64, 64]] an axis of two.
    "network.hidden" => (hidden: Vec<usize> = vec![64]) {
        kind: Widths, list: true, since: 1, with: Any, shown: "[[32], [64, 64]]"
    }

    /// Activation of the hidden layers; sinu is the sine. With parameters it is { name = "leaky_relu", slope = 0.2 }, and
    /// a formula of your own { name = "wiggle", formula = "x + 0.3*sin(4*x)" }, which may have parameters too. A parameter
    /// may be a list: { name = "snake", a = [1, 5] } is two activations. With learn = ["a"] it starts at its value and is
    /// trained, one for each layer; prelu learns its slope, unless learn = [].
    "network.activation" => (activation: Activation = Activation::new(&Relu)) {
        kind: Activations, list: true, since: 1, with: Any, shown: "[\"relu\", \"leaky_relu\", \"tanh\", \"sinu\"]"
    }

    /// Where weights start from. Biases start as PyTorch's, at zero, or normal with a standard deviation, and a gain
    /// multiplies the weights: { name = "kaiming_normal", bias = "zero", gain = 1.0 }.
    "network.initialization" => (initialization: Initialization = Initialization::default()) {
        kind: Initializations, list: true, since: 5, with: Any, shown: "\"pytorch\""
    }

    /// Coefficient lambda of the spectral norm penalty, lambda/2 times the squared spectral norm of each layer.
    "regularization.spectral" => (spectral: f64 = 0.0) {
        kind: Number::NotNegative, list: true, since: 1, with: Any, shown: "[0.0, 1e-2]"
    }

    /// Coefficient lambda of the L2 penalty, lambda/2 times the sum of the squared weights; biases have none.
    "regularization.l2" => (l2: f64 = 0.0) {
        kind: Number::NotNegative, list: true, since: 3, with: Any, shown: "0.0"
    }

    /// Coefficient lambda of the L1 penalty, lambda times the sum of the weights' sizes; biases have none.
    "regularization.l1" => (l1: f64 = 0.0) {
        kind: Number::NotNegative, list: true, since: 5, with: Any, shown: "0.0"
    }

    /// Coefficient lambda of the spectral norm penalty beside the optimizer: after each step a weight loses what plain
    /// gradient descent would take off it, whatever the optimizer makes of gradients.
    "regularization.spectral_decoupled" => (spectral_decoupled: f64 = 0.0) {
        kind: Number::NotNegative, list: true, since: 5, with: Any, shown: "0.0"
    }

    /// The largest spectral norm of a layer: after each step a weight beyond it is scaled down to it. 0 is none.
    "regularization.spectral_norm" => (spectral_norm: f64 = 0.0) {
        kind: Number::NotNegative, list: true, since: 5, with: Any, shown: "0.0"
    }

    /// The share of the values after each hidden layer's activation that a training step leaves out.
    "regularization.dropout" => (dropout: f64 = 0.0) {
        kind: Number::Share, list: true, since: 3, with: Any, shown: "0.0"
    }

    /// Standard deviation of normal noise on the inputs of every training step, in units of the network's inputs; what is
    /// recorded and measured has none.
    "regularization.input_noise" => (input_noise: f64 = 0.0) {
        kind: Number::NotNegative, list: true, since: 5, with: Any, shown: "0.0"
    }

    /// The rule that trains. With settings, of which a list is an axis too, it is { name = "sgd", momentum = 0.9, nesterov =
    /// true }. Their names, defaults and meaning are PyTorch's: weight_decay goes with the gradient, adamw's beside it.
    "training.optimizer" => (optimizer: Optimizer = Optimizer::new(&optimizer::Adam)) {
        kind: Rules::<dyn optimizer::Definition>::ALL, list: true, since: 1, with: Any, shown: "\"adam\""
    }

    /// Learning rate of the optimizer.
    "training.learning_rate" => (learning_rate: f64 = 1e-3) {
        kind: Number::Positive, list: true, since: 1, with: Any, shown: "1e-3"
    }

    /// What becomes of the learning rate, as PyTorch's schedulers have it: step multiplies it with a factor every so many
    /// steps, exponential at each, linear and cosine bring it to a share of itself at the last. In a warmup of so many steps
    /// it rises in a line before: { name = "cosine", to = 0.1, warmup = 100 }.
    "training.schedule" => (schedule: Schedule = Schedule::new(&schedule::Constant)) {
        kind: Rules::<dyn schedule::Shape>::ALL, list: true, since: 5, with: Any, shown: "\"constant\""
    }

    /// The largest norm of the gradient over all parameters of a network; a longer one is shortened to it. 0 is none.
    "training.clip" => (clip: f64 = 0.0) {
        kind: Number::NotNegative, list: true, since: 5, with: Any, shown: "0.0"
    }

    /// What is trained to be small, the mean over the samples of the squared error (mse), of its size (mae), or of the one
    /// near zero and the other from delta on (huber). Errors of results are root mean squares all the same.
    "training.loss" => (loss: Loss = Loss::new(&loss::Mse)) {
        kind: Rules::<dyn loss::Definition>::ALL, list: true, since: 5, with: Any, shown: "\"mse\""
    }

    /// Steps, each over a batch, or over all samples where there are no batches; 0 leaves networks as they begin.
    "training.steps" => (steps: usize = 2000) {
        kind: Whole(0, 1_000_000_000), list: true, since: 1, with: Any, shown: "1000"
    }

    /// Instead of training.steps: how often training goes through all samples. It becomes steps, and is shown as these.
    "training.epochs" {
        kind: EPOCHS, instead: "training.steps", list: true, since: 5, with: Any, shown: "100"
    }

    /// Samples of a step; 0 is all of them.
    "training.batch" => (batch: usize = 0) {
        kind: Whole(0, 10_000_000), list: true, since: 5, with: Any, shown: "0"
    }

    /// How batches come to their samples: shuffled are all samples once an epoch, the last batch with what is left; drawn is
    /// each sample of each step from all, with replacement.
    "training.batches" => (batches: Order = Order::Shuffled) {
        kind: Named::BATCHES, list: true, since: 5, with: Any, shown: "\"shuffled\""
    }

    /// Which weights are kept: the last ones, or those with the least validation error of the 65 or so that a training is
    /// recorded at.
    "training.keep" => (keep: Keep = Keep::Last) {
        kind: Named::KEEP, list: true, since: 5, with: Any, shown: "\"last\""
    }

    /// Records of a training in a row without a lower validation error than before after which it ends; 0 is never. A
    /// training is recorded 65 times, or as often as it has steps.
    "training.patience" => (patience: usize = 0) {
        kind: Whole(0, 64), list: true, since: 5, with: Any, shown: "0"
    }

    /// How many seeds (0, 1, ..), or a list of them. Fewer than 6 decide nothing; a dry run says what yours can decide.
    "sweep.seeds" {
        kind: Seeds, default: SEEDS, list: true, since: 1, with: Any, shown: "10"
    }

    /// How far out networks are looked at for what they become there, in half-widths from the centre of their range.
    "far_field.distance" {
        kind: Number::HalfWidths, default: FAR_DISTANCE, list: false, since: 1, with: Any, shown: "10"
    }

    /// Whether networks of one input and one output are compared with single units, to see if those of an activation lean to
    /// its derivative. It takes its time.
    "far_field.lean" {
        kind: Switch, default: LEAN, list: false, since: 4, with: Any, shown: "false"
    }
}
