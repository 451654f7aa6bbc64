//! How trials become trained networks: laid out in stacks, which as many workers take as the device has cores. What is
//! made of a trained network, and where it is kept, is for the caller to say.

mod estimate;
mod plan;
mod progress;
mod queue;
mod trainer;

use actlab_model::engine::Record;
use actlab_model::network::trained::TrainedNetwork;

use crate::experiment::trial::Trial;
use crate::samples::Samples;

pub use estimate::estimate;
pub use plan::{PlannedStack, plan, start};
pub use progress::Progress;
pub use queue::{Ended, train};
pub use trainer::{Trainer, open};

/// A trained network.
#[derive(Debug)]
pub struct Trained<'a> {
    /// What was trained.
    pub trial: &'a Trial,
    /// What it trained on, and what it is tested on.
    pub samples: Samples,
    /// The network that it has become.
    pub network: TrainedNetwork,
    /// The step that its weights are of; none where an older actlab did not say.
    pub weights_step: Option<usize>,
    /// The step before which its loss was not a finite number.
    pub diverged_at: Option<usize>,
    /// How it went.
    pub history: Vec<Record>,
    /// How it was trained.
    pub timing: Timing,
}

/// How a trial was trained: what may differ from run to run.
#[derive(Debug, Clone)]
pub struct Timing {
    /// The backend's name.
    pub backend: String,
    /// The device in its maker's words.
    pub adapter: String,
    /// The engine's name.
    pub engine: String,
    /// Networks in its stack.
    pub stack: usize,
    /// Wall time of its stack.
    pub seconds: f64,
    /// Steps of this network per second: the stack's network-steps divided by its wall time.
    pub steps_per_second: f64,
    /// The version of actlab that trained it.
    pub version: String,
}

impl Timing {
    /// Of a trial that was trained together with this one, and took no time of its own.
    pub fn with_another(&self) -> Self {
        Self {
            seconds: 0.0,
            ..self.clone()
        }
    }
}
