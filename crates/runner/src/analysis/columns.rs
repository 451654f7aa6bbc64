//! Settings of a trial as results show them, by the names of their columns.

use crate::experiment::grid::Resolved;
use crate::store::{Failed, Stored};

/// Hidden widths as results show them: `64x64`, `none` where there is no hidden layer.
pub fn widths(hidden: &[usize]) -> String {
    if hidden.is_empty() {
        return "none".to_owned();
    }
    hidden.iter().map(usize::to_string).collect::<Vec<_>>().join("x")
}

/// A setting of a trial, or a part of its identity, by the name of its column.
pub fn setting(trial: &Stored, column: &str) -> String {
    match column {
        "trial" => trial.id.clone(),
        "cell" => trial.cell.clone(),
        "status" => trial.status().to_owned(),
        column => resolved(&trial.settings, column),
    }
}

/// The same of one that failed.
pub fn setting_of_failed(failed: &Failed, column: &str) -> String {
    match column {
        "trial" => failed.id.clone(),
        "cell" => failed.cell.clone(),
        "status" => "failed".to_owned(),
        column => resolved(&failed.settings, column),
    }
}

fn resolved(settings: &Resolved, column: &str) -> String {
    match column {
        "target" => settings.target.clone(),
        "activation" => settings.activation.to_string(),
        "hidden" => widths(&settings.hidden),
        "range" => settings.range.to_string(),
        "spectral" => settings.spectral.to_string(),
        "learning_rate" => settings.learning_rate.to_string(),
        "seed" => settings.seed.map_or_else(String::new, |seed| seed.to_string()),
        "samples" => settings.samples.to_string(),
        "noise" => settings.noise.to_string(),
        "standardize" => settings.standardize.to_string(),
        "optimizer" => settings.optimizer.to_string(),
        "steps" => settings.steps.to_string(),
        _ => String::new(),
    }
}
