//! All cells of a target as a table.

use super::table::Table;
use super::words::{coverage, interval, learned};
use crate::analysis::cells::Cell;
use crate::analysis::columns::setting;
use crate::analysis::ranking::{ALWAYS, Ranking, swept};
use crate::store::About;

/// A cell, and whether it learned.
type Judged<'r, 'a> = (Option<bool>, &'r Cell<'a>);

/// Cells of one target, in their order.
pub fn table(ranking: &Ranking<'_>, about: &About) -> Table {
    let rows: Vec<Judged<'_, '_>> = ranking.learned.iter().copied().zip(&ranking.cells).collect();
    let mut columns = Table::of(&rows);
    for name in ALWAYS.into_iter().chain(swept(about)) {
        columns = columns.same(name, |(_, cell)| setting(cell.trials[0], name));
    }
    columns
        .shown("seeds", |(_, cell)| seeds(cell))
        .shown("validation error (std)", |(_, cell)| interval(cell.validation))
        .shown("test error (std)", |(_, cell)| interval(cell.inside))
        .shown("far error (std)", |(_, cell)| interval(cell.far))
        .shown("covers", |(_, cell)| {
            cell.far.or(cell.inside).map_or_else(|| "-".to_owned(), coverage)
        })
        .same("learned", |(learns, _)| learned(*learns).to_owned())
        .shown("cell", |(_, cell)| cell.name()[..8].to_owned())
        .count("seeds", |(_, cell)| cell.trials.len())
        .count("diverged", |(_, cell)| cell.diverged())
        .estimate("validation", |(_, cell)| cell.validation)
        .estimate("test", |(_, cell)| cell.inside)
        .estimate("far", |(_, cell)| cell.far)
        .text("cell", |(_, cell)| cell.name().to_owned())
        .table()
}

/// How many seeds a cell has, and how many diverged.
pub fn seeds(cell: &Cell<'_>) -> String {
    match cell.diverged() {
        0 => cell.trials.len().to_string(),
        diverged => format!("{} ({diverged} diverged)", cell.trials.len()),
    }
}
