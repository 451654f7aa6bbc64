//! `actlab compare`: two runs held against each other, cell by cell and seed by seed.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use super::print;
use crate::analysis::runs::{Run, Runs, other_bits};
use crate::error::{nearest, reject};
use crate::render::runs::Named;
use crate::samples::FAR;
use crate::store::{Store, Stored};

/// What to compare.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Folder of the run that the other is held against
    a: PathBuf,
    /// Folder of the run that is said to be better or worse
    b: PathBuf,
    /// Where the errors were measured: far, test, validation, or a band as far_1_1.5
    #[arg(long, default_value = FAR)]
    region: String,
    /// Print all that is compared as JSON
    #[arg(long)]
    json: bool,
}

/// Compares them.
pub fn run(arguments: &Arguments) -> Result<()> {
    let paths = [&arguments.a, &arguments.b];
    let [a, b] = [Store::open_existing(paths[0])?, Store::open_existing(paths[1])?];
    let [of_a, of_b] = [a.trials()?, b.trials()?];
    let [about_a, about_b] = [a.about()?, b.about()?];
    let names = paths.map(|path| path.display().to_string());
    for (store, trials, name) in [(&a, &of_a, &names[0]), (&b, &of_b, &names[1])] {
        let planned = store.planned()?;
        if trials.is_empty() {
            reject!("{name} has no trained trial; `actlab sweep` trains them");
        }
        if trials.len() < planned {
            eprintln!(
                "note: {} of {planned} trials of {name} are trained so far",
                trials.len()
            );
        }
    }
    measured(&arguments.region, of_a.iter().chain(&of_b))?;
    let [run_a, run_b] = [(&of_a, &about_a), (&of_b, &about_b)].map(|(trials, about)| Run { trials, about });
    let runs = Runs::new(&run_a, &run_b, &arguments.region);
    let named = Named {
        runs: &runs,
        names: [&names[0], &names[1]],
        region: &arguments.region,
        other_bits: &other_bits(&runs.same, &a, &b)?,
    };
    print(&if arguments.json { named.json() } else { named.text() })
}

/// Refuses a region that no network was measured in.
fn measured<'a>(region: &str, trials: impl Iterator<Item = &'a Stored>) -> Result<()> {
    let errors = trials.flat_map(|trial| trial.errors.iter());
    let regions: BTreeSet<&str> = errors.map(|error| error.region.as_str()).collect();
    if !regions.is_empty() && !regions.contains(region) {
        let near = nearest(region, regions.iter().copied());
        let regions: Vec<&str> = regions.into_iter().collect();
        let regions = regions.join(", ");
        match near.is_empty() {
            true => reject!("no network of these runs was measured in \"{region}\"; --region is one of {regions}"),
            false => reject!("no network of these runs was measured in \"{region}\"{near} There are {regions}"),
        }
    }
    Ok(())
}
