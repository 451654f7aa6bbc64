//! What each regulariser does to the far error of each activation. Not over all activations: help for one would hide harm
//! for another.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::cells::{activations, error};
use super::columns::setting;
use crate::experiment::network::Mixture;
use crate::experiment::settings::{columns, columns_of_section};
use crate::samples::FAR;
use crate::statistics::{Comparison, Estimate, Verdict, holm, log_ratio, median, seed_share};
use crate::store::Stored;

/// What one coefficient does to the networks of one activation.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// Whose networks.
    pub activation: Mixture,
    /// The regulariser, by the name of its column.
    pub regulariser: &'static str,
    /// Its coefficient.
    pub coefficient: f64,
    /// What the seeds say of the error with it to that without: of each seed the median over cells.
    pub comparison: Option<Comparison>,
    /// The share of a seed's pairs in which the error is lower with it, over seeds.
    pub lower: Option<Estimate>,
    /// Pairs of cells that differ in the coefficient alone.
    pub cells: usize,
    /// Pairs of networks of which only the one with it diverged.
    pub diverged_with: usize,
    /// Pairs of which only the one without it diverged.
    pub diverged_without: usize,
    /// Pairs of which both diverged, which are left out.
    pub diverged_both: usize,
    /// p adjusted for all effects.
    pub adjusted: f64,
    /// What follows for the error with it.
    pub verdict: Verdict,
}

/// For each activation, each regulariser and each of its coefficients, at this level.
pub fn regularisers(trials: &[Stored], level: f64) -> Vec<Effect> {
    let mut effects: Vec<Effect> = Vec::new();
    for regulariser in columns_of_section("regularization") {
        let pairs = pairs(trials, regulariser);
        for activation in activations(trials) {
            let of_activation = pairs
                .iter()
                .filter(|pair| pair.with.settings.activations() == activation);
            let mut by_coefficient: BTreeMap<u64, Vec<&Pair<'_>>> = BTreeMap::new();
            // Of positive numbers the bits are in the order of the numbers.
            of_activation.for_each(|pair| by_coefficient.entry(pair.coefficient.to_bits()).or_default().push(pair));
            effects.extend(
                by_coefficient
                    .into_values()
                    .map(|pairs| effect(activation, regulariser, &pairs, level)),
            );
        }
    }
    let p = |effect: &Effect| effect.comparison.map_or(1.0, |comparison| comparison.p);
    let adjusted = holm(&effects.iter().map(p).collect::<Vec<_>>());
    for (effect, adjusted) in effects.iter_mut().zip(adjusted) {
        effect.adjusted = adjusted;
        if let Some(comparison) = effect.comparison {
            effect.verdict = comparison.verdict(adjusted);
        }
    }
    effects
}

/// Networks that differ in one coefficient alone.
struct Pair<'a> {
    coefficient: f64,
    with: &'a Stored,
    without: &'a Stored,
}

fn pairs<'a>(trials: &'a [Stored], regulariser: &str) -> Vec<Pair<'a>> {
    let kinds = kinds(trials, regulariser);
    if !kinds.values().any(|kind| kind.coefficient > Some(0.0)) {
        return Vec::new();
    }
    let coefficient = |trial: &Stored| kinds[trial.cell.as_str()].coefficient;
    let others = |trial: &Stored| (kinds[trial.cell.as_str()].others, trial.settings.seed);
    let without = trials.iter().filter(|trial| coefficient(trial) == Some(0.0));
    let without: HashMap<(usize, Option<u64>), &Stored> = without.map(|trial| (others(trial), trial)).collect();
    let pair = |with: &'a Stored| {
        let coefficient = coefficient(with).filter(|coefficient| *coefficient > 0.0)?;
        let without = without.get(&others(with)).copied()?;
        Some(Pair {
            coefficient,
            with,
            without,
        })
    };
    trials.iter().filter_map(pair).collect()
}

/// What a cell has of a regulariser.
struct Kind {
    coefficient: Option<f64>,
    /// The same for cells that differ in the coefficient alone.
    others: usize,
}

/// By the ids of the cells: their settings are compared once, not for each of their networks.
fn kinds<'a>(trials: &'a [Stored], regulariser: &str) -> HashMap<&'a str, Kind> {
    let columns: Vec<&str> = columns().into_iter().filter(|column| *column != regulariser).collect();
    let mut known: HashMap<Vec<String>, usize> = HashMap::new();
    let mut kinds: HashMap<&str, Kind> = HashMap::new();
    for trial in trials {
        kinds.entry(&trial.cell).or_insert_with(|| {
            let others = columns.iter().map(|column| setting(trial, column)).collect();
            let next = known.len();
            Kind {
                coefficient: setting(trial, regulariser).parse().ok(),
                others: *known.entry(others).or_insert(next),
            }
        });
    }
    kinds
}

fn effect(activation: Mixture, regulariser: &'static str, pairs: &[&Pair<'_>], level: f64) -> Effect {
    let mut by_seed: BTreeMap<Option<u64>, Vec<f64>> = BTreeMap::new();
    let (mut diverged_with, mut diverged_without, mut diverged_both) = (0, 0, 0);
    for Pair { with, without, .. } in pairs {
        let Some((a, b)) = error(with, FAR).zip(error(without, FAR)) else {
            continue;
        };
        match (a.is_finite(), b.is_finite()) {
            (false, true) => diverged_with += 1,
            (true, false) => diverged_without += 1,
            (false, false) => diverged_both += 1,
            (true, true) => {}
        }
        by_seed.entry(with.settings.seed).or_default().extend(log_ratio(a, b));
    }
    let cells: BTreeSet<&str> = pairs.iter().map(|pair| pair.with.cell.as_str()).collect();
    let (some, none): (Vec<&Vec<f64>>, Vec<&Vec<f64>>) = by_seed.values().partition(|ratios| !ratios.is_empty());
    let lower = some
        .iter()
        .map(|ratios| (ratios.iter().filter(|ratio| **ratio < 0.0).count(), ratios.len()));
    let lower = seed_share(&lower.collect::<Vec<_>>());
    let medians: Vec<f64> = some.into_iter().map(|ratios| median(ratios)).collect();
    Effect {
        activation,
        regulariser,
        coefficient: pairs[0].coefficient,
        comparison: Comparison::of_ratios(&medians, none.len(), level),
        lower,
        cells: cells.len(),
        diverged_with,
        diverged_without,
        diverged_both,
        adjusted: 1.0,
        verdict: Verdict::TooFew,
    }
}
