//! What is concluded from a store, as numbers and kinds: cells, their ranking, claims. Words and pictures are for `render`.

pub mod best;
pub mod cells;
pub mod claims;
pub mod classes;
pub mod columns;
pub mod effects;
pub mod far_field;
pub mod findings;
pub mod ranking;
pub mod shapes;
