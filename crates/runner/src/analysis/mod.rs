//! What is concluded from a store, as numbers and kinds: cells, their ranking, claims. Words and pictures are for `render`.

pub mod best;
pub mod cells;
pub mod claims;
pub mod classes;
pub mod columns;
pub mod effects;
pub mod endings;
pub mod findings;
pub mod lean;
pub mod ranking;
