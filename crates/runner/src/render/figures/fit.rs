//! The networks that stand for an activation against their targets, in the layout of the paper's figures.

use crate::experiment::network::Mixture;
use anyhow::Result;
use plotters::prelude::*;

use super::chart::{INK, LINE, PANEL, POINTS, Panel, UNITS, axes, draw, plot_error};
use super::{Figure, Network};
use crate::render::palette::Palette;

/// The layout of the paper's figures: the network that stands for an activation, for each target and each of its outputs, side
/// by side.
pub fn figure<'a, 'b>(activation: Mixture, networks: &'a [Network<'b>], palette: &Palette) -> Result<Figure> {
    let targets: Vec<&str> = networks
        .iter()
        .map(|network| network.trial.settings.target.as_str())
        .collect();
    let outputs = |network: &'a Network<'b>| (0..network.trial.settings.outputs.len()).map(move |of| (network, of));
    let shown: Vec<(&Network<'_>, usize)> = networks.iter().flat_map(outputs).collect();
    let svg = draw(shown.len(), PANEL, |panels| {
        panels
            .iter()
            .zip(&shown)
            .try_for_each(|(panel, (network, output))| fit(panel, network, *output, palette))
    })?;
    Ok(Figure {
        name: file_name(&format!("fit_{activation}")),
        caption: format!(
            "The {activation} network that its error inside of the range chooses for {}, against the truth (thin); the trained range is \
             shaded.",
            targets.join(" and ")
        ),
        svg,
    })
}

/// Formulas are names too, with signs that are none of a file's name.
fn file_name(name: &str) -> String {
    let sign = |c: char| match c {
        '*' => '×',
        '/' => '÷',
        '\\' | ':' | '"' | '<' | '>' | '|' | '?' => '_',
        c => c,
    };
    name.chars().map(sign).collect()
}

/// An output of one network against its target, to twice the range's half-width from its centre on either side.
fn fit(panel: &Panel<'_>, network: &Network<'_>, output: usize, palette: &Palette) -> Result<()> {
    let settings = &network.trial.settings;
    let (centre, half_width) = settings.domain().hull(0);
    let x: Vec<f64> = (0..=POINTS)
        .map(|i| centre + half_width * (4.0 * i as f64 / POINTS as f64 - 2.0))
        .collect();
    let learned: Vec<(f64, f64)> = x.iter().copied().zip(network.answers(&x).swap_remove(output)).collect();
    let truth = settings.truth();
    let truth: Vec<(f64, f64)> = truth
        .iter()
        .flat_map(|function| x.iter().map(|x| (*x, function.values(&[*x])[output])))
        .collect();
    let values = learned.iter().chain(&truth).map(|(_, y)| *y).filter(|y| y.is_finite());
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| {
        (low.min(y), high.max(y))
    });
    let margin = 0.05 * (high - low).max(f64::MIN_POSITIVE);
    let mut chart = ChartBuilder::on(panel)
        .margin(10 * UNITS)
        .x_label_area_size(54 * UNITS)
        .y_label_area_size(86 * UNITS)
        .build_cartesian_2d(x[0]..x[POINTS], low - margin..high + margin)
        .map_err(plot_error)?;
    for [start, end] in settings.domain().parts(0) {
        let corners = [(*start, low - margin), (*end, high + margin)];
        chart
            .draw_series([Rectangle::new(corners, INK.mix(0.08).filled())])
            .map_err(plot_error)?;
    }
    axes(&mut chart, &settings.inputs[0], &settings.outputs[output])?;
    let finite = truth.into_iter().filter(|(_, y)| y.is_finite());
    chart
        .draw_series(LineSeries::new(finite, INK.stroke_width(LINE)))
        .map_err(plot_error)?;
    chart
        .draw_series(LineSeries::new(
            learned,
            palette
                .look(&settings.activations().to_string())
                .colour()
                .stroke_width(3 * LINE),
        ))
        .map_err(plot_error)?;
    Ok(())
}
