//! The parts of a network as they were typed.

use std::ops::Range;

use actlab_model::Activation;
use actlab_model::network::architecture::Join;

/// Parts one after the other: at least one.
#[derive(Debug, Clone)]
pub struct Chain(pub Vec<Placed>);

/// A part, and where it stands in the text.
#[derive(Debug, Clone)]
pub struct Placed {
    pub part: Part,
    pub at: Range<usize>,
}

impl PartialEq for Placed {
    fn eq(&self, other: &Self) -> bool {
        self.part == other.part
    }
}

impl PartialEq for Chain {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

/// A part of a network.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// `64`, `64 relu`, `64 linear`: a dense layer.
    Layer { width: usize, follows: Follows },
    /// `out`: a linear layer, as wide as the answer.
    Out,
    /// `skip`: a branch that passes on what it gets.
    Skip,
    /// `dropout`, at the rate of the experiment, or `dropout(0.2)`.
    Dropout(Option<f64>),
    /// `fourier(..)`.
    Fourier(Frequencies),
    /// `sum(a, b)`: branches of what comes before, and what joins them.
    Joined(Join, Vec<Chain>),
}

/// What follows a layer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Follows {
    /// Nothing.
    Nothing,
    /// The activation of the experiment.
    Default,
    /// This one.
    Activation(Activation),
}

/// The frequencies of Fourier features.
#[derive(Debug, Clone, PartialEq)]
pub enum Frequencies {
    /// `fourier(32, scale=2)`: so many, normal with this standard deviation.
    Normal { count: usize, scale: f64 },
    /// `fourier(frequencies=[1, 2, 4])`: these, along each input.
    Along(Vec<f64>),
}

/// What is wrong with a text, and where in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Misfit {
    /// The bytes.
    pub at: Range<usize>,
    /// What, and what to type instead.
    pub message: String,
}

impl Misfit {
    pub fn new(at: &Range<usize>, message: impl Into<String>) -> Self {
        Self {
            at: at.clone(),
            message: message.into(),
        }
    }
}

/// The joins, by the words for them.
pub const JOINS: [(&str, Join); 4] = [
    ("sum", Join::Sum),
    ("product", Join::Product),
    ("gate", Join::Gate),
    ("concat", Join::Concatenation),
];

/// The word for a join.
pub fn word(join: Join) -> &'static str {
    let found = JOINS.iter().find(|(_, known)| *known == join);
    found.map_or(join.name(), |(word, _)| word)
}

impl Chain {
    /// Every part, first to last, those of branches too.
    pub fn for_each(&mut self, visit: &mut impl FnMut(&mut Part)) {
        for placed in &mut self.0 {
            visit(&mut placed.part);
            if let Part::Joined(_, branches) = &mut placed.part {
                branches.iter_mut().for_each(|branch| branch.for_each(visit));
            }
        }
    }

    /// Whether any part is so, those of branches too.
    pub fn any(&self, is: fn(&Part) -> bool) -> bool {
        self.0.iter().any(|placed| placed.part.any(is))
    }
}

impl Part {
    /// Whether it, or a part of its branches, is so.
    pub fn any(&self, is: fn(&Self) -> bool) -> bool {
        let inside = match self {
            Self::Joined(_, branches) => branches.iter().any(|branch| branch.any(is)),
            _ => false,
        };
        inside || is(self)
    }

    /// Whether it, or a branch of it, ends in the answer.
    pub fn answers(&self) -> bool {
        self.any(|part| *part == Self::Out)
    }
}
