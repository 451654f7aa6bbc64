//! From conclusions to what a person sees.

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
pub mod ranking;
mod raster;
pub mod results;
pub mod runs;
pub mod sketch;
pub mod table;
pub mod tables;
pub mod verdicts;
pub mod words;

use crate::experiment::grid::Resolved;
use crate::experiment::target::Function;

/// What networks of these settings should have learned. None of data, whose truth is known at its rows alone.
fn truth(settings: &Resolved) -> Option<Function> {
    settings.truth()
}
