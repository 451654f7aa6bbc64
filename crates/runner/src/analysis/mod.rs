//! What is concluded from a store: cells, their ranking, claims.

pub mod claims;
pub mod columns;
pub mod ranking;
pub mod shapes;
