//! What networks look like up to some distances, as a table.

use super::table::Table;
use crate::analysis::classes::Looks;
use crate::measure::far_field::{Class, THRESHOLDS};

/// What the columns of the table mean.
pub const LEGEND: &str = "What a network looks like up to a distance, in half-widths from the centre of its range, whatever \
    it ends in: a constant, a straight line, a polynomial or a few waves whose R² is at \
    least 0.95 / 0.99 / 0.999. A count of networks for each of the three: what holds for one threshold alone is no finding.";

/// How many networks of each activation are of each class, by distance and threshold.
pub fn table(classes: &[Looks]) -> Table {
    let mut columns = Table::of(classes)
        .shown("up to (half-widths)", |row| row.distance.to_string())
        .shown("networks of", |row| row.activation.to_string())
        .shown("networks", |row| row.networks.to_string())
        .number("distance", |row| Some(row.distance))
        .text("activation", |row| row.activation.to_string())
        .count("networks", |row| row.networks);
    for (class, name) in Class::ALL.iter().map(|class| class.name()).enumerate() {
        columns = columns.shown(name, |row| row.counts[class].map(|count| count.to_string()).join(" / "));
        for (place, threshold) in THRESHOLDS.iter().enumerate() {
            let column = format!("{}_{threshold}", name.replace(' ', "_"));
            columns = columns.count(&column, |row| row.counts[class][place]);
        }
    }
    columns.table()
}
