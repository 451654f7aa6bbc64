//! The ranking as tables and text.

use anyhow::Result;

use super::table::Table;
use super::words::interval;
use crate::analysis::cells::Cell;
use crate::analysis::columns::setting;
use crate::analysis::ranking::{ALWAYS, By, Place, Ranking, ranking, swept};
use crate::store::{About, Store};
use crate::words::count;

/// Cells of a target that are shown, unless all are asked for.
pub const SHOWN: usize = 10;

/// What the columns of the ranking are.
pub const LEGEND: &str = "Errors are root mean square, in standard deviations of the target there: median over seeds [95 % interval].\n\
     Cells with = tie: their intervals overlap that of the first of them.\n\
     far: from the edge of the range to twice its half-width from the centre. inf: diverged.";

/// The ranking as text, `shown` cells a target.
pub fn render(store: &Store, shown: usize) -> Result<String> {
    let about = store.about()?;
    let trials = store.trials()?;
    let planned = store.planned()?;
    let mut text = String::new();
    if trials.len() < planned {
        text += &format!("{} of {planned} trials are trained so far.\n\n", trials.len());
    }
    for ranking in ranking(&trials, By::Far) {
        text += &format!(
            "{} (best of {} outside of the range first)\n",
            ranking.target,
            count(ranking.cells.len() as u64, "cell")
        );
        text += &table(&ranking, &about).first(shown).text();
        text += "\n\n";
    }
    Ok(text + LEGEND + "\n")
}

/// A cell in its place.
type Placed<'r, 'a> = (Place, &'r Cell<'a>);

/// Cells of one target, in their order.
pub fn table(ranking: &Ranking<'_>, about: &About) -> Table {
    let rows: Vec<Placed<'_, '_>> = ranking.places().into_iter().zip(&ranking.cells).collect();
    let mut columns = Table::of(&rows)
        .shown("", |(place, _)| match place.tied {
            0 => place.place.to_string(),
            _ => format!("{}=", place.place),
        })
        .count("place", |(place, _)| place.place)
        .count("tied", |(place, _)| place.tied);
    for name in ALWAYS.into_iter().chain(swept(about)) {
        columns = columns.same(name, |(_, cell)| setting(cell.trials[0], name));
    }
    columns
        .shown("seeds", |(_, cell)| seeds(cell))
        .shown("far error", |(_, cell)| interval(cell.far))
        .shown("test error", |(_, cell)| interval(cell.inside))
        .shown("cell", |(_, cell)| cell.name()[..8].to_owned())
        .count("seeds", |(_, cell)| cell.trials.len())
        .count("diverged", |(_, cell)| cell.diverged())
        .estimate("far", |(_, cell)| cell.far)
        .estimate("test", |(_, cell)| cell.inside)
        .text("cell", |(_, cell)| cell.name().to_owned())
        .table()
}

fn seeds(cell: &Cell<'_>) -> String {
    match cell.diverged() {
        0 => cell.trials.len().to_string(),
        diverged => format!("{} ({diverged} diverged)", cell.trials.len()),
    }
}
