//! What is claimed about activations outside of their data, and what share of the networks of a run bears it out.

use std::collections::BTreeMap;

use actlab_model::Activation;

use super::endings::Endings;
use crate::measure::far_field::{Ending, FarField};
use crate::statistics::{Estimate, at_least, seed_share};
use crate::store::Stored;

/// What is claimed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Statement {
    /// Networks of an activation end in what it ends in itself.
    EndsIn {
        /// Whose networks.
        activation: Activation,
        /// In this.
        ending: Ending,
    },
    /// Networks of an activation that end in a line or a constant get there within the limit.
    Settles {
        /// Whose networks.
        activation: Activation,
    },
}

/// The share of networks over many cells that bear something out.
#[derive(Debug, Clone, PartialEq)]
pub struct Pooled {
    /// How many do.
    pub count: usize,
    /// Of how many.
    pub of: usize,
    /// In how many cells all networks do, some, and none.
    pub cells: [usize; 3],
    /// The share of a seed's networks that do: networks of one seed are not independent of each other, seeds are.
    pub seeds: Estimate,
    /// The trials whose networks do not.
    pub exceptions: Vec<String>,
}

/// A share in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Every one.
    All,
    /// At least 95 %.
    NearlyAll,
    /// More than half.
    Most,
    /// Half or less.
    Few,
    /// Not one.
    None,
}

impl Pooled {
    /// From each trial, and whether it bears it out. None of no trial.
    fn new<'a>(trials: impl Iterator<Item = (&'a Stored, bool)>) -> Option<Self> {
        let trials: Vec<(&Stored, bool)> = trials.collect();
        let mut cells: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
        let mut seeds: BTreeMap<Option<u64>, (usize, usize)> = BTreeMap::new();
        for (trial, does) in &trials {
            cells.entry(&trial.cell).or_default()[usize::from(*does)] += 1;
            let (count, of) = seeds.entry(trial.settings.seed).or_default();
            *count += usize::from(*does);
            *of += 1;
        }
        let cells_with = |wanted: fn(&[usize; 2]) -> bool| cells.values().filter(|cell| wanted(cell)).count();
        Some(Self {
            count: trials.iter().filter(|(_, does)| *does).count(),
            of: trials.len(),
            cells: [
                cells_with(|[not, _]| *not == 0),
                cells_with(|[not, do_]| *not > 0 && *do_ > 0),
                cells_with(|[_, do_]| *do_ == 0),
            ],
            seeds: seed_share(&seeds.into_values().collect::<Vec<_>>())?,
            exceptions: trials
                .iter()
                .filter(|(_, does)| !does)
                .map(|(trial, _)| trial.id.clone())
                .collect(),
        })
    }

    /// The share in a word.
    pub fn extent(&self) -> Extent {
        match (self.count, self.of) {
            (count, of) if count == of => Extent::All,
            (0, _) => Extent::None,
            (count, of) if 100 * count >= 95 * of => Extent::NearlyAll,
            (count, of) if 2 * count > of => Extent::Most,
            _ => Extent::Few,
        }
    }

    /// Where all networks bear it out, the share of all seeds whose networks do, at least, with 95 % confidence.
    pub fn at_least(&self) -> Option<f64> {
        (self.count == self.of).then(|| at_least(self.seeds.n))
    }
}

/// A claim and what there is to say about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// What is claimed.
    pub statement: Statement,
    /// The networks that bear it out.
    pub share: Pooled,
}

/// Every claim that the run has networks for; nothing is claimed of those that mix activations.
pub fn claims(trials: &[Stored], endings: &[Endings]) -> Vec<Claim> {
    let single = endings.iter().filter_map(|of| of.activation.single());
    single.flat_map(|activation| shares(trials, activation)).collect()
}

/// What is claimed of an activation whose ends are known.
fn shares(trials: &[Stored], activation: Activation) -> Vec<Claim> {
    let ending = Ending::of(activation);
    let networks = || {
        let of = trials
            .iter()
            .filter(move |trial| trial.settings.activations() == activation.into());
        of.filter_map(|trial| Some((trial, trial.far()?)))
    };
    let claim = |statement, share: Option<Pooled>| share.map(|share| Claim { statement, share });
    let ends = networks().map(|(trial, far)| (trial, is_like(far, ending)));
    let settles = networks().filter_map(|(trial, far)| Some((trial, far.settled()?.distance().is_some())));
    let found = [
        claim(Statement::EndsIn { activation, ending }, Pooled::new(ends)).filter(|_| ending != Ending::Unknown),
        claim(Statement::Settles { activation }, Pooled::new(settles)),
    ];
    found.into_iter().flatten().collect()
}

/// Whether a network ends in what is said of its activation; a constant is a line, and bounded.
fn is_like(far: &FarField, like: Ending) -> bool {
    let found = far.ending();
    match like {
        Ending::Line => matches!(found, Ending::Line | Ending::Constant),
        Ending::Bounded => far.rays.iter().all(|ray| ray.asymptote.is_bounded()),
        like => found == like,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_have_words() {
        let extent = |count: usize, of: usize| {
            let seeds = seed_share(&[(count, of)]).expect("a seed");
            let pooled = Pooled {
                count,
                of,
                cells: [0; 3],
                seeds,
                exceptions: Vec::new(),
            };
            pooled.extent()
        };
        for (count, of, word) in [
            (3, 3, Extent::All),
            (95, 100, Extent::NearlyAll),
            (94, 100, Extent::Most),
            (51, 100, Extent::Most),
            (50, 100, Extent::Few),
            (0, 100, Extent::None),
        ] {
            assert_eq!(extent(count, of), word, "{count} of {of}");
        }
    }
}
