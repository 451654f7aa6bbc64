//! What the page's script draws, as one JSON object. Small however many trials there are: numbers of four digits, and
//! curves of the cells that are worth a look.

use std::collections::{BTreeSet, HashMap};

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::grid::Grid;
use super::numbers::{number, numbers};
use super::{curves, lines};
use crate::analysis::cells::Cell;
use crate::analysis::classes::{Became, OfTarget};
use crate::analysis::columns::setting;
use crate::analysis::effects::effects;
use crate::analysis::findings::Findings;
use crate::analysis::ranking::ranking;
use crate::experiment::range::BANDS;
use crate::experiment::settings::columns;
use crate::measure::far_field::Class;
use crate::render::palette::{self, Palette};
use crate::samples::{FAR, INSIDE, band_name};
use crate::statistics::Estimate;
use crate::store::{Store, Stored};

/// The data of the page, safe inside of a script element.
pub fn data(store: &Store, all: &[Stored], trials: &[Stored], findings: &Findings<'_>) -> Result<String> {
    let axes = axes(store, trials)?;
    let also = repeated(all);
    let rankings = ranking(trials);
    let cells: Vec<&Cell<'_>> = rankings.iter().flat_map(|ranking| &ranking.cells).collect();
    let grid = Grid::new();
    let rows = store.points()?;
    let lines = lines::lines(&rankings, &rows);
    let palette = Palette::new(trials.iter().map(|trial| trial.settings.activation.to_string()));
    let mut values = Values::new(&axes);
    let described: Vec<Value> = cells
        .iter()
        .map(|cell| describe(cell, &mut values, &also, findings))
        .collect();
    let data = json!({
        "axes": axes,
        "values": values.json(),
        "palette": palette.json(),
        "errors": palette::errors(),
        "distance": findings.distance,
        "cells": described,
        "grid": { "distances": numbers(grid.distances.iter().copied()), "dense": [grid.dense.start, grid.dense.end] },
        "lines": lines::json(&lines, &grid),
        "points": lines::points(&rankings, &rows),
        "curves": curves::all(store, &rankings, &grid, &lines)?,
        "variance": {
            "far": numbers(effects(trials, &axes, FAR)),
            "test": numbers(effects(trials, &axes, INSIDE)),
        },
        "classes": classes(findings),
    });
    Ok(data.to_string().replace('<', "\\u003c"))
}

/// Targets and ranges by the ids of cells.
type Repeated<'a> = HashMap<&'a str, BTreeSet<(String, String)>>;

/// For each cell the other targets and ranges for which the same networks stand, as they learn the same problem.
fn repeated(all: &[Stored]) -> Repeated<'_> {
    let by_id: HashMap<&str, &Stored> = all.iter().map(|trial| (trial.id.as_str(), trial)).collect();
    let problem = |trial: &Stored| (trial.settings.target.clone(), trial.settings.range.to_string());
    let mut found = Repeated::new();
    for trial in all {
        let first = trial.same.as_deref().and_then(|same| by_id.get(same));
        if let Some(first) = first.filter(|first| problem(first) != problem(trial)) {
            found.entry(&first.cell).or_default().insert(problem(trial));
        }
    }
    found
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

fn interval(estimate: Option<Estimate>) -> Value {
    estimate.map_or(Value::Null, |estimate| {
        json!(numbers([estimate.median, estimate.low, estimate.high]))
    })
}

/// The values of each axis, in the order in which they are met: twenty thousand cells have their places.
struct Values<'a>(Vec<(&'a str, HashMap<String, usize>)>);

impl<'a> Values<'a> {
    fn new(axes: &'a [String]) -> Self {
        Self(axes.iter().map(|axis| (axis.as_str(), HashMap::new())).collect())
    }

    /// Those of a trial's settings.
    fn places(&mut self, trial: &Stored) -> Vec<usize> {
        let place = |(axis, known): &mut (&str, HashMap<String, usize>)| {
            let next = known.len();
            *known.entry(setting(trial, axis)).or_insert(next)
        };
        self.0.iter_mut().map(place).collect()
    }

