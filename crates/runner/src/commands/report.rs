//! `actlab report`: the page, the figures and the tables of a run.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use super::print;
use crate::render::page;
use crate::store::Store;

/// What to report on.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Folder of the run, as runs/paper
    run: PathBuf,
}

/// Writes them, and prints where.
pub fn run(arguments: &Arguments) -> Result<()> {
    let run = &arguments.run;
    let store = Store::open_existing(run)?;
    page::write(&store, &store.trials()?, run)?;
    print(&format!("{}\n", page::path(run).display()))
}
