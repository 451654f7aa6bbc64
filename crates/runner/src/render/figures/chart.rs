//! What all figures have in common: their size, their axes, and how they become SVG.

use anyhow::{Result, anyhow};
use plotters::coord::Shift;
use plotters::prelude::*;

/// The library places everything on whole units; with this many to a point of the picture, curves are smooth.
pub const UNITS: u32 = 8;
/// Width and height of a panel, where nothing needs more.
pub const PANEL: [u32; 2] = [460 * UNITS, 320 * UNITS];
/// Size of the text; at the width of a column it is as large as a caption.
pub const TEXT: u32 = 19 * UNITS;
/// Width of a thin line; those of networks have three times it.
pub const LINE: u32 = UNITS;
/// Points of a curve.
pub const POINTS: usize = 400;
/// Where lines are drawn that are not of a network. The page makes it the colour of its text.
pub const INK: RGBColor = RGBColor(0, 0, 0);

/// The smallest text that is still read.
const SMALLEST: u32 = 11 * UNITS;

/// A part of a picture.
pub type Panel<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// How text of a colour is written.
pub fn text(colour: RGBColor) -> TextStyle<'static> {
    sized(colour, TEXT)
}

fn sized(colour: RGBColor, size: u32) -> TextStyle<'static> {
    TextStyle {
        color: colour.to_backend_color(),
        ..TextStyle::from(("sans-serif", size).into_font())
    }
}

/// How wide a text of this size is at most, whatever font the reader has: letters are half as wide as they are high, digits and
/// signs somewhat wider.
pub fn width(text: &str, size: u32) -> u32 {
    (0.6 * f64::from(size) * text.chars().count() as f64).ceil() as u32
}

/// A text and its size, so that it is no longer than `length`: smaller, and where that cannot be read without its middle.
fn fitted(text: &str, length: u32) -> (String, u32) {
    let size = (SMALLEST..=TEXT).rev().find(|size| width(text, *size) <= length);
    if let Some(size) = size {
        return (text.to_owned(), size);
    }
    let letters: Vec<char> = text.chars().collect();
    let kept = (f64::from(length) / f64::from(width("x", SMALLEST))) as usize;
    let side = kept.saturating_sub(1) / 2;
    let part = |letters: &[char]| letters.iter().collect::<String>();
    let short = format!("{}…{}", part(&letters[..side]), part(&letters[letters.len() - side..]));
    (short, SMALLEST)
}

/// Frame, ticks and names of both axes.
pub fn axes<X, Y>(chart: &mut ChartContext<'_, SVGBackend<'_>, Cartesian2d<X, Y>>, x: &str, y: &str) -> Result<()>
where
    X: Ranged<ValueType = f64> + plotters::coord::ranged1d::ValueFormatter<f64>,
    Y: Ranged<ValueType = f64> + plotters::coord::ranged1d::ValueFormatter<f64>,
{
    let label = |value: &f64| tick(*value);
    let (across, up) = chart.plotting_area().dim_in_pixel();
    let ((x, x_size), (y, y_size)) = (fitted(x, across), fitted(y, up));
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
        .axis_desc_style(sized(INK, x_size.min(y_size)))
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

/// Draws panels of this width and height side by side on a transparent ground.
pub fn draw(
    panels: usize,
    [width, height]: [u32; 2],
    paint: impl FnOnce(&[Panel<'_>]) -> Result<()>,
) -> Result<String> {
    let mut svg = String::new();
    let width = width * panels as u32;
    {
        let root = SVGBackend::with_string(&mut svg, (width, height)).into_drawing_area();
        paint(&root.split_evenly((1, panels)))?;
        root.present().map_err(plot_error)?;
    }
    let size = |units: u32| format!("width=\"{}\" height=\"{}\"", width / units, height / units);
    Ok(svg.replacen(&size(1), &size(UNITS), 1))
}

/// What the library says where it cannot draw.
pub fn plot_error(error: impl std::fmt::Display) -> anyhow::Error {
    anyhow!("a figure cannot be drawn: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_axes_are_as_long_as_there_is_room() {
        let room = PANEL[1];
        for text in [
            "x^2",
            "error / std of the target",
            &"sin(x)+".repeat(5),
            &"é(x)*".repeat(90),
        ] {
            let (shown, size) = fitted(text, room);
            assert!(width(&shown, size) <= room && size >= SMALLEST, "{shown}");
            assert!(shown == text || shown.contains('…'));
        }
        assert_eq!(fitted("x^2", room), ("x^2".to_owned(), TEXT));
        assert!(fitted(&"sin(x)+".repeat(5), room).1 < TEXT);
    }
}
