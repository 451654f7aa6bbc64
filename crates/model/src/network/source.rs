//! Samples that are drawn afresh for each step, as from a distribution of which there is no end.

use std::fmt::Debug;

/// Where the samples of a network's steps come from.
pub trait Source: Debug + Send + Sync {
    /// Writes the samples of a step, counted from 1: those of the first step, the step 0, are the recipe's own. They depend
    /// on the step alone. An engine that allocates nothing in a step relies on this to allocate nothing.
    ///
    /// - `inputs`: `[samples, inputs]`
    /// - `targets`: `[samples, outputs]`
    fn draw(&self, step: usize, inputs: &mut [f32], targets: &mut [f32]);
}
