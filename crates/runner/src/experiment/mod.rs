//! Experiments: what was typed, what is meant by it, and the trials that follow.

pub mod data;
pub mod document;
pub mod grid;
pub mod range;
pub mod settings;
pub mod target;

use std::collections::HashSet;
use std::path::Path;

use anyhow::Result;

use crate::error::{InputError, reject};
use document::Document;
use grid::Trial;
use settings::Settings;

/// An experiment, ready to run.
#[derive(Debug)]
pub struct Experiment {
    /// Every setting.
    pub settings: Settings,
    /// Every trial.
    pub trials: Vec<Trial>,
    /// The file as typed.
    pub text: String,
    /// What was set on the command line.
    pub overrides: Vec<String>,
}

/// Reads an experiment and checks all of it; touches nothing.
pub fn load(path: &Path, overrides: &[String]) -> Result<Experiment> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| InputError::new(format!("cannot read the experiment {}: {error}", path.display())))?;
    let mut document = Document::default();
    let keys = settings::keys();
    document.read(path, text.clone(), &keys)?;
    for assignment in overrides {
        document.set(assignment, &keys)?;
    }
    let settings = Settings::resolve(&document, path)?;
    let count = settings.trials();
    if count > grid::MOST {
        reject!(
            "the experiment has {count} trials; the most is {}: give its axes fewer values, or make several experiments of it",
            grid::MOST
        );
    }
    let trials = grid::trials(&settings);
    let mut checked = HashSet::new();
    let mut notes = Vec::new();
    for trial in &trials {
        if checked.insert((trial.target, trial.settings.range.to_string(), trial.settings.samples)) {
            let target = &settings.targets.values[trial.target];
            let range = document.get("data.range");
            crate::samples::check(target, &trial.settings).map_err(|error| match range {
                Some(node) => node.error(error.to_string()),
                None => error,
            })?;
            notes.extend(crate::samples::notes(target, &trial.settings));
        }
    }
    tell(&notes);
    Ok(Experiment {
        settings,
        trials,
        text,
        overrides: overrides.to_vec(),
    })
}

/// Of many that are alike the first are enough.
fn tell(notes: &[String]) {
    const SHOWN: usize = 4;
    let mut notes = notes.to_vec();
    let mut known = HashSet::new();
    notes.retain(|note| known.insert(note.clone()));
    notes.iter().take(SHOWN).for_each(|note| eprintln!("note: {note}"));
    if notes.len() > SHOWN {
        eprintln!("note: so it is in {} cases more", notes.len() - SHOWN);
    }
}

#[cfg(test)]
pub fn test_settings(target: &str, range: Vec<range::Interval>) -> grid::Resolved {
    grid::Resolved {
        hidden: vec![8],
        activation: actlab_model::Activation::Tanh,
        steps: 10,
        seed: Some(0),
        ..grid::Resolved::new(target.to_owned(), vec!["x".to_owned()], None, range::Range(vec![range]))
    }
}
