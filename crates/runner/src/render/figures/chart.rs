//! What all figures have in common: their size, their axes, and how they become SVG.

use anyhow::{Result, anyhow};
use plotters::coord::Shift;
use plotters::prelude::*;

/// The library places everything on whole units; with this many to a point of the picture, curves are smooth.
pub const UNITS: u32 = 8;
/// Width of a panel.
const WIDTH: u32 = 460 * UNITS;
/// Height of a panel.
const HEIGHT: u32 = 320 * UNITS;
/// Size of the text; at the width of a column it is as large as a caption.
pub const TEXT: u32 = 19 * UNITS;
/// Width of a thin line; those of networks have three times it.
pub const LINE: u32 = UNITS;
/// Points of a curve.
pub const POINTS: usize = 400;
/// Where lines are drawn that are not of a network. The page makes it the colour of its text.
pub const INK: RGBColor = RGBColor(0, 0, 0);

/// A part of a picture.
pub type Panel<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// How text of a colour is written.
pub fn text(colour: RGBColor) -> TextStyle<'static> {
    TextStyle {
        color: colour.to_backend_color(),
        ..TextStyle::from(("sans-serif", TEXT).into_font())
    }
}

/// Frame, ticks and names of both axes.
pub fn axes<X, Y>(chart: &mut ChartContext<'_, SVGBackend<'_>, Cartesian2d<X, Y>>, x: &str, y: &str) -> Result<()>
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
pub fn draw(panels: usize, paint: impl FnOnce(&[Panel<'_>]) -> Result<()>) -> Result<String> {
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

/// What the library says where it cannot draw.
pub fn plot_error(error: impl std::fmt::Display) -> anyhow::Error {
    anyhow!("a figure cannot be drawn: {error}")
}
