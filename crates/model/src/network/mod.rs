//! Networks: their weights and where these come from, stacks of them, and their prediction.

pub mod module;
pub mod norm;
pub mod predict;
pub mod random;
pub mod stack;
pub mod weights;
