//! The networks that stand for an activation against their targets, in the layout of the paper's figures.

use crate::experiment::network::Mixture;
use anyhow::Result;
use plotters::prelude::*;

use super::chart::{INK, LINE, PANEL, POINTS, Panel, UNITS, axes, draw, plot_error};
use super::{Figure, Network};
use crate::render::palette::Palette;
use crate::render::truth;

/// The layout of the paper's figures: the network that stands for an activation, for each target, side by side.
pub fn figure(activation: Mixture, networks: &[Network<'_>], palette: &Palette) -> Result<Figure> {
    let targets: Vec<&str> = networks
        .iter()
        .map(|network| network.trial.settings.target.as_str())
        .collect();
    let svg = draw(networks.len(), PANEL, |panels| {
        panels
            .iter()
            .zip(networks)
            .try_for_each(|(panel, network)| fit(panel, network, palette))
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

/// One network against its target, to twice the range's half-width from its centre on either side.
fn fit(panel: &Panel<'_>, network: &Network<'_>, palette: &Palette) -> Result<()> {
    let settings = &network.trial.settings;
    let (centre, half_width) = settings.range.hull(0);
    let x: Vec<f64> = (0..=POINTS)
        .map(|i| centre + half_width * (4.0 * i as f64 / POINTS as f64 - 2.0))
        .collect();
    let learned: Vec<(f64, f64)> = x.iter().copied().zip(network.answers(&x)).collect();
    let truth = truth(settings);
    let truth: Vec<(f64, f64)> = truth
        .iter()
        .flat_map(|function| x.iter().map(|x| (*x, function.value(&[*x]))))
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
    for [start, end] in &settings.range.0[0] {
        let corners = [(*start, low - margin), (*end, high + margin)];
        chart
            .draw_series([Rectangle::new(corners, INK.mix(0.08).filled())])
            .map_err(plot_error)?;
    }
    axes(&mut chart, &settings.inputs[0], &settings.target)?;
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
