//! The activations that generalise best, and the networks that do.

use std::collections::BTreeMap;

use actlab_model::Activation;

use super::cells::Cell;
use super::ranking::{Ranking, places};
use crate::samples::FAR;
use crate::statistics::Estimate;
use crate::store::Stored;

/// Seeds below which no activation is called the best: of four values the largest is above the median with a
/// probability of 15 in 16, so their range is no 95 % interval.
const SEEDS: usize = 5;

/// What a comparison of activations comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// One is better than all others.
    Best,
    /// As many as this cannot be told apart.
    Tie(usize),
    /// There are not enough seeds to tell.
    TooFew,
}

/// For one target and range the activation whose best cell has the smallest far error, and those whose best cells tie
/// with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Best<'a> {
    /// As the experiment writes it.
    pub target: &'a str,
    /// The range's name.
    pub range: String,
    /// The best, and those that tie with it.
    pub first: Vec<Activation>,
    /// The far error of the best.
    pub error: Estimate,
    /// The first that is worse, with its error.
    pub next: Option<(Activation, Estimate)>,
    /// Seeds of the best cell.
    pub seeds: usize,
    /// What follows.
    pub verdict: Verdict,
}

/// For each target and range where there is something to compare; `rankings` are by the far error.
pub fn best<'a>(rankings: &[Ranking<'a>]) -> Vec<Best<'a>> {
    let of_target = |ranking: &Ranking<'a>| {
        let mut ranges: BTreeMap<String, Vec<&Cell<'a>>> = BTreeMap::new();
        for cell in &ranking.cells {
            ranges.entry(cell.settings().range.to_string()).or_default().push(cell);
        }
        let target = ranking.target;
        let found = ranges
            .into_iter()
            .filter_map(|(range, cells)| compare(target, range, &cells));
        found.collect::<Vec<_>>()
    };
    rankings.iter().flat_map(of_target).collect()
}

fn compare<'a>(target: &'a str, range: String, cells: &[&Cell<'a>]) -> Option<Best<'a>> {
    let mut of: Vec<(&Cell<'_>, Activation, Estimate)> = Vec::new();
    for cell in cells {
        let activation = cell.settings().activation;
        let error = cell.far.filter(|far| far.median.is_finite());
        if let Some(error) = error.filter(|_| of.iter().all(|(_, other, _)| *other != activation)) {
            of.push((cell, activation, error));
        }
    }
    let places = places(&of.iter().map(|(_, _, error)| Some(*error)).collect::<Vec<_>>());
    let ties = places.iter().filter(|place| place.place == 1).count();
    let (cell, _, error) = of.first().filter(|_| of.len() > 1)?;
    let seeds = cell.trials.len();
    Some(Best {
        target,
        range,
        first: of[..ties].iter().map(|(_, activation, _)| *activation).collect(),
        error: *error,
        next: of.get(ties).map(|(_, activation, error)| (*activation, *error)),
        seeds,
        verdict: match ties {
            _ if seeds < SEEDS => Verdict::TooFew,
            1 => Verdict::Best,
            tied => Verdict::Tie(tied),
        },
    })
}

/// The network with the smallest far error of those that these cells have.
pub fn best_trial<'c, 'a: 'c>(cells: impl IntoIterator<Item = &'c Cell<'a>>) -> Option<&'a Stored> {
    let trials = cells.into_iter().flat_map(|cell| cell.trials.iter().copied());
    let scored = trials.filter_map(|trial| Some((trial.error(FAR)?.nrmse?, trial)));
    scored.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, trial)| trial)
}
