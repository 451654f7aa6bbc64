//! The kinds of values that settings have: each reads what was typed, and says in words and as JSON Schema what it takes.

use std::fmt::Display;
use std::str::FromStr;

use actlab_model::network::batches::Order;
use actlab_model::network::selection::Keep;
use serde_json::{Value as Json, json};

use crate::error::{InputError, nearest};
use crate::experiment::document::{Node, Value};
use crate::experiment::target::Function;

/// Which values there are.
pub trait Kind: Sync {
    /// In words, as after "expected".
    fn words(&self) -> String;

    /// As JSON Schema.
    fn schema(&self) -> Json;

    /// One of a list, as JSON Schema.
    fn listed(&self) -> Json {
        self.schema()
    }

    /// Whether the words are the values themselves.
    fn is_choice(&self) -> bool {
        false
    }
}

/// Reads what was typed.
pub trait Parse: Kind {
    /// What it means.
    type Value;

    /// One value of a list.
    fn parse(&self, node: &Node) -> Result<Self::Value, InputError>;

    /// The values, where what was typed is one that stands for several.
    fn spread(&self, _node: &Node) -> Result<Option<Vec<Self::Value>>, InputError> {
        Ok(None)
    }

    /// A value that is not in a list.
    fn alone(&self, node: &Node) -> Result<Self::Value, InputError> {
        self.parse(node)
    }

    /// The values, where what was typed is a list of them.
    fn items<'a>(&self, node: &'a Node) -> Result<Option<&'a [Node]>, InputError> {
        match &node.value {
            Value::List(items) => Ok(Some(items)),
            _ => Ok(None),
        }
    }
}

