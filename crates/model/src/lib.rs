//! Stacks of small feed-forward networks that train at once.
//!
//! Networks of one stack share their layer sizes and their number of samples; their activation, learning rate,
//! spectral-norm coefficient, data and seed are their own. Each ends where it ends when it is trained alone.
//!
//! - [`activation`]: what each activation is
//! - [`init`]: random numbers and initial weights, the same on every backend
//! - [`mlp`]: the networks as a burn module, and their prediction on the host
//! - [`spectral`]: the spectral norm of trained weights
//! - [`optimizer`]: Adam with a learning rate for each network
//! - [`engine`]: how a stack trains
//! - [`ops`]: our operations on burn's backends, with their gradients and their kernels
//! - [`peak`]: what products alone reach on a device
//! - [`device`]: what can train on this machine

// burn marks its ndarray backend as deprecated in favour of flex; it is what `auto` takes without a GPU.
#![allow(deprecated)]

pub mod activation;
pub mod device;
pub mod engine;
pub mod init;
pub mod mlp;
pub mod ops;
pub mod optimizer;
pub mod peak;
pub mod spectral;

pub use activation::Activation;
