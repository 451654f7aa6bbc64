//! The operations for the CPU: [`kernels`] and [`product`] on slices, and the glue to burn's backends, whose tensors
//! become slices here.

#[cfg(any(feature = "ndarray", feature = "flex"))]
mod backends;
pub mod kernels;
mod math;
pub mod product;

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
