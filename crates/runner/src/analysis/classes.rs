//! What the networks of each activation look like in the far field, up to some distances.

use std::collections::{BTreeMap, BTreeSet};

use crate::experiment::network::Mixture;
use crate::measure::far_field::{Class, DISTANCES, THRESHOLDS};
use crate::statistics::{Share, wilson};
use crate::store::Stored;

/// What the networks of one activation look like up to a distance.
#[derive(Debug, Clone, PartialEq)]
pub struct Looks {
    /// Whose networks.
    pub activation: Mixture,
    /// In half-widths from the centre of their range.
    pub distance: f64,
    /// How many there are.
    pub networks: usize,
    /// How many are of each of [`Class::ALL`], by each of [`THRESHOLDS`].
    pub counts: Vec<[usize; THRESHOLDS.len()]>,
}

/// What the networks of one activation look like up to the distance of the experiment, by the usual threshold.
#[derive(Debug, Clone, PartialEq)]
pub struct Became {
    /// Whose networks.
    pub activation: Mixture,
    /// The share of each of [`Class::ALL`], with its interval by Wilson.
    pub shares: Vec<Share>,
}

/// For each distance, that of the experiment first, and each activation that has networks.
pub fn classes(trials: &[Stored], distance: f64) -> Vec<Looks> {
    let others = DISTANCES.into_iter().filter(|other| *other != distance);
    let distances = std::iter::once(distance).chain(others);
    let looks = |distance: f64| {
        let mut of: BTreeMap<Mixture, Vec<[Class; THRESHOLDS.len()]>> = BTreeMap::new();
        for trial in trials {
            if let Some(fit) = trial.far().and_then(|far| far.fit(distance)) {
                of.entry(trial.settings.activations()).or_default().push(fit.classes);
            }
        }
        of.into_iter().map(move |(activation, networks)| Looks {
            activation,
            distance,
            networks: networks.len(),
            counts: Class::ALL.iter().map(|class| counts(&networks, *class)).collect(),
        })
    };
    distances.flat_map(looks).collect()
}

fn counts(networks: &[[Class; THRESHOLDS.len()]], class: Class) -> [usize; THRESHOLDS.len()] {
    std::array::from_fn(|place| networks.iter().filter(|classes| classes[place] == class).count())
}

/// What those of a target look like: of all its ranges, and by its ranges.
#[derive(Debug, Default)]
pub struct OfTarget {
    /// Over all ranges.
    pub all: Vec<Became>,
    /// By the name of the range.
    pub by_range: BTreeMap<String, Vec<Became>>,
}

/// What networks are of, and look like.
type Networks = Vec<(Mixture, Class)>;

/// By target and range.
pub fn by_target(trials: &[Stored], distance: f64) -> BTreeMap<&str, OfTarget> {
    let mut found: BTreeMap<&str, BTreeMap<String, Networks>> = BTreeMap::new();
    for trial in trials {
        if let Some(class) = trial.far().and_then(|far| far.class(distance)) {
            let of_target = found.entry(&trial.settings.target).or_default();
            let of_range = of_target.entry(trial.settings.range.to_string()).or_default();
            of_range.push((trial.settings.activations(), class));
        }
    }
    let of_target = |ranges: BTreeMap<String, Networks>| OfTarget {
        all: became(&ranges.values().flatten().copied().collect::<Vec<_>>()),
        by_range: ranges
            .into_iter()
            .map(|(range, networks)| (range, became(&networks)))
            .collect(),
    };
    found
        .into_iter()
        .map(|(target, ranges)| (target, of_target(ranges)))
        .collect()
}

fn became(networks: &[(Mixture, Class)]) -> Vec<Became> {
    let of = |activation: Mixture| {
        let of = networks.iter().filter(|(other, _)| *other == activation);
        let classes: Vec<Class> = of.map(|(_, class)| *class).collect();
        let share = |class: &Class| wilson(classes.iter().filter(|found| *found == class).count(), classes.len());
        let shares = Class::ALL.iter().map(share).collect::<Option<_>>()?;
        Some(Became { activation, shares })
    };
    let activations: BTreeSet<Mixture> = networks.iter().map(|(activation, _)| *activation).collect();
    activations.into_iter().filter_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_count_each_class_of_each_activation() {
        let [relu, tanh] =
            ["relu", "tanh"].map(|name| Mixture::from(name.parse::<actlab_model::Activation>().expect("a unit")));
        let networks = [
            (relu, Class::Affine),
            (tanh, Class::Constant),
            (relu, Class::Affine),
            (relu, Class::Other),
        ];
        let found = became(&networks);
        let counts = |of: usize| -> Vec<(usize, usize)> {
            found[of].shares.iter().map(|share| (share.count, share.of)).collect()
        };
        assert_eq!((found[0].activation, found[1].activation, found.len()), (relu, tanh, 2));
        assert_eq!(counts(0), [(0, 3), (2, 3), (0, 3), (0, 3), (0, 3), (1, 3)]);
        assert_eq!(counts(1), [(1, 1), (0, 1), (0, 1), (0, 1), (0, 1), (0, 1)]);
        let by_threshold = [
            [Class::Affine, Class::Affine, Class::Other],
            [Class::Affine, Class::Other, Class::Other],
        ];
        assert_eq!(super::counts(&by_threshold, Class::Affine), [2, 1, 0]);
    }
}
