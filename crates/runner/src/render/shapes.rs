//! Whose shape networks have, as a table.

use super::table::Table;
use super::words::{family, interval};
use crate::analysis::shapes::{Like, Likeness};

/// What the columns of the table mean.
pub const LEGEND: &str = "Far from the origin an activation is a line, a constant or a wave, and its first derivative a \
    constant or a wave. R² is the share of a learned curve's variance that the best fit of such a family explains, 1 where \
    the curve is flat. Derivatives are root mean squares, in the target's standard deviations for each half-width (squared) \
    of the range. All are medians over networks with their 95 % interval.";

/// A row for each activation.
pub fn table(shapes: &[Likeness]) -> Table {
    Table::of(shapes)
        .shown("networks", |row| row.activation.to_string())
        .shown("the activation is", |row| family(row.own).to_owned())
        .shown("R² of that", |row| interval(Some(row.of_own)))
        .shown("its derivative is", |row| family(row.derived).to_owned())
        .shown("R² of that", |row| interval(Some(row.of_derived)))
        .shown("like", |row| like(row.like).to_owned())
        .shown("first derivative", |row| interval(Some(row.slope)))
        .shown("second derivative", |row| interval(Some(row.curvature)))
        .text("activation", |row| row.activation.to_string())
        .text("own_family", |row| family(row.own).to_owned())
        .estimate("own_r2", |row| Some(row.of_own))
        .text("derivative_family", |row| family(row.derived).to_owned())
        .estimate("derivative_r2", |row| Some(row.of_derived))
        .text("like", |row| like(row.like).to_owned())
        .estimate("first_derivative", |row| Some(row.slope))
        .estimate("second_derivative", |row| Some(row.curvature))
        .table()
}

fn like(like: Like) -> &'static str {
    match like {
        Like::Activation => "the activation",
        Like::Derivative => "its derivative",
        Like::Same => "the same family",
        Like::Undecided => "undecided",
    }
}
