//! Published values as they are typed: `[[published]]`.

use serde_json::{Value as Json, json};

use super::kind::{Kind, Number, Parse, number, text};
use super::row::columns;
use crate::error::{InputError, nearest};
use crate::experiment::document::{Node, Value};
use crate::experiment::published::{Measure, Place, Published, Quantity, Statistic};
use crate::experiment::range::Interval;

/// Published values.
#[derive(Debug)]
pub struct PublishedValues;

/// What is said of one.
const KEYS: [&str; 13] = [
    "quantity",
    "at",
    "region",
    "over",
    "statistic",
    "with",
    "below",
    "above",
    "where",
    "value",
    "tolerance",
    "interval",
    "source",
];

const QUANTITIES: [&str; 8] = [
    "prediction",
    "rmse",
    "mse",
    "nrmse",
    "slope",
    "r2",
    "r2_least",
    "variation",
];

const STATISTICS: [&str; 6] = ["mean", "median", "least", "greatest", "share", "covariance"];

impl Kind for PublishedValues {
    fn words(&self) -> String {
        "a table [[published]]".to_owned()
    }

    fn schema(&self) -> Json {
        json!({ "anyOf": [self.listed(), { "type": "array", "maxItems": 0 }] })
    }

    fn listed(&self) -> Json {
        let number = json!({ "type": "number" });
        let point = json!({ "anyOf": [number, { "type": "array", "items": number, "minItems": 1 }] });
        let interval = json!({ "type": "array", "items": number, "minItems": 2, "maxItems": 2 });
        let schema = |key: &str| match key {
            "quantity" => json!({ "enum": QUANTITIES }),
            "statistic" => json!({ "enum": STATISTICS }),
            "at" | "with" => point.clone(),
            "over" | "interval" => interval.clone(),
            "where" => json!({ "type": "object" }),
            "region" | "source" => json!({ "type": "string", "minLength": 1 }),
            "tolerance" => Number::NotNegative.schema(),
            _ => number.clone(),
        };
        let properties: serde_json::Map<String, Json> =
            KEYS.map(|key| (key.to_owned(), schema(key))).into_iter().collect();
        json!({
            "type": "object",
            "properties": properties,
            "additionalProperties": false,
            "required": ["quantity", "source"],
        })
    }
}

/// The values that were typed, in their order.
pub fn published(node: &Node) -> Result<Vec<Published>, InputError> {
    match &node.value {
        Value::List(nodes) => nodes.iter().map(one).collect(),
        Value::Table(_) => Ok(vec![one(node)?]),
        _ => Err(node.expected("published values, each a table [[published]]")),
    }
}

/// What is typed for one value, by its keys.
struct Entry<'n> {
    node: &'n Node,
    entries: &'n [(String, Node)],
}

impl<'n> Entry<'n> {
    fn get(&self, key: &str) -> Option<&'n Node> {
        self.entries
            .iter()
            .find(|(known, _)| known == key)
            .map(|(_, node)| node)
    }

    fn needed(&self, key: &str, example: &str) -> Result<&'n Node, InputError> {
        let missing = || {
            self.node
                .error(format!("this published value has no {key}: add {key} = {example}"))
        };
        self.get(key).ok_or_else(missing)
    }

    fn number(&self, key: &str) -> Result<Option<f64>, InputError> {
        self.get(key).map(number).transpose()
    }

    /// Refuses what goes with something else.
    fn refuse(&self, key: &str, goes_with: &str) -> Result<(), InputError> {
        match self.get(key) {
            Some(node) => Err(node.error(format!("\"{key}\" goes with {goes_with}; leave it out"))),
            None => Ok(()),
        }
    }
}

fn one(node: &Node) -> Result<Published, InputError> {
    let Value::Table(entries) = &node.value else {
        return Err(node.expected("a published value as a table"));
    };
    if let Some((key, value)) = entries.iter().find(|(key, _)| !KEYS.contains(&key.as_str())) {
        let hint = nearest(key, KEYS);
        return Err(value.error(format!(
            "a published value has no \"{key}\"{hint} There are {}",
            KEYS.join(", ")
        )));
    }
    let entry = Entry { node, entries };
    let source = entry.needed("source", "\"who published it, and where\"")?;
    let source = match text(source)?.trim() {
        "" => return Err(source.error("the source is empty: say who published the value, and where")),
        source => source.to_owned(),
    };
    let (value, interval) = interval(&entry)?;
    Ok(Published {
        quantity: quantity(&entry)?,
        statistic: statistic(&entry)?,
        of: of(&entry)?,
        value,
        interval,
        source,
    })
}

fn quantity(entry: &Entry<'_>) -> Result<Quantity, InputError> {
    let node = entry.needed("quantity", "\"prediction\"")?;
    let measure = match text(node)? {
        "prediction" => {
            entry.refuse("region", "errors")?;
            entry.refuse("over", "errors")?;
            return Ok(Quantity::Prediction(point(
                entry.needed("at", "20, where the answer is asked")?,
            )?));
        }
        "rmse" => Some(Measure::Rmse),
        "mse" => Some(Measure::Mse),
        "nrmse" => Some(Measure::Nrmse),
        "slope" | "r2" | "r2_least" | "variation" => None,
        other => return Err(unknown(node, "quantity", other, &QUANTITIES)),
    };
    entry.refuse("at", "quantity = \"prediction\"")?;
    let Some(measure) = measure else {
        entry.refuse("region", "errors")?;
        entry.refuse("over", "errors")?;
        return Ok(match text(node)? {
            "slope" => Quantity::Slope,
            "r2" => Quantity::R2,
            "r2_least" => Quantity::R2Least,
            _ => Quantity::Variation,
        });
    };
    let place = match (entry.get("region"), entry.get("over")) {
        (Some(_), Some(over)) => {
            return Err(over.error("an error is of a region or over an interval; remove one of them"));
        }
        (None, Some(over)) => Place::Interval(bounds(over)?),
        (Some(region), None) => Place::Region(text(region)?.to_owned()),
        (None, None) => {
            return Err(entry
                .node
                .error("this error is of no region: add region = \"far\" or over = [2, 6]"));
        }
    };
    Ok(Quantity::Error(measure, place))
}

