//! The error of the chosen networks against the distance from their range.

use anyhow::Result;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::chart::{INK, LINE, PANEL, POINTS, Panel, TEXT, UNITS, axes, draw, plot_error, text, width};
use super::{Figure, Network};
use crate::analysis::cells::Cell;
use crate::analysis::cells::activations;
use crate::analysis::ranking::Ranking;
use crate::experiment::network::Mixture;
use crate::experiment::target::Function;
use crate::measure::far_field::deviation;
use crate::render::palette::Palette;
use crate::statistics::median;
use crate::store::Store;

/// Far out in half-widths that the error is drawn.
const FARTHEST: f64 = 4.0;

/// Errors at distances.
type Curve = Vec<(f64, f64)>;

/// For one target, a curve for each activation: the median over the seeds of its chosen cell of the absolute error, at
/// each distance the larger of both sides, and of several outputs the largest. None for data, whose truth is known at its rows alone.
pub fn figure(store: &Store, position: usize, ranking: &Ranking<'_>, palette: &Palette) -> Result<Option<Figure>> {
    let Some(function) = ranking.cells[0].settings().truth() else {
        return Ok(None);
    };
    let curves = curves(store, &ranking.cells, &function)?;
    let Some((low, high)) = extent(&curves) else {
        return Ok(None);
    };
    let svg = draw(1, size(&curves), |panels| plot(&panels[0], &curves, low, high, palette))?;
    Ok(Some(Figure {
        name: format!("error_by_distance_{}", position + 1),
        caption: format!(
            "{}: absolute error (in standard deviations of the target in the trained range) of the cell of each activation that its validation error chooses, against the distance from the centre of the \
             range, median over seeds, the worse of both sides{}; the trained range is shaded.",
            ranking.target,
            match ranking.cells[0].settings().outputs.len() {
                1 => "",
                _ => " and of all outputs",
            }
        ),
        svg,
    }))
}

