//! Activations as they are typed: a unit by its name, a unit with parameters, or a formula of one's own.

use actlab_model::Activation;
use actlab_model::unit::Formula;
use serde_json::{Map, Value as Json, json};

use super::kind::{Kind, Parse, number, text};
use super::value::Stored;
use crate::error::{InputError, nearest};
use crate::experiment::document::{Node, Value};

/// The activations.
#[derive(Debug)]
pub struct Activations;

fn names() -> Vec<&'static str> {
    Activation::all().map(Activation::name).collect()
}

impl Kind for Activations {
    fn words(&self) -> String {
        names().join(", ")
    }

    fn schema(&self) -> Json {
        let number = json!({ "anyOf": [{ "type": "number" }, { "type": "array", "items": { "type": "number" }, "minItems": 1 }] });
        let table = json!({
            "type": "object",
            "properties": {
                "name": { "type": "string", "minLength": 1 },
                "formula": { "type": "string", "minLength": 1 },
                "learn": { "anyOf": [{ "type": "array", "items": { "type": "string" } }, number] },
            },
            "additionalProperties": number,
            "required": ["name"],
        });
        json!({ "anyOf": [{ "enum": names() }, table] })
    }

    fn is_choice(&self) -> bool {
        true
    }
}

impl Parse for Activations {
    type Value = Activation;

    fn parse(&self, node: &Node) -> Result<Activation, InputError> {
        match &self.all(node)?[..] {
            [activation] => Ok(*activation),
            _ => Err(node.error("here a parameter has one value, and no list")),
        }
    }

    /// A table in which a parameter is a list is an activation for each of its values.
    fn spread(&self, node: &Node) -> Result<Option<Vec<Activation>>, InputError> {
        match &node.value {
            Value::Table(entries) if entries.iter().any(is_axis) => self.all(node).map(Some),
            _ => Ok(None),
        }
    }
}

impl Activations {
    fn all(&self, node: &Node) -> Result<Vec<Activation>, InputError> {
        match &node.value {
            Value::Text(name) => Ok(vec![unit(node, name)?]),
            Value::Table(entries) => table(node, entries),
            _ => Err(node.expected("the name of an activation, or { name = \"mine\", formula = \"x + sin(x)\" }")),
        }
    }
}

fn unit(node: &Node, name: &str) -> Result<Activation, InputError> {
    name.parse().map_err(|_| {
        let hint = nearest(name, names());
        let names = names().join(", ");
        node.error(format!("unknown activation \"{name}\"{hint} There are {names}"))
    })
}

/// A formula, or a unit with parameters, of which some may be learned: one for each combination of their values.
fn table(node: &Node, entries: &[(String, Node)]) -> Result<Vec<Activation>, InputError> {
    let get = |key: &str| entries.iter().find(|(known, _)| known == key).map(|(_, node)| node);
    let name = get("name").ok_or_else(|| {
        node.error("this activation has no name: write { name = \"mine\", formula = \"x + sin(x)\" }")
    })?;
    let learn = entries
        .iter()
        .find(|(key, node)| key == LEARN && !is_parameter(key, node));
    let parameters = entries.iter().filter(|(key, node)| is_parameter(key, node));
    let parameters: Vec<(&String, &Node, Vec<f32>)> = parameters
        .map(|(key, node)| Ok((key, node, values(node)?)))
        .collect::<Result<_, InputError>>()?;
    let start = match get("formula") {
        Some(formula) => {
            let first = parameters.iter().map(|(key, _, values)| ((*key).clone(), values[0]));
            let (name, text) = (text(name)?, text(formula)?);
            let defined = Formula::define(name, text, &first.collect::<Vec<_>>());
            let defined =
                defined.map_err(|error| formula.error(format!("\"{text}\" cannot be an activation: {error}")))?;
            Activation::new(defined)
        }
        None => unit(name, text(name)?)?,
    };
    let mut found = vec![start];
    for (key, node, values) in &parameters {
        let with = |(activation, value): (Activation, f32)| {
            let with = activation.with(key, value);
            with.ok_or_else(|| no_parameter(node, activation, key))
        };
        let pairs = found
            .iter()
            .flat_map(|activation| values.iter().map(|value| (*activation, *value)));
        found = pairs.map(with).collect::<Result<_, _>>()?;
    }
    let checked = |activation: Activation| match activation.refuses() {
        Some(why) => Err(node.error(format!("there is no {activation}: {why}"))),
        None => learning(activation, learn.map(|(_, node)| node)),
    };
    found.into_iter().map(checked).collect()
}

/// The key of the parameters that are learned.
const LEARN: &str = "learn";

/// Whether an entry is the value of a parameter, or a list of values. What is to be learned is a list of names: numbers by
/// that key are a parameter.
fn is_parameter(key: &str, node: &Node) -> bool {
    match key {
        "name" | "formula" => false,
        LEARN => match &node.value {
            Value::List(items) => !items.is_empty() && items.iter().all(is_number),
            _ => is_number(node),
        },
        _ => true,
    }
}

fn is_axis((key, node): &(String, Node)) -> bool {
    is_parameter(key, node) && matches!(node.value, Value::List(_))
}

fn is_number(node: &Node) -> bool {
    matches!(node.value, Value::Integer(_) | Value::Number(_))
}

/// The values of a parameter, at least one.
fn values(node: &Node) -> Result<Vec<f32>, InputError> {
    let value = |node: &Node| match number(node)? as f32 {
        value if value.is_finite() => Ok(value),
        _ => Err(node.expected("a number that single precision holds, below 3.4e38")),
    };
    match &node.value {
        Value::List(items) if items.is_empty() => Err(node.error("this list is empty; give it at least one value")),
        Value::List(items) => items.iter().map(value).collect(),
        _ => Ok(vec![value(node)?]),
    }
}

