//! Penalties that are added to the loss: one file each.

pub mod spectral;
