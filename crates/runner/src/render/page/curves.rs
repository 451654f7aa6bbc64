//! The curves of the page: what the networks learned and how, for the cells that are worth a look.

use std::collections::BTreeSet;

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::numbers::numbers;
use crate::analysis::cells::Cell;
use crate::analysis::ranking::Ranking;
use crate::measure::errors::answers;
use crate::render::truth;
use crate::statistics::median;
use crate::store::{Store, Stored, weights};

/// Cells of each target whose curves are in the page, beside the first of each activation and range.
const CURVES: usize = 12;

/// Cells whose curves are in the page, at most; networks of each.
const CELLS: usize = 120;
const NETWORKS: usize = 20;

/// Points of a curve, and how far out it goes, in half-widths from the centre of the range.
const POINTS: usize = 160;
const REACH: f64 = 3.0;

/// By the places of the cells in all rankings, one after the other.
pub fn all(store: &Store, rankings: &[Ranking<'_>]) -> Result<Map<String, Value>> {
    let cells: Vec<&Cell<'_>> = rankings.iter().flat_map(|ranking| &ranking.cells).collect();
    let places = worth_a_look(rankings).into_iter();
    places
        .map(|place| Ok((place.to_string(), curves(store, cells[place])?)))
        .collect()
}

/// The places of the cells whose curves are drawn, among all cells: [`CELLS`] at most, which the targets take in turns.
fn worth_a_look(rankings: &[Ranking<'_>]) -> BTreeSet<usize> {
    let mut start = 0;
    let by_target = rankings.iter().map(|Ranking { cells, .. }| {
        let kind = |cell: &Cell<'_>| (cell.settings().activation, cell.settings().range.to_string());
        let wanted = wanted(&cells.iter().map(kind).collect::<Vec<_>>());
        let places = wanted.into_iter().map(|position| start + position).collect();
        start += cells.len();
        places
    });
    in_turns(&by_target.collect::<Vec<_>>(), CELLS).into_iter().collect()
}

/// Positions of a target's cells, which are of these kinds, in their order: the first of each kind, then the first.
fn wanted<K: Ord>(kinds: &[K]) -> Vec<usize> {
    let mut seen = BTreeSet::new();
    let (mut first, rest): (Vec<usize>, Vec<usize>) =
        (0..kinds.len()).partition(|position| seen.insert(&kinds[*position]));
    first.extend(rest.into_iter().take_while(|position| *position < CURVES));
    first
}

/// The first of each list, the second of each list, and so on, `most` at most.
fn in_turns(lists: &[Vec<usize>], most: usize) -> Vec<usize> {
    let longest = lists.iter().map(Vec::len).max().unwrap_or(0);
    let turns = (0..longest).flat_map(|turn| lists.iter().filter_map(move |list| list.get(turn).copied()));
    turns.take(most).collect()
}

/// What the networks of a cell learned and how: fits over the line where there is one input, and the records.
fn curves(store: &Store, cell: &Cell<'_>) -> Result<Value> {
    let trained: Vec<&Stored> = cell.trained().take(NETWORKS).collect();
    let mut curves = Map::new();
    curves.insert("range".to_owned(), json!(cell.settings().range.0[0]));
    if cell.settings().inputs.len() == 1 {
        curves.append(&mut learned(store, cell, &trained)?);
    }
    curves.append(&mut training(store, &trained)?);
    Ok(Value::Object(curves))
}

/// What each network answers over the line, and the truth.
fn learned(store: &Store, cell: &Cell<'_>, trained: &[&Stored]) -> Result<Map<String, Value>> {
    let settings = cell.settings();
    let (centre, half_width) = settings.range.hull(0);
    let place = |i: usize| centre + half_width * REACH * (2.0 * i as f64 / POINTS as f64 - 1.0);
    let x: Vec<f64> = (0..=POINTS).map(place).collect();
    let learned = |trial: &&Stored| {
        let network = weights::decode(&store.weights(&trial.id)?)?;
        let points = x.iter().map(std::slice::from_ref);
        Ok(numbers(answers(&network, &trial.settings, &trial.scaling, points)))
    };
    let truth = truth(settings).map(|function| numbers(x.iter().map(|x| function.value(&[*x]))));
    let curves = [
        (
            "learned",
            json!(trained.iter().map(learned).collect::<Result<Vec<_>>>()?),
        ),
        ("x_name", json!(settings.inputs[0])),
        ("settles", json!(settles(trained))),
        ("truth", json!(truth)),
        ("x", json!(numbers(x))),
    ];
    Ok(curves
        .into_iter()
        .map(|(name, curve)| (name.to_owned(), curve))
        .collect())
}

/// Where the networks have settled on each side, in half-widths from the centre of the range: medians, nothing where that
/// is beyond the limit, or where they have no asymptote.
fn settles(trained: &[&Stored]) -> Option<Vec<Option<f64>>> {
    let fars: Option<Vec<_>> = trained.iter().map(|trial| trial.far()).collect();
    let fars = fars.filter(|fars| !fars.is_empty())?;
    let side = |side: usize| {
        let settled: Option<Vec<f64>> = fars
            .iter()
            .map(|far| Some(far.rays.get(side)?.settled?.distance().unwrap_or(f64::INFINITY)))
            .collect();
        settled
            .map(|settled| median(&settled))
            .filter(|median| median.is_finite())
    };
    Some(vec![side(0), side(1)])
}

/// How the loss of each network fell, and how the spectral norms of its layers changed; nothing where nothing is recorded.
fn training(store: &Store, trained: &[&Stored]) -> Result<Map<String, Value>> {
    let histories: Vec<_> = trained
        .iter()
        .map(|trial| store.history(&trial.id))
        .collect::<Result<_>>()?;
    let Some(first) = histories.first() else {
        return Ok(Map::new());
    };
    let losses = histories
        .iter()
        .map(|history| numbers(history.iter().map(|record| f64::from(record.loss))));
    let sigma = |layer: usize| {
        let at = |record: usize| {
            let of = histories
                .iter()
                .filter_map(|history| Some(f64::from(*history.get(record)?.sigma.get(layer)?)));
            median(&of.collect::<Vec<_>>())
        };
        numbers((0..first.len()).map(at))
    };
    let layers = first.first().map_or(0, |record| record.sigma.len());
    let curves = [
        (
            "step",
            json!(first.iter().map(|record| record.step).collect::<Vec<_>>()),
        ),
        ("loss", json!(losses.collect::<Vec<_>>())),
        ("sigma", json!((0..layers).map(sigma).collect::<Vec<_>>())),
    ];
    Ok(curves
        .into_iter()
        .map(|(name, curve)| (name.to_owned(), curve))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curves_are_shared_by_all_targets() {
        assert_eq!(wanted(&["a", "a", "b", "a"]), [0, 2, 1, 3]);
        let many: Vec<usize> = (0..20).map(|kind| kind % 16).collect();
        assert_eq!(wanted(&many), (0..16).collect::<Vec<_>>());
        let targets: Vec<Vec<usize>> = (0..30)
            .map(|target| (20 * target..20 * (target + 1)).collect())
            .collect();
        let chosen = in_turns(&targets, CELLS);
        assert_eq!(chosen.len(), CELLS);
        for target in targets {
            assert_eq!(chosen.iter().filter(|place| target.contains(place)).count(), CELLS / 30);
        }
        assert_eq!(in_turns(&[vec![0, 1, 2], vec![3]], 9), [0, 3, 1, 2]);
    }
}
