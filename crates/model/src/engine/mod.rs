//! How a stack trains. An engine takes networks in and gives trained networks back; it knows no files and no
//! terminal.
//!
//! - [`autodiff`] is plain burn, runs on every backend and is the reference
//! - [`fused`] trains one network at a time on a core of the CPU, with everything that a step touches in its cache

pub mod autodiff;
pub mod fused;
#[cfg(test)]
mod gradients;
mod history;

use std::fmt;
use std::ops::ControlFlow;
use std::str::FromStr;

use burn::tensor::Device;

use crate::network::architecture::Architecture;
pub use crate::network::recipe::Recipe;
pub use crate::network::stack::{Stack, StackError};
use crate::network::trained::TrainedNetwork;
use crate::network::weights::Weights;
use crate::unit::Activation;

pub use history::{RECORDS, Record};

/// The engines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// [`autodiff`].
    Autodiff,
    /// [`fused`].
    Fused,
}

impl Engine {
    /// All engines.
    pub const ALL: [Self; 2] = [Self::Autodiff, Self::Fused];

    /// The name that the user types.
    pub fn name(self) -> &'static str {
        match self {
            Self::Autodiff => "autodiff",
            Self::Fused => "fused",
        }
    }

    /// Trains all networks of a stack. The fused engine trains on the calling thread
    /// and has no use for `device`.
    ///
    /// `observer` is told now and then how many network-steps have been done since it was told last: of a network that
    /// diverges or ends early, all that it does not need any more. Where it breaks, all networks end as they are.
    ///
    /// # Errors
    /// If the device gives up.
    pub fn train(
        self,
        stack: &Stack,
        device: &Device,
        observer: &mut Observer<'_>,
    ) -> Result<Vec<Outcome>, DeviceLost> {
        let work = || match self {
            Self::Autodiff => autodiff::train(stack, device, observer),
            Self::Fused => fused::train(stack, observer),
        };
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).map_err(|panic| {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
            DeviceLost(text.unwrap_or("the device gave up").to_owned())
        })
    }
}

/// Who is told of progress, and may end a training.
pub type Observer<'a> = dyn FnMut(usize) -> ControlFlow<()> + 'a;

/// The observer that watches nothing and lets training go on.
pub fn unobserved(_: usize) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// The device gave up in the middle of its work, as one without memory does: what it said.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct DeviceLost(pub String);

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Engine {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let engine = Self::ALL.into_iter().find(|engine| engine.name() == name);
        engine.ok_or_else(|| "use autodiff or fused".to_owned())
    }
}

/// What became of a network.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The weights that are kept of training; of a diverged network those at which its loss was not finite.
    pub weights: Weights,
    /// Its activations, with what their parameters have learned.
    pub activations: Vec<Activation>,
    /// The step before which the network was that which `weights` and `activations` are of: after its last one, or where
    /// its validation error was the least.
    pub weights_step: usize,
    /// Steps done: all, unless it diverged or was ended, by who watched or by its validation error.
    pub steps: usize,
    /// The step, counted from 0, before which the loss was not a finite number.
    pub diverged_at: Option<usize>,
    /// The network before some 64 of its steps, and after the last one; it ends where a network does.
    pub history: Vec<Record>,
}

impl Outcome {
    /// The network that answers, with the architecture of its stack.
    pub fn network(&self, architecture: &Architecture) -> TrainedNetwork {
        TrainedNetwork {
            architecture: architecture.clone(),
            weights: self.weights.clone(),
            activations: self.activations.clone(),
        }
    }
}

/// The gradient of the error of a network in the first step, for tests of both engines.
#[cfg(test)]
struct Gradient {
    loss: f32,
    weights: Weights,
    /// Of each learned parameter, with the slot of the activation and the parameter's position.
    learned: Vec<(usize, usize, f32)>,
}
