//! All that is concluded about the far field of a run's networks.

use std::collections::{BTreeMap, HashMap};

use anyhow::Result;

use super::claims::{Claim, claims};
use super::classes::{Became, OfTarget, by_target, classes};
use super::far_field::look;
use super::shapes::{Likeness, shapes};
use crate::measure::far_field::FarField;
use crate::store::{Store, Stored};

/// What the networks of a run do in the far field.
#[derive(Debug)]
pub struct Findings<'a> {
    /// How far out they were looked at, in half-widths from the centre of their range.
    pub distance: f64,
    /// Every claim that the run has networks for.
    pub claims: Vec<Claim>,
    /// What the networks of each activation became.
    pub classes: Vec<Became>,
    /// The same by target.
    pub by_target: BTreeMap<&'a str, OfTarget>,
    /// For each activation, whether its networks have its shape or that of its first derivative.
    pub shapes: Vec<Likeness>,
    /// The far field of each trained network, by its trial.
    pub far: HashMap<&'a str, FarField>,
}

impl<'a> Findings<'a> {
    /// Looks at all trained networks of these trials, which are each of another problem.
    pub fn new(store: &Store, trials: &'a [Stored]) -> Result<Self> {
        let distance = store.about()?.far_distance;
        let looked = look(store, trials, distance)?;
        Ok(Self {
            distance,
            claims: claims(&looked),
            classes: classes(&looked),
            by_target: by_target(&looked),
            shapes: shapes(&looked),
            far: looked
                .into_iter()
                .map(|looked| (looked.trial.id.as_str(), looked.far))
                .collect(),
        })
    }
}
