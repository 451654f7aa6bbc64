//! What is claimed about activations outside of their data, and how far the networks of a run bear it out.

use std::collections::HashMap;

use actlab_model::Activation;
use actlab_model::unit::FarField as Expected;

use super::far_field::{Looked, of};
use crate::analysis::cells::activations;
use crate::measure::far_field::{Class, FarField};
use crate::samples::FAR;
use crate::statistics::{Estimate, Share, median_interval, wilson};
use crate::store::Stored;

/// What is claimed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Statement {
    /// Networks of an activation are in the far field what it is itself.
    Continues {
        /// Whose networks.
        activation: Activation,
        /// What it is there.
        like: Expected,
    },
    /// Spectral regularisation lowers the error in the far field.
    RegularisationHelps {
        /// With this coefficient.
        spectral: f64,
    },
}

/// What bears a claim out, or does not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Evidence {
    /// The share of networks that do what is claimed.
    Share(Share),
    /// What pairs of networks say that differ in one setting alone.
    Ratio {
        /// Pairs whose error is lower with it than without.
        count: usize,
        /// Of how many.
        of: usize,
        /// The error with it divided by that without, over all pairs.
        ratio: Estimate,
    },
}

/// How a claim fares.
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

/// A claim and how it fares.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Claim {
    /// What is claimed.
    pub statement: Statement,
    /// What there is to say about it.
    pub evidence: Evidence,
    /// What follows.
    pub verdict: Verdict,
}

/// Every claim that the run has networks for.
pub fn claims(trials: &[Stored], looked: &[Looked<'_>]) -> Vec<Claim> {
    let continues = activations(looked.iter().map(|looked| looked.trial.settings.activation))
        .into_iter()
        .filter_map(|activation| continues(activation, &of(looked, activation)));
    continues.chain(regularisation(trials)).collect()
}

/// Whether a network is what is said of networks of such an activation.
fn is_like(far: &FarField, like: Expected) -> bool {
    match like {
        Expected::Affine => matches!(far.class, Class::Affine | Class::Constant),
        Expected::Constant => far.class == Class::Constant,
        Expected::Periodic => far.oscillates(),
        Expected::Other => false,
    }
}

/// More networks are like their activation than are not.
fn continues(activation: Activation, networks: &[&FarField]) -> Option<Claim> {
    let like = Some(activation.far_field()).filter(|like| *like != Expected::Other)?;
    let count = networks.iter().filter(|far| is_like(far, like)).count();
    let share = wilson(count, networks.len())?;
    Some(Claim {
        statement: Statement::Continues { activation, like },
        evidence: Evidence::Share(share),
        verdict: Verdict::of(share.low, share.high, 0.5),
    })
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
        },
        verdict: match negligible {
            true => Verdict::DoesNotHold,
            false => Verdict::of(-ratio.high, -ratio.low, -1.0),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_needs_the_whole_interval() {
        assert_eq!(Verdict::of(0.6, 0.9, 0.5), Verdict::Holds);
        assert_eq!(Verdict::of(0.1, 0.4, 0.5), Verdict::DoesNotHold);
        // One network of one: Wilson gives 0.2 to 1.
        let one = wilson(1, 1).expect("a share");
        assert_eq!(Verdict::of(one.low, one.high, 0.5), Verdict::TooFew);
    }

    #[test]
    fn regularisation_helps_where_it_lowers_the_error_by_more_than_nothing() {
        let claim = |ratios: &[f64]| helps(0.1, ratios).expect("pairs");
        let lower = claim(&[0.5, 0.6, 0.7, 0.6, 0.5]);
        assert_eq!(lower.verdict, Verdict::Holds);
        let Evidence::Ratio { count, of, ratio } = lower.evidence else {
            panic!("{lower:?}");
        };
        assert_eq!((count, of, ratio.median), (5, 5, 0.6));
        assert_eq!(claim(&[0.999; 9]).verdict, Verdict::DoesNotHold);
        assert_eq!(claim(&[1.5; 9]).verdict, Verdict::DoesNotHold);
        assert_eq!(claim(&[0.5, 2.0]).verdict, Verdict::TooFew);
        assert_eq!(helps(0.1, &[]), None);
    }
}
