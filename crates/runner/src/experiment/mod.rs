//! Experiments: what was typed, what is meant by it, and the trials that follow.

mod about;
mod combinations;
pub mod data;
pub mod document;
pub mod domain;
pub mod grid;
pub mod network;
pub mod published;
pub mod range;
pub mod sampling;
pub mod settings;
pub mod target;
pub mod teacher;
pub mod trial;
mod truth;

use std::path::Path;

use anyhow::Result;

use crate::error::{InputError, reject};
use document::Document;
use settings::Settings;
use trial::Trial;

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
    /// Whether a list was typed for a setting.
    pub fn is_list(&self, key: &str) -> bool {
        let typed = self.document.get(key);
        typed.is_some_and(|node| matches!(node.value, document::Value::List(_)))
    }

    /// An error in one of the published values: it points there.
    pub fn error_in_published(&self, place: usize, error: &str) -> InputError {
        let node = self.document.get("published").map(|node| match &node.value {
            document::Value::List(items) => items.get(place).unwrap_or(node),
            _ => node,
        });
        node.map_or_else(|| InputError::new(error), |node| node.error(error))
    }

    /// Whether each published value is about networks of this experiment.
    fn check_published(&self) -> Result<(), InputError> {
        for (place, published) in self.settings.published.iter().enumerate() {
            let all = self.trials.iter().map(|trial| &trial.settings);
            if let Some(misfit) = about::misfit(published, all) {
                return Err(self.error_in_published(place, &misfit));
            }
        }
        Ok(())
    }

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
    let experiment = Experiment {
        settings,
        trials,
        text,
        overrides: overrides.to_vec(),
        document,
    };
    combinations::check(&experiment)?;
    experiment.check_published()?;
    Ok(experiment)
}

#[cfg(test)]
pub fn test_settings(target: &str, range: Vec<range::Interval>) -> trial::Resolved {
    trial::Resolved {
        hidden: vec![8].into(),
        activation: actlab_model::Activation::new(&actlab_model::unit::Tanh),
        steps: 10,
        seed: Some(0),
        ..trial::Resolved::new(target.to_owned(), vec!["x".to_owned()], None, range::Range(vec![range]))
    }
}
