//! What is measured of a trained network.

pub mod errors;
pub mod far_field;
mod lipschitz;
