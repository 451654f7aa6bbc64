//! From what was typed to what is meant: every setting checked, every list an axis.

use std::path::Path;
use std::sync::Arc;

use actlab_model::Activation;
use actlab_model::Optimizer;
use anyhow::{Result, anyhow};

use super::data;
use super::document::{Document, Node, Value};
use super::range::{Interval, Range};
use super::target::{Data, Function, Target};
use crate::error::{InputError, nearest};

/// Every key that there is.
pub const KEYS: [&str; 19] = [
    "name",
    "target.function",
    "target.data",
    "target.x",
    "target.y",
    "data.range",
    "data.samples",
    "data.noise",
    "data.standardize",
    "data.holdout",
    "data.holdout_blocks",
    "network.hidden",
    "network.activation",
    "regularization.spectral",
    "training.optimizer",
    "training.learning_rate",
    "training.steps",
    "sweep.seeds",
    "far_field.distance",
];

/// The values of one setting; a list was typed where it is an axis.
#[derive(Debug, Clone)]
pub struct Axis<T> {
    /// At least one.
    pub values: Vec<T>,
    /// Whether a list was typed.
    pub swept: bool,
}

impl<T> Axis<T> {
    fn single(value: T) -> Self {
        Self {
            values: vec![value],
            swept: false,
        }
    }
}

/// An experiment, every setting resolved.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Of the run.
    pub name: String,
    /// What to learn.
    pub targets: Axis<Target>,
    /// For each target the ranges to train on.
    pub ranges: Axis<Vec<Range>>,
    /// Training samples.
    pub samples: Axis<usize>,
    /// Standard deviation of the noise on the training targets, in the target's units.
    pub noise: Axis<f64>,
    /// Whether inputs and targets are brought to mean 0 and standard deviation 1.
    pub standardize: Axis<bool>,
    /// Share of the rows in the range that is kept for the test; for data only.
    pub holdout: f64,
    /// Blocks of neighbours that are kept for the test; 0 is rows one by one. For data only.
    pub holdout_blocks: usize,
    /// Hidden widths.
    pub hidden: Axis<Vec<usize>>,
    /// Activations.
    pub activation: Axis<Activation>,
    /// Coefficients of the spectral penalty.
    pub spectral: Axis<f64>,
    /// Optimisers.
    pub optimizer: Axis<Optimizer>,
    /// Learning rates.
    pub learning_rate: Axis<f64>,
    /// Training steps.
    pub steps: Axis<usize>,
    /// Seeds.
    pub seeds: Vec<u64>,
    /// How far out networks are looked at for what they become, in half-widths from the centre of their range.
    pub far_distance: f64,
}

impl Settings {
    /// Checks everything that was typed. `path` gives the run its name where the file gives none.
    pub fn resolve(document: &Document, path: &Path) -> Result<Self> {
        let targets = targets(document)?;
        let inputs: Vec<Vec<String>> = targets.values.iter().map(Target::inputs).collect();
        Ok(Self {
            name: name(document, path)?,
            ranges: ranges(document, &targets.values, &inputs)?,
            samples: samples(document, &targets.values)?,
            targets,
            noise: axis(document, "data.noise", 0.0, not_negative)?,
            standardize: axis(document, "data.standardize", true, switch)?,
            holdout: document.get("data.holdout").map_or(Ok(0.2), share)?,
            holdout_blocks: document
                .get("data.holdout_blocks")
                .map_or(Ok(0), |node| whole(node, 0, 1000))?,
            hidden: hidden(document)?,
            activation: axis(
                document,
                "network.activation",
                Activation::new(&actlab_model::unit::Relu),
                activation,
            )?,
            spectral: axis(document, "regularization.spectral", 0.0, not_negative)?,
            optimizer: axis(
                document,
                "training.optimizer",
                Optimizer::new(&actlab_model::optimizer::Adam),
                optimizer,
            )?,
            learning_rate: axis(document, "training.learning_rate", 1e-3, positive)?,
            steps: axis(document, "training.steps", 2000, |node| whole(node, 1, 1_000_000_000))?,
            seeds: seeds(document)?,
            far_distance: document.get("far_field.distance").map_or(Ok(10.0), far_distance)?,
        })
    }

