//! What is concluded from a store, as numbers and kinds: cells, their ranking, claims. Words and pictures are for `render`.

pub mod cells;
pub mod choice;
pub mod claims;
pub mod classes;
pub mod columns;
pub mod compare;
pub mod conclusions;
pub mod contests;
mod cross_fit;
pub mod effects;
pub mod endings;
pub mod findings;
pub mod lean;
pub mod outcome;
pub mod published;
pub mod ranking;
pub mod regularisers;
pub mod runs;
