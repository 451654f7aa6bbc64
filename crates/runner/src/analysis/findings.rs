//! All that is concluded about the far field of a run's networks.

use std::collections::BTreeMap;

use anyhow::Result;

use super::claims::{Claim, claims};
use super::classes::{Looks, OfTarget, by_target, classes};
use super::endings::{Endings, endings};
use super::lean::{Leaning, leanings};
use crate::store::{Store, Stored};

/// What the networks of a run do in the far field.
#[derive(Debug)]
pub struct Findings<'a> {
    /// How far out they were looked at for what they look like, in half-widths from the centre of their range.
    pub distance: f64,
    /// What the networks of each activation end in.
    pub endings: Vec<Endings>,
    /// Every claim that the run has networks for.
    pub claims: Vec<Claim>,
    /// What the networks of each activation look like, by distance.
    pub classes: Vec<Looks>,
    /// The same by target.
    pub by_target: BTreeMap<&'a str, OfTarget>,
    /// Whether networks lean to the derivative of their activation, where the experiment asks.
    pub leanings: Vec<Leaning<'a>>,
}

impl<'a> Findings<'a> {
    /// From the trials of a run, which are each of another problem.
    pub fn new(store: &Store, trials: &'a [Stored]) -> Result<Self> {
        let about = store.about()?;
        let endings = endings(trials);
        Ok(Self {
            distance: about.far_distance,
            claims: claims(trials, &endings),
            endings,
            classes: classes(trials, about.far_distance),
            by_target: by_target(trials, about.far_distance),
            leanings: if about.lean {
                leanings(trials, about.level())
            } else {
                Vec::new()
            },
        })
    }
}
