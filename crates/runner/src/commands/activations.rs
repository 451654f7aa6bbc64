//! `actlab activations`: what there is to choose from.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;

use super::print;
use crate::render::activations::{DRAWINGS, PAGE, page, text};

/// What to do with the list.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Write activations.md with a drawing of each into this folder instead
    #[arg(long, value_name = "FOLDER")]
    docs: Option<PathBuf>,
}

/// Prints all activations, or writes their page.
pub fn run(arguments: &Arguments) -> Result<()> {
    match &arguments.docs {
        Some(folder) => write(folder),
        None => print(&format!("{}\n", text())),
    }
}

fn write(folder: &Path) -> Result<()> {
    let (page, drawings) = page()?;
    let beside = folder.join(DRAWINGS);
    std::fs::create_dir_all(&beside).with_context(|| format!("{} cannot be made", beside.display()))?;
    let files = drawings.iter().map(|(name, svg)| (beside.join(name), svg));
    for (file, content) in files.chain([(folder.join(PAGE), &page)]) {
        std::fs::write(&file, content).with_context(|| format!("{} cannot be written", file.display()))?;
    }
    eprintln!("wrote {}", folder.join(PAGE).display());
    Ok(())
}
