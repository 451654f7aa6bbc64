//! A small picture of a fit for a terminal, in braille.

use std::io::IsTerminal;

use actlab_model::network::trained::TrainedNetwork;
use anyhow::Result;
use textplots::{Chart, LabelBuilder, LabelFormat, Plot, Shape};

use super::words::short;
use crate::measure::errors::answers;
use crate::store::{Store, Stored, weights};

/// Dots of the picture; a character has two by four.
const WIDTH: u32 = 120;
const HEIGHT: u32 = 48;

/// How far out it goes, in half-widths from the centre of the range.
const REACH: f64 = 2.0;

/// The network and its target, output by output, where stdout is a terminal and there is one input; else nothing.
pub fn fit(store: &Store, trial: &Stored) -> Result<String> {
    if !std::io::stdout().is_terminal() || trial.settings.inputs.len() != 1 || trial.diverged_at.is_some() {
        return Ok(String::new());
    }
    let network = weights::decode(&store.weights(&trial.id)?)?;
    Ok((0..trial.settings.outputs.len())
        .map(|output| sketch(&network, trial, output))
        .collect())
}

fn sketch(network: &TrainedNetwork, trial: &Stored, output: usize) -> String {
    let settings = &trial.settings;
    let (centre, half_width) = settings.domain().hull(0);
    let place = |i: u32| centre + half_width * REACH * (2.0 * f64::from(i) / f64::from(WIDTH - 1) - 1.0);
    let x: Vec<f64> = (0..WIDTH).map(place).collect();
    let points = |y: Vec<f64>| -> Vec<(f32, f32)> {
        let finite = x.iter().zip(y).filter(|(_, y)| y.is_finite());
        finite.map(|(x, y)| (*x as f32, y as f32)).collect()
    };
    let mut answers = answers(network, &trial.scaling, x.iter().map(std::slice::from_ref));
    let learned = points(answers.swap_remove(output));
    let truth = settings
        .truth()
        .map(|function| points(x.iter().map(|x| function.values(&[*x])[output]).collect()));
    let truth = truth.unwrap_or_default();
    let dotted: Vec<_> = truth.iter().copied().step_by(3).collect();
    let (start, end) = (x[0] as f32, x[x.len() - 1] as f32);
    let (lines, dots) = (Shape::Lines(&learned), Shape::Points(&dotted));
    let mut chart = Chart::new(WIDTH, HEIGHT, start, end);
    let chart = chart
        .lineplot(&lines)
        .lineplot(&dots)
        .x_label_format(LabelFormat::Custom(Box::new(|x| short(f64::from(x)))))
        .y_label_format(LabelFormat::Custom(Box::new(|y| short(f64::from(y)))));
    chart.axis();
    chart.figures();
    format!(
        "\n{} over {}: {} (line), truth (dots), trained on {}\n{chart}\n",
        settings.outputs[output],
        settings.inputs[0],
        settings.activations(),
        settings.range
    )
}
