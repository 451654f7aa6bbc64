//! What each activation looks like, in the figures and on the page.
//!
//! A look follows from the activation's position in the list of all activations, so that it is the same in every report and
//! stays when others come. Six colours, each with six dashes, symbols and patterns, taken like the diagonals of a square:
//! up to 36 activations differ in lines, points and bars alike, and twice as many in lines and points, which have another
//! six dashes and symbols.

use std::collections::BTreeSet;

use actlab_model::Activation;
use plotters::style::RGBColor;
use serde_json::{Value, json};

/// How an activation is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Look {
    /// Red, green, blue.
    colour: [u8; 3],
    /// Of lines.
    dash: &'static str,
    /// Of points.
    symbol: &'static str,
    /// Of bars.
    pattern: &'static str,
}

/// Colours that the colour-blind tell apart (Okabe & Ito, 2008).
const COLOURS: [[u8; 3]; 6] = [
    [0, 114, 178],
    [86, 180, 233],
    [213, 94, 0],
    [0, 158, 115],
    [204, 121, 167],
    [230, 159, 0],
];

/// By their names in Plotly, as symbols and patterns, or by what is drawn and what is left out: those of the first 36, then
/// those of the next.
const DASHES: [[&str; 6]; 2] = [
    ["solid", "dash", "dot", "dashdot", "longdash", "longdashdot"],
    [
        "1px,3px",
        "12px,12px",
        "2px,2px,8px,2px",
        "20px,3px,3px,3px",
        "6px,2px",
        "24px,10px",
    ],
];

/// The same in figures: how much is drawn and how much is left out, in points. None of a solid line.
const LENGTHS: [[Option<[u32; 2]>; 6]; 2] = [
    [
        None,
        Some([9, 6]),
        Some([3, 5]),
        Some([9, 2]),
        Some([18, 6]),
        Some([18, 2]),
    ],
    [
        Some([1, 3]),
        Some([12, 12]),
        Some([8, 3]),
        Some([20, 3]),
        Some([6, 2]),
        Some([24, 10]),
    ],
];

/// Those of the first 36, then those of the next.
const SYMBOLS: [[&str; 6]; 2] = [
    ["circle", "square", "diamond", "cross", "x", "triangle-up"],
    ["pentagon", "hexagon", "star", "hourglass", "bowtie", "triangle-down"],
];

const PATTERNS: [&str; 6] = ["", "/", "x", "-", "+", "."];

impl Look {
    fn at(position: usize) -> Self {
        let colour = position % 6;
        let round = position / 6;
        let diagonal = (colour + round) % 6;
        Self {
            colour: COLOURS[colour],
            dash: DASHES[round / 6 % 2][diagonal],
            symbol: SYMBOLS[round / 6 % 2][diagonal],
            pattern: PATTERNS[diagonal],
        }
    }

    /// For the figures.
    pub fn colour(self) -> RGBColor {
        let [red, green, blue] = self.colour;
        RGBColor(red, green, blue)
    }

    /// Of its line in the figures.
    pub fn dashes(self) -> Option<[u32; 2]> {
        let position = DASHES.as_flattened().iter().position(|dash| *dash == self.dash);
        LENGTHS.as_flattened()[position.unwrap_or(0)]
    }

    /// For the page.
    fn json(self, name: &str) -> Value {
        let [red, green, blue] = self.colour;
        json!({
            "name": name,
            "colour": format!("#{red:02X}{green:02X}{blue:02X}"),
            "dash": self.dash,
            "symbol": self.symbol,
            "pattern": self.pattern,
        })
    }
}

/// The looks of a report.
#[derive(Debug)]
pub struct Palette {
    names: Vec<String>,
}

impl Palette {
    /// For a report with these activations: those that are in no list of all come after it, by their names.
    pub fn new(names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let mut all: Vec<String> = Activation::all().map(|activation| activation.to_string()).collect();
        let found: BTreeSet<String> = names.into_iter().map(Into::into).collect();
        all.extend(
            found
                .into_iter()
                .filter(|name| !Activation::all().any(|known| known.name() == name)),
        );
        Self { names: all }
    }

    /// The look of an activation of the report.
    pub fn look(&self, name: &str) -> Look {
        let position = self.names.iter().position(|known| known == name);
        Look::at(position.unwrap_or(self.names.len()))
    }

    /// All looks with their names, in the order in which activations are listed.
    pub fn json(&self) -> Value {
        self.names.iter().map(|name| self.look(name).json(name)).collect()
    }
}

/// The two errors next to each other, by the names that the page has for them.
pub fn errors() -> Value {
    // Blue and orange, which are told apart best; plain and hatched.
    let look = |position: usize, pattern: usize| Look {
        pattern: PATTERNS[pattern],
        ..Look::at(position)
    };
    json!({ "far": look(0, 0).json("far error"), "test": look(5, 1).json("test error") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_activations_are_told_apart_by_lines_by_points_and_by_bars() {
        let lines: BTreeSet<_> = (0..72)
            .map(|i| (Look::at(i).colour, Look::at(i).dash, Look::at(i).dashes()))
            .collect();
        assert_eq!(lines.len(), 72);
        assert_eq!(LENGTHS.as_flattened().iter().collect::<BTreeSet<_>>().len(), 12);
        let looks: Vec<Look> = (0..36).map(Look::at).collect();
        let distinct = |parts: Vec<([u8; 3], &'static str)>| parts.into_iter().collect::<BTreeSet<_>>().len();
        assert_eq!(
            distinct(looks.iter().map(|look| (look.colour, look.dash)).collect()),
            36
        );
        assert_eq!(
            distinct(looks.iter().map(|look| (look.colour, look.symbol)).collect()),
            36
        );
        assert_eq!(
            distinct(looks.iter().map(|look| (look.colour, look.pattern)).collect()),
            36
        );
        assert_eq!((0..72).map(Look::at).collect::<BTreeSet<_>>().len(), 72);
    }

    /// The looks that reports have had from the first.
    #[test]
    fn looks_stay() {
        let palette = Palette::new([""; 0]);
        for (name, colour, dash, symbol) in [
            ("relu", "#0072B2", "solid", "circle"),
            ("leaky_relu", "#56B4E9", "dash", "square"),
            ("tanh", "#D55E00", "dot", "diamond"),
            ("sinu", "#009E73", "dashdot", "cross"),
            ("sigmoid", "#CC79A7", "longdash", "x"),
            ("identity", "#E69F00", "longdashdot", "triangle-up"),
        ] {
            let look = palette.look(name).json(name);
            assert_eq!(
                (&look["colour"], &look["dash"]),
                (&json!(colour), &json!(dash)),
                "{name}"
            );
            assert_eq!(look["symbol"], symbol, "{name}");
        }
    }

    #[test]
    fn an_activation_of_no_list_has_a_look_that_no_other_has() {
        let palette = Palette::new(["wiggle", "tanh", "novel", "wiggle"]);
        let looks: BTreeSet<Look> = palette.names.iter().map(|name| palette.look(name)).collect();
        assert_eq!(looks.len(), Activation::COUNT + 2);
        assert_eq!(palette.look("tanh"), Palette::new([""; 0]).look("tanh"));
        let listed = palette.json();
        let names: Vec<&Value> = listed
            .as_array()
            .expect("looks")
            .iter()
            .map(|look| &look["name"])
            .collect();
        assert_eq!(names[Activation::COUNT..], [&json!("novel"), &json!("wiggle")]);
    }
}
