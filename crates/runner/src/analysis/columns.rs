//! Settings of a trial as results show them, by the names of their columns.

use crate::store::{Failed, Stored};

/// A setting of a trial, or a part of its identity, by the name of its column.
pub fn setting(trial: &Stored, column: &str) -> String {
    match column {
        "trial" => trial.id.clone(),
        "cell" => trial.cell.clone(),
        "status" => trial.status().to_owned(),
        column => trial.settings.text(column),
    }
}

/// The same of one that failed.
pub fn setting_of_failed(failed: &Failed, column: &str) -> String {
    match column {
        "trial" => failed.id.clone(),
        "cell" => failed.cell.clone(),
        "status" => "failed".to_owned(),
        column => failed.settings.text(column),
    }
}
