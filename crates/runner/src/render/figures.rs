//! The figures, as SVG: the paper's, and the error against the distance from the range.

use actlab_model::Activation;
use actlab_model::network::weights::Weights;
use anyhow::{Result, anyhow};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::analysis::ranking::{By, Cell, ranking};
use crate::experiment::target::Function;
use crate::measure::errors::answers;
use crate::measure::far_field::deviation;
use crate::samples::FAR;
use crate::statistics::median;
use crate::store::{Store, Stored, weights};

/// A figure with the name of its file.
#[derive(Debug)]
pub struct Figure {
    /// Without its extension.
    pub name: String,
    /// What it shows, in a sentence.
    pub caption: String,
    /// The picture.
    pub svg: String,
}

/// The library places everything on whole units; with this many to a point of the picture, curves are smooth.
const UNITS: u32 = 8;
/// Width of a panel.
const WIDTH: u32 = 460 * UNITS;
/// Height of a panel.
const HEIGHT: u32 = 320 * UNITS;
/// Size of the text; at the width of a column it is as large as a caption.
const TEXT: u32 = 19 * UNITS;
/// Width of a thin line; those of networks have three times it.
const LINE: u32 = UNITS;
/// Points of a curve.
const POINTS: usize = 400;
/// Where lines are drawn that are not of a network. The page makes it the colour of its text.
pub const INK: RGBColor = RGBColor(0, 0, 0);

/// Colours that the colour-blind tell apart (Okabe & Ito, 2008), one for each activation.
fn colour(activation: Activation) -> RGBColor {
    match activation.name() {
        "relu" => RGBColor(0, 114, 178),
        "leaky_relu" => RGBColor(86, 180, 233),
        "tanh" => RGBColor(213, 94, 0),
        "sinu" => RGBColor(0, 158, 115),
        "sigmoid" => RGBColor(204, 121, 167),
        _ => RGBColor(230, 159, 0),
    }
}

/// A trained network with all that its answers depend on.
struct Network<'a> {
    trial: &'a Stored,
    weights: Weights,
}

impl<'a> Network<'a> {
    fn new(store: &Store, trial: &'a Stored) -> Result<Self> {
        Ok(Self {
            trial,
            weights: weights::decode(&store.weights(&trial.id)?)?,
        })
    }

    fn answers(&self, x: &[f64]) -> Vec<f64> {
        let points = x.iter().map(std::slice::from_ref);
        answers(&self.weights, &self.trial.settings, &self.trial.scaling, points)
    }
}

/// All figures of a run; those of networks with several inputs cannot be drawn over a line, and are left out.
pub fn figures(store: &Store, trials: &[Stored]) -> Result<Vec<Figure>> {
    let ranked: Vec<(&str, Vec<Cell<'_>>)> = ranking(trials, By::Far)
        .into_iter()
        .map(|(target, cells)| (target, cells.into_iter().filter(|cell| is_drawable(cell)).collect()))
        .filter(|(_, cells): &(_, Vec<Cell<'_>>)| !cells.is_empty())
        .collect();
    let mut figures = Vec::new();
    for activation in Activation::all() {
        let best: Vec<Network<'_>> = ranked
            .iter()
            .filter_map(|(_, cells)| best_trial(cells, activation))
            .map(|trial| Network::new(store, trial))
            .collect::<Result<_>>()?;
        if !best.is_empty() {
            figures.push(fits(activation, &best)?);
        }
    }
    for (position, (target, cells)) in ranked.iter().enumerate() {
        figures.extend(error_by_distance(store, position, target, cells)?);
    }
    Ok(figures)
}

fn is_drawable(cell: &Cell<'_>) -> bool {
    cell.trials[0].settings.inputs.len() == 1
}

/// The trial with the smallest far error among the cells of an activation.
fn best_trial<'a>(cells: &[Cell<'a>], activation: Activation) -> Option<&'a Stored> {
    let of = cells
        .iter()
        .flat_map(|cell| &cell.trials)
        .filter(|trial| trial.settings.activation == activation);
    let scored = of.filter_map(|trial| Some((trial.error(FAR)?.nrmse?, *trial)));
    scored.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, trial)| trial)
}

