//! Experiments: what was typed, what is meant by it, and the trials that follow.

pub mod data;
pub mod document;
pub mod grid;
pub mod range;
pub mod settings;
pub mod target;

use std::path::Path;

use anyhow::Result;

use crate::error::{InputError, reject};
use document::Document;
use grid::Trial;
use settings::{KEYS, Settings};

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
    /// What was typed for each setting, and where.
    document: Document,
}

impl Experiment {
    /// An error in what was typed for a setting: it points there, where the setting was typed.
    pub fn error_at(&self, key: &str, error: InputError) -> InputError {
        match self.document.get(key) {
            Some(node) => node.error(error.to_string()),
            None => error,
        }
    }
}

/// Reads an experiment and checks every setting; touches nothing.
pub fn load(path: &Path, overrides: &[String]) -> Result<Experiment> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| InputError::new(format!("cannot read the experiment {}: {error}", path.display())))?;
    let mut document = Document::default();
    document.read(path, text.clone(), &KEYS)?;
    for assignment in overrides {
        document.set(assignment, &KEYS)?;
    }
    let settings = Settings::resolve(&document, path)?;
    let count = grid::count(&settings);
    if count > grid::MOST {
        reject!(
            "the experiment has {count} trials; the most is {}: give its axes fewer values, or make several experiments of it",
            grid::MOST
        );
    }
    let trials = grid::trials(&settings);
    Ok(Experiment {
        settings,
        trials,
        text,
        overrides: overrides.to_vec(),
        document,
    })
}

#[cfg(test)]
pub fn test_settings(target: &str, range: Vec<range::Interval>) -> grid::Resolved {
    grid::Resolved {
        target: target.to_owned(),
        inputs: vec!["x".to_owned()],
        data: None,
        holdout: None,
        holdout_blocks: 0,
        range: range::Range(vec![range]),
        samples: 256,
        noise: 0.0,
        standardize: true,
        hidden: vec![8],
        activation: actlab_model::Activation::new(&actlab_model::unit::Tanh),
        spectral: 0.0,
        optimizer: actlab_model::Optimizer::new(&actlab_model::optimizer::Adam),
        learning_rate: 1e-3,
        steps: 10,
        seed: Some(0),
    }
}
