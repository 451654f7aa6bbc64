//! What there is to know of each activation: a table for a terminal, and a page with drawings.

use actlab_model::Activation;
use actlab_model::unit::End;
use anyhow::Result;

use super::figures::activation;
use super::table::Table;
use super::words::significant;

/// The page, and the folder of its drawings beside it.
pub const PAGE: &str = "activations.md";
/// See [`PAGE`].
pub const DRAWINGS: &str = "activations";

/// All units, for a terminal.
pub fn text() -> String {
    let units: Vec<Activation> = Activation::all().collect();
    let table = Table::of(&units)
        .shown("activation", |unit| unit.name().to_owned())
        .shown("parameters", |unit| parameters(*unit))
        .shown("formula", |unit| unit.definition().formula().to_owned())
        .shown("far to the left", |unit| end(unit.ends()[0]))
        .shown("far to the right", |unit| end(unit.ends()[1]))
        .shown("values", |unit| range(*unit))
        .shown("Lipschitz constant", |unit| number(unit.lipschitz()))
        .shown("source", |unit| unit.definition().source().to_owned());
    table.table().text()
}

/// The page as Markdown, and the drawings by the names of their files.
pub fn page() -> Result<(String, Vec<(String, String)>)> {
    let units = Activation::all();
    let mut page = "# Activations\n\n\
        What `actlab activations --docs docs` writes; `actlab activations` prints the table alone. Each is drawn (thick) \
        with its derivative (dashed) where that fits, as it is with the parameters that stand here. *Far to the left* and *far to the \
        right* are the lines that it approaches, from which the asymptotes of networks follow. The *Lipschitz constant* is \
        its largest slope: times the spectral norms of the layers it bounds that of a network. Derivatives at kinks are \
        PyTorch's. Parameters are typed as `{ name = \"elu\", alpha = 0.5 }`; [your own](bring-your-own-activation.md) \
        is a formula.\n"
        .to_owned();
    let mut drawings = Vec::new();
    for unit in units {
        let file = format!("{}.svg", unit.name());
        page += &section(unit, &file);
        drawings.push((file, activation::svg(unit)?));
    }
    Ok((page, drawings))
}

fn section(unit: Activation, file: &str) -> String {
    let name = unit.name();
    let [left, right] = unit.ends().map(end);
    let mut rows = vec![("formula", format!("`{}`", unit.definition().formula()))];
    if !unit.parameters().is_empty() {
        rows.push(("parameters", parameters(unit)));
    }
    rows.extend([
        ("far to the left", left),
        ("far to the right", right),
        ("values", range(unit)),
        ("Lipschitz constant", number(unit.lipschitz())),
    ]);
    if !unit.definition().source().is_empty() {
        rows.push(("source", unit.definition().source().to_owned()));
    }
    let rows = rows.into_iter().map(|(what, is)| format!("| {what} | {is} |\n"));
    format!(
        "\n## {name}\n\n![{name} and its derivative]({DRAWINGS}/{file})\n\n| | |\n|---|---|\n{}",
        rows.collect::<String>()
    )
}

fn parameters(unit: Activation) -> String {
    let known = unit.definition().parameters().iter().zip(unit.parameters());
    let one = |(known, value): (&actlab_model::unit::Parameter, &f32)| {
        let learned = if known.learned { ", learned" } else { "" };
        format!("{} = {value}{learned}", known.name)
    };
    known.map(one).collect::<Vec<_>>().join(", ")
}

/// A line as a formula.
fn line(slope: f64, intercept: f64) -> String {
    let slope = match slope {
        0.0 => return number(intercept),
        1.0 => "x".to_owned(),
        -1.0 => "-x".to_owned(),
        slope => format!("{} x", number(slope)),
    };
    match intercept {
        0.0 => slope,
        up if up > 0.0 => format!("{slope} + {}", number(up)),
        down => format!("{slope} - {}", number(-down)),
    }
}

fn end(end: End) -> String {
    match end {
        End::Line { slope, intercept } => line(slope, intercept),
        End::Periodic { slope, low, high } => {
            let about = if slope == 0.0 {
                String::new()
            } else {
                format!("{} and ", line(slope, 0.0))
            };
            format!("{about}what repeats from {} to {}", number(low), number(high))
        }
        End::Other => "no line".to_owned(),
    }
}

fn range(unit: Activation) -> String {
    let [low, high] = unit.range();
    let low = if low.is_finite() {
        number(low)
    } else {
        "-∞".to_owned()
    };
    format!("{low} to {}", number(high))
}

fn number(number: f64) -> String {
    if number.is_infinite() {
        "∞".to_owned()
    } else {
        significant(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_read_as_lines() {
        let cases = [
            (End::line(1.0, -0.5), "x - 0.5"),
            (End::line(-1.0, 0.0), "-x"),
            (End::line(0.01, 0.0), "0.01 x"),
            (End::constant(-1.0), "-1"),
            (End::Other, "no line"),
        ];
        for (of, text) in cases {
            assert_eq!(end(of), text);
        }
        let snake: Activation = "snake".parse().expect("a unit");
        assert_eq!(end(snake.ends()[0]), "x and what repeats from 0 to 1");
    }

    #[test]
    fn every_activation_has_its_section_and_its_drawing() {
        let (page, drawings) = page().expect("a page");
        assert_eq!(drawings.len(), Activation::COUNT);
        for unit in Activation::all() {
            assert!(page.contains(&format!("\n## {}\n", unit.name())), "{unit}");
        }
        for (file, svg) in drawings {
            assert!(page.contains(&format!("({DRAWINGS}/{file})")), "{file}");
            assert!(svg.starts_with("<svg") && svg.len() < 30_000, "{file}: {}", svg.len());
        }
    }
}
