//! From conclusions to what a person sees.

pub mod figures;
pub mod page;
mod raster;
pub mod sketch;
pub mod table;
