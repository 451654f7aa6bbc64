//! `actlab init`: an experiment to start from.

use std::io::{ErrorKind, Write};
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;

use crate::error::InputError;

/// Where to write it.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The file to write
    file: PathBuf,
}

/// The experiment that is written.
const TEMPLATE: &str = include_str!("../experiment/template.toml");

/// Writes it, where nothing is yet.
pub fn run(arguments: &Arguments) -> Result<()> {
    let shown = arguments.file.display();
    let created = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&arguments.file);
    let mut created = created.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => InputError::new(format!("{shown} is there already; choose another name")),
        _ => InputError::new(format!("{shown} cannot be written: {error}")),
    })?;
    created
        .write_all(TEMPLATE.as_bytes())
        .with_context(|| format!("{shown} cannot be written"))?;
    eprintln!("wrote {shown}; try it with: actlab sweep {shown} --dry-run");
    Ok(())
}