    /// The keys that were typed as lists, in the order of the columns of results.
    pub fn axes(&self) -> Vec<&'static str> {
        let swept = [
            ("target", self.targets.swept),
            ("range", self.ranges.swept),
            ("samples", self.samples.swept),
            ("noise", self.noise.swept),
            ("standardize", self.standardize.swept),
            ("hidden", self.hidden.swept),
            ("activation", self.activation.swept),
            ("spectral", self.spectral.swept),
            ("optimizer", self.optimizer.swept),
            ("learning_rate", self.learning_rate.swept),
            ("steps", self.steps.swept),
        ];
        swept
            .into_iter()
            .filter(|(_, swept)| *swept)
            .map(|(key, _)| key)
            .collect()
    }
}

/// One value, or a list of them.
fn axis<T>(
    document: &Document,
    key: &str,
    default: T,
    parse: impl Fn(&Node) -> Result<T, InputError>,
) -> Result<Axis<T>, InputError> {
    let Some(node) = document.get(key) else {
        return Ok(Axis::single(default));
    };
    match &node.value {
        Value::List(items) => list(node, items, parse),
        _ => Ok(Axis::single(parse(node)?)),
    }
}

fn list<T>(node: &Node, items: &[Node], parse: impl Fn(&Node) -> Result<T, InputError>) -> Result<Axis<T>, InputError> {
    if items.is_empty() {
        return Err(node.error("this list is empty; give it at least one value"));
    }
    let values = items.iter().map(parse).collect::<Result<_, _>>()?;
    Ok(Axis { values, swept: true })
}

fn number(node: &Node) -> Result<f64, InputError> {
    let number = match node.value {
        Value::Number(number) => number,
        Value::Integer(number) => number as f64,
        _ => return Err(node.expected("a number")),
    };
    if !number.is_finite() {
        return Err(node.expected("a finite number"));
    }
    Ok(number)
}

fn not_negative(node: &Node) -> Result<f64, InputError> {
    let number = number(node)?;
    if number < 0.0 {
        Err(node.expected("a number that is not negative"))
    } else {
        Ok(number)
    }
}

fn positive(node: &Node) -> Result<f64, InputError> {
    let number = number(node)?;
    if number <= 0.0 {
        Err(node.expected("a number above 0"))
    } else {
        Ok(number)
    }
}

fn share(node: &Node) -> Result<f64, InputError> {
    let number = number(node)?;
    if (0.0..1.0).contains(&number) {
        Ok(number)
    } else {
        Err(node.expected("a share from 0 to below 1"))
    }
}

fn whole(node: &Node, low: i64, high: i64) -> Result<usize, InputError> {
    let expected = || node.expected(&format!("a whole number from {low} to {high}"));
    match node.value {
        Value::Integer(number) if (low..=high).contains(&number) => usize::try_from(number).map_err(|_| expected()),
        _ => Err(expected()),
    }
}

fn far_distance(node: &Node) -> Result<f64, InputError> {
    let number = number(node)?;
    if number >= 2.0 {
        Ok(number)
    } else {
        Err(node.expected("a number of half-widths, 2 or more"))
    }
}

fn text(node: &Node) -> Result<&str, InputError> {
    match &node.value {
        Value::Text(text) => Ok(text),
        _ => Err(node.expected("a string")),
    }
}

fn switch(node: &Node) -> Result<bool, InputError> {
    match node.value {
        Value::Switch(switch) => Ok(switch),
        _ => Err(node.expected("true or false")),
    }
}

fn activation(node: &Node) -> Result<Activation, InputError> {
    let name = text(node)?;
    name.parse().map_err(|_| {
        let names = Activation::all().map(Activation::name).collect::<Vec<_>>();
        let hint = nearest(name, names.iter().copied());
        node.error(format!(
            "unknown activation \"{name}\"{hint} There are {}",
            names.join(", ")
        ))
    })
}

fn optimizer(node: &Node) -> Result<Optimizer, InputError> {
    let name = text(node)?;
    name.parse().map_err(|_| {
        let names = Optimizer::all().map(Optimizer::name).collect::<Vec<_>>();
        let hint = nearest(name, names.iter().copied());
        node.error(format!(
            "unknown optimizer \"{name}\"{hint} There is {}",
            names.join(", ")
        ))
    })
}

