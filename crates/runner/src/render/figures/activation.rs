//! An activation and its derivative.

use actlab_model::Activation;
use anyhow::Result;
use plotters::prelude::*;

use super::chart::{INK, LINE, PANEL, UNITS, axes, draw, plot_error};
use crate::render::palette::Palette;

/// Both are drawn from here to the left to here to the right, by so many points.
const REACH: f64 = 5.0;
const POINTS: usize = 200;

/// The largest value that is shown.
const HIGHEST: f64 = 5.5;

/// The picture of a unit.
pub fn svg(activation: Activation) -> Result<String> {
    let colour = Palette::new([""; 0]).look(activation.name()).colour();
    // Of what is very steep a part, without its derivative, which leaves the picture.
    let is_steep = activation.lipschitz().is_finite() && activation.lipschitz() > REACH;
    let reach = if is_steep { 1.0 } else { REACH };
    let x: Vec<f64> = (0..=POINTS)
        .map(|i| reach * (2.0 * i as f64 / POINTS as f64 - 1.0))
        .collect();
    let curve = |f: &dyn Fn(f64) -> f64| -> Vec<(f64, f64)> { x.iter().map(|x| (*x, f(*x))).collect() };
    let value = curve(&|x| activation.value(x));
    let derivative = if is_steep {
        Vec::new()
    } else {
        curve(&|x| activation.derivative(x))
    };
    let shown = value.iter().chain(&derivative).map(|(_, y)| y.clamp(-HIGHEST, HIGHEST));
    let [low, high] = shown.fold([0.0f64, 0.0f64], |[low, high], y| [low.min(y), high.max(y)]);
    let margin = 0.05 * (high - low);
    draw(1, PANEL, |panels| {
        let mut chart = ChartBuilder::on(&panels[0])
            .margin(10 * UNITS)
            .x_label_area_size(54 * UNITS)
            .y_label_area_size(86 * UNITS)
            .build_cartesian_2d(-reach..reach, low - margin..high + margin)
            .map_err(plot_error)?;
        axes(&mut chart, "x", activation.name())?;
        for ends in [
            [(-reach, 0.0), (reach, 0.0)],
            [(0.0, low - margin), (0.0, high + margin)],
        ] {
            let thin = INK.mix(0.3).stroke_width(LINE);
            chart.draw_series(LineSeries::new(ends, thin)).map_err(plot_error)?;
        }
        for part in parts(&derivative, low - margin, high + margin) {
            let style = INK.stroke_width(LINE);
            let dashed = DashedLineSeries::new(part, 6 * UNITS, 4 * UNITS, style);
            chart.draw_series(dashed).map_err(plot_error)?;
        }
        for part in parts(&value, low - margin, high + margin) {
            let style = colour.stroke_width(3 * LINE);
            chart.draw_series(LineSeries::new(part, style)).map_err(plot_error)?;
        }
        Ok(())
    })
}

/// A curve in parts: without what leaves the picture, and taken apart where it jumps.
fn parts(curve: &[(f64, f64)], low: f64, high: f64) -> Vec<Vec<(f64, f64)>> {
    let mut parts: Vec<Vec<(f64, f64)>> = vec![Vec::new()];
    for (i, point) in curve.iter().enumerate() {
        let outside = !(low..=high).contains(&point.1);
        if outside || jumps(curve, i) {
            parts.push(Vec::new());
        }
        if !outside {
            parts.last_mut().expect("there is a first part").push(*point);
        }
    }
    parts.retain(|part| part.len() > 1);
    parts
}

/// Whether a point is much farther from the one before it than these are from their other neighbours.
fn jumps(curve: &[(f64, f64)], i: usize) -> bool {
    const SEEN: f64 = 0.03;
    let change = |i: usize| match (i.checked_sub(1).and_then(|before| curve.get(before)), curve.get(i)) {
        (Some(before), Some(point)) => (point.1 - before.1).abs(),
        _ => 0.0,
    };
    i > 0 && change(i) > SEEN + 4.0 * change(i - 1).max(change(i + 1))
}
