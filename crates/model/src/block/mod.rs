//! The parts that networks are made of: forward and backward of each.

pub mod dense;
