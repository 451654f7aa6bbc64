//! Our operations on burn's backends. For each: what it computes, its plain reference in double precision, its gradient,
//! and the function on tensors that calls it. On CPUs (ndarray and flex) tensors become slices, on GPUs buffers.

pub mod activation;
pub mod loss;
pub mod optimizer;
pub mod spectral;

#[cfg(any(feature = "ndarray", feature = "flex"))]
mod cpu;
#[cfg(feature = "wgpu")]
mod gpu;
