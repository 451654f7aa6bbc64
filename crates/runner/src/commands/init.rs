//! `actlab init`: an experiment to start from.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;

use super::print;
use crate::error::InputError;
use crate::experiment::settings::describe;

/// Where to write it, or what to print instead.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The file to write
    #[arg(required_unless_present_any = ["schema", "settings"])]
    file: Option<PathBuf>,
    /// Print a JSON Schema of experiments instead, with which editors complete and check them
    #[arg(long, conflicts_with_all = ["file", "settings"])]
    schema: bool,
    /// Print a table of all settings instead, as Markdown
    #[arg(long, conflicts_with = "file")]
    settings: bool,
}

/// Writes an experiment or prints what settings there are.
pub fn run(arguments: &Arguments) -> Result<()> {
    match &arguments.file {
        Some(file) => write(file),
        None if arguments.schema => print(&format!("{:#}\n", describe::schema())),
        None => print(&describe::markdown()),
    }
}

/// Writes an experiment, where nothing is yet.
fn write(file: &Path) -> Result<()> {
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
