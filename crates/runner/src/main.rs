//! `actlab`: what does an activation function do to a network outside of its data?
//!
//! Data flows one way: experiment -> trials -> stacks -> engine -> evaluation -> store -> report.

mod analysis;
mod cli;
mod commands;
mod error;
mod experiment;
#[cfg(test)]
mod fuzz;
mod measure;
mod panics;
mod render;
mod samples;
mod statistics;
mod store;
mod train;

use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::ExitCode;

use actlab_model::device::{self, Choice};
use anyhow::{Context, Result, bail};
use clap::Parser;

use analysis::claims::Findings;
use analysis::ranking;
use cli::{Cli, Command, Format};
use commands::{bench, export, predict, show};
use error::{InputError, reject};
use experiment::settings::describe;
use render::page;
use store::Store;

fn main() -> ExitCode {
    quiet_drivers();
    let cli = Cli::parse();
    panics::keep();
    match std::panic::catch_unwind(|| run(cli.command)) {
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

fn run(command: Command) -> Result<()> {
    match command {
        Command::Sweep(sweep) => run_sweep(&sweep),
        Command::Show { run, trial, cell, all } => {
            let store = Store::open_existing(&run)?;
            let text = match (trial, cell) {
                (Some(trial), _) => show::trial(&store, &trial)?,
                (None, Some(cell)) => show::cell(&store, &cell)?,
                (None, None) => {
                    let shown = if all { usize::MAX } else { ranking::SHOWN };
                    let trials = store.trials()?;
                    let findings = Findings::new(&store, &trials)?.text();
                    findings
                        + &show::failed(&store)?
                        + &ranking::render(&store, shown)?
                        + &show::best_fits(&store, &trials)?
                }
            };
            print(&text)
        }
        Command::Report { run } => {
            page::write(&Store::open_existing(&run)?, &run)?;
            print(&format!("{}\n", page::path(&run).display()))
        }
        Command::Export { run, format, to, trial } => {
            let store = Store::open_existing(&run)?;
            match format {
                Format::Csv if to.is_some() || trial.is_some() => {
                    reject!(
                        "--to and --trial go with --format safetensors; CSV goes to stdout: `actlab export RUN > FILE`"
                    )
                }
                Format::Csv => export::csv(&store, std::io::stdout().lock()),
                Format::Safetensors => {
                    let mut trials = store.trials()?;
                    if let Some(prefix) = trial {
                        trials = vec![predict::find(&trials, &prefix)?.clone()];
                    }
                    let folder = to.unwrap_or_else(|| run.join("weights"));
                    let paths = export::safetensors(&store, &trials, &folder)?;
                    print(
                        &paths
                            .iter()
                            .map(|path| format!("{}\n", path.display()))
                            .collect::<String>(),
                    )
                }
            }
        }
        Command::Predict { run, trial, x } => {
            let store = Store::open_existing(&run)?;
            let trials = store.trials()?;
            predict::predict(&store, predict::find(&trials, &trial)?, &x, std::io::stdout().lock())
        }
        Command::Devices => devices(),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Init { schema: true, .. } => print(&format!("{:#}\n", describe::schema())),
        Command::Init { settings: true, .. } => print(&describe::markdown()),
        Command::Init { file, .. } => file.map_or(Ok(()), |file| init(&file)),
    }
}

fn run_sweep(arguments: &cli::Sweep) -> Result<()> {
    let experiment = experiment::load(&arguments.experiment, &arguments.set)?;
    let options = train::Options {
        out: arguments.out.clone(),
        backend: arguments.backend,
        engine: arguments.engine,
        threads: arguments.threads,
        retry: arguments.retry,
    };
    if arguments.dry_run {
        return print(&train::dry_run(&experiment, &options)?);
    }
    let swept = train::run(&experiment, &options)?;
    let store = Store::open_existing(&swept.run)?;
    print(&ranking::render(&store, ranking::SHOWN)?)?;
    if let Some(page) = page::write(&store, &swept.run)? {
        eprintln!("report: {}", page.display());
    }
    if let Some((failed, reason)) = swept.failed {
        bail!(
            "{failed} of {} trials failed; the same command tries them again. The first: {reason}",
            experiment.trials.len()
        );
    }
    Ok(())
}

fn devices() -> Result<()> {
    let auto = device::open(Choice::Auto).map_err(|error| InputError::new(error.to_string()))?;
    let mut text = String::new();
    for found in device::list() {
        let is_auto = !found.software && found.backend.name() == auto.backend;
        let note = match (found.software, is_auto) {
            (true, _) => "  (software; only with --backend wgpu)",
            (false, true) => "  <- auto",
            (false, false) => "",
        };
        text += &format!("{:<8} {}{note}\n", found.backend.name(), found.adapter);
    }
    print(&text)
}

fn init(file: &Path) -> Result<()> {
    let shown = file.display();
    let created = std::fs::OpenOptions::new().write(true).create_new(true).open(file);
    let mut created = created.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => InputError::new(format!("{shown} is there already; choose another name")),
        _ => InputError::new(format!("{shown} cannot be written: {error}")),
    })?;
    created
        .write_all(describe::template().as_bytes())
        .with_context(|| format!("{shown} cannot be written"))?;
    eprintln!("wrote {shown}; try it with: actlab sweep {shown} --dry-run");
    Ok(())
}

/// To stdout, where a reader that goes away is no panic.
fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
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