/// The layout of the paper's figures: the best network of an activation for each target, side by side.
fn fits(activation: Activation, networks: &[Network<'_>]) -> Result<Figure> {
    let targets: Vec<&str> = networks
        .iter()
        .map(|network| network.trial.settings.target.as_str())
        .collect();
    let svg = draw(networks.len(), |panels| {
        panels
            .iter()
            .zip(networks)
            .try_for_each(|(panel, network)| fit(panel, network))
    })?;
    Ok(Figure {
        name: format!("fit_{activation}"),
        caption: format!(
            "The {activation} network with the smallest far error for {}, against the truth (thin); the trained range is \
             shaded.",
            targets.join(" and ")
        ),
        svg,
    })
}

type Panel<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// One network against its target, to twice the range's half-width from its centre on either side.
fn fit(panel: &Panel<'_>, network: &Network<'_>) -> Result<()> {
    let settings = &network.trial.settings;
    let (centre, half_width) = settings.range.hull(0);
    let x: Vec<f64> = (0..=POINTS)
        .map(|i| centre + half_width * (4.0 * i as f64 / POINTS as f64 - 2.0))
        .collect();
    let learned: Vec<(f64, f64)> = x.iter().copied().zip(network.answers(&x)).collect();
    let truth = match settings.data {
        Some(_) => None,
        None => Function::parse(&settings.target).ok(),
    };
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
            colour(settings.activation).stroke_width(3 * LINE),
        ))
        .map_err(plot_error)?;
    Ok(())
}

/// Far out in half-widths that the error is drawn.
const FARTHEST: f64 = 4.0;

