//! Whether networks lean to the derivative of their activation, as a table.

use super::table::Table;
use super::words::{interval, short};
use crate::analysis::lean::{Answer, Family, Leaning};
use crate::measure::lean::{Of, RIVALS};

/// What the columns of the table mean.
pub const LEGEND: &str = "One unit, c + A h(w x + b), is fitted to each network's curve up to 2 half-widths from the centre \
    of the range and predicts it from there to 10, with h an activation g, its derivative g', its integral, a constant or a \
    line. Errors are divided by the curve's standard deviation there, or by the target's where that is more: medians over \
    networks with their interval. Networks of g lean to g' where g' predicts them better than it predicts networks of every \
    other activation on the same target, better than its rivals do, and with R² of at least 0.99 inside; there is no \
    question where a rival predicts the same to 5 %. All comparisons are paired by seed; p is the largest of them, adjusted \
    by Holm for all rows.";

/// A row for each target, range and activation.
pub fn table(leanings: &[Leaning<'_>]) -> Table {
    let mut columns = Table::of(leanings)
        .same("target", |row| row.target.to_owned())
        .same("range", |row| row.range.clone())
        .shown("networks of", |row| row.activation.to_string())
        .shown("networks", |row| row.networks.to_string())
        .shown("error of g' (std)", |row| interval(Some(row.derivative)))
        .text("activation", |row| row.activation.to_string())
        .count("networks", |row| row.networks)
        .estimate("error_derivative", |row| Some(row.derivative));
    for (place, name) in RIVALS.iter().enumerate() {
        let heading = match *name {
            "activation" => "of g".to_owned(),
            "integral" => "of its integral".to_owned(),
            name => format!("of a {name}"),
        };
        columns = columns
            .shown(&heading, |row| match row.same[place] {
                true => "the same".to_owned(),
                false => short(row.rivals[place].median),
            })
            .estimate(&format!("error_{name}"), |row| Some(row.rivals[place]))
            .count(&format!("same_{name}"), |row| usize::from(row.same[place]));
    }
    columns
        .shown("R² inside (median)", |row| short(row.r2.median))
        .shown("better than rivals", |row| {
            of(row.better_than_rivals(), row.against_rivals.len())
        })
        .shown("than on others", |row| {
            of(row.better_than_others(), row.against_others.len())
        })
        .shown("p (Holm)", |row| short(row.p))
        .shown("leans to g'", |row| answer(row.answer).to_owned())
        .shown("best predicted by", |row| {
            format!("{} ({})", family(row.best.0), short(row.best.1))
        })
        .estimate("r2_inside", |row| Some(row.r2))
        .count("better_than_rivals", Leaning::better_than_rivals)
        .count("rivals", |row| row.against_rivals.len())
        .count("better_than_others", Leaning::better_than_others)
        .count("others", |row| row.against_others.len())
        .number("p", |row| Some(row.p))
        .text("answer", |row| answer(row.answer).to_owned())
        .text("predicted_by", |row| family(row.best.0))
        .number("predicted_by_error", |row| Some(row.best.1))
        .table()
}

fn of(count: usize, of: usize) -> String {
    format!("{count} of {of}")
}

fn answer(answer: Answer) -> &'static str {
    match answer {
        Answer::Leans => "yes",
        Answer::DoesNotLean => "no",
        Answer::NoQuestion => "no question",
        Answer::Undecided => "undecided",
        Answer::TooFew => super::words::TOO_FEW,
    }
}

fn family(family: Family) -> String {
    match family {
        Family::Constant => "a constant".to_owned(),
        Family::Line => "a line".to_owned(),
        Family::Unit(activation, Of::Activation) => activation.to_string(),
        Family::Unit(activation, Of::Derivative) => format!("{activation}'"),
        Family::Unit(activation, Of::Integral) => format!("the integral of {activation}"),
    }
}
