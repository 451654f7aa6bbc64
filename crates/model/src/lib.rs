//! Stacks of small feed-forward networks that train at once.
//!
//! Networks of one stack share their layer sizes and their number of samples; their activation, learning rate,
//! spectral-norm coefficient, data and seed are their own. Each ends where it ends when it is trained alone.
//!
//! - [`unit`]: activations, one file each; [`optimizer`]: optimisers, one file each; [`penalty`]: penalties, one file each
//! - [`number`], [`expression`]: what their formulas are computed with; formulas of the user
//! - [`network`]: networks, stacks, initial weights, prediction
//! - [`block`]: what networks are made of
//! - [`engine`]: how a stack trains
//! - [`kernels`], [`backend`]: what takes the time, and our operations on burn's backends
//! - [`device`]: what can train on this machine

// burn marks its ndarray backend as deprecated in favour of flex; it is what `auto` takes without a GPU.
#![allow(deprecated)]

pub mod backend;
pub mod block;
pub mod device;
pub mod engine;
pub mod expression;
pub mod kernels;
pub mod network;
pub mod number;
pub mod optimizer;
pub mod penalty;
pub mod unit;

pub use optimizer::Optimizer;
pub use unit::Activation;