fn unknown(node: &Node, what: &str, name: &str, known: &[&'static str]) -> InputError {
    let hint = nearest(name, known.iter().copied());
    node.error(format!(
        "unknown {what} \"{name}\"{hint} There are {}",
        known.join(", ")
    ))
}

/// Where nothing is said, the median.
fn statistic(entry: &Entry<'_>) -> Result<Statistic, InputError> {
    let node = entry.get("statistic");
    let name = node.map_or(Ok("median"), text)?;
    if name != "covariance" {
        entry.refuse("with", "statistic = \"covariance\"")?;
    }
    if name != "share" {
        entry.refuse("below", "statistic = \"share\"")?;
        entry.refuse("above", "statistic = \"share\"")?;
    }
    Ok(match (name, node) {
        ("mean", _) => Statistic::Mean,
        ("median", _) => Statistic::Median,
        ("least", _) => Statistic::Least,
        ("greatest", _) => Statistic::Greatest,
        ("covariance", _) => {
            let quantity = entry.needed("quantity", "\"prediction\"")?;
            if text(quantity)? != "prediction" {
                return Err(quantity
                    .error("a covariance is of predictions at two points: quantity = \"prediction\", at and with"));
            }
            Statistic::Covariance(point(entry.needed("with", "-1, the other point")?)?)
        }
        ("share", _) => match (entry.number("below")?, entry.number("above")?) {
            (Some(below), None) => Statistic::ShareBelow(below),
            (None, Some(above)) => Statistic::ShareAbove(above),
            _ => {
                return Err(entry
                    .node
                    .error("a share is of networks whose quantity is below or above a number: add below or above"));
            }
        },
        (other, Some(node)) => return Err(unknown(node, "statistic", other, &STATISTICS)),
        (_, None) => Statistic::Median,
    })
}

/// Settings by the names of their columns.
fn of(entry: &Entry<'_>) -> Result<Vec<(String, String)>, InputError> {
    let Some(node) = entry.get("where") else {
        return Ok(Vec::new());
    };
    let Value::Table(entries) = &node.value else {
        return Err(node.expected("settings and their values, as { activation = \"relu\", target = \"x^2\" }"));
    };
    let known: Vec<&str> = columns().into_iter().chain(["seed"]).collect();
    let one = |(key, value): &(String, Node)| {
        if !known.contains(&key.as_str()) {
            let hint = nearest(key, known.iter().copied());
            return Err(value.error(format!(
                "there is no setting \"{key}\"{hint} There are {}",
                known.join(", ")
            )));
        }
        Ok((key.clone(), shown(value)?))
    };
    entries.iter().map(one).collect()
}

/// A value as results show it; the widths of layers may be typed as a list.
fn shown(node: &Node) -> Result<String, InputError> {
    match &node.value {
        Value::Text(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Integer(number) => Ok(number.to_string()),
        Value::Switch(switch) => Ok(switch.to_string()),
        Value::List(items) if !items.is_empty() => {
            let items: Vec<String> = items.iter().map(shown).collect::<Result<_, _>>()?;
            Ok(items.join("x"))
        }
        _ => Err(node.expected("a value as results show it, for example \"relu\"")),
    }
}

/// One number, or one for each input.
fn point(node: &Node) -> Result<Vec<f64>, InputError> {
    match &node.value {
        Value::List(items) if !items.is_empty() => items.iter().map(number).collect(),
        _ => Ok(vec![number(node)?]),
    }
}

fn bounds(node: &Node) -> Result<Interval, InputError> {
    let expected = || node.expected("an interval [low, high]");
    let Value::List(items) = &node.value else {
        return Err(expected());
    };
    let [low, high] = &items[..] else {
        return Err(expected());
    };
    match (number(low)?, number(high)?) {
        (low, high) if low <= high => Ok([low, high]),
        _ => Err(node.error("this interval is upside down")),
    }
}

/// The value, if it is one number, and what is as published.
fn interval(entry: &Entry<'_>) -> Result<(Option<f64>, Interval), InputError> {
    match (entry.number("value")?, entry.get("interval")) {
        (Some(_), Some(node)) => {
            Err(node.error("a value with its tolerance is an interval already; remove one of value and interval"))
        }
        (None, None) => Err(entry
            .node
            .error("this published value has no value: add value and tolerance, or an interval")),
        (None, Some(node)) => {
            entry.refuse("tolerance", "value")?;
            Ok((None, bounds(node)?))
        }
        (Some(value), None) => {
            let tolerance = entry.needed("tolerance", "0, if the value is exact")?;
            let tolerance = Number::NotNegative.parse(tolerance)?;
            Ok((Some(value), [value - tolerance, value + tolerance]))
        }
    }
}
