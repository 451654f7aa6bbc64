//! One file for each word that the user types.

pub mod bench;
pub mod export;
pub mod predict;
pub mod show;
