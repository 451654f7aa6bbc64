//! What the panels of learned curves share: the line that the networks of a target and a range are drawn over, the truth,
//! and the data's own points.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::grid::{Grid, ORDERS};
use super::numbers::numbers;
use crate::analysis::ranking::Ranking;
use crate::experiment::grid::Resolved;
use crate::experiment::target::Function;
use crate::measure::target_deviation;
use crate::render::truth;
use crate::store::Stored;

/// Points of data by its digest.
pub type Rows = BTreeMap<String, Vec<[f64; 2]>>;

/// What curves over a line are measured by: four digits are enough for whatever is counted from the target's mean, in its
/// standard deviations and in half-widths.
#[derive(Debug)]
pub struct Line {
    settings: Resolved,
    /// Of the range.
    centre: f64,
    half_width: f64,
    /// Of the target in the range.
    mean: f64,
    deviation: f64,
}

/// By target and range.
pub type Lines = BTreeMap<(String, String), Line>;

/// Of the cells with one input that have a trained network.
pub fn lines(rankings: &[Ranking<'_>], rows: &Rows) -> Lines {
    let mut lines = Lines::new();
    for cell in rankings.iter().flat_map(|ranking| &ranking.cells) {
        if let ([_], Some(trial)) = (cell.settings().inputs.as_slice(), cell.trained().next()) {
            let line = lines.entry(place(cell.settings()));
            line.or_insert_with(|| Line::new(trial, rows));
        }
    }
    lines
}

/// Where the line of these settings is found.
pub fn place(settings: &Resolved) -> (String, String) {
    (settings.target.clone(), settings.range.to_string())
}

impl Line {
    fn new(trial: &Stored, rows: &Rows) -> Self {
        let settings = trial.settings.clone();
        let (centre, half_width) = settings.domain().hull(0);
        Self {
            mean: mean(&settings, rows).unwrap_or(trial.scaling.y_mean),
            deviation: target_deviation(&trial.errors, &trial.scaling),
            settings,
            centre,
            half_width,
        }
    }

    /// The inputs at these distances from the centre, in half-widths.
    pub fn inputs(&self, distances: &[f64]) -> Vec<f64> {
        distances.iter().map(|t| self.centre + self.half_width * t).collect()
    }

    /// A value of the target, or of a network, as it is drawn: from the mean, in standard deviations.
    pub fn scale(&self, value: f64) -> f64 {
        (value - self.mean) / self.deviation
    }

    /// For the page.
    fn json(&self, grid: &Grid) -> Value {
        let truth = truth(&self.settings).map(|function| {
            let value = |x: f64| self.scale(function.value(&[x]));
            let seen = grid.look(|distances| self.inputs(distances).into_iter().map(value).collect());
            let order = |order: usize| numbers(seen[order].iter().map(|seen| seen.middle.unwrap_or(f64::NAN)));
            (0..ORDERS).map(order).collect::<Vec<_>>()
        });
        json!({
            "input": self.settings.inputs[0],
            "centre": self.centre,
            "half_width": self.half_width,
            "trained": self.settings.domain().parts(0),
            "mean": self.mean,
            "deviation": self.deviation,
            "truth": truth,
        })
    }
}

/// The target's mean in the range; none where nothing is known of it.
fn mean(settings: &Resolved, rows: &Rows) -> Option<f64> {
    let inside = match truth(settings) {
        Some(function) => values(&function, settings),
        None => {
            let trained = |x: f64| {
                settings.range.0[0]
                    .iter()
                    .any(|[low, high]| (*low..=*high).contains(&x))
            };
            let rows = rows.get(settings.data.as_ref()?)?.iter();
            rows.filter(|[x, _]| trained(*x)).map(|[_, y]| *y).collect()
        }
    };
    let mean = inside.iter().sum::<f64>() / inside.len() as f64;
    mean.is_finite().then_some(mean)
}

/// Evenly spread over the range.
fn values(function: &Function, settings: &Resolved) -> Vec<f64> {
    const POINTS: usize = 512;
    let at = |i: usize| settings.range.at(0, (i as f64 + 0.5) / POINTS as f64);
    (0..POINTS).map(|i| function.value(&[at(i)])).collect()
}

/// For the page: by target, then by range.
pub fn json(lines: &Lines, grid: &Grid) -> Value {
    let mut by_target: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for ((target, range), line) in lines {
        by_target
            .entry(target)
            .or_default()
            .insert(range.clone(), line.json(grid));
    }
    json!(by_target)
}

/// The points of data, by target; in columns.
pub fn points(rankings: &[Ranking<'_>], rows: &Rows) -> Value {
    let of = |ranking: &Ranking<'_>| {
        let points = rows.get(ranking.cells[0].settings().data.as_ref()?)?;
        let column = |i: usize| points.iter().map(|point| point[i]).collect::<Vec<f64>>();
        Some((ranking.target.to_owned(), json!({ "x": column(0), "y": column(1) })))
    };
    Value::Object(rankings.iter().filter_map(of).collect())
}
