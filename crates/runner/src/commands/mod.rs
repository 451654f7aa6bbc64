//! What the user types: one file for each word, with its arguments and what it does. Only these write to stdout.

mod activations;
mod bench;
mod compare;
mod devices;
mod export;
mod init;
mod predict;
mod report;
mod show;
mod sweep;

use std::io::Write;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::error::reject;
use crate::store::Stored;

/// What does an activation function do to a network outside of its data?
#[derive(Debug, Parser)]
#[command(name = "actlab", version, about, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    command: Command,
}

/// What actlab does.
#[derive(Debug, Subcommand)]
enum Command {
    /// Train every network of an experiment that its run does not have yet, and print which activation is best
    Sweep(sweep::Arguments),
    /// Print which activation is best, how sure that is, and what networks become far out; or one trial or cell
    Show(show::Arguments),
    /// Compare two runs cell by cell: what differs in their settings, and what that does to the errors
    Compare(compare::Arguments),
    /// Write report.html, figures and tables into the folder of a run
    Report(report::Arguments),
    /// Write the results of a run for other programs: CSV to stdout, or weights to a folder
    Export(export::Arguments),
    /// Print what a trained network answers, as CSV
    Predict(predict::Arguments),
    /// List the activations: formula, parameters, what each is far out, Lipschitz constant, source
    Activations(activations::Arguments),
    /// List what can train on this machine, and what --backend auto takes
    Devices,
    /// Measure how many network-steps per second this machine trains, by width, activation, penalty and stack
    Bench(bench::Arguments),
    /// Write a commented experiment to start from
    Init(init::Arguments),
}

impl Cli {
    /// Does it.
    pub fn run(&self) -> Result<()> {
        match &self.command {
            Command::Sweep(arguments) => sweep::run(arguments),
            Command::Show(arguments) => show::run(arguments),
            Command::Compare(arguments) => compare::run(arguments),
            Command::Report(arguments) => report::run(arguments),
            Command::Export(arguments) => export::run(arguments),
            Command::Predict(arguments) => predict::run(arguments),
            Command::Activations(arguments) => activations::run(arguments),
            Command::Devices => devices::run(),
            Command::Bench(arguments) => bench::run(arguments),
            Command::Init(arguments) => init::run(arguments),
        }
    }
}

/// To stdout, where a reader that goes away is no panic.
fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

/// The trial whose id begins with `prefix`.
fn find<'a>(trials: &'a [Stored], prefix: &str) -> Result<&'a Stored> {
    let found: Vec<&Stored> = trials.iter().filter(|trial| trial.id.starts_with(prefix)).collect();
    match found[..] {
        [trial] => Ok(trial),
        [] => reject!("no trial of this run begins with \"{prefix}\"; `actlab export RUN` lists them"),
        _ => reject!(
            "{} trials of this run begin with \"{prefix}\"; give more of the id",
            found.len()
        ),
    }
}