/// For one target, a curve for each activation: the median over the seeds of its best cell of the absolute error, at
/// each distance the larger of both sides. None for data, whose truth is known at its rows alone.
fn error_by_distance(store: &Store, position: usize, target: &str, cells: &[Cell<'_>]) -> Result<Option<Figure>> {
    let Ok(function) = Function::parse(target) else {
        return Ok(None);
    };
    if cells[0].trials[0].settings.data.is_some() {
        return Ok(None);
    }
    let mut curves: Vec<(Activation, Vec<(f64, f64)>)> = Vec::new();
    for activation in Activation::all() {
        let of = cells
            .iter()
            .find(|cell| cell.trials[0].settings.activation == activation);
        let Some(cell) = of.filter(|cell| cell.far.is_some_and(|far| far.median.is_finite())) else {
            continue;
        };
        let trained = cell.trials.iter().filter(|trial| trial.diverged_at.is_none());
        let networks: Vec<Network<'_>> = trained.map(|trial| Network::new(store, trial)).collect::<Result<_>>()?;
        curves.push((activation, error_curve(&networks, &function)));
    }
    let errors = curves
        .iter()
        .flat_map(|(_, curve)| curve)
        .map(|(_, error)| *error)
        .filter(|error| error.is_finite());
    let (low, high) = errors.fold((f64::INFINITY, 0f64), |(low, high), error| {
        (low.min(error), high.max(error))
    });
    if high <= 0.0 {
        return Ok(None);
    }
    let low = low.max(high * 1e-6);
    let svg = draw(1, |panels| {
        let mut chart = ChartBuilder::on(&panels[0])
            .margin(10 * UNITS)
            .margin_right(128 * UNITS)
            .x_label_area_size(54 * UNITS)
            .y_label_area_size(86 * UNITS)
            .build_cartesian_2d(0.0..FARTHEST, (low / 2.0..high * 2.0).log_scale())
            .map_err(plot_error)?;
        let corners = [(0.0, low / 2.0), (1.0, high * 2.0)];
        chart
            .draw_series([Rectangle::new(corners, INK.mix(0.08).filled())])
            .map_err(plot_error)?;
        axes(
            &mut chart,
            "distance from the centre, in half-widths",
            "|error|, in std of the target in the range",
        )?;
        let mut ends: Vec<(f64, Activation)> = Vec::new();
        for (activation, curve) in &curves {
            let shown: Vec<_> = curve.iter().copied().filter(|(_, error)| *error >= low / 2.0).collect();
            ends.extend(shown.last().map(|(_, error)| (*error, *activation)));
            chart
                .draw_series(LineSeries::new(shown, colour(*activation).stroke_width(3 * LINE)))
                .map_err(plot_error)?;
        }
        label_ends(&panels[0], ends, |error| chart.backend_coord(&(FARTHEST, error)))
    })?;
    Ok(Some(Figure {
        name: format!("error_by_distance_{}", position + 1),
        caption: format!(
            "{target}: absolute error (in standard deviations of the target in the trained range) of the best cell of each activation against the distance from the centre of the \
             range, median over seeds, the worse of both sides; the trained range is shaded."
        ),
        svg,
    }))
}

fn error_curve(networks: &[Network<'_>], function: &Function) -> Vec<(f64, f64)> {
    let Some(first) = networks.first() else {
        return Vec::new();
    };
    let range = &first.trial.settings.range;
    let inside: Vec<f64> = (0..POINTS)
        .map(|i| function.value(&[range.at(0, i as f64 / POINTS as f64)]))
        .collect();
    let scale = deviation(&inside).max(f64::MIN_POSITIVE);
    let distances: Vec<f64> = (0..=POINTS).map(|i| FARTHEST * i as f64 / POINTS as f64).collect();
    let (centre, half_width) = range.hull(0);
    let side = |network: &Network<'_>, side: f64| -> Vec<f64> {
        let x: Vec<f64> = distances
            .iter()
            .map(|distance| centre + side * half_width * distance)
            .collect();
        let answers = network.answers(&x);
        let errors = answers
            .iter()
            .zip(&x)
            .map(|(answer, x)| (answer - function.value(&[*x])).abs() / scale);
        errors.collect()
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

/// Names the curves at their right ends, pushed apart where they would overlap.
fn label_ends(panel: &Panel<'_>, mut ends: Vec<(f64, Activation)>, place: impl Fn(f64) -> (i32, i32)) -> Result<()> {
    ends.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut lowest = i32::MIN / 2;
    for (error, activation) in ends {
        let (x, y) = place(error);
        let y = y.max(lowest + TEXT as i32);
        lowest = y;
        let style = text(colour(activation)).pos(Pos::new(HPos::Left, VPos::Center));
        panel
            .draw(&Text::new(activation.name(), (x + 6 * UNITS as i32, y), style))
            .map_err(plot_error)?;
    }
    Ok(())
}

fn text(colour: RGBColor) -> TextStyle<'static> {
    TextStyle {
        color: colour.to_backend_color(),
        ..TextStyle::from(("sans-serif", TEXT).into_font())
    }
}

/// Frame, ticks and names of both axes.
fn axes<X, Y>(chart: &mut ChartContext<'_, SVGBackend<'_>, Cartesian2d<X, Y>>, x: &str, y: &str) -> Result<()>
where
    X: Ranged<ValueType = f64> + plotters::coord::ranged1d::ValueFormatter<f64>,
    Y: Ranged<ValueType = f64> + plotters::coord::ranged1d::ValueFormatter<f64>,
{
    let label = |value: &f64| tick(*value);
    chart
        .configure_mesh()
        .disable_mesh()
        .set_all_tick_mark_size(5 * UNITS)
        .x_labels(5)
        .y_labels(6)
        .x_desc(x)
        .y_desc(y)
        .x_label_formatter(&label)
        .y_label_formatter(&label)
        .label_style(text(INK))
        .axis_desc_style(text(INK))
        .axis_style(INK.stroke_width(LINE))
        .draw()
        .map_err(plot_error)
}

/// A round number as it stands at a tick, without the digits that rounding has left behind.
fn tick(value: f64) -> String {
    let round: f64 = format!("{value:.9e}").parse().unwrap_or(value);
    if round == 0.0 || (1e-3..1e5).contains(&round.abs()) {
        round.to_string()
    } else {
        format!("{round:e}")
    }
}

/// Draws panels side by side on a transparent ground.
fn draw(panels: usize, paint: impl FnOnce(&[Panel<'_>]) -> Result<()>) -> Result<String> {
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, (WIDTH * panels as u32, HEIGHT)).into_drawing_area();
        paint(&root.split_evenly((1, panels)))?;
        root.present().map_err(plot_error)?;
    }
    let size = |units: u32| {
        let (width, height) = (WIDTH * panels as u32 / units, HEIGHT / units);
        format!("width=\"{width}\" height=\"{height}\"")
    };
    Ok(svg.replacen(&size(1), &size(UNITS), 1))
}

fn plot_error(error: impl std::fmt::Display) -> anyhow::Error {
    anyhow!("a figure cannot be drawn: {error}")
}
