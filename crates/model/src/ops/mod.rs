//! Our own operations on burn's backends. For each: what it computes, its plain reference in double
//! precision, its gradient, and the function on tensors that calls it. The kernels are in [`cpu`] (slices,
//! for ndarray and flex) and in `cube` (GPU).

pub mod activation;
pub mod adam;
pub mod loss;
pub mod spectral;

pub mod cpu;
#[cfg(feature = "wgpu")]
mod cube;
