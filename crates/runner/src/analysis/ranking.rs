//! The ranking: for each target its cells, the best outside of their range first.

use std::collections::BTreeMap;

use anyhow::Result;

use super::columns::setting;
use crate::experiment::settings;
use crate::render::table::Table;
use crate::samples::{FAR, INSIDE};
use crate::statistics::{Estimate, median_interval};
use crate::store::{About, Store, Stored};
use crate::train::progress::count;

/// Cells of a target that are shown, unless all are asked for.
pub const SHOWN: usize = 10;

/// What the columns of the ranking are.
pub const LEGEND: &str = "Errors are root mean square, in standard deviations of the target there: median over seeds [95 % interval].\n\
     Cells with = tie: their intervals overlap that of the first of them.\n\
     far: from the edge of the range to twice its half-width from the centre. inf: diverged.";

/// The trials of one cell.
#[derive(Debug)]
pub struct Cell<'a> {
    /// In the order of their seeds.
    pub trials: Vec<&'a Stored>,
    /// Normalised error inside of the range.
    pub inside: Option<Estimate>,
    /// Normalised error in the far field.
    pub far: Option<Estimate>,
}

impl<'a> Cell<'a> {
    fn new(trials: Vec<&'a Stored>) -> Self {
        // A diverged network is worse than any other, so it counts as an infinite error.
        let estimate = |region: &str| {
            let errors = trials.iter().filter_map(|trial| match trial.diverged_at {
                Some(_) => Some(f64::INFINITY),
                None => trial.error(region).and_then(|error| error.nrmse),
            });
            median_interval(&errors.collect::<Vec<_>>())
        };
        Self {
            inside: estimate(INSIDE),
            far: estimate(FAR),
            trials,
        }
    }

    fn diverged(&self) -> usize {
        self.trials.iter().filter(|trial| trial.diverged_at.is_some()).count()
    }

    /// The error that it is ranked by.
    pub fn error(&self, by: By) -> Option<Estimate> {
        match by {
            By::Far => self.far,
            By::Inside => self.inside,
        }
    }

    /// By one error, then by the other; cells without one come last.
    fn order(&self, by: By) -> (f64, f64) {
        let other = if by == By::Far { By::Inside } else { By::Far };
        let median = |by| self.error(by).map_or(f64::INFINITY, |estimate| estimate.median);
        (median(by), median(other))
    }
}

/// What cells are ranked by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The error in the far field.
    Far,
    /// The error inside of the range.
    Inside,
}

