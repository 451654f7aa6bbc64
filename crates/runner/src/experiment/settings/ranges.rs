//! Where to train: intervals of the inputs of each target.

use serde_json::{Value as Json, json};

use super::kind::{Kind, Parse, number};
use crate::error::{InputError, nearest};
use crate::experiment::document::{Node, Value};
use crate::experiment::range::{Interval, Range};

/// Ranges, for targets with these inputs: one typed range holds for every input, a table has one for each.
#[derive(Debug)]
pub struct Ranges<'a>(pub &'a [Vec<String>]);

impl Kind for Ranges<'_> {
    fn words(&self) -> String {
        "a range [low, high], or [[low, high], [low, high]] for one with a gap".to_owned()
    }

    fn schema(&self) -> Json {
        let pair = pair();
        json!({ "anyOf": [pair, { "type": "object", "additionalProperties": { "anyOf": [pair, parts()] } }] })
    }

    fn listed(&self) -> Json {
        let [pair, parts] = [pair(), parts()];
        let table = json!({ "type": "object", "additionalProperties": { "anyOf": [pair, parts] } });
        json!({ "anyOf": [pair, parts, table] })
    }
}

/// `[low, high]`, as JSON Schema.
fn pair() -> Json {
    json!({ "type": "array", "items": { "type": "number" }, "minItems": 2, "maxItems": 2 })
}

/// Several of them, as JSON Schema.
fn parts() -> Json {
    json!({ "type": "array", "items": pair(), "minItems": 1 })
}

impl Parse for Ranges<'_> {
    /// One for each target.
    type Value = Vec<Range>;

    fn parse(&self, node: &Node) -> Result<Vec<Range>, InputError> {
        self.0.iter().map(|names| range(node, names)).collect()
    }

    fn items<'a>(&self, node: &'a Node) -> Result<Option<&'a [Node]>, InputError> {
        match &node.value {
            Value::List(items) if items.first().is_none_or(|item| !is_number(item)) => Ok(Some(items)),
            _ => Ok(None),
        }
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