fn name(document: &Document, path: &Path) -> Result<String> {
    let stem = || {
        path.file_stem()
            .map_or_else(|| "run".to_owned(), |stem| stem.to_string_lossy().into_owned())
    };
    let Some(node) = document.get("name") else {
        return Ok(stem());
    };
    match text(node)?.trim() {
        "" => Err(node.error("the name is empty").into()),
        name => Ok(name.to_owned()),
    }
}

/// Of data, all rows. 256 where there are fewer: so it was when that was the default, and the ids are still the same.
fn samples(document: &Document, targets: &[Target]) -> Result<Axis<usize>, InputError> {
    const OF_FUNCTIONS: usize = 256;
    let rows = targets.iter().map(|target| match target {
        Target::Function(_) => OF_FUNCTIONS,
        Target::Data(data) => data.table.rows.len().max(OF_FUNCTIONS),
    });
    let default = rows.max().unwrap_or(OF_FUNCTIONS);
    axis(document, "data.samples", default, |node| whole(node, 1, 10_000_000))
}

fn seeds(document: &Document) -> Result<Vec<u64>> {
    let Some(node) = document.get("sweep.seeds") else {
        return Ok((0..5).collect());
    };
    match &node.value {
        Value::List(items) => {
            let mut seeds = list(node, items, |node| whole(node, 0, i64::MAX))?.values;
            seeds.sort_unstable();
            seeds.dedup();
            Ok(seeds.into_iter().map(|seed| seed as u64).collect())
        }
        _ => Ok((0..whole(node, 1, 1_000_000)? as u64).collect()),
    }
}

fn hidden(document: &Document) -> Result<Axis<Vec<usize>>> {
    let Some(node) = document.get("network.hidden") else {
        return Ok(Axis::single(vec![64]));
    };
    let width = |node: &Node| whole(node, 1, 65_536);
    let widths = |node: &Node| match &node.value {
        Value::List(items) => items.iter().map(width).collect::<Result<Vec<_>, _>>(),
        _ => Err(node.expected("the hidden widths of one network as a list, for example [64, 64]")),
    };
    match &node.value {
        Value::Integer(_) => Ok(Axis::single(vec![width(node)?])),
        Value::List(items) if matches!(items.first().map(|item| &item.value), Some(Value::List(_))) => {
            Ok(list(node, items, widths)?)
        }
        Value::List(items) if items.is_empty() => Err(node
            .error("this list is empty; a network without hidden layers is [[]]")
            .into()),
        _ => Ok(Axis::single(widths(node)?)),
    }
}

fn targets(document: &Document) -> Result<Axis<Target>> {
    match (document.get("target.function"), document.get("target.data")) {
        (Some(_), Some(data)) => Err(data
            .error("a target is either a function or data; remove one of target.function and target.data")
            .into()),
        (Some(_), None) => {
            for key in ["target.x", "target.y", "data.holdout", "data.holdout_blocks"] {
                if let Some(node) = document.get(key) {
                    return Err(node
                        .error(format!("{key} goes with target.data, not with target.function"))
                        .into());
                }
            }
            let function = |node: &Node| {
                let text = text(node)?;
                let function = Function::parse(text);
                function.map_err(|error| node.error(format!("\"{text}\" cannot be understood: {error}")))
            };
            let axis = axis(
                document,
                "target.function",
                Function::parse("x").map_err(|error| anyhow!(error))?,
                function,
            )?;
            Ok(Axis {
                values: axis.values.into_iter().map(Target::Function).collect(),
                swept: axis.swept,
            })
        }
        (None, Some(node)) => data_targets(document, node),
        (None, None) => Err(InputError::new(
            "the experiment has no target: add\n\n    [target]\n    function = \"x^2\"\n\nor, for your own data, \
             data = \"file.csv\", x = [\"column\"], y = \"column\"",
        )
        .into()),
    }
}

