//! `actlab bench`: network-steps per second on this machine, beside what its products could do.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use actlab_model::Activation;
use actlab_model::device::Choice;
use actlab_model::engine::{Engine, Recipe, Stack, unobserved};
use actlab_model::kernels::peak::product_peak;
use actlab_model::network::architecture::Architecture;
use actlab_model::network::batches::{Batches, Order};
use actlab_model::penalty::{Penalty, Spectral};
use anyhow::Result;
use clap::{Args, ValueEnum};
use serde::Serialize;

use super::print;
use crate::panics::guard;
use crate::train::Trainer;
use crate::words::number;

/// What to measure.
#[derive(Debug, Args)]
pub struct Arguments {
    /// What to train on: auto, wgpu, ndarray or flex
    #[arg(long, default_value_t = Choice::Auto)]
    backend: Choice,
    /// How to train: fused (CPU only) or autodiff [default: fused on a CPU, else autodiff]
    #[arg(long)]
    engine: Option<Engine>,
    /// Networks to train at a time on a CPU [default: one for each core]
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    threads: usize,
    /// Widths of the two hidden layers
    #[arg(long, value_delimiter = ',', default_value = "16,64,256", value_parser = positive)]
    hidden: Vec<usize>,
    /// Activations
    #[arg(long, value_delimiter = ',', default_value = "relu,tanh,sinu")]
    activation: Vec<Activation>,
    /// With the spectral penalty, without it, or both
    #[arg(long, value_enum, value_delimiter = ',', default_value = "off,on")]
    spectral: Vec<Switch>,
    /// Samples of a step, of the 256; 0 is all of them
    #[arg(long, value_delimiter = ',', default_value = "0", value_parser = batch)]
    batch: Vec<usize>,
    /// Networks of a stack
    #[arg(long, value_delimiter = ',', default_value = "1,64,1024", value_parser = positive)]
    networks: Vec<usize>,
    /// One JSON object for each row, instead of a table
    #[arg(long)]
    json: bool,
}

/// With or without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Switch {
    /// Without.
    Off,
    /// With.
    On,
}

fn positive(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| "use a whole number from 1 on".to_owned())
}

fn batch(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| *number <= SAMPLES);
    number.ok_or_else(|| format!("use a whole number from 0, all samples, to {SAMPLES}"))
}

/// Training samples of each network.
const SAMPLES: usize = 256;

/// Coefficient of the penalty where it is on; the work is the same for every one but 0.
const SPECTRAL: f32 = 1e-3;

/// How long a row is measured for, at least, and how often: the fastest counts, since whatever else the machine does
/// makes it slower.
const MOMENT: Duration = Duration::from_millis(300);
const ROUNDS: usize = 3;

#[derive(Debug, Serialize)]
struct Row {
    hidden: usize,
    activation: &'static str,
    spectral: bool,
    networks: usize,
    batch: usize,
    points: usize,
    engine: &'static str,
    backend: &'static str,
    threads: usize,
    network_steps_per_second: f64,
    fraction_of_peak: f64,
}

/// Measures and prints row after row.
pub fn run(arguments: &Arguments) -> Result<()> {
    let trainer = Trainer::new(arguments.backend, arguments.engine, arguments.threads)?;
    let peak = guard(|| product_peak(&trainer.opened, trainer.workers))?;
    eprintln!(
        "{} with {}, {} engine, {} at a time; products of 256x128x128 reach {:.0} GFLOP/s",
        trainer.opened.adapter,
        trainer.opened.backend,
        trainer.engine,
        trainer.workers,
        peak / 1e9
    );
    if !arguments.json {
        print(&format!("{}\n", HEADER))?;
    }
    for &hidden in &arguments.hidden {
        for &activation in &arguments.activation {
            for &spectral in &arguments.spectral {
                for (&networks, &batch) in pairs(&arguments.networks, &arguments.batch) {
                    let batch = if batch == 0 { SAMPLES } else { batch };
                    let stack = stack(hidden, activation, spectral, networks, batch);
                    let speed = guard(|| speed(&trainer, stack))?;
                    let row = Row {
                        hidden,
                        activation: activation.name(),
                        spectral: spectral == Switch::On,
                        networks,
                        batch,
                        points: SAMPLES,
                        engine: trainer.engine.name(),
                        backend: trainer.opened.backend,
                        threads: trainer.workers,
                        network_steps_per_second: speed,
                        fraction_of_peak: speed * operations(hidden, batch) / peak,
                    };
                    let line = if arguments.json {
                        serde_json::to_string(&row)?
                    } else {
                        row.line()
                    };
                    print(&format!("{line}\n"))?;
                }
            }
        }
    }
    Ok(())
}

