//! The hidden part of a network: widths, or a text.

use std::ops::Range;

use serde_json::{Value as Json, json};

use super::kind::{Kind, Parse, Whole};
use super::value::Stored;
use super::{Resolved, Settings};
use crate::error::InputError;
use crate::experiment::document::{Document, Node, Value};
use crate::experiment::network::{Hidden, Misfit, Mixture, Network};
use crate::words::count;

/// What is between the inputs and the answer of a network.
#[derive(Debug)]
pub struct Networks;

/// A layer's width.
const WIDTH: Whole = Whole(1, 65_536);

impl Kind for Networks {
    fn words(&self) -> String {
        "the hidden widths of one network as a list, for example [64, 64], or a network as a text, for example \"sum(64 \
         relu, 64 sinu)\""
            .to_owned()
    }

    fn schema(&self) -> Json {
        json!({ "anyOf": [widths_schema(), { "type": "string", "minLength": 1 }] })
    }

    fn listed(&self) -> Json {
        json!({ "anyOf": [{ "type": "array", "items": WIDTH.schema() }, { "type": "string", "minLength": 1 }] })
    }
}

/// Of the widths of one network.
pub fn widths_schema() -> Json {
    json!({ "anyOf": [WIDTH.schema(), { "type": "array", "items": WIDTH.schema(), "minItems": 1 }] })
}

impl Parse for Networks {
    type Value = Hidden;

    fn parse(&self, node: &Node) -> Result<Hidden, InputError> {
        match &node.value {
            Value::List(items) => {
                let widths: Result<_, InputError> = items.iter().map(|node| WIDTH.parse(node)).collect();
                widths.map(Hidden::Widths)
            }
            Value::Text(text) => {
                let network = Network::parse(text).map_err(|misfit| at(node, &misfit))?;
                Ok(Hidden::Network(network))
            }
            _ => Err(node.expected(&self.words())),
        }
    }

    fn alone(&self, node: &Node) -> Result<Hidden, InputError> {
        match node.value {
            Value::Integer(_) => Ok(Hidden::Widths(vec![WIDTH.parse(node)?])),
            _ => self.parse(node),
        }
    }

    fn items<'a>(&self, node: &'a Node) -> Result<Option<&'a [Node]>, InputError> {
        let is_network = |node: &Node| matches!(node.value, Value::List(_) | Value::Text(_));
        match &node.value {
            Value::List(items) if items.is_empty() => {
                Err(node.error("this list is empty; a network without hidden layers is [[]]"))
            }
            Value::List(items) if items.iter().any(is_network) => Ok(Some(items)),
            _ => Ok(None),
        }
    }
}

/// Where in the text something is wrong.
fn at(node: &Node, Misfit { at, message }: &Misfit) -> InputError {
    let Range { start, end } = *at;
    node.error_in(&(start..end.max(start + 1)), message)
}

/// Whether every network that was typed fits every target.
pub fn check(document: &Document, settings: &Settings) -> Result<(), InputError> {
    let Some(node) = document.get("network.hidden") else {
        return Ok(());
    };
    let nodes = Networks.items(node)?.unwrap_or(std::slice::from_ref(node));
    for (node, hidden) in nodes.iter().zip(&settings.hidden.values) {
        let Hidden::Network(network) = hidden else { continue };
        for (target, range) in settings.targets.values.iter().zip(&settings.ranges.values[0]) {
            let cell = Resolved::new(target.name().to_owned(), target.inputs(), None, range.clone());
            let sizes = cell.sizes(&[]);
            network.layout(sizes[0], sizes[1]).map_err(|misfit| {
                let of = match settings.targets.values.len() {
                    1 => String::new(),
                    _ => format!(
                        " (so it is for {}, of {})",
                        target.name(),
                        count(sizes[0] as u64, "input")
                    ),
                };
                at(
                    node,
                    &Misfit {
                        message: misfit.message + &of,
                        ..misfit
                    },
                )
            })?;
        }
    }
    Ok(())
}

impl Resolved {
    /// The same trial, however it was typed: perceptrons by their widths, every layer of other networks with its
    /// activation, and nothing that a network makes no use of.
    pub fn settled(mut self) -> Self {
        let Hidden::Network(network) = &self.hidden else {
            return self;
        };
        let network = network.filled(self.activation);
        if let Some((widths, activation)) = network.perceptron() {
            self.activation = activation.unwrap_or(self.activation);
            self.hidden = Hidden::Widths(widths);
            return self;
        }
        self.activation = network.first_activation();
        if network.has_rates() {
            self.dropout = 0.0;
        }
        self.hidden = Hidden::Network(network);
        self
    }

    /// The activations of its network.
    pub fn activations(&self) -> Mixture {
        match &self.hidden {
            Hidden::Widths(_) => self.activation.into(),
            Hidden::Network(network) => match network.activations() {
                none if none.is_empty() => self.activation.into(),
                some => Mixture::new(some),
            },
        }
    }
}

impl Stored for Hidden {
    fn json(&self) -> Json {
        json!(self)
    }

    fn read(json: &Json) -> Result<Self, String> {
        match json {
            Json::String(text) => Network::parse(text).map(Self::Network).map_err(|misfit| misfit.message),
            json => serde_json::from_value(json.clone())
                .map(Self::Widths)
                .map_err(|error| error.to_string()),
        }
    }

    fn text(&self) -> String {
        self.to_string()
    }
}
