//! What is written down of a network while it trains.

/// How often it is written down, at most, before the last step.
pub const RECORDS: usize = 64;

/// A network before one of its steps.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Steps done.
    pub step: usize,
    /// The network's own loss on the training samples, without penalties, in standardised units where they are. Of steps
    /// over all of them as trained, with what dropouts leave out, as the loss that a loop in PyTorch prints; of batches, and
    /// of noise on inputs, the loss on all of them, as the network answers. Of samples that are drawn afresh, on those of
    /// the step.
    pub loss: f32,
    /// Spectral norm of each layer, first to last, by power iteration: it comes near the true one from below.
    pub sigma: Vec<f32>,
}

/// Power iterations for the record before `step` of a layer of this shape. They start where those of the last record
/// ended, so few do; a matrix of one row or column has but one singular value, which the first finds.
pub(crate) fn power_iterations(step: usize, [inputs, outputs]: [usize; 2]) -> usize {
    match (step, inputs.min(outputs)) {
        (_, 1) => 1,
        (0, _) => 32,
        _ => 4,
    }
}

/// The steps before which an engine records: evenly spread, and the end.
pub(crate) fn recorded(step: usize, steps: usize) -> bool {
    step.is_multiple_of(steps.div_ceil(RECORDS).max(1)) || step == steps
}