/// Of the chosen cell of each activation.
fn curves(store: &Store, cells: &[Cell<'_>], function: &Function) -> Result<Vec<(Mixture, Curve)>> {
    let mut curves = Vec::new();
    for activation in activations(cells.iter().map(|cell| cell.trials[0])) {
        let best = cells.iter().find(|cell| cell.settings().activations() == activation);
        let Some(cell) = best.filter(|cell| cell.far.is_some_and(|far| far.median.is_finite())) else {
            continue;
        };
        let networks: Vec<Network<'_>> = cell
            .trained()
            .map(|trial| Network::new(store, trial))
            .collect::<Result<_>>()?;
        curves.push((activation, error_curve(&networks, function)));
    }
    Ok(curves)
}

/// How far up what is shown goes beyond the largest error of the curve in the middle, and how far down from there.
const ABOVE: f64 = 1e3;
const BELOW_ALL: f64 = 1e-6;

/// The smallest and the largest error that are shown; one that explodes leaves the picture, or would flatten all others. None
/// where there is none.
fn extent(curves: &[(Mixture, Curve)]) -> Option<(f64, f64)> {
    let finite = |curve: &Curve| -> Vec<f64> {
        let errors = curve.iter().map(|(_, error)| *error);
        errors.filter(|error| error.is_finite()).collect()
    };
    let curves: Vec<Vec<f64>> = curves.iter().map(|(_, curve)| finite(curve)).collect();
    let largest = |curve: &Vec<f64>| curve.iter().copied().fold(0.0, f64::max);
    let largest: Vec<f64> = curves.iter().map(largest).collect();
    let high = largest
        .iter()
        .copied()
        .fold(0.0, f64::max)
        .min(ABOVE * median(&largest));
    let low = curves.into_iter().flatten().fold(f64::INFINITY, f64::min);
    (high > 0.0).then(|| (low.max(high * BELOW_ALL), high))
}

/// Space around the plot, and beside it to the names of the curves.
const MARGIN: u32 = 10 * UNITS;
const BELOW: u32 = 54 * UNITS;
const LEADER: u32 = 22 * UNITS;

/// Beside the plot there is room for the longest name, and one below the other for all.
fn size(curves: &[(Mixture, Curve)]) -> [u32; 2] {
    let [plot, height] = [PANEL[0] - 128 * UNITS, PANEL[1]];
    let names = TEXT * curves.len() as u32 + 2 * MARGIN;
    [plot + beside(curves), height.max(names + BELOW)]
}

fn beside(curves: &[(Mixture, Curve)]) -> u32 {
    let names = curves
        .iter()
        .map(|(activation, _)| width(&activation.to_string(), TEXT));
    LEADER + names.max().unwrap_or(0) + MARGIN
}

fn plot(panel: &Panel<'_>, curves: &[(Mixture, Curve)], low: f64, high: f64, palette: &Palette) -> Result<()> {
    let mut chart = ChartBuilder::on(panel)
        .margin(MARGIN)
        .margin_right(beside(curves))
        .x_label_area_size(BELOW)
        .y_label_area_size(86 * UNITS)
        .build_cartesian_2d(0.0..FARTHEST, (low / 2.0..high * 2.0).log_scale())
        .map_err(plot_error)?;
    let corners = [(0.0, low / 2.0), (1.0, high * 2.0)];
    chart
        .draw_series([Rectangle::new(corners, INK.mix(0.08).filled())])
        .map_err(plot_error)?;
    axes(&mut chart, "distance (half-widths)", "|error| (std of the target)")?;
    let mut ends: Vec<(f64, Mixture)> = Vec::new();
    for (activation, curve) in curves {
        let is_shown = |(_, error): &(f64, f64)| (low / 2.0..=high * 2.0).contains(error);
        let shown: Vec<_> = curve.iter().copied().filter(is_shown).collect();
        let end = curve.last().map(|(_, error)| error.clamp(low / 2.0, high * 2.0));
        ends.extend(end.filter(|_| !shown.is_empty()).map(|error| (error, *activation)));
        let look = palette.look(&activation.to_string());
        let style = look.colour().stroke_width(3 * LINE);
        match look.dashes() {
            None => chart.draw_series(LineSeries::new(shown, style)).map(drop),
            Some([on, off]) => chart
                .draw_series(DashedLineSeries::new(shown, on * UNITS, off * UNITS, style))
                .map(drop),
        }
        .map_err(plot_error)?;
    }
    label_ends(panel, ends, palette, |error| chart.backend_coord(&(FARTHEST, error)))
}

fn error_curve(networks: &[Network<'_>], function: &Function) -> Curve {
    let Some(first) = networks.first() else {
        return Vec::new();
    };
    let settings = &first.trial.settings;
    let (range, domain) = (&settings.range, settings.domain());
    let inside: Vec<Vec<f64>> = (0..POINTS)
        .map(|i| function.values(&[range.at(0, i as f64 / POINTS as f64)]))
        .collect();
    let scale = |output: usize| {
        let values: Vec<f64> = inside.iter().map(|values| values[output]).collect();
        deviation(&values).max(f64::MIN_POSITIVE)
    };
    let scales: Vec<f64> = (0..inside[0].len()).map(scale).collect();
    let distances: Vec<f64> = (0..=POINTS).map(|i| FARTHEST * i as f64 / POINTS as f64).collect();
    let (centre, half_width) = domain.hull(0);
    let side = |network: &Network<'_>, side: f64| -> Vec<f64> {
        let x: Vec<f64> = distances
            .iter()
            .map(|distance| centre + side * half_width * distance)
            .collect();
        let truth: Vec<Vec<f64>> = x.iter().map(|x| function.values(&[*x])).collect();
        let answers = network.answers(&x);
        let error = |at: usize| {
            let of = answers.iter().zip(&truth[at]).zip(&scales);
            largest(of.map(|((answers, truth), scale)| (answers[at] - truth).abs() / scale))
        };
        (0..x.len()).map(error).collect()
    };
    let worse = |network: &Network<'_>| -> Vec<f64> {
        let (left, right) = (side(network, -1.0), side(network, 1.0));
        left.into_iter()
            .zip(right)
            .map(|(left, right)| left.max(right))
            .collect()
    };
    let errors: Vec<Vec<f64>> = networks.iter().map(worse).collect();
    let middle = |i: usize| median(&errors.iter().map(|errors| errors[i]).collect::<Vec<_>>());
    distances
        .iter()
        .enumerate()
        .map(|(i, distance)| (*distance, middle(i)))
        .collect()
}

