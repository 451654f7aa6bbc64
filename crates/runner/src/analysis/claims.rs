//! What is claimed about activations outside of their data, and what share of the networks of a run bears it out.

use std::collections::{BTreeMap, HashMap};

use actlab_model::Activation;

use super::endings::Endings;
use crate::measure::far_field::{Ending, FarField};
use crate::samples::FAR;
use crate::statistics::{Estimate, at_least, median_interval, seed_share};
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
    /// Spectral regularisation lowers the error in the far field.
    RegularisationHelps {
        /// With this coefficient.
        spectral: f64,
    },
}

/// What bears a claim out, or does not.
#[derive(Debug, Clone, PartialEq)]
pub enum Evidence {
    /// The share of networks that do what is claimed.
    Share(Pooled),
    /// What pairs of networks say that differ in one setting alone.
    Ratio {
        /// Pairs whose error is lower with it than without.
        count: usize,
        /// Of how many.
        of: usize,
        /// The error with it divided by that without, over all pairs.
        ratio: Estimate,
        /// What follows.
        verdict: Verdict,
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

/// How a claim about pairs fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It holds.
    Holds,
    /// It does not.
    DoesNotHold,
    /// There are not enough networks to tell.
    TooFew,
}

impl Verdict {
    /// A claim holds where the whole interval is above `boundary`, and does not where it is below.
    fn of(low: f64, high: f64, boundary: f64) -> Self {
        if low > boundary {
            Self::Holds
        } else if high < boundary {
            Self::DoesNotHold
        } else {
            Self::TooFew
        }
    }
}

/// A claim and what there is to say about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// What is claimed.
    pub statement: Statement,
    /// What there is to say about it.
    pub evidence: Evidence,
}

/// Every claim that the run has networks for.
pub fn claims(trials: &[Stored], endings: &[Endings]) -> Vec<Claim> {
    let shares = endings.iter().flat_map(|of| shares(trials, of.activation));
    shares.chain(regularisation(trials)).collect()
}

/// What is claimed of an activation whose ends are known.
fn shares(trials: &[Stored], activation: Activation) -> Vec<Claim> {
    let ending = Ending::of(activation);
    let networks = || {
        let of = trials
            .iter()
            .filter(move |trial| trial.settings.activation == activation);
        of.filter_map(|trial| Some((trial, trial.far()?)))
    };
    let claim = |statement, evidence: Option<Pooled>| {
        evidence.map(|pooled| Claim {
            statement,
            evidence: Evidence::Share(pooled),
        })
    };
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

/// A change of the error by less than this is none, however many networks show it.
const NEGLIGIBLE: f64 = 0.01;

/// For each coefficient: the median over all pairs of networks that differ in it alone of the far error with it, divided
/// by that without.
fn regularisation(trials: &[Stored]) -> Vec<Claim> {
    let unregularised = trials.iter().filter(|trial| trial.settings.spectral == 0.0);
    let without: HashMap<String, f64> = unregularised
        .filter_map(|trial| Some((trial.settings.json(), far_error(trial)?)))
        .collect();
    let ratio = |trial: &Stored| {
        let mut pair = trial.settings.clone();
        pair.spectral = 0.0;
        Some(far_error(trial)? / without.get(&pair.json())?)
    };
    let ratios = |spectral: f64| -> Vec<f64> {
        let with = trials.iter().filter(|trial| trial.settings.spectral == spectral);
        with.filter_map(ratio).collect()
    };
    let coefficients = coefficients(trials).into_iter();
    coefficients
        .filter_map(|spectral| helps(spectral, &ratios(spectral)))
        .collect()
}

fn far_error(trial: &Stored) -> Option<f64> {
    let error = trial.error(FAR).and_then(|error| error.nrmse);
    error.filter(|error| *error > 0.0)
}

/// Those of regularised networks, each once.
fn coefficients(trials: &[Stored]) -> Vec<f64> {
    let all = trials.iter().map(|trial| trial.settings.spectral);
    let mut coefficients: Vec<f64> = all.filter(|spectral| *spectral > 0.0).collect();
    coefficients.sort_by(f64::total_cmp);
    coefficients.dedup();
    coefficients
}

/// The error with it is lower than without.
fn helps(spectral: f64, ratios: &[f64]) -> Option<Claim> {
    let ratio = median_interval(ratios)?;
    let negligible = ratio.low > 1.0 - NEGLIGIBLE && ratio.high < 1.0 + NEGLIGIBLE;
    Some(Claim {
        statement: Statement::RegularisationHelps { spectral },
        evidence: Evidence::Ratio {
            count: ratios.iter().filter(|ratio| **ratio < 1.0).count(),
            of: ratios.len(),
            ratio,
            verdict: match negligible {
                true => Verdict::DoesNotHold,
                false => Verdict::of(-ratio.high, -ratio.low, -1.0),
            },
        },
    })
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

    #[test]
    fn a_verdict_needs_the_whole_interval() {
        assert_eq!(Verdict::of(0.6, 0.9, 0.5), Verdict::Holds);
        assert_eq!(Verdict::of(0.1, 0.4, 0.5), Verdict::DoesNotHold);
        assert_eq!(Verdict::of(0.2, 1.0, 0.5), Verdict::TooFew);
    }

    #[test]
    fn regularisation_helps_where_it_lowers_the_error_by_more_than_nothing() {
        let claim = |ratios: &[f64]| match helps(0.1, ratios).expect("pairs").evidence {
            Evidence::Ratio {
                count,
                of,
                ratio,
                verdict,
            } => (count, of, ratio.median, verdict),
            share => panic!("{share:?}"),
        };
        assert_eq!(claim(&[0.5, 0.6, 0.7, 0.6, 0.5]), (5, 5, 0.6, Verdict::Holds));
        assert_eq!(claim(&[0.999; 9]).3, Verdict::DoesNotHold);
        assert_eq!(claim(&[1.5; 9]).3, Verdict::DoesNotHold);
        assert_eq!(claim(&[0.5, 2.0]).3, Verdict::TooFew);
        assert_eq!(helps(0.1, &[]), None);
    }
}