fn data_targets(document: &Document, node: &Node) -> Result<Axis<Target>> {
    let missing = |key: &str| {
        node.error(format!(
            "target.data needs {key} too: the name of a column of the file, for example {key} = \"time\""
        ))
    };
    let column = |node: &Node| text(node).map(str::to_owned);
    let x = axis(document, "target.x", String::new(), column)?.values;
    if document.get("target.x").is_none() {
        return Err(missing("x").into());
    }
    if document.get("target.y").is_none() {
        return Err(missing("y").into());
    }
    let y = axis(document, "target.y", String::new(), column)?;
    let path = node.source.folder.join(text(node)?);
    let targets = y.values.into_iter().map(|y| {
        let columns: Vec<String> = x.iter().chain([&y]).cloned().collect();
        let table = data::read(&path, &columns).map_err(|error| match error.downcast::<InputError>() {
            Ok(error) => node.error(error.to_string()).into(),
            Err(error) => error,
        })?;
        if table.incomplete > 0 {
            let path = path.display();
            eprintln!(
                "note: {} rows of {path} have no value in {}, and are left out",
                table.incomplete,
                columns.join(", ")
            );
        }
        Ok(Target::Data(Data {
            x: x.clone(),
            y,
            table: Arc::new(table),
        }))
    });
    Ok(Axis {
        values: targets.collect::<Result<_>>()?,
        swept: y.swept,
    })
}

/// The ranges, resolved for each target: one typed range holds for every input, a table has one for each.
fn ranges(document: &Document, targets: &[Target], inputs: &[Vec<String>]) -> Result<Axis<Vec<Range>>> {
    let Some(node) = document.get("data.range") else {
        if let Some(Target::Data(data)) = targets.iter().find(|target| matches!(target, Target::Data(_))) {
            let (low, high) = data.table.extent(0);
            return Err(InputError::new(format!(
                "the experiment does not say which rows to train on: add [data] range = [low, high]; column \"{}\" goes \
                 from {low} to {high}",
                data.x[0]
            ))
            .into());
        }
        return Ok(Axis::single(
            inputs
                .iter()
                .map(|names| Range(vec![vec![[-5.0, 5.0]]; names.len()]))
                .collect(),
        ));
    };
    let resolve = |node: &Node| {
        let per_target = inputs.iter().map(|names| range(node, names));
        per_target.collect::<Result<Vec<_>, _>>()
    };
    match &node.value {
        Value::List(items) if items.first().is_none_or(|item| !is_number(item)) => Ok(list(node, items, resolve)?),
        _ => Ok(Axis::single(resolve(node)?)),
    }
}

fn is_number(node: &Node) -> bool {
    matches!(node.value, Value::Integer(_) | Value::Number(_))
}

fn range(node: &Node, names: &[String]) -> Result<Range, InputError> {
    match &node.value {
        Value::Table(entries) => {
            if let Some((key, node)) = entries.iter().find(|(key, _)| !names.contains(key)) {
                let hint = nearest(key, names.iter().map(String::as_str));
                return Err(node.error(format!("\"{key}\" is no input of the target{hint}")));
            }
            let of = |name: &String| {
                let entry = entries.iter().find(|(key, _)| key == name);
                let missing = || node.error(format!("the range of the input \"{name}\" is missing here"));
                intervals(&entry.ok_or_else(missing)?.1)
            };
            names.iter().map(of).collect::<Result<_, _>>().map(Range)
        }
        _ => Ok(Range(vec![intervals(node)?; names.len()])),
    }
}

/// `[low, high]`, or a list of them with gaps between.
fn intervals(node: &Node) -> Result<Vec<Interval>, InputError> {
    let expected = || node.expected("a range [low, high], or [[low, high], [low, high]] for one with a gap");
    let Value::List(items) = &node.value else {
        return Err(expected());
    };
    if items.is_empty() {
        return Err(expected());
    }
    if items.iter().any(is_number) {
        return Ok(vec![interval(node, items)?]);
    }
    let mut intervals = Vec::new();
    for item in items {
        let Value::List(bounds) = &item.value else {
            return Err(item.expected("a range [low, high]"));
        };
        let next = interval(item, bounds)?;
        if intervals.last().is_some_and(|[_, end]: &Interval| *end >= next[0]) {
            return Err(item.error(
                "the parts of a range ascend, with a gap between them; this one begins before the one before ends",
            ));
        }
        intervals.push(next);
    }
    Ok(intervals)
}

fn interval(node: &Node, bounds: &[Node]) -> Result<Interval, InputError> {
    let [low, high] = bounds else {
        return Err(node.expected("a range of two numbers, [low, high]"));
    };
    let (low, high) = (number(low)?, number(high)?);
    if low >= high {
        let message = format!("this range is upside down: {low} is not below {high}; did you mean [{high}, {low}]?");
        return Err(node.error(message));
    }
    Ok([low, high])
}
