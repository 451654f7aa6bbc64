//! What the page's script draws, as one JSON object. Small however many trials there are: numbers of four digits, and
//! curves of the cells that are worth a look.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use actlab_model::Activation;
use anyhow::Result;
use serde_json::{Value, json};

use crate::analysis::claims::Findings;
use crate::analysis::columns::setting;
use crate::analysis::ranking::{By, Cell, ranking};
use crate::experiment::range::BANDS;
use crate::experiment::settings::columns;
use crate::experiment::target::Function;
use crate::measure::errors::answers;
use crate::measure::far_field::Class;
use crate::samples::{FAR, INSIDE, band_name};
use crate::statistics::{Estimate, main_effects, median, median_interval, wilson};
use crate::store::{Store, Stored, weights};

/// Cells of each target whose curves are in the page, beside the best of each activation and range.
const CURVES: usize = 12;

/// Cells whose curves are in the page, at most; networks of each.
const CELLS: usize = 120;
const NETWORKS: usize = 20;

/// Points of a curve, and how far out it goes, in half-widths from the centre of the range.
const POINTS: usize = 160;
const REACH: f64 = 3.0;

/// The data of the page, safe inside of a script element.
pub fn data(store: &Store, trials: &[Stored], findings: &Findings) -> Result<String> {
    let axes = axes(store, trials)?;
    let ranked = ranking(trials, By::Far);
    let cells: Vec<&Cell<'_>> = ranked.iter().flat_map(|(_, cells)| cells).collect();
    let curves: serde_json::Map<String, Value> = worth_a_look(&ranked)
        .into_iter()
        .map(|index| Ok((index.to_string(), curves(store, cells[index])?)))
        .collect::<Result<_>>()?;
    let data = json!({
        "axes": axes,
        "distance": findings.distance,
        "cells": cells.iter().map(|cell| describe(cell, &axes, findings)).collect::<Vec<_>>(),
        "curves": curves,
        "variance": variance(trials, &axes),
        "classes": classes(trials, findings),
    });
    Ok(data.to_string().replace('<', "\\u003c"))
}

/// Target, activation and range, and whatever else is swept.
fn axes(store: &Store, trials: &[Stored]) -> Result<Vec<String>> {
    const FIRST: [&str; 3] = ["target", "activation", "range"];
    let swept = store.about()?.axes;
    let varies = |axis: &&str| {
        !FIRST.contains(axis)
            && swept.iter().any(|swept| swept == axis)
            && trials
                .iter()
                .map(|trial| setting(trial, axis))
                .collect::<BTreeSet<_>>()
                .len()
                > 1
    };
    let others = columns().into_iter().filter(varies);
    Ok(FIRST.into_iter().chain(others).map(str::to_owned).collect())
}

fn number(value: f64) -> Value {
    match value.is_finite() {
        true => format!("{value:.3e}")
            .parse::<f64>()
            .map_or(Value::Null, |rounded| json!(rounded)),
        false => Value::Null,
    }
}

fn numbers(values: impl IntoIterator<Item = f64>) -> Vec<Value> {
    values.into_iter().map(number).collect()
}

fn interval(estimate: Option<Estimate>) -> Value {
    estimate.map_or(Value::Null, |estimate| {
        json!(numbers([estimate.median, estimate.low, estimate.high]))
    })
}

fn describe(cell: &Cell<'_>, axes: &[String], findings: &Findings) -> Value {
    let first = cell.trials[0];
    let settings: Vec<String> = axes.iter().map(|axis| setting(first, axis)).collect();
    let bands = (0..BANDS.len()).map(band_name);
    let regions = std::iter::once(INSIDE.to_owned()).chain(bands);
    let by_region = regions.map(|region| {
        let errors = cell.trials.iter().filter_map(|trial| trial.error(&region)?.nrmse);
        interval(median_interval(&errors.collect::<Vec<_>>()))
    });
    json!({
        "id": first.cell,
        "settings": settings,
        "far": interval(cell.far),
        "test": interval(cell.inside),
        "regions": by_region.collect::<Vec<_>>(),
        "trials": cell.trials.iter().map(|trial| network(trial, findings)).collect::<Vec<_>>(),
    })
}

/// `[id, seed, far error, test error, class, slope, Lipschitz bound, step of divergence]`; slope and bound in the
/// target's units for each of the input's, of networks of one input.
fn network(trial: &Stored, findings: &Findings) -> Value {
    let error = |region: &str| {
        trial
            .error(region)
            .and_then(|error| error.nrmse)
            .map_or(Value::Null, number)
    };
    let far = findings.far.get(&trial.id);
    let (_, half_width) = trial.settings.range.hull(0);
    let slope = far.filter(|_| trial.settings.inputs.len() == 1).map(|far| {
        let steepest = far.rays.iter().map(|ray| ray.slope).fold(0.0, f64::max);
        number(steepest / half_width)
    });
    json!([
        trial.id,
        trial.settings.seed,
        error(FAR),
        error(INSIDE),
        far.map(|far| far.class.name()),
        slope,
        trial.lipschitz.map(number),
        trial.diverged_at,
    ])
}

