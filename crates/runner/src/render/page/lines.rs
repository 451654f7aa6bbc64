//! What the panels of learned curves share: the line that the networks of a target and a range are drawn over, the truth,
//! and the data's own points.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::grid::{Grid, Seen};
use super::numbers::numbers;
use crate::analysis::ranking::Ranking;
use crate::experiment::target::Function;
use crate::experiment::trial::Resolved;
use crate::measure::target_deviations;
use crate::store::{Points, Stored};

/// What curves over a line are measured by: four digits are enough for whatever is counted from the target's mean, in its
/// standard deviations and in half-widths.
#[derive(Debug)]
pub struct Line {
    settings: Resolved,
    /// Of the range.
    centre: f64,
    half_width: f64,
    /// Of each output of the target in the range.
    mean: Vec<f64>,
    deviation: Vec<f64>,
}

/// By target and range.
pub type Lines = BTreeMap<(String, String), Line>;

/// Of the cells with one input that have a trained network.
pub fn lines(rankings: &[Ranking<'_>], rows: &Points) -> Lines {
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
    fn new(trial: &Stored, rows: &Points) -> Self {
        let settings = trial.settings.clone();
        let (centre, half_width) = settings.domain().hull(0);
        Self {
            mean: mean(&settings, rows).unwrap_or_else(|| trial.scaling.y_mean.clone()),
            deviation: target_deviations(&trial.errors, &trial.scaling),
            settings,
            centre,
            half_width,
        }
    }

    /// How many outputs the target has.
    pub fn outputs(&self) -> usize {
        self.mean.len()
    }

    /// The inputs at these distances from the centre, in half-widths.
    pub fn inputs(&self, distances: &[f64]) -> Vec<f64> {
        distances.iter().map(|t| self.centre + self.half_width * t).collect()
    }

    /// Values of each output of the target, or of a network, as they are drawn: from the mean, in standard deviations.
    pub fn scale(&self, values: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
        let moments = self.mean.iter().zip(&self.deviation);
        let scaled = |(values, (mean, deviation)): (Vec<f64>, (&f64, &f64))| {
            values.into_iter().map(|value| (value - mean) / deviation).collect()
        };
        values.into_iter().zip(moments).map(scaled).collect()
    }

    /// For the page, output by output.
    fn json(&self, grid: &Grid) -> Value {
        let truth = self
            .settings
            .truth()
            .map(|function| grid.look(|distances| self.scale(columns(&function, &self.inputs(distances)))));
        let order = |seen: &Vec<Seen>| numbers(seen.iter().map(|seen| seen.middle.unwrap_or(f64::NAN)));
        let of = |(output, name): (usize, &String)| {
            let truth = truth.as_ref().map(|truth| truth[output].each_ref().map(order));
            json!({
                "output": name,
                "input": self.settings.inputs[0],
                "centre": self.centre,
                "half_width": self.half_width,
                "trained": self.settings.domain().parts(0),
                "mean": self.mean[output],
                "deviation": self.deviation[output],
                "truth": truth,
            })
        };
        self.settings.outputs.iter().enumerate().map(of).collect()
    }
}

/// For each output of a function of one input its values.
fn columns(function: &Function, x: &[f64]) -> Vec<Vec<f64>> {
    let rows: Vec<Vec<f64>> = x.iter().map(|x| function.values(&[*x])).collect();
    let column = |output: usize| rows.iter().map(|row| row[output]).collect();
    (0..function.outputs().len()).map(column).collect()
}

/// The mean of each output of the target in the range; none where nothing is known of it.
fn mean(settings: &Resolved, rows: &Points) -> Option<Vec<f64>> {
    let inside = match settings.truth() {
        Some(function) => columns(&function, &spread(settings)),
        None => {
            let trained = |x: f64| {
                settings.range.0[0]
                    .iter()
                    .any(|[low, high]| (*low..=*high).contains(&x))
            };
            let outputs = rows.get(settings.data.as_ref()?)?.iter();
            let inside = |rows: &Vec<[f64; 2]>| rows.iter().filter(|[x, _]| trained(*x)).map(|[_, y]| *y).collect();
            outputs.map(inside).collect()
        }
    };
    let mean =
        |inside: &Vec<f64>| Some(inside.iter().sum::<f64>() / inside.len() as f64).filter(|mean| mean.is_finite());
    inside.iter().map(mean).collect()
}

/// Evenly spread over the range.
fn spread(settings: &Resolved) -> Vec<f64> {
    const POINTS: usize = 512;
    let at = |i: usize| settings.range.at(0, (i as f64 + 0.5) / POINTS as f64);
    (0..POINTS).map(at).collect()
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

/// The points of data, by target and output; in columns.
pub fn points(rankings: &[Ranking<'_>], rows: &Points) -> Value {
    let columns = |points: &Vec<[f64; 2]>| {
        let column = |i: usize| points.iter().map(|point| point[i]).collect::<Vec<f64>>();
        json!({ "x": column(0), "y": column(1) })
    };
    let of = |ranking: &Ranking<'_>| {
        let outputs = rows.get(ranking.cells[0].settings().data.as_ref()?)?;
        Some((ranking.target.to_owned(), outputs.iter().map(columns).collect()))
    };
    Value::Object(rankings.iter().filter_map(of).collect())
}
