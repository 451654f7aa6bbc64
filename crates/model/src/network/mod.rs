//! Networks: their architecture and recipe, their weights and where these come from, the samples that their steps take,
//! stacks of them, and what a trained one answers.

pub mod architecture;
pub mod batches;
pub mod module;
pub mod noise;
pub mod norm;
pub mod program;
pub mod recipe;
pub mod selection;
pub mod source;
pub mod stack;
pub mod trained;
pub mod weights;

pub use crate::random;
