//! Which activation generalises best, as a table.

use super::table::Table;
use super::words::{TOO_FEW, interval, tied};
use crate::analysis::best::{Best, Verdict};

/// A row for each target and range.
pub fn table(best: &[Best<'_>]) -> Table {
    Table::of(best)
        .same("target", |row| row.target.to_owned())
        .same("range", |row| row.range.clone())
        .shown("best far error of", |row| tied(&row.first))
        .shown("error", |row| interval(Some(row.error)))
        .shown("next", |row| next(row).unwrap_or_else(|| "-".to_owned()))
        .shown("error", |row| interval(row.next.map(|(_, error)| error)))
        .shown("verdict", |row| verdict(row.verdict))
        .text("best", |row| tied(&row.first))
        .count("best_tied", |row| row.first.len() - 1)
        .count("best_seeds", |row| row.seeds)
        .estimate("best_far", |row| Some(row.error))
        .text("next", |row| next(row).unwrap_or_default())
        .estimate("next_far", |row| row.next.map(|(_, error)| error))
        .text("verdict", |row| verdict(row.verdict))
        .table()
}

fn next(row: &Best<'_>) -> Option<String> {
    row.next.map(|(activation, _)| activation.to_string())
}

fn verdict(verdict: Verdict) -> String {
    match verdict {
        Verdict::TooFew => TOO_FEW.to_owned(),
        Verdict::Best => "best".to_owned(),
        Verdict::Tie(tied) => format!("{tied} tie"),
    }
}