/// Of some errors; no-number where one of them is none, which does not hide behind the others.
fn largest(errors: impl Iterator<Item = f64>) -> f64 {
    let largest = errors.reduce(|a, b| if a.is_nan() || a > b { a } else { b });
    largest.unwrap_or(f64::NAN)
}

/// Names the curves at their right ends, with a line to each, as the names are apart where ends are not.
fn label_ends(
    panel: &Panel<'_>,
    mut ends: Vec<(f64, Mixture)>,
    palette: &Palette,
    place: impl Fn(f64) -> (i32, i32),
) -> Result<()> {
    ends.sort_by(|a, b| b.0.total_cmp(&a.0));
    let places: Vec<(i32, i32)> = ends.iter().map(|(error, _)| place(*error)).collect();
    let lowest = panel.dim_in_pixel().1 as i32 - (TEXT / 2) as i32;
    let wanted: Vec<i32> = places.iter().map(|(_, y)| *y).collect();
    let apart = apart(&wanted, TEXT as i32, (TEXT / 2) as i32, lowest);
    for (((x, y), name_y), (_, activation)) in places.into_iter().zip(apart).zip(ends) {
        let colour = palette.look(&activation.to_string()).colour();
        let near = |units: u32| x + (units * UNITS) as i32;
        let leader = vec![(near(2), y), (near(8), name_y), (near(18), name_y)];
        panel
            .draw(&PathElement::new(leader, colour.stroke_width(LINE)))
            .map_err(plot_error)?;
        let style = text(colour).pos(Pos::new(HPos::Left, VPos::Center));
        let name = Text::new(activation.to_string(), (x + LEADER as i32, name_y), style);
        panel.draw(&name).map_err(plot_error)?;
    }
    Ok(())
}

/// Places in ascending order at least `gap` apart, between `first` and `last` where they have room there: each as near to where
/// it is wanted as those before it let it, and then up again from the last on.
fn apart(wanted: &[i32], gap: i32, first: i32, last: i32) -> Vec<i32> {
    let mut places = wanted.to_vec();
    let mut free = first;
    for place in &mut places {
        *place = free.max(*place);
        free = *place + gap;
    }
    let mut free = last;
    for place in places.iter_mut().rev() {
        *place = free.min(*place);
        free = *place - gap;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_that_explodes_leaves_the_picture_to_the_others() {
        let [relu, tanh, sinu] = ["relu", "tanh", "sinu"]
            .map(|name| Mixture::from(name.parse::<actlab_model::Activation>().expect("a unit")));
        let curve = |high: f64| vec![(0.0, 0.1), (4.0, high)];
        let curves = [(relu, curve(2.0)), (tanh, curve(4.0)), (sinu, curve(1e9))];
        assert_eq!(extent(&curves), Some((0.1, 4e3)));
        assert_eq!(extent(&curves[..2]), Some((0.1, 4.0)));
        assert_eq!(extent(&[(relu, curve(f64::INFINITY))]), Some((0.1, 0.1)));
        assert_eq!(extent(&[]), None);
    }

    #[test]
    fn names_are_apart_and_in_the_picture() {
        assert_eq!(apart(&[10, 50, 90], 20, 10, 100), [10, 50, 90]);
        assert_eq!(apart(&[50, 52, 54], 20, 10, 100), [50, 70, 90]);
        // All of them end at the bottom: they are pushed up.
        assert_eq!(apart(&[99, 99, 99], 20, 10, 100), [60, 80, 100]);
        assert_eq!(apart(&[0, 0], 20, 10, 100), [10, 30]);
        assert_eq!(apart(&[], 20, 10, 100), [0; 0]);
    }
}