fn pairs<'a>(first: &'a [usize], second: &'a [usize]) -> impl Iterator<Item = (&'a usize, &'a usize)> {
    first
        .iter()
        .flat_map(|first| second.iter().map(move |second| (first, second)))
}

const HEADER: &str = "hidden   activation  spectral  networks  batch  network-steps/s  of product peak";

impl Row {
    fn line(&self) -> String {
        format!(
            "{:<7}  {:<10}  {:<8}  {:>8}  {:>5}  {:>15}  {:>13.0} %",
            format!("{0}x{0}", self.hidden),
            self.activation,
            if self.spectral { "on" } else { "off" },
            self.networks,
            self.batch,
            number(self.network_steps_per_second as u64),
            100.0 * self.fraction_of_peak
        )
    }
}

/// Floating-point operations of the products of one step of one network: for each weight and sample two in the forward
/// pass and four in the backward pass.
fn operations(hidden: usize, batch: usize) -> f64 {
    let weights = hidden + hidden * hidden + hidden;
    (6 * batch * weights) as f64
}

/// Networks that learn y = x^2 on [-1, 1]; of batches that are not all samples, shuffled ones.
fn stack(hidden: usize, activation: Activation, spectral: Switch, networks: usize, batch: usize) -> Stack {
    let architecture = Architecture::perceptron(&[1, hidden, hidden, 1]).expect("widths from 1 on");
    let inputs: Vec<f32> = (0..SAMPLES)
        .map(|i| (2 * i + 1) as f32 / SAMPLES as f32 - 1.0)
        .collect();
    let targets: Vec<f32> = inputs.iter().map(|x| x * x).collect();
    let coefficient = if spectral == Switch::On { SPECTRAL } else { 0.0 };
    let network = |seed| Recipe {
        penalties: vec![Penalty::new(&Spectral, coefficient)],
        ..Recipe::new(&architecture, activation, seed, inputs.clone(), targets.clone())
    };
    let networks = (0..networks as u64).map(network).collect();
    let stack = Stack::new(architecture, SAMPLES, 1, networks).expect("networks of this architecture");
    if batch == SAMPLES {
        return stack;
    }
    let (size, order) = (batch, Order::Shuffled);
    let batches = stack.with_batches(Batches { size, order });
    batches.expect("a batch of some samples")
}

/// Network-steps per second.
fn speed(trainer: &Trainer, stack: Stack) -> f64 {
    let networks = stack.networks().len();
    let mut stacks = split(trainer, stack);
    let mut steps = 1;
    let mut time = |steps: usize| {
        stacks
            .iter_mut()
            .for_each(|stack| stack.set_steps(steps).expect("few steps in a moment"));
        train(trainer, &stacks)
    };
    time(steps);
    while time(steps) < MOMENT {
        steps *= 2;
    }
    let best = (0..ROUNDS).map(|_| time(steps)).min().expect("at least one round");
    // The loss after the last step costs what a step costs, or nearly.
    (networks * (steps + 1)) as f64 / best.as_secs_f64()
}

/// What the cores take one by one: with the fused engine a few networks, so that no core waits long for another, else
/// a stack for each core, and on a GPU the whole.
fn split(trainer: &Trainer, stack: Stack) -> Vec<Stack> {
    let networks = stack.networks().len();
    let size = match trainer.engine {
        Engine::Fused => networks.div_ceil(8 * trainer.workers),
        Engine::Autodiff => networks.div_ceil(trainer.workers),
    };
    stack.chunks(size).collect()
}

fn train(trainer: &Trainer, stacks: &[Stack]) -> Duration {
    let next = AtomicUsize::new(0);
    let started = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..trainer.workers.min(stacks.len()) {
            scope.spawn(|| {
                while let Some(stack) = stacks.get(next.fetch_add(1, Relaxed)) {
                    let outcomes = trainer.engine.train(stack, &trainer.opened.device, &mut unobserved);
                    outcomes.expect("a device that can be measured");
                }
            });
        }
    });
    started.elapsed()
}
