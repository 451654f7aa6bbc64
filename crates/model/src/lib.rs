//! Stacks of small feed-forward networks that train at once.
//!
//! Networks of one stack share their layer sizes and their number of samples; their activation, learning rate,
//! spectral-norm coefficient, data and seed are their own. Each ends where it ends when it is trained alone.
//!
//! - [`mod@unit`]: activations, one file each; [`optimizer`]: optimisers, one file each; [`penalty`]: penalties, one file each
//! - [`number`], [`expression`]: what their formulas are computed with; formulas of the user
//! - [`network`]: networks, stacks, initial weights, prediction
//! - [`block`]: what networks are made of
//! - [`engine`]: how a stack trains
//! - [`kernels`], [`backend`]: what takes the time, and our operations on burn's backends
//! - [`layers`]: activations and the spectral penalty for networks of one's own in plain burn
//! - [`device`]: what can train on this machine
//!
//! A stack of two networks that learn `x^2`, of which one is a formula of the user:
//!
//! ```
//! use actlab_model::device::{Choice, open};
//! use actlab_model::engine::{Engine, Network, Stack, unobserved};
//! use actlab_model::network::weights::initial_weights;
//! use actlab_model::unit::Formula;
//! use actlab_model::{Activation, Optimizer};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let wiggle = Formula::define("wiggle", "x + 0.3*sin(4*x)", &[])?;
//! let sizes = vec![1, 16, 1];
//! let x: Vec<f32> = (0..64).map(|i| i as f32 / 32.0 - 1.0).collect();
//! let network = |activation: Activation| Network {
//!     activation,
//!     optimizer: Optimizer::new(&actlab_model::optimizer::Adam),
//!     learning_rate: 1e-2,
//!     spectral: 0.0,
//!     initial: initial_weights(&sizes, 0),
//!     seed: 0,
//!     inputs: x.clone(),
//!     targets: x.iter().map(|x| x * x).collect(),
//! };
//! let networks = vec![network("tanh".parse()?), network(Activation::new(wiggle))];
//! let stack = Stack::new(sizes.clone(), 64, 300, networks)?;
//! let device = open(Choice::Auto)?.device;
//! let outcomes = Engine::Fused.train(&stack, &device, &mut unobserved)?;
//! for outcome in outcomes {
//!     let (first, last) = (&outcome.history[0], outcome.history.last().expect("a record"));
//!     assert!(last.loss < 0.1 * first.loss);
//! }
//! # Ok(())
//! # }
//! ```

// burn marks its ndarray backend as deprecated in favour of flex; it is what `auto` takes without a GPU.
#![allow(deprecated)]

pub mod backend;
pub mod block;
pub mod device;
pub mod engine;
pub mod expression;
pub mod kernels;
pub mod layers;
pub mod network;
pub mod number;
pub mod optimizer;
pub mod penalty;
pub mod random;
pub mod unit;

pub use optimizer::Optimizer;
pub use unit::Activation;
