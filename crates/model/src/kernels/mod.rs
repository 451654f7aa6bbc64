//! What takes the time: products, sums and the loops over slices for CPUs, and the kernels for GPUs. The loops over
//! activations, optimisers and losses are with these.

pub mod aligned;
pub mod cpu;
#[cfg(feature = "wgpu")]
pub(crate) mod gpu;
pub mod peak;
pub mod product;

/// Vectors shorter than this are not scaled up to length one. A matrix that makes its right vector shorter, as one of
/// zeros does, has no direction to go in: the power iteration stays where it is.
pub const SMALLEST_NORM: f32 = 1e-12;

/// The vector extensions that this machine has, the plain one first.
#[cfg(test)]
pub(crate) fn archs() -> Vec<pulp::Arch> {
    let mut archs = vec![pulp::Arch::Scalar];
    #[cfg(target_arch = "x86_64")]
    archs.extend(pulp::x86::V3::try_new().map(pulp::Arch::V3));
    #[cfg(target_arch = "x86_64")]
    archs.extend(pulp::x86::V4::try_new().map(pulp::Arch::V4));
    #[cfg(not(target_arch = "x86_64"))]
    archs.push(pulp::Arch::new());
    archs
}
