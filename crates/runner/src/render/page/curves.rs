//! The curves of the page: what the networks learned and how, for the cells that are worth a look.

use std::collections::BTreeSet;

use crate::experiment::network::Mixture;
use anyhow::Result;
use serde_json::{Map, Value, json};

use super::grid::{Grid, ORDERS, Seen};
use super::lines::{Line, Lines, place};
use super::numbers::numbers;
use crate::analysis::cells::Cell;
use crate::analysis::ranking::Ranking;
use crate::experiment::trial::Resolved;
use crate::parallel;
use crate::render::figures::Network;
use crate::statistics::median;
use crate::store::{Store, Stored};

/// Cells of each target whose curves are in the page, beside the first of each activation and range.
const CURVES: usize = 12;

/// Cells whose curves are in the page, at most, which are some 2 MB: of several outputs as many fewer. Networks of each.
const CELLS: usize = 60;
const NETWORKS: usize = 20;

/// By the places of the cells in all rankings, one after the other.
pub fn all(store: &Store, rankings: &[Ranking<'_>], grid: &Grid, lines: &Lines) -> Result<Map<String, Value>> {
    let cells: Vec<&Cell<'_>> = rankings.iter().flat_map(|ranking| &ranking.cells).collect();
    let mut seen = BTreeSet::new();
    let drawn = worth_a_look(rankings).into_iter().map(|position| {
        let settings = cells[position].settings();
        let trained: Vec<&Stored> = cells[position].trained().take(NETWORKS).collect();
        Ok(Drawn {
            position,
            is_first: seen.insert((&settings.target, kind(cells[position]))),
            line: lines.get(&place(settings)),
            networks: match settings.inputs.len() {
                1 => trained
                    .iter()
                    .map(|trial| Network::new(store, trial))
                    .collect::<Result<_>>()?,
                _ => Vec::new(),
            },
            settles: settles(&trained, settings),
            training: training(store, &trained)?,
        })
    });
    let drawn: Vec<Drawn<'_>> = drawn.collect::<Result<_>>()?;
    Ok(
        parallel::map(&drawn, |drawn| (drawn.position.to_string(), drawn.curves(grid)))
            .into_iter()
            .collect(),
    )
}

/// Which cells compete for a panel of the learned curves.
fn kind(cell: &Cell<'_>) -> (Mixture, String) {
    (cell.settings().activations(), cell.settings().range.to_string())
}

/// A cell whose curves are drawn.
struct Drawn<'a> {
    position: usize,
    line: Option<&'a Line>,
    /// Of its kind the first.
    is_first: bool,
    /// Those of one input, which can be drawn over a line.
    networks: Vec<Network<'a>>,
    settles: Option<Vec<[Option<f64>; 2]>>,
    training: Map<String, Value>,
}

impl Drawn<'_> {
    /// What its networks answer over the line, and how they learned it. Of the first of its kind to any distance, with its
    /// derivatives.
    fn curves(&self, grid: &Grid) -> Value {
        let mut curves = self.training.clone();
        if let Some(line) = self.line.filter(|_| !self.networks.is_empty()) {
            let dense = &grid.distances[grid.dense.clone()];
            let networks = self.networks.iter().map(|network| answers(network, line, dense));
            let networks: Vec<Vec<Vec<f64>>> = networks.collect();
            let learned =
                |output: usize| -> Value { networks.iter().map(|of| numbers(of[output].iter().copied())).collect() };
            curves.insert("learned".to_owned(), (0..line.outputs()).map(learned).collect());
            if self.is_first {
                curves.insert("bands".to_owned(), self.bands(grid, line));
                curves.insert("settles".to_owned(), json!(self.settles));
            }
        }
        curves.into()
    }

    /// For each output of all networks together the value and its derivatives.
    fn bands(&self, grid: &Grid, line: &Line) -> Value {
        let networks = self.networks.iter();
        let seen: Vec<_> = networks
            .map(|network| grid.look(|distances| answers(network, line, distances)))
            .collect();
        let band = |output: usize, order: usize| {
            let of = |point: usize| seen.iter().map(move |seen| seen[output][order][point]);
            let at = |point: usize| Seen::together(&of(point).collect::<Vec<_>>());
            let together: Vec<Seen> = (0..grid.distances.len()).map(at).collect();
            let all = |pick: fn(&Seen) -> f64| numbers(together.iter().map(pick));
            json!({
                "low": all(|seen| seen.low),
                "middle": all(|seen| seen.middle.unwrap_or(f64::NAN)),
                "high": all(|seen| seen.high),
            })
        };
        let orders = |output: usize| (0..ORDERS).map(|order| band(output, order)).collect::<Value>();
        (0..line.outputs()).map(orders).collect()
    }
}

/// For each output, as they are drawn.
fn answers(network: &Network<'_>, line: &Line, distances: &[f64]) -> Vec<Vec<f64>> {
    line.scale(network.answers(&line.inputs(distances)))
}

/// The places of the cells whose curves are drawn, among all cells: [`CELLS`] at most, fewer where these have several
/// outputs, which the targets take in turns.
fn worth_a_look(rankings: &[Ranking<'_>]) -> BTreeSet<usize> {
    let mut start = 0;
    let by_target = rankings.iter().map(|Ranking { cells, .. }| {
        let wanted = wanted(&cells.iter().map(kind).collect::<Vec<_>>());
        let places = wanted.into_iter().map(|position| start + position).collect();
        start += cells.len();
        places
    });
    let outputs = rankings.iter().flat_map(|ranking| ranking.cells.first());
    let outputs = outputs.map(|cell| cell.settings().outputs.len()).max().unwrap_or(1);
    let most = (CELLS / outputs).max(1);
    in_turns(&by_target.collect::<Vec<_>>(), most).into_iter().collect()
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

/// For each output where the networks have settled on each side, in half-widths from the centre of the range: medians, nothing
/// where that is beyond the limit, or where they have no asymptote.
fn settles(trained: &[&Stored], settings: &Resolved) -> Option<Vec<[Option<f64>; 2]>> {
    let fars: Option<Vec<_>> = trained.iter().map(|trial| trial.far()).collect();
    let fars = fars.filter(|fars| !fars.is_empty())?;
    // Of one output after the other.
    let ray = |ray: usize| {
        let settled: Option<Vec<f64>> = fars
            .iter()
            .map(|far| Some(far.rays.get(ray)?.settled?.distance().unwrap_or(f64::INFINITY)))
            .collect();
        settled
            .map(|settled| median(&settled))
            .filter(|median| median.is_finite())
    };
    let sides = |output: usize| [0, 1].map(|side| ray(2 * output + side));
    Some((0..settings.outputs.len()).map(sides).collect())
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
