//! What is read off a store: the ranking, tables and predictions. The report reads the store alone.

pub mod export;
pub mod predict;
pub mod ranking;