    fn json(&self) -> Value {
        let in_order = |(_, known): &(&str, HashMap<String, usize>)| {
            let mut values: Vec<(&String, &usize)> = known.iter().collect();
            values.sort_by_key(|(_, place)| **place);
            values.into_iter().map(|(value, _)| value.as_str()).collect::<Value>()
        };
        self.0.iter().map(in_order).collect()
    }
}

/// The errors begin with that inside of the range, which is the test's.
fn describe(cell: &Cell<'_>, values: &mut Values<'_>, also: &Repeated<'_>, findings: &Findings<'_>) -> Value {
    let bands = (0..BANDS.len()).map(band_name);
    let regions = std::iter::once(INSIDE.to_owned()).chain(bands);
    let by_region = regions.map(|region| interval(cell.error_in(&region)));
    let covers = cell.far.or(cell.inside).map_or(Value::Null, |of| number(of.coverage));
    let mut described = json!({
        "id": cell.name(),
        "settings": values.places(cell.trials[0]),
        "far": interval(cell.far),
        "covers": covers,
        "regions": by_region.collect::<Vec<_>>(),
        "trials": cell.trials.iter().map(|trial| network(trial, findings)).collect::<Vec<_>>(),
    });
    if let Some(also) = also.get(cell.name()) {
        described["also"] = json!(also);
    }
    described
}

/// Digits of a trial's id that the page shows and its commands are given; there are a hundred thousand trials in a page of 15 MB.
const DIGITS: usize = 8;

/// `[id, seed, far error, test error, class, slope, Lipschitz bound]`, and of a diverged network the step of it; the class is a
/// position in the names of the classes, slope and bound are in the target's units for each of the input's, of networks of one
/// input.
fn network(trial: &Stored, findings: &Findings<'_>) -> Value {
    let error = |region: &str| {
        trial
            .error(region)
            .and_then(|error| error.nrmse)
            .map_or(Value::Null, number)
    };
    let far = trial.far();
    let (_, half_width) = trial.settings.domain().hull(0);
    let slope = far
        .filter(|_| trial.settings.inputs.len() == 1)
        .map(|far| number(far.slope / half_width));
    let class = far.and_then(|far| far.class(findings.distance));
    let class = class.and_then(|class| Class::ALL.iter().position(|of| *of == class));
    let mut network = vec![
        json!(&trial.id[..DIGITS]),
        json!(trial.settings.seed),
        error(FAR),
        error(INSIDE),
        json!(class),
        json!(slope),
        json!(trial.lipschitz.map(number)),
    ];
    network.extend(trial.diverged_at.map(|step| json!(step)));
    Value::Array(network)
}

/// By target and by range, of which the empty one is all, for each activation `[name, [[count, of, low, high], ..]]`:
/// the share of each class with its interval by Wilson.
fn classes(findings: &Findings<'_>) -> Value {
    let of_target = |of: &OfTarget| -> Map<String, Value> {
        let by_range = of
            .by_range
            .iter()
            .map(|(range, networks)| (range.clone(), shares(networks)));
        std::iter::once((String::new(), shares(&of.all)))
            .chain(by_range)
            .collect()
    };
    let of: Map<String, Value> = findings
        .by_target
        .iter()
        .map(|(target, of)| ((*target).to_owned(), json!(of_target(of))))
        .collect();
    let names: Vec<&str> = Class::ALL.iter().map(|class| class.name()).collect();
    json!({ "names": names, "of": of })
}

fn shares(networks: &[Became]) -> Value {
    let of = |became: &Became| {
        let shares = became.shares.iter();
        let shares = shares.map(|share| json!([share.count, share.of, number(share.low), number(share.high)]));
        json!([became.activation.to_string(), shares.collect::<Vec<_>>()])
    };
    networks.iter().map(of).collect()
}