/// The places of the cells whose curves are drawn: [`CELLS`] at most, which the targets take in turns.
fn worth_a_look(ranked: &[(&str, Vec<Cell<'_>>)]) -> BTreeSet<usize> {
    let mut start = 0;
    let by_target = ranked.iter().map(|(_, cells)| {
        let of: Vec<(Activation, String)> = cells
            .iter()
            .map(|cell| &cell.trials[0].settings)
            .map(|settings| (settings.activation, settings.range.to_string()))
            .collect();
        let places = wanted(&of).into_iter().map(|position| start + position).collect();
        start += cells.len();
        places
    });
    in_turns(&by_target.collect::<Vec<_>>(), CELLS).into_iter().collect()
}

/// Positions of a target's cells, which are of these kinds, the best first: the best of each kind, then the best.
fn wanted<K: Ord>(kinds: &[K]) -> Vec<usize> {
    let mut seen = BTreeSet::new();
    let (mut first, rest): (Vec<usize>, Vec<usize>) =
        (0..kinds.len()).partition(|position| seen.insert(&kinds[*position]));
    first.extend(rest.into_iter().take_while(|position| *position < CURVES));
    first
}

/// The first of each list, the second of each list, and so on, `most` at most.
fn in_turns(lists: &[Vec<usize>], most: usize) -> Vec<usize> {
    let longest = lists.iter().map(Vec::len).max().unwrap_or(0);
    let turns = (0..longest).flat_map(|turn| lists.iter().filter_map(move |list| list.get(turn).copied()));
    turns.take(most).collect()
}

/// What the networks of a cell learned and how: fits over the line where there is one input, and the records.
fn curves(store: &Store, cell: &Cell<'_>) -> Result<Value> {
    let settings = &cell.trials[0].settings;
    let trained = cell
        .trials
        .iter()
        .filter(|trial| trial.diverged_at.is_none())
        .take(NETWORKS);
    let trained: Vec<&Stored> = trained.copied().collect();
    let mut curves = HashMap::from([("range", json!(settings.range.0[0]))]);
    if settings.inputs.len() == 1 {
        let (centre, half_width) = settings.range.hull(0);
        let place = |i: usize| centre + half_width * REACH * (2.0 * i as f64 / POINTS as f64 - 1.0);
        let x: Vec<f64> = (0..=POINTS).map(place).collect();
        let learned = |trial: &&Stored| {
            let network = weights::decode(&store.weights(&trial.id)?)?;
            let points = x.iter().map(std::slice::from_ref);
            Ok(json!(numbers(answers(
                &network,
                &trial.settings,
                &trial.scaling,
                points
            ))))
        };
        curves.insert(
            "learned",
            json!(trained.iter().map(learned).collect::<Result<Vec<_>>>()?),
        );
        curves.insert("x_name", json!(settings.inputs[0]));
        let truth = Function::parse(&settings.target)
            .ok()
            .filter(|_| settings.data.is_none());
        let truth = truth.map(|function| numbers(x.iter().map(|x| function.value(&[*x]))));
        curves.insert("truth", json!(truth));
        curves.insert("x", json!(numbers(x)));
    }
    let histories: Vec<_> = trained
        .iter()
        .map(|trial| store.history(&trial.id))
        .collect::<Result<_>>()?;
    if let Some(first) = histories.first() {
        curves.insert(
            "step",
            json!(first.iter().map(|record| record.step).collect::<Vec<_>>()),
        );
        let losses = histories
            .iter()
            .map(|history| numbers(history.iter().map(|record| f64::from(record.loss))));
        curves.insert("loss", json!(losses.collect::<Vec<_>>()));
        let sigma = |layer: usize| {
            let at = |record: usize| {
                let of = histories
                    .iter()
                    .filter_map(|history| Some(f64::from(*history.get(record)?.sigma.get(layer)?)));
                median(&of.collect::<Vec<_>>())
            };
            numbers((0..first.len()).map(at))
        };
        let layers = first.first().map_or(0, |record| record.sigma.len());
        curves.insert("sigma", json!((0..layers).map(sigma).collect::<Vec<_>>()));
    }
    Ok(json!(curves))
}

/// For each axis the share of the variance of the logarithm of the far and of the test error that it explains by itself.
fn variance(trials: &[Stored], axes: &[String]) -> Value {
    let shares = |region: &str| {
        let positive = |trial: &&Stored| {
            let error = trial.error(region)?.nrmse?;
            (error.is_finite() && error > 0.0).then_some(error.log10())
        };
        let (of, values): (Vec<&Stored>, Vec<f64>) = trials
            .iter()
            .filter_map(|trial| Some((trial, positive(&trial)?)))
            .unzip();
        let levels = |axis: &String| {
            let mut names: HashMap<String, usize> = HashMap::new();
            let level = |trial: &&Stored| {
                let next = names.len();
                *names.entry(setting(trial, axis)).or_insert(next)
            };
            of.iter().map(level).collect()
        };
        let levels: Vec<Vec<usize>> = axes.iter().map(levels).collect();
        numbers(main_effects(&levels, &values))
    };
    json!({ "far": shares(FAR), "test": shares(INSIDE) })
}

/// What networks become, in the order of the page.
const CLASSES: [Class; 6] = [
    Class::Constant,
    Class::Affine,
    Class::Polynomial,
    Class::Periodic,
    Class::Divergent,
    Class::Other,
];

/// What the networks of each range became.
type ByRange = BTreeMap<String, Vec<(Activation, Class)>>;

/// By target and by range, of which the empty one is all, for each activation `[name, [[count, of, low, high], ..]]`:
/// the share of each class with its interval by Wilson.
fn classes(trials: &[Stored], findings: &Findings) -> Value {
    let mut found: BTreeMap<&str, ByRange> = BTreeMap::new();
    for trial in trials {
        let Some(far) = findings.far.get(&trial.id) else {
            continue;
        };
        let of_target = found.entry(&trial.settings.target).or_default();
        for range in [String::new(), trial.settings.range.to_string()] {
            let of_range = of_target.entry(range).or_default();
            of_range.push((trial.settings.activation, far.class));
        }
    }
    let of_ranges = |ranges: ByRange| -> serde_json::Map<String, Value> {
        let shares = ranges.into_iter().map(|(range, networks)| (range, shares(&networks)));
        shares.collect()
    };
    let of: serde_json::Map<String, Value> = found
        .into_iter()
        .map(|(target, ranges)| (target.to_owned(), json!(of_ranges(ranges))))
        .collect();
    json!({ "names": CLASSES.map(Class::name), "of": of })
}

fn shares(networks: &[(Activation, Class)]) -> Value {
    let of = |activation: Activation| {
        let classes: Vec<Class> = networks
            .iter()
            .filter(|(of, _)| *of == activation)
            .map(|(_, class)| *class)
            .collect();
        let share = |class: &Class| {
            let count = classes.iter().filter(|found| *found == class).count();
            let share = wilson(count, classes.len())?;
            Some(json!([count, share.of, number(share.low), number(share.high)]))
        };
        let shares: Option<Vec<Value>> = CLASSES.iter().map(share).collect();
        shares.map(|shares| json!([activation.name(), shares]))
    };
    json!(Activation::ALL.into_iter().filter_map(of).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curves_are_shared_by_all_targets() {
        assert_eq!(wanted(&["a", "a", "b", "a"]), [0, 2, 1, 3]);
        let many: Vec<usize> = (0..20).map(|kind| kind % 16).collect();
        assert_eq!(wanted(&many), (0..16).collect::<Vec<_>>());
        let targets: Vec<Vec<usize>> = (0..30)
            .map(|target| (20 * target..20 * (target + 1)).collect())
            .collect();
        let chosen = in_turns(&targets, CELLS);
        assert_eq!(chosen.len(), CELLS);
        for target in targets {
            assert_eq!(chosen.iter().filter(|place| target.contains(place)).count(), CELLS / 30);
        }
        assert_eq!(in_turns(&[vec![0, 1, 2], vec![3]], 9), [0, 3, 1, 2]);
    }

    #[test]
    fn shares_count_each_class_of_each_activation() {
        let networks = [
            (Activation::Relu, Class::Affine),
            (Activation::Tanh, Class::Constant),
            (Activation::Relu, Class::Affine),
            (Activation::Relu, Class::Other),
        ];
        let shares = shares(&networks);
        let counts = |activation: usize| -> Vec<(u64, u64)> {
            let of = shares[activation][1].as_array().expect("a share of each class");
            let pair = |share: &Value| Some((share[0].as_u64()?, share[1].as_u64()?));
            of.iter().map(|share| pair(share).expect("counts")).collect()
        };
        assert_eq!((&shares[0][0], &shares[1][0]), (&json!("relu"), &json!("tanh")));
        assert_eq!(counts(0), [(0, 3), (2, 3), (0, 3), (0, 3), (0, 3), (1, 3)]);
        assert_eq!(counts(1), [(1, 1), (0, 1), (0, 1), (0, 1), (0, 1), (0, 1)]);
    }
}
