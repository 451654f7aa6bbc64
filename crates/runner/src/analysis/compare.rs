//! Activations, or the values of another setting, compared in pairs, seed by seed: which generalises best for which target and range.

use std::collections::{BTreeSet, HashMap};

use super::cells::{Cell, error};
use super::choice::Choice;
use super::contests::Contest;
use super::cross_fit::{CrossFitted, Errors, cross_fit};
use crate::samples::{FAR, VALIDATION};
use crate::statistics::{Comparison, Seeds, Verdict, holm};
use crate::store::Stored;

/// Two activations compared in a contest.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// The place of the contest.
    pub contest: usize,
    /// The one with the lower far error of its choice.
    pub a: String,
    /// The other.
    pub b: String,
    /// What the pairs say of the error of A to that of B; none where there is no pair with a difference.
    pub comparison: Option<Comparison>,
    /// p adjusted for all pairs of all contests.
    pub adjusted: f64,
    /// What follows for A.
    pub verdict: Verdict,
    /// How many seeds would decide what is undecided.
    pub seeds: Option<Seeds>,
    /// Those of both for which one half of the seeds chooses other settings than the other half.
    pub disagree: Vec<String>,
    /// The place of an earlier comparison of the same networks: this counts together with that.
    pub repeats: Option<usize>,
}

/// Pairs of networks by their trials.
type Pairs<'a> = Vec<(&'a str, &'a str)>;

/// All pairs of activations that learned, of all contests, at this level.
pub fn compare(contests: &[(Contest<'_>, Vec<Choice<'_>>)], level: f64) -> Vec<Compared> {
    let mut known: HashMap<Pairs<'_>, usize> = HashMap::new();
    let mut compared: Vec<Compared> = Vec::new();
    for (place, (contest, choices)) in contests.iter().enumerate() {
        let sides: Vec<Side<'_>> = choices
            .iter()
            .filter(|choice| choice.learned)
            .map(|choice| Side::new(contest, &choice.name))
            .collect();
        for (i, a) in sides.iter().enumerate() {
            for b in &sides[i + 1..] {
                let first = *known.entry(a.networks_with(b)).or_insert(compared.len());
                let repeats = Some(first).filter(|first| *first < compared.len());
                compared.push(a.against(b, place, repeats, level));
            }
        }
    }
    judge(&mut compared);
    compared
}

/// Gives every comparison its verdict among all others; what repeats another counts with it.
fn judge(compared: &mut [Compared]) {
    let p = |of: &Compared| of.comparison.map_or(1.0, |comparison| comparison.p);
    let counted = compared.iter().filter(|of| of.repeats.is_none());
    let adjusted = holm(&counted.map(p).collect::<Vec<_>>());
    let (comparisons, mut adjusted) = (adjusted.len(), adjusted.into_iter());
    for place in 0..compared.len() {
        let adjusted = match compared[place].repeats {
            None => adjusted.next().unwrap_or(1.0),
            Some(first) => compared[first].adjusted,
        };
        let of = &mut compared[place];
        of.adjusted = adjusted;
        if let Some(comparison) = of.comparison {
            of.verdict = comparison.verdict(adjusted);
            of.seeds = comparison.seeds(comparisons).filter(|_| !of.verdict.is_decided());
        }
    }
}

/// An activation with the network that it has for each seed.
struct Side<'a> {
    name: String,
    /// For each place of the seeds.
    networks: Vec<Option<&'a str>>,
    fitted: CrossFitted,
}

impl<'a> Side<'a> {
    fn new(contest: &Contest<'a>, name: &str) -> Self {
        let seed = |trial: &&Stored| trial.settings.seed;
        let seeds: BTreeSet<Option<u64>> = contest
            .cells
            .iter()
            .flat_map(|cell| cell.trials.iter().map(seed))
            .collect();
        let cells = contest.cells_of(name);
        let trial = |cell: &Cell<'a>, wanted: &Option<u64>| {
            cell.trials.iter().copied().find(|trial| trial.settings.seed == *wanted)
        };
        let errors = |cell: &&Cell<'a>| -> Vec<Errors> {
            let of = |seed| {
                trial(cell, seed).map_or_else(Errors::default, |trial| Errors {
                    validation: error(trial, VALIDATION),
                    far: error(trial, FAR),
                })
            };
            seeds.iter().map(of).collect()
        };
        let fitted = cross_fit(&cells.iter().map(errors).collect::<Vec<_>>());
        let networks = seeds.iter().zip(&fitted.cells);
        Self {
            name: name.to_owned(),
            networks: networks
                .map(|(seed, cell)| trial(cells[*cell], seed).map(|trial| trial.id.as_str()))
                .collect(),
            fitted,
        }
    }

    /// The pairs of networks that are compared, the smaller id first.
    fn networks_with(&self, other: &Self) -> Pairs<'a> {
        let pairs = self.networks.iter().zip(&other.networks).filter_map(|(a, b)| a.zip(*b));
        pairs.map(|(a, b)| (a.min(b), a.max(b))).collect()
    }

    fn against(&self, other: &Self, contest: usize, repeats: Option<usize>, level: f64) -> Compared {
        let pairs = self.fitted.far.iter().zip(&other.fitted.far);
        let pairs: Vec<(f64, f64)> = pairs.filter_map(|(a, b)| a.zip(*b)).collect();
        let disagree = [self, other].into_iter().filter(|side| !side.fitted.halves_agree());
        Compared {
            contest,
            a: self.name.clone(),
            b: other.name.clone(),
            comparison: Comparison::of_pairs(&pairs, level),
            adjusted: 1.0,
            verdict: Verdict::TooFew,
            seeds: None,
            disagree: disagree.map(|side| side.name.clone()).collect(),
            repeats,
        }
    }
}
