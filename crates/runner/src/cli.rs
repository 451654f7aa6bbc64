//! What the user types.

use std::path::PathBuf;

use actlab_model::Activation;
use actlab_model::device::Choice;
use actlab_model::engine::Engine;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::commands::predict::Grid;
use crate::store::Retry;

/// What does an activation function do to a network outside of its data?
#[derive(Debug, Parser)]
#[command(name = "actlab", version, about, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What actlab does.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Train every network of an experiment that its run does not have yet, and print the ranking
    Sweep(Sweep),
    /// Print what the networks of a run do far outside of their range and the ranking, or everything about one trial or cell
    Show {
        /// Folder of the run, as runs/paper
        run: PathBuf,
        /// A trial, by the beginning of its id
        #[arg(long, conflicts_with = "cell")]
        trial: Option<String>,
        /// A cell (trials that differ only in their seed), by the beginning of its id
        #[arg(long)]
        cell: Option<String>,
        /// Rank all cells, not only the best
        #[arg(long)]
        all: bool,
    },
    /// Write report.html, figures and tables into the folder of a run
    Report {
        /// Folder of the run, as runs/paper
        run: PathBuf,
    },
    /// Write the results of a run for other programs: CSV to stdout, or weights to a folder
    Export {
        /// Folder of the run
        run: PathBuf,
        /// What to write
        #[arg(long, value_enum, default_value_t = Format::Csv)]
        format: Format,
        /// Folder for safetensors files [default: weights in the run's folder]
        #[arg(long)]
        to: Option<PathBuf>,
        /// Only the weights of this trial, by the beginning of its id
        #[arg(long)]
        trial: Option<String>,
    },
    /// Print what a trained network answers, as CSV
    Predict {
        /// Folder of the run
        run: PathBuf,
        /// The trial, by the beginning of its id
        trial: String,
        /// Points as start:end:step; once for each input of the network
        #[arg(long, required = true, allow_hyphen_values = true)]
        x: Vec<Grid>,
    },
    /// List what can train on this machine, and what --backend auto takes
    Devices,
    /// Measure how many network-steps per second this machine trains, by width, activation, penalty and stack
    Bench(Bench),
    /// Write a commented experiment to start from
    Init {
        /// The file to write
        #[arg(required_unless_present_any = ["schema", "settings"])]
        file: Option<PathBuf>,
        /// Print a JSON Schema of experiments instead, with which editors complete and check them
        #[arg(long, conflicts_with_all = ["file", "settings"])]
        schema: bool,
        /// Print a table of all settings instead, as Markdown
        #[arg(long, conflicts_with = "file")]
        settings: bool,
    },
}

/// How to run an experiment.
#[derive(Debug, Args)]
pub struct Sweep {
    /// The experiment, a TOML file
    pub experiment: PathBuf,
    /// Folder of the run [default: runs/<name of the experiment>]
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// What to train on: auto, wgpu, ndarray or flex
    #[arg(long, default_value_t = Choice::Auto)]
    pub backend: Choice,
    /// How to train: fused (CPU only) or autodiff [default: fused on a CPU, else autodiff]
    #[arg(long)]
    pub engine: Option<Engine>,
    /// Networks to train at a time on a CPU [default: one for each core]
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    pub threads: usize,
    /// Change a setting of the experiment, as training.steps=500 (may be repeated)
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Train again what is stored as this; trials that failed are always tried again
    #[arg(long, value_enum)]
    pub retry: Option<Retry>,
    /// Only say how many networks would train, and for how long
    #[arg(long)]
    pub dry_run: bool,
}

/// What to measure.
#[derive(Debug, Args)]
pub struct Bench {
    /// What to train on: auto, wgpu, ndarray or flex
    #[arg(long, default_value_t = Choice::Auto)]
    pub backend: Choice,
    /// How to train: fused (CPU only) or autodiff [default: fused on a CPU, else autodiff]
    #[arg(long)]
    pub engine: Option<Engine>,
    /// Networks to train at a time on a CPU [default: one for each core]
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    pub threads: usize,
    /// Widths of the two hidden layers
    #[arg(long, value_delimiter = ',', default_value = "16,64,256", value_parser = positive)]
    pub hidden: Vec<usize>,
    /// Activations
    #[arg(long, value_delimiter = ',', default_value = "relu,tanh,sinu")]
    pub activation: Vec<Activation>,
    /// With the spectral penalty, without it, or both
    #[arg(long, value_enum, value_delimiter = ',', default_value = "off,on")]
    pub spectral: Vec<Switch>,
    /// Networks of a stack
    #[arg(long, value_delimiter = ',', default_value = "1,64,1024", value_parser = positive)]
    pub networks: Vec<usize>,
    /// One JSON object for each row, instead of a table
    #[arg(long)]
    pub json: bool,
}

/// With or without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// Without.
    Off,
    /// With.
    On,
}

fn positive(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| "use a whole number from 1 on".to_owned())
}

/// What export writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// One row for each trial
    Csv,
    /// One file of weights for each trial, to be loaded into a PyTorch Sequential
    Safetensors,
}
