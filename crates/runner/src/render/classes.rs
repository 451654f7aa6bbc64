//! What networks become, as a table.

use super::table::Table;
use crate::analysis::classes::{Became, CLASSES};

/// How many networks of each activation are of each class.
pub fn table(classes: &[Became]) -> Table {
    let mut columns = Table::of(classes)
        .shown("networks", |row| row.activation.to_string())
        .text("activation", |row| row.activation.to_string())
        .count("networks", networks);
    for (class, name) in CLASSES.iter().map(|class| class.name()).enumerate() {
        let count = |row: &Became| row.shares[class].count;
        columns = columns
            .shown(name, |row| count(row).to_string())
            .count(&name.replace(' ', "_"), count);
    }
    columns.table()
}

/// How many networks there are of the activation.
fn networks(row: &Became) -> usize {
    row.shares.iter().map(|share| share.count).sum()
}
