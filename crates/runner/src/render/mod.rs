//! From conclusions to what a person sees.

pub mod activations;
mod claims;
mod classes;
mod comparisons;
pub mod endings;
pub mod figures;
pub mod findings;
mod lean;
pub mod opening;
pub mod page;
mod palette;
pub mod published;
pub mod pytorch;
pub mod ranking;
mod raster;
pub mod results;
pub mod runs;
pub mod sketch;
pub mod table;
pub mod tables;
pub mod verdicts;
pub mod words;
