//! `actlab`: what does an activation function do to a network outside of its data?
//!
//! Data flows one way: experiment -> samples -> train -> measure -> store -> analysis -> render, with the commands on
//! top; `tests/architecture.rs` holds every room to it.

mod analysis;
mod commands;
mod error;
mod experiment;
#[cfg(test)]
mod fuzz;
mod measure;
mod panics;
mod parallel;
mod render;
mod samples;
mod statistics;
mod store;
mod train;
mod words;

use std::io::ErrorKind;
use std::process::ExitCode;

use clap::Parser;

use commands::Cli;
use error::InputError;

fn main() -> ExitCode {
    quiet_drivers();
    let cli = Cli::parse();
    panics::keep();
    match std::panic::catch_unwind(|| cli.run()) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        // The reader of a pipe has seen enough.
        Ok(Err(error)) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Ok(Err(error)) => {
            eprintln!("error: {error:#}");
            ExitCode::from(if error.is::<InputError>() { 2 } else { 1 })
        }
        Err(_) => {
            eprintln!(
                "error: actlab has made a mistake that it cannot recover from; what is stored is safe{}",
                panics::hint()
            );
            ExitCode::FAILURE
        }
    }
}

/// Mesa's drivers ask the desktop which GPU shows it, and complain on stderr where there is no desktop.
fn quiet_drivers() {
    if std::env::var_os("XDG_RUNTIME_DIR").is_none() {
        // SAFETY: this is the first thing that main does, so no other thread reads or writes the environment.
        unsafe { std::env::set_var("NODEVICE_SELECT", "1") };
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error.chain().any(|cause| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
    });
    let csv = error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<csv::Error>())
        .any(|error| matches!(error.kind(), csv::ErrorKind::Io(error) if error.kind() == ErrorKind::BrokenPipe));
    io || csv
}
