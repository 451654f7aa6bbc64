//! What is read off a store: claims, the ranking, tables and predictions. The report reads the store alone.

pub mod claims;
mod data;
pub mod export;
pub mod figures;
pub mod page;
pub mod predict;
pub mod ranking;
mod raster;
mod shapes;
pub mod table;
