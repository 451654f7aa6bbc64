//! What trains: a device, an engine, and how many stacks at a time.

use actlab_model::device::{self, Choice, DeviceError, Opened};
use actlab_model::engine::Engine;
use anyhow::Result;

use super::Timing;
use super::plan::{Place, PlannedStack};
use crate::error::{InputError, reject};
use crate::words::VERSION;

/// Makes a device ready. An error says what to type instead.
pub fn open(backend: Choice) -> Result<Opened, InputError> {
    device::open(backend).map_err(|error| {
        let instead = match &error {
            DeviceError::NotCompiled(missing, other) => {
                format!(": build it with `--features {missing}`, or choose `--backend {other}`")
            }
            DeviceError::NoAdapter(cpu) => {
                format!(": install the driver of your GPU, or train on the CPU with `--backend {cpu}`")
            }
            DeviceError::Broken(_) => String::new(),
        };
        InputError::new(format!("{error}{instead}"))
    })
}

/// What trains, and how.
#[derive(Debug)]
pub struct Trainer {
    /// The device.
    pub opened: Opened,
    /// The engine.
    pub engine: Engine,
    /// Stacks at a time.
    pub workers: usize,
}

impl Trainer {
    /// Makes a backend ready; not to have it is the user's to mend. Without a choice it is the fused engine on a CPU,
    /// else the autodiff engine. `threads` are for a CPU; 0 is one for each core.
    pub fn new(backend: Choice, engine: Option<Engine>, threads: usize) -> Result<Self> {
        let opened = open(backend)?;
        let engine = match engine {
            Some(Engine::Fused) if !opened.cpu => reject!(
                "the fused engine trains on the CPU, and the backend here is {}; add --backend ndarray, or leave --engine out",
                opened.backend
            ),
            Some(engine) => engine,
            None if opened.cpu => Engine::Fused,
            None => Engine::Autodiff,
        };
        let workers = match (opened.cpu, threads) {
            (false, _) => 1,
            (true, 0) => std::thread::available_parallelism().map_or(1, |cores| cores.get()),
            (true, threads) => threads,
        };
        Ok(Self {
            opened,
            engine,
            workers,
        })
    }

    /// How a stack was trained that took this long.
    pub fn timing(&self, planned: &PlannedStack, seconds: f64) -> Timing {
        Timing {
            backend: self.opened.backend.to_owned(),
            adapter: self.opened.adapter.clone(),
            engine: self.engine.name().to_owned(),
            stack: planned.trials.len(),
            seconds,
            steps_per_second: planned.network_steps() as f64 / seconds,
            version: VERSION.to_owned(),
        }
    }

    /// Where its stacks train.
    pub fn place(&self) -> Place {
        match self.engine {
            Engine::Fused => Place::Core,
            Engine::Autodiff if self.opened.cpu => Place::Cache { cores: self.workers },
            Engine::Autodiff => Place::Gpu {
                largest_tensor: self.opened.largest_tensor,
            },
        }
    }
}
