//! What the networks of each activation become in the far field.

use std::collections::BTreeMap;

use actlab_model::Activation;

use super::far_field::Looked;
use crate::analysis::cells::activations;
use crate::measure::far_field::Class;
use crate::statistics::{Share, wilson};

/// What networks become, in the order in which results list it.
pub const CLASSES: [Class; 6] = [
    Class::Constant,
    Class::Affine,
    Class::Polynomial,
    Class::Periodic,
    Class::Divergent,
    Class::Other,
];

/// What the networks of one activation became.
#[derive(Debug, Clone, PartialEq)]
pub struct Became {
    /// Whose networks.
    pub activation: Activation,
    /// The share of each of [`CLASSES`], with its interval by Wilson.
    pub shares: Vec<Share>,
}

/// For each activation that has networks what all of them became.
pub fn classes(looked: &[Looked<'_>]) -> Vec<Became> {
    let networks = looked
        .iter()
        .map(|looked| (looked.trial.settings.activation, looked.far.class));
    became(&networks.collect::<Vec<_>>())
}

/// What those of a target became: of all its ranges, and by its ranges.
#[derive(Debug, Default)]
pub struct OfTarget {
    /// Over all ranges.
    pub all: Vec<Became>,
    /// By the name of the range.
    pub by_range: BTreeMap<String, Vec<Became>>,
}

/// What networks are of, and became.
type Networks = Vec<(Activation, Class)>;

/// The same by target and range.
pub fn by_target<'a>(looked: &[Looked<'a>]) -> BTreeMap<&'a str, OfTarget> {
    let mut found: BTreeMap<&str, BTreeMap<String, Networks>> = BTreeMap::new();
    for Looked { trial, far } in looked {
        let of_target = found.entry(&trial.settings.target).or_default();
        let of_range = of_target.entry(trial.settings.range.to_string()).or_default();
        of_range.push((trial.settings.activation, far.class));
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

fn became(networks: &[(Activation, Class)]) -> Vec<Became> {
    let of = |activation: Activation| {
        let of = networks.iter().filter(|(other, _)| *other == activation);
        let classes: Vec<Class> = of.map(|(_, class)| *class).collect();
        let share = |class: &Class| wilson(classes.iter().filter(|found| *found == class).count(), classes.len());
        let shares = CLASSES.iter().map(share).collect::<Option<_>>()?;
        Some(Became { activation, shares })
    };
    let found = networks.iter().map(|(activation, _)| *activation);
    activations(found).into_iter().filter_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_count_each_class_of_each_activation() {
        let networks = [
            (Activation::new(&actlab_model::unit::Relu), Class::Affine),
            (Activation::new(&actlab_model::unit::Tanh), Class::Constant),
            (Activation::new(&actlab_model::unit::Relu), Class::Affine),
            (Activation::new(&actlab_model::unit::Relu), Class::Other),
        ];
        let found = became(&networks);
        let counts = |of: usize| -> Vec<(usize, usize)> {
            found[of].shares.iter().map(|share| (share.count, share.of)).collect()
        };
        assert_eq!(
            (found[0].activation, found[1].activation, found.len()),
            (
                Activation::new(&actlab_model::unit::Relu),
                Activation::new(&actlab_model::unit::Tanh),
                2
            )
        );
        assert_eq!(counts(0), [(0, 3), (2, 3), (0, 3), (0, 3), (0, 3), (1, 3)]);
        assert_eq!(counts(1), [(1, 1), (0, 1), (0, 1), (0, 1), (0, 1), (0, 1)]);
    }
}
