//! Statistics over the seeds of a cell: pure, each with its source.

mod binomial;
mod comparisons;
mod effects;
mod intervals;
mod looks;
mod means;
mod shares;
#[cfg(test)]
mod simulations;

pub use comparisons::{Comparison, LEVEL, Seeds, Verdict, decidable, fewest, holm, log_ratio, seeds_for};
pub use effects::main_effects;
pub use intervals::{Estimate, median, median_interval};
pub use looks::{Look, Looks};
pub use means::mean_interval;
pub use shares::{Share, at_least, seed_share, wilson};
