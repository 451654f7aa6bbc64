//! All cells of each target, in the order in which settings are chosen.

use std::collections::HashSet;

use super::cells::Cell;
use super::contests::{ACTIVATION, contests};
use crate::experiment::settings;
use crate::store::{About, Stored};

/// The cells of a target in their order.
#[derive(Debug)]
pub struct Ranking<'a> {
    /// As the experiment writes it.
    pub target: &'a str,
    /// Those with the lowest validation error first.
    pub cells: Vec<Cell<'a>>,
    /// Whether each of them learned; none where that cannot be said.
    pub learned: Vec<Option<bool>>,
}

/// A cell, and whether it learned.
type Judged<'a> = (Cell<'a>, Option<bool>);

/// The cells of each target, each problem once, by their validation error, then by the error of the test; targets in the
/// order of the experiment.
pub fn ranking(all: &[Stored]) -> Vec<Ranking<'_>> {
    let mut known = HashSet::new();
    let mut by_target: Vec<(&str, Vec<Judged<'_>>)> = Vec::new();
    for contest in contests(all, ACTIVATION) {
        for cell in &contest.cells {
            if !known.insert(cell.name()) {
                continue;
            }
            let target = cell.settings().target.as_str();
            let found = (cell.clone(), contest.learned(cell));
            match by_target.iter_mut().find(|(name, _)| *name == target) {
                Some((_, cells)) => cells.push(found),
                None => by_target.push((target, vec![found])),
            }
        }
    }
    let rankings = by_target.into_iter();
    rankings.map(|(target, cells)| ordered(target, cells)).collect()
}

fn ordered<'a>(target: &'a str, mut cells: Vec<Judged<'a>>) -> Ranking<'a> {
    let inside = |cell: &Cell<'_>| cell.inside.map_or(f64::INFINITY, |inside| inside.median);
    cells.sort_by(|(a, _), (b, _)| {
        let by_validation = a.chosen_by().total_cmp(&b.chosen_by());
        by_validation.then(inside(a).total_cmp(&inside(b)))
    });
    let (cells, learned) = cells.into_iter().unzip();
    Ranking { target, cells, learned }
}

/// Settings that have a column whatever was swept; others have one where they are swept.
pub const ALWAYS: [&str; 3] = ["activation", "hidden", "range"];

/// Those that this run sweeps.
pub fn swept(about: &About) -> Vec<&'static str> {
    let swept = |column: &&str| {
        let others = *column != "target" && !ALWAYS.contains(column);
        others && about.axes.iter().any(|axis| axis == column)
    };
    settings::columns().into_iter().filter(swept).collect()
}
