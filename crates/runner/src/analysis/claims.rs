//! What is claimed about activations outside of their data, and how far the networks of a run bear it out.

use actlab_model::Activation;
use actlab_model::unit::FarField as Expected;

use super::far_field::{Looked, of};
use crate::analysis::cells::activations;
use crate::measure::far_field::{Class, FarField};
use crate::statistics::{Share, wilson};

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
    /// The share of networks that do what is claimed.
    pub share: Share,
    /// What follows.
    pub verdict: Verdict,
}

/// Every claim that the run has networks for.
pub fn claims(looked: &[Looked<'_>]) -> Vec<Claim> {
    activations(looked.iter().map(|looked| looked.trial.settings.activation))
        .into_iter()
        .filter_map(|activation| continues(activation, &of(looked, activation)))
        .collect()
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
        share,
        verdict: Verdict::of(share.low, share.high, 0.5),
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
}