/// The cells of each target, best first; targets in the order of the experiment.
pub fn ranking(trials: &[Stored], by: By) -> Vec<(&str, Vec<Cell<'_>>)> {
    let mut cells: BTreeMap<&str, Vec<&Stored>> = BTreeMap::new();
    let mut targets: Vec<&str> = Vec::new();
    for trial in trials {
        cells.entry(&trial.cell).or_default().push(trial);
        if !targets.contains(&trial.settings.target.as_str()) {
            targets.push(&trial.settings.target);
        }
    }
    let mut ranked: Vec<Cell<'_>> = cells.into_values().map(Cell::new).collect();
    ranked.sort_by(|a, b| {
        let (a, b) = (a.order(by), b.order(by));
        a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
    });
    let mut by_target: Vec<(&str, Vec<Cell<'_>>)> = targets.into_iter().map(|target| (target, Vec::new())).collect();
    for cell in ranked {
        let target = cell.trials[0].settings.target.as_str();
        if let Some((_, cells)) = by_target.iter_mut().find(|(name, _)| *name == target) {
            cells.push(cell);
        }
    }
    by_target
}

/// The ranking as text, `shown` cells a target.
pub fn render(store: &Store, shown: usize) -> Result<String> {
    let about = store.about()?;
    let trials = store.trials()?;
    let planned = store.planned()?;
    let mut text = String::new();
    if trials.len() < planned {
        text += &format!("{} of {planned} trials are trained so far.\n\n", trials.len());
    }
    for (target, cells) in ranking(&trials, By::Far) {
        text += &format!(
            "{} (best of {} outside of the range first)\n",
            target,
            count(cells.len() as u64, "cell")
        );
        text += &table(&cells, &about, By::Far).first(shown).text();
        text += "\n\n";
    }
    Ok(text + LEGEND + "\n")
}

/// Settings that have a column whatever was swept; others have one where they are swept.
const ALWAYS: [&str; 3] = ["activation", "hidden", "range"];

/// The places of cells in their order: as many as are better, and one. Cells whose intervals overlap that of the first
/// of them share its place.
pub fn places(errors: &[Option<Estimate>]) -> Vec<usize> {
    let mut first = 0;
    let mut place = |i: usize| {
        let ties = match (errors[first], errors[i]) {
            (Some(first), Some(error)) => error.low <= first.high,
            (first, error) => first.is_none() && error.is_none(),
        };
        if !ties {
            first = i;
        }
        first + 1
    };
    (0..errors.len()).map(&mut place).collect()
}

/// Cells of one target, in their order.
pub fn table(cells: &[Cell<'_>], about: &About, by: By) -> Table {
    let swept = |column: &&str| {
        let others = *column != "target" && !ALWAYS.contains(column);
        others && about.axes.iter().any(|axis| axis == column)
    };
    let columns: Vec<&str> = ALWAYS
        .into_iter()
        .chain(settings::columns().into_iter().filter(swept))
        .collect();
    let header = std::iter::once("").chain(columns.iter().copied());
    let mut table = Table::new(header.chain(["seeds", "far error", "test error", "cell"]));
    let places = places(&cells.iter().map(|cell| cell.error(by)).collect::<Vec<_>>());
    let shared = |place: usize| places.iter().filter(|other| **other == place).count() > 1;
    let name = |place: usize| {
        if shared(place) {
            format!("{place}=")
        } else {
            place.to_string()
        }
    };
    let rows = cells.iter().zip(&places);
    table.rows = rows.map(|(cell, place)| row(name(*place), cell, &columns)).collect();
    table
}

fn row(place: String, cell: &Cell<'_>, columns: &[&str]) -> Vec<String> {
    let first = cell.trials[0];
    let mut row = vec![place];
    row.extend(columns.iter().map(|column| setting(first, column)));
    row.push(match cell.diverged() {
        0 => cell.trials.len().to_string(),
        diverged => format!("{} ({diverged} diverged)", cell.trials.len()),
    });
    row.extend([interval(cell.far), interval(cell.inside), first.cell[..8].to_owned()]);
    row
}

/// `0.12 [0.1, 0.2]`.
pub fn interval(estimate: Option<Estimate>) -> String {
    estimate.map_or_else(
        || "-".to_owned(),
        |estimate| {
            format!(
                "{} [{}, {}]",
                short(estimate.median),
                short(estimate.low),
                short(estimate.high)
            )
        },
    )
}

/// Three significant digits.
pub fn short(number: f64) -> String {
    match number.abs() {
        _ if !number.is_finite() => number.to_string(),
        0.0 => "0".to_owned(),
        1e-3..1e4 => {
            let digits = (2 - number.abs().log10().floor() as i32).clamp(0, 6);
            format!("{number:.*}", digits as usize)
        }
        _ => format!("{number:.2e}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_whose_intervals_overlap_share_their_place() {
        let error = |low: f64, high: f64| {
            Some(Estimate {
                median: 0.5 * (low + high),
                low,
                high,
            })
        };
        let errors = [
            error(1.0, 2.0),
            error(1.9, 2.2),
            error(2.1, 3.0),
            error(2.5, 4.0),
            None,
            None,
        ];
        // The third overlaps the second but not the first of its place.
        assert_eq!(places(&errors), [1, 1, 3, 3, 5, 5]);
        assert_eq!(places(&[]), [0usize; 0]);
    }

    #[test]
    fn numbers_have_three_digits() {
        for (number, text) in [
            (0.0, "0"),
            (1.0, "1.00"),
            (0.01234, "0.0123"),
            (123.4, "123"),
            (1e-5, "1.00e-5"),
            (f64::INFINITY, "inf"),
        ] {
            assert_eq!(short(number), text);
        }
    }
}