/// A finite number.
pub fn number(node: &Node) -> Result<f64, InputError> {
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

/// A string.
pub fn text(node: &Node) -> Result<&str, InputError> {
    match &node.value {
        Value::Text(text) => Ok(text),
        _ => Err(node.expected("a string")),
    }
}

/// Numbers with a bound.
#[derive(Debug)]
pub enum Number {
    NotNegative,
    Positive,
    Share,
    HalfWidths,
}

impl Kind for Number {
    fn words(&self) -> String {
        let words = match self {
            Self::NotNegative => "a number that is not negative",
            Self::Positive => "a number above 0",
            Self::Share => "a share from 0 to below 1",
            Self::HalfWidths => "a number of half-widths, 2 or more",
        };
        words.to_owned()
    }

    fn schema(&self) -> Json {
        match self {
            Self::NotNegative => json!({ "type": "number", "minimum": 0 }),
            Self::Positive => json!({ "type": "number", "exclusiveMinimum": 0 }),
            Self::Share => json!({ "type": "number", "minimum": 0, "exclusiveMaximum": 1 }),
            Self::HalfWidths => json!({ "type": "number", "minimum": 2 }),
        }
    }
}

impl Parse for Number {
    type Value = f64;

    fn parse(&self, node: &Node) -> Result<f64, InputError> {
        let number = number(node)?;
        let fits = match self {
            Self::NotNegative => number >= 0.0,
            Self::Positive => number > 0.0,
            Self::Share => (0.0..1.0).contains(&number),
            Self::HalfWidths => number >= 2.0,
        };
        fits.then_some(number).ok_or_else(|| node.expected(&self.words()))
    }
}

/// Where a setting may not go with the target: a value that is there.
#[derive(Debug)]
pub struct Present<K>(pub K);

impl<K: Kind> Kind for Present<K> {
    fn words(&self) -> String {
        self.0.words()
    }

    fn schema(&self) -> Json {
        self.0.schema()
    }
}

impl<K: Parse> Parse for Present<K> {
    type Value = Option<K::Value>;

    fn parse(&self, node: &Node) -> Result<Self::Value, InputError> {
        self.0.parse(node).map(Some)
    }
}

/// Whole numbers from one to the other.
#[derive(Debug)]
pub struct Whole(pub i64, pub i64);

impl Kind for Whole {
    fn words(&self) -> String {
        format!("a whole number from {} to {}", self.0, self.1)
    }

    fn schema(&self) -> Json {
        json!({ "type": "integer", "minimum": self.0, "maximum": self.1 })
    }
}

impl Parse for Whole {
    type Value = usize;

    fn parse(&self, node: &Node) -> Result<usize, InputError> {
        let expected = || node.expected(&self.words());
        match node.value {
            Value::Integer(number) if (self.0..=self.1).contains(&number) => {
                usize::try_from(number).map_err(|_| expected())
            }
            _ => Err(expected()),
        }
    }
}

/// True or false.
#[derive(Debug)]
pub struct Switch;

impl Kind for Switch {
    fn words(&self) -> String {
        "true or false".to_owned()
    }

    fn schema(&self) -> Json {
        json!({ "type": "boolean" })
    }
}

impl Parse for Switch {
    type Value = bool;

    fn parse(&self, node: &Node) -> Result<bool, InputError> {
        match node.value {
            Value::Switch(switch) => Ok(switch),
            _ => Err(node.expected(&self.words())),
        }
    }
}

/// Strings of any kind, by what they are.
#[derive(Debug)]
pub struct Text(pub &'static str);

impl Kind for Text {
    fn words(&self) -> String {
        self.0.to_owned()
    }

    fn schema(&self) -> Json {
        json!({ "type": "string", "minLength": 1 })
    }
}

impl Parse for Text {
    type Value = String;

    fn parse(&self, node: &Node) -> Result<String, InputError> {
        text(node).map(str::to_owned)
    }
}

/// One of another kind, or in a list a list of them: what a network has an output for each of.
#[derive(Debug)]
pub struct Outputs<K>(pub K);

impl<K: Kind> Kind for Outputs<K> {
    fn words(&self) -> String {
        self.0.words()
    }

    fn schema(&self) -> Json {
        self.0.schema()
    }

    fn listed(&self) -> Json {
        json!({ "anyOf": [self.0.schema(), { "type": "array", "items": self.0.schema(), "minItems": 1 }] })
    }
}

impl<K: Parse> Parse for Outputs<K> {
    type Value = Vec<K::Value>;

    fn parse(&self, node: &Node) -> Result<Self::Value, InputError> {
        match &node.value {
            Value::List(items) if items.is_empty() => Err(node.error("this list is empty; a network has an output")),
            Value::List(items) => items.iter().map(|node| self.0.parse(node)).collect(),
            _ => Ok(vec![self.0.parse(node)?]),
        }
    }
}

/// Expressions of the inputs.
#[derive(Debug)]
pub struct Expression;

impl Kind for Expression {
    fn words(&self) -> String {
        "an expression".to_owned()
    }

    fn schema(&self) -> Json {
        json!({ "type": "string", "minLength": 1 })
    }
}

impl Parse for Expression {
    type Value = Function;

    fn parse(&self, node: &Node) -> Result<Function, InputError> {
        let text = text(node)?;
        Function::parse(text).map_err(|error| node.error(format!("\"{text}\" cannot be understood: {error}")))
    }
}

/// One of those that there are, by its name.
#[derive(Debug)]
pub struct Named<T> {
    what: &'static str,
    names: fn() -> Vec<&'static str>,
    parse: fn(&str) -> Option<T>,
}

fn by_name<T: FromStr<Err: Display>>(name: &str) -> Option<T> {
    name.parse().ok()
}

impl Named<Order> {
    /// How batches come to their samples.
    pub const BATCHES: Self = Self {
        what: "kind of batches",
        names: || Order::ALL.map(Order::name).to_vec(),
        parse: by_name,
    };
}

impl Named<Keep> {
    /// Which weights are kept.
    pub const KEEP: Self = Self {
        what: "choice of weights",
        names: || Keep::ALL.map(Keep::name).to_vec(),
        parse: by_name,
    };
}

impl<T> Kind for Named<T> {
    fn words(&self) -> String {
        (self.names)().join(", ")
    }

    fn schema(&self) -> Json {
        json!({ "enum": (self.names)() })
    }

    fn is_choice(&self) -> bool {
        true
    }
}

impl<T> Parse for Named<T> {
    type Value = T;

    fn parse(&self, node: &Node) -> Result<T, InputError> {
        let name = text(node)?;
        (self.parse)(name).ok_or_else(|| {
            let names = (self.names)();
            let hint = nearest(name, names.iter().copied());
            let are = if names.len() == 1 { "is" } else { "are" };
            let names = names.join(", ");
            node.error(format!("unknown {} \"{name}\"{hint} There {are} {names}", self.what))
        })
    }
}

/// Hidden widths of a network.
#[derive(Debug)]
pub struct Widths;

/// A layer's width.
const WIDTH: Whole = Whole(1, 65_536);

impl Kind for Widths {
    fn words(&self) -> String {
        "the hidden widths of one network as a list, for example [64, 64]".to_owned()
    }

    fn schema(&self) -> Json {
        json!({ "anyOf": [WIDTH.schema(), { "type": "array", "items": WIDTH.schema(), "minItems": 1 }] })
    }

    fn listed(&self) -> Json {
        json!({ "type": "array", "items": WIDTH.schema() })
    }
}

impl Parse for Widths {
    type Value = Vec<usize>;

    fn parse(&self, node: &Node) -> Result<Vec<usize>, InputError> {
        match &node.value {
            Value::List(items) => items.iter().map(|node| WIDTH.parse(node)).collect(),
            _ => Err(node.expected(&self.words())),
        }
    }

    fn alone(&self, node: &Node) -> Result<Vec<usize>, InputError> {
        match node.value {
            Value::Integer(_) => Ok(vec![WIDTH.parse(node)?]),
            _ => self.parse(node),
        }
    }

    fn items<'a>(&self, node: &'a Node) -> Result<Option<&'a [Node]>, InputError> {
        match &node.value {
            Value::List(items) if items.is_empty() => {
                Err(node.error("this list is empty; a network without hidden layers is [[]]"))
            }
            Value::List(items) if matches!(items[0].value, Value::List(_)) => Ok(Some(items)),
            _ => Ok(None),
        }
    }
}

/// How many seeds, or a list of them.
#[derive(Debug)]
pub struct Seeds;

impl Seeds {
    /// How many.
    pub const COUNT: Whole = Whole(1, 1_000_000);
    /// One of a list.
    pub const SEED: Whole = Whole(0, i64::MAX);
}

impl Kind for Seeds {
    fn words(&self) -> String {
        Self::COUNT.words()
    }

    fn schema(&self) -> Json {
        Self::COUNT.schema()
    }

    fn listed(&self) -> Json {
        Self::SEED.schema()
    }
}
