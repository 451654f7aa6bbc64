//! What the networks of each activation end in, by algebra, and where they get there.

use std::collections::BTreeMap;

use actlab_model::Activation;

use crate::measure::far_field::{Ending, FarField, Settled};
use crate::statistics::median;
use crate::store::Stored;

/// What the networks of one activation end in.
#[derive(Debug, Clone, PartialEq)]
pub struct Endings {
    /// Whose networks.
    pub activation: Activation,
    /// How many there are.
    pub networks: usize,
    /// How many end in each of [`Ending::ALL`].
    pub counts: Vec<usize>,
    /// Rays that each was looked at along, at most; of several outputs as many for each.
    pub rays: usize,
    /// Where those settle that end in a line or a constant.
    pub settling: Option<Settling>,
    /// How those go up and down that do not.
    pub swinging: Option<Swinging>,
}

/// Where networks settle: order statistics, in which those that do not settle within [`LIMIT`] are beyond all others.
///
/// [`LIMIT`]: crate::measure::far_field::LIMIT
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settling {
    /// How many were asked.
    pub of: usize,
    /// How many of them settle beyond the limit.
    pub beyond: usize,
    /// How many of these are straight before it, but not along their asymptote.
    pub straight: usize,
    /// The median; none where it is beyond.
    pub median: Option<f64>,
    /// Nine of ten settle by this; none where it is beyond.
    pub nine_of_ten: Option<f64>,
    /// The last one; none where it is beyond.
    pub last: Option<f64>,
    /// The median of those within the limit.
    pub median_within: Option<f64>,
}

/// How networks go up and down: medians.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Swinging {
    /// Turns in a half-width.
    pub turns: f64,
    /// How far they swing from 10 to 100 half-widths, divided by how far up to 10.
    pub growth: f64,
}

impl Endings {
    /// How many end in this.
    pub fn count(&self, ending: Ending) -> usize {
        Ending::ALL
            .iter()
            .zip(&self.counts)
            .find(|(of, _)| **of == ending)
            .map_or(0, |(_, count)| *count)
    }

    /// What most of them end in.
    pub fn usual(&self) -> Ending {
        let most = Ending::ALL.into_iter().rev().max_by_key(|ending| self.count(*ending));
        most.unwrap_or(Ending::Unknown)
    }

    fn new(activation: Activation, networks: &[&FarField]) -> Self {
        let count = |ending: &Ending| networks.iter().filter(|far| far.ending() == *ending).count();
        let settled: Vec<Settled> = networks.iter().filter_map(|far| far.settled()).collect();
        Self {
            activation,
            networks: networks.len(),
            counts: Ending::ALL.iter().map(count).collect(),
            rays: networks.iter().map(|far| far.rays.len()).max().unwrap_or(0),
            settling: settling(&settled),
            swinging: swinging(networks),
        }
    }
}

/// For each activation that has networks.
pub fn endings(trials: &[Stored]) -> Vec<Endings> {
    let mut networks: BTreeMap<Activation, Vec<&FarField>> = BTreeMap::new();
    for trial in trials {
        if let Some(far) = trial.far() {
            networks.entry(trial.settings.activation).or_default().push(far);
        }
    }
    let networks = networks.into_iter();
    networks.map(|(activation, of)| Endings::new(activation, &of)).collect()
}

fn settling(settled: &[Settled]) -> Option<Settling> {
    let mut distances: Vec<f64> = settled
        .iter()
        .map(|settled| settled.distance().unwrap_or(f64::INFINITY))
        .collect();
    distances.sort_by(f64::total_cmp);
    let last = *distances.last()?;
    let within: Vec<f64> = distances
        .iter()
        .copied()
        .filter(|distance| distance.is_finite())
        .collect();
    let known = |distance: f64| Some(distance).filter(|distance| distance.is_finite());
    // The smallest distance by which at least nine of ten have settled.
    let nine_of_ten = (9 * distances.len()).div_ceil(10) - 1;
    Some(Settling {
        of: distances.len(),
        beyond: distances.len() - within.len(),
        straight: settled.iter().filter(|of| matches!(of, Settled::Straight(_))).count(),
        median: known(median(&distances)),
        nine_of_ten: known(distances[nine_of_ten]),
        last: known(last),
        median_within: known(median(&within)),
    })
}

fn swinging(networks: &[&FarField]) -> Option<Swinging> {
    let swings: Vec<_> = networks.iter().filter_map(|far| far.swings).collect();
    let over =
        |pick: fn(&crate::measure::far_field::Swings) -> f64| median(&swings.iter().map(pick).collect::<Vec<_>>());
    (!swings.is_empty()).then(|| Swinging {
        turns: over(|swings| swings.turns),
        growth: over(|swings| swings.growth),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_settles_beyond_is_beyond_all_others() {
        let from = |distance: f64| Settled::From(distance);
        let mut settled: Vec<Settled> = (1..=8).map(|i| from(f64::from(i))).collect();
        let found = settling(&settled).expect("networks");
        assert_eq!((found.of, found.beyond), (8, 0));
        // Of 8 the eighth is the first by which nine of ten, 7.2, have settled.
        assert_eq!(
            (found.median, found.nine_of_ten, found.last),
            (Some(4.5), Some(8.0), Some(8.0))
        );
        settled.extend([Settled::Beyond, Settled::Straight(1.0)]);
        let found = settling(&settled).expect("networks");
        assert_eq!((found.of, found.beyond, found.straight), (10, 2, 1));
        assert_eq!((found.median, found.nine_of_ten, found.last), (Some(5.5), None, None));
        assert_eq!(found.median_within, Some(4.5));
        let beyond = settling(&[Settled::Beyond; 3]).expect("networks");
        assert_eq!((beyond.median, beyond.median_within, beyond.beyond), (None, None, 3));
        assert_eq!(settling(&[]), None);
    }
}
