//! What is between the inputs and the answer of a network: the widths of a perceptron, or a text such as
//! `sum(64 relu, 64 sinu) -> 32 tanh` that says how its parts follow and join each other.

mod layout;
mod mixture;
mod parse;
mod part;
mod text;
mod tokens;

use std::fmt;

use actlab_model::Activation;
use actlab_model::unit::Identity;
use serde::{Serialize, Serializer};

pub use layout::Layout;
pub use mixture::Mixture;
pub use part::Misfit;
use part::{Chain, Follows, Part};

/// The hidden part of a network.
#[derive(Debug, Clone, PartialEq)]
pub enum Hidden {
    /// The widths of the hidden layers of a perceptron.
    Widths(Vec<usize>),
    /// Anything else.
    Network(Network),
}

impl From<Vec<usize>> for Hidden {
    fn from(widths: Vec<usize>) -> Self {
        Self::Widths(widths)
    }
}

impl Serialize for Hidden {
    /// Widths as a list, as they have always been; a network as its text.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Widths(widths) => widths.serialize(serializer),
            Self::Network(network) => serializer.collect_str(network),
        }
    }
}

impl fmt::Display for Hidden {
    /// `64x64`, `none` where there is none, or the text of a network.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Widths(widths) if widths.is_empty() => f.write_str("none"),
            Self::Widths(widths) => {
                let widths: Vec<String> = widths.iter().map(usize::to_string).collect();
                f.write_str(&widths.join("x"))
            }
            Self::Network(network) => network.fmt(f),
        }
    }
}

/// A network as it was typed. Two are the same where their texts are.
#[derive(Debug, Clone)]
pub struct Network(Chain);

impl Network {
    /// Understands a text.
    ///
    /// # Errors
    /// What is wrong, where in the text, and what to type instead.
    pub fn parse(text: &str) -> Result<Self, Misfit> {
        parse::parse(text).map(Self)
    }

    /// The same with this activation after every layer that names none.
    pub fn filled(&self, activation: Activation) -> Self {
        let mut filled = self.clone();
        filled.0.for_each(&mut |part| {
            if let Part::Layer { follows, .. } = part
                && *follows == Follows::Default
            {
                *follows = Follows::Activation(activation);
            }
        });
        filled
    }

    /// The perceptron that it is, if it is one: its hidden widths, and their activation where there is a layer.
    pub fn perceptron(&self) -> Option<(Vec<usize>, Option<Activation>)> {
        let mut parts: Vec<&Part> = self.0.0.iter().map(|placed| &placed.part).collect();
        if matches!(parts.last(), Some(Part::Out)) {
            parts.pop();
        }
        // A perceptron leaves values out after every layer, if at all.
        let mut dropouts = parts.iter().skip(1).step_by(2);
        if !parts.is_empty() && parts.len().is_multiple_of(2) && dropouts.all(|part| **part == Part::Dropout(None)) {
            parts = parts.into_iter().step_by(2).collect();
        }
        let layer = |part: &Part| match part {
            Part::Layer {
                width,
                follows: Follows::Activation(activation),
            } => Some((*width, *activation)),
            _ => None,
        };
        let layers: Vec<(usize, Activation)> = parts.into_iter().map(layer).collect::<Option<_>>()?;
        let first = layers.first().map(|(_, activation)| *activation);
        let same = layers.iter().all(|(_, activation)| Some(*activation) == first);
        same.then(|| (layers.into_iter().map(|(width, _)| width).collect(), first))
    }

    /// The activations that it names.
    pub fn activations(&self) -> Vec<Activation> {
        let mut found = Vec::new();
        self.0.clone().for_each(&mut |part| {
            if let Part::Layer {
                follows: Follows::Activation(activation),
                ..
            } = part
            {
                found.push(*activation);
            }
        });
        found
    }

    /// The activation that stands for it where only one can: the first of those that it names, in the order of lists.
    pub fn first_activation(&self) -> Activation {
        let first = self.activations().into_iter().min();
        first.unwrap_or_else(|| Activation::new(&Identity))
    }

    /// Whether it says itself what each of its dropouts leaves out.
    pub fn has_rates(&self) -> bool {
        let (mut own, mut others) = (false, false);
        self.0.clone().for_each(&mut |part| match part {
            Part::Dropout(Some(_)) => own = true,
            Part::Dropout(None) => others = true,
            _ => {}
        });
        own && !others
    }

    /// What it is made of, between so many inputs and outputs.
    ///
    /// # Errors
    /// What does not fit, where in the text, and what to type instead.
    pub fn layout(&self, inputs: usize, outputs: usize) -> Result<Layout, Misfit> {
        layout::layout(&self.0, inputs, outputs)
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text::chain(&self.0))
    }
}

impl PartialEq for Network {
    fn eq(&self, other: &Self) -> bool {
        text::chain(&self.0) == text::chain(&other.0)
    }
}

#[cfg(test)]
mod tests;
