//! What is read off a store: claims, the ranking, tables and predictions. The report reads the store alone.

pub mod claims;
pub mod export;
pub mod figures;
pub mod page;
pub mod predict;
pub mod ranking;
pub mod table;