/// The activation, with these parameters learned and no others; as it is defined, where nothing is typed.
fn learning(activation: Activation, names: Option<&Node>) -> Result<Activation, InputError> {
    let Some(node) = names else { return Ok(activation) };
    let Value::List(names) = &node.value else {
        return Err(node.expected("the names of parameters as a list, for example [\"slope\"]"));
    };
    names.iter().try_fold(activation.fixed(), |activation, node| {
        let name = text(node)?;
        let learning = activation.learn(name);
        learning.ok_or_else(|| no_parameter(node, activation, name))
    })
}

fn no_parameter(node: &Node, activation: Activation, name: &str) -> InputError {
    let known = activation.definition().parameters().iter();
    let known: Vec<&str> = known.map(|known| known.name).collect();
    let has = match known.is_empty() {
        true => "it has none".to_owned(),
        false => format!("it has {}", known.join(", ")),
    };
    node.error(format!("{} has no parameter \"{name}\"; {has}", activation.name()))
}

impl Stored for Activation {
    /// The name where that says all, as it has always been.
    fn json(&self) -> Json {
        if Activation::all().any(|unit| unit == *self) {
            return json!(self.name());
        }
        let mut of = Map::from_iter([("name".to_owned(), json!(self.name()))]);
        if !self.is_unit() {
            of.insert("formula".to_owned(), json!(self.definition().formula()));
        }
        let parameters = self.definition().parameters().iter().zip(self.parameters());
        of.extend(parameters.map(|(parameter, value)| (parameter.name.to_owned(), json!(value))));
        if !self.learns_as_defined() {
            let learned: Vec<&str> = self.learned_values().map(|(name, _)| name).collect();
            of.insert(LEARN.to_owned(), json!(learned));
        }
        Json::Object(of)
    }

    fn read(json: &Json) -> Result<Self, String> {
        let unit = |name: &str| name.parse::<Activation>().map_err(|error| error.to_string());
        let Json::Object(of) = json else {
            return unit(json.as_str().ok_or_else(|| format!("{json} is no activation"))?);
        };
        let string = |key: &str| of.get(key).and_then(Json::as_str);
        let name = string("name").ok_or_else(|| format!("{json} has no name"))?;
        let parameters = of
            .iter()
            .filter_map(|(key, value)| Some((key.clone(), value.as_f64()? as f32)));
        let parameters: Vec<(String, f32)> = parameters.collect();
        let none = |key: &str| format!("{name} has no parameter \"{key}\"");
        let activation = match string("formula") {
            Some(formula) => Activation::new(Formula::define(name, formula, &parameters)?),
            None => parameters.iter().try_fold(unit(name)?, |activation, (key, value)| {
                activation.with(key, *value).ok_or_else(|| none(key))
            })?,
        };
        let Some(learned) = of.get(LEARN).and_then(Json::as_array) else {
            return Ok(activation);
        };
        let mut learned = learned.iter().filter_map(Json::as_str);
        learned.try_fold(activation.fixed(), |activation, key| {
            activation.learn(key).ok_or_else(|| none(key))
        })
    }

    fn text(&self) -> String {
        self.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn activations_are_stored_as_they_can_be_read_again() {
        let leaky: Activation = "leaky_relu".parse().expect("a unit");
        let parameters = [("a".to_owned(), 2.0), ("b".to_owned(), 0.25)];
        let formula = Formula::define("mine", "x + b*sin(a*x)", &parameters).expect("a formula");
        let prelu: Activation = "prelu".parse().expect("a unit");
        let namesake = Formula::define("snake", "x + sin(a*x)^2/a", &parameters[..1]).expect("a formula");
        let cases = [
            (leaky, json!("leaky_relu")),
            (prelu, json!("prelu")),
            (
                prelu.with("slope", 0.5).expect("a parameter"),
                json!({ "name": "prelu", "slope": 0.5 }),
            ),
            (prelu.fixed(), json!({ "name": "prelu", "slope": 0.25, "learn": [] })),
            (
                Activation::new(namesake),
                json!({ "name": "snake", "formula": "x + sin(a*x)^2/a", "a": 2.0 }),
            ),
            (
                leaky.with("slope", 0.5).expect("a parameter"),
                json!({ "name": "leaky_relu", "slope": 0.5 }),
            ),
            (
                leaky.learn("slope").expect("a parameter"),
                json!({ "name": "leaky_relu", "slope": 0.01f32, "learn": ["slope"] }),
            ),
            (
                Activation::new(formula).learn("b").expect("a parameter"),
                json!({ "name": "mine", "formula": "x + b*sin(a*x)", "a": 2.0, "b": 0.25, "learn": ["b"] }),
            ),
            (
                Activation::new(formula),
                json!({ "name": "mine", "formula": "x + b*sin(a*x)", "a": 2.0, "b": 0.25 }),
            ),
        ];
        for (activation, stored) in cases {
            assert_eq!(activation.json(), stored);
            assert_eq!(Activation::read(&stored), Ok(activation));
        }
        for wrong in [
            json!("rellu"),
            json!(3),
            json!({ "formula": "x" }),
            json!({ "name": "relu", "slope": 1 }),
            json!({ "name": "leaky_relu", "learn": ["slop"] }),
        ] {
            assert!(Activation::read(&wrong).is_err(), "{wrong}");
        }
    }
}
