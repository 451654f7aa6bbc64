//! The parts that networks are made of: for each what it computes, the way back, and its plain reference in double
//! precision. Activations are [units](crate::unit); how parts follow each other is the
//! [architecture](crate::network::architecture)'s to say.

use join::Join;

pub mod dense;
pub mod dropout;
pub mod fourier;
pub mod join;
pub mod layer;

/// A part of a network.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Block {
    /// A dense layer of this width.
    Dense {
        /// Its outputs.
        width: usize,
        /// Whether an activation follows.
        activated: bool,
    },
    /// One block after the other. One without blocks passes on what it gets: the branch that makes a block residual.
    Sequence(Vec<Block>),
    /// Blocks that get the same, and a join that makes one of what they give.
    Parallel {
        /// First to last.
        branches: Vec<Block>,
        /// What becomes of them.
        join: Join,
    },
    /// Sines and cosines of what it gets, with frequencies that do not train: see [`fourier`].
    Fourier {
        /// How many frequencies; what it gives is twice as wide.
        frequencies: usize,
    },
    /// While it trains, the network goes on without some of the values.
    Dropout,
}

impl Block {
    /// A dense layer of this width with an activation.
    pub fn activated(width: usize) -> Self {
        Self::Dense { width, activated: true }
    }

    /// A dense layer of this width without an activation.
    pub fn linear(width: usize) -> Self {
        Self::Dense {
            width,
            activated: false,
        }
    }

    /// `branches` that are joined.
    pub fn parallel(join: Join, branches: impl Into<Vec<Self>>) -> Self {
        Self::Parallel {
            branches: branches.into(),
            join,
        }
    }
}
