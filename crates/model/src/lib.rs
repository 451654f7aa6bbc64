//! Stacks of small feed-forward networks that train at once.
//!
//! Networks of one stack share their architecture, their number of samples and the size of batches; their activations,
//! optimiser, learning rate and its schedule, loss, penalties, dropout rates, data, seed, noise and choice of weights are
//! their own. Each ends where it ends when it is trained alone.
//!
//! - [`mod@unit`]: activations, one file each; [`optimizer`]: optimisers, one file each, schedules and clipping; [`loss`]:
//!   losses, one file each; [`penalty`]: penalties, one file each
//! - [`setting`]: what these have in common: a name, and numbers that can be set
//! - [`number`], [`expression`]: what their formulas are computed with; formulas of the user
//! - [`block`]: what networks are made of; [`initialization`]: where they start from, one file each
//! - [`network`]: architectures and the programs that they are compiled to, recipes, stacks, trained networks
//! - [`engine`]: how a stack trains
//! - [`kernels`], [`backend`]: what takes the time, and our operations on burn's backends
//! - [`layers`]: activations and the spectral penalty for networks of one's own in plain burn
//! - [`device`]: what can train on this machine; [`random`]: where random numbers come from
//!
//! A stack of two networks that learn `x^2`, of which one is a formula of the user that learns its parameter:
//!
//! ```
//! use actlab_model::Activation;
//! use actlab_model::device::{Choice, open};
//! use actlab_model::engine::{Engine, Recipe, Stack, unobserved};
//! use actlab_model::network::architecture::Architecture;
//! use actlab_model::unit::Formula;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let architecture = Architecture::perceptron(&[1, 16, 1])?;
//! let wiggle = Formula::define("wiggle", "x + a*sin(4*x)", &[("a".to_owned(), 0.3)])?;
//! let wiggle = Activation::new(wiggle).learn("a").expect("a parameter of the formula");
//! let x: Vec<f32> = (0..64).map(|i| i as f32 / 32.0 - 1.0).collect();
//! let y: Vec<f32> = x.iter().map(|x| x * x).collect();
//! let network = |activation: Activation| Recipe {
//!     learning_rate: 1e-2,
//!     ..Recipe::new(&architecture, activation, 0, x.clone(), y.clone())
//! };
//! let networks = vec![network("tanh".parse()?), network(wiggle)];
//! let stack = Stack::new(architecture.clone(), 64, 300, networks)?;
//! let device = open(Choice::Auto)?.device;
//! let outcomes = Engine::Fused.train(&stack, &device, &mut unobserved)?;
//! for outcome in &outcomes {
//!     let (first, last) = (&outcome.history[0], outcome.history.last().expect("a record"));
//!     assert!(last.loss < 0.1 * first.loss);
//! }
//! assert_ne!(outcomes[1].activations[0].parameters(), [0.3]);
//! let answer = outcomes[1].network(&architecture).predict(&[0.5]);
//! assert!((answer[0] - 0.25).abs() < 0.1);
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
pub mod initialization;
pub mod kernels;
pub mod layers;
pub mod loss;
pub mod network;
pub mod number;
pub mod optimizer;
pub mod penalty;
pub mod random;
pub mod setting;
pub mod unit;

pub use initialization::Initialization;
pub use optimizer::Optimizer;
pub use unit::Activation;
