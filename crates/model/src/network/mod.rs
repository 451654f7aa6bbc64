//! Networks: their architecture and recipe, their weights and where these come from, stacks of them, and what a trained
//! one answers.

pub mod architecture;
pub mod module;
pub mod norm;
pub mod program;
pub mod recipe;
pub mod stack;
pub mod trained;
pub mod weights;

pub use crate::random;
