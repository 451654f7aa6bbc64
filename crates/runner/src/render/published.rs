//! Published values and ours, as a table.

use super::table::Table;
use super::words::{short, significant, wrapped};
use crate::analysis::published::{Compared, Found, Ours};
use crate::experiment::published::{Measure, Place, Published, Quantity, Statistic};
use crate::words::count;

/// What the columns of the table mean.
pub const LEGEND: &str = "Ours is the statistic over the seeds of a cell with the 95 % interval that it lies in: of a mean Student's, of a \
    median that of order statistics, of a share Wilson's; an extreme has none. Of several draws of the samples it is the median of theirs, \
    from the lowest to the highest: another draw lies between those with the probability under \"covers\". It agrees where the published \
    value, within its tolerance, meets that interval: then our networks do not show that it differs, which the wider the interval the less \
    does to confirm it.";

/// A row for each published value.
pub fn table(compared: &[Compared<'_>]) -> Table {
    let found = |of: &Compared<'_>| match &of.ours {
        Ours::Found(found) => Some(*found),
        Ours::Untrained | Ours::Undefined { .. } => None,
    };
    Table::of(compared)
        .same("quantity", |of| quantity(of.published))
        .same("of", |of| networks_of(of.published))
        .shown("published", |of| value(of.published))
        .shown("ours", |of| ours(&of.ours))
        .shown("covers", move |of| {
            let coverage = found(of).and_then(|found| found.coverage);
            coverage.map_or_else(|| "-".to_owned(), |coverage| format!("{:.1} %", 100.0 * coverage))
        })
        .shown("networks", move |of| found(of).map_or_else(|| "-".to_owned(), how_many))
        .same("verdict", |of| verdict(of))
        .same("source", |of| of.published.source.clone())
        .number("published_low", |of| Some(of.published.interval[0]))
        .number("published_high", |of| Some(of.published.interval[1]))
        .number("ours", move |of| found(of).map(|found| found.value))
        .number("ours_low", move |of| found(of).map(|found| found.interval[0]))
        .number("ours_high", move |of| found(of).map(|found| found.interval[1]))
        .number("coverage", move |of| found(of).and_then(|found| found.coverage))
        .number("networks", move |of| found(of).map(|found| found.networks as f64))
        .number("draws", move |of| found(of).map(|found| found.draws as f64))
        .table()
}

/// The table for a terminal, under how many agree; nothing where nothing is published.
pub fn text(compared: &[Compared<'_>]) -> String {
    match compared.is_empty() {
        true => String::new(),
        false => format!(
            "\nPublished values\n{}\n\n{}\n\n{}\n",
            sentence(compared),
            table(compared).text(),
            wrapped(LEGEND)
        ),
    }
}

/// How many agree, in a sentence; nothing where nothing is published.
pub fn sentence(compared: &[Compared<'_>]) -> String {
    let known: Vec<bool> = compared.iter().filter_map(Compared::agrees).collect();
    match (compared.len(), known.len()) {
        (0, _) => String::new(),
        (all, 0) => format!("None of {} can be compared yet.", count(all as u64, "published value")),
        (all, some) => {
            let agree = known.iter().filter(|agrees| **agrees).count();
            let open = match all - some {
                0 => String::new(),
                open => format!(", {open} cannot be compared"),
            };
            let disagree = some - agree;
            let s = |number: usize| if number == 1 { "s" } else { "" };
            format!(
                "Of {}, {agree} agree{}, {disagree} disagree{}{open}.",
                count(all as u64, "published value"),
                s(agree),
                s(disagree)
            )
        }
    }
}

/// "agrees", or why that cannot be said.
fn verdict(of: &Compared<'_>) -> String {
    match (of.agrees(), &of.ours) {
        (Some(true), _) => "agrees".to_owned(),
        (Some(false), _) => "disagrees".to_owned(),
        (None, Ours::Undefined { count, of }) => format!("undecided: {count} of {of} networks have no such value"),
        (None, _) => "not trained yet".to_owned(),
    }
}

fn quantity(published: &Published) -> String {
    let of = match &published.quantity {
        Quantity::Prediction(at) => format!("prediction at {}", point(at)),
        Quantity::Error(measure, place) => {
            let name = match measure {
                Measure::Rmse => "RMSE",
                Measure::Mse => "MSE",
                Measure::Nrmse => "RMSE (std)",
            };
            match place {
                Place::Region(region) => format!("{name} {region}"),
                Place::Interval([low, high]) => format!("{name} on [{low}, {high}]"),
            }
        }
        Quantity::Slope => "slope far out".to_owned(),
        Quantity::R2 => "R² of a line (mean over rays)".to_owned(),
        Quantity::R2Least => "R² of a line (least of all rays)".to_owned(),
        Quantity::Variation => "variation in the range (std)".to_owned(),
    };
    match &published.statistic {
        Statistic::Mean => format!("mean {of}"),
        Statistic::Median => format!("median {of}"),
        Statistic::Least => format!("least {of}"),
        Statistic::Greatest => format!("greatest {of}"),
        Statistic::ShareBelow(limit) => format!("share of networks with {of} below {limit}"),
        Statistic::ShareAbove(limit) => format!("share of networks with {of} above {limit}"),
        Statistic::Covariance(with) => format!("covariance of {of} and {}", point(with)),
    }
}

fn point(at: &[f64]) -> String {
    let numbers: Vec<String> = at.iter().map(f64::to_string).collect();
    match &numbers[..] {
        [one] => one.clone(),
        several => format!("({})", several.join(", ")),
    }
}

fn networks_of(published: &Published) -> String {
    let settings = published.of.iter().map(|(column, value)| format!("{column} {value}"));
    let settings: Vec<String> = settings.collect();
    match settings.is_empty() {
        true => "all".to_owned(),
        false => settings.join(", "),
    }
}

/// "-20 ± 0.5", "0.99 to 1".
fn value(published: &Published) -> String {
    let [low, high] = published.interval;
    match published.value {
        Some(value) if low == high => significant(value),
        Some(value) => format!("{} ± {}", significant(value), significant(high - value)),
        None => format!("{} to {}", significant(low), significant(high)),
    }
}

fn ours(ours: &Ours) -> String {
    match ours {
        Ours::Found(Found {
            value,
            interval: [low, high],
            coverage: Some(_),
            ..
        }) => {
            format!("{} [{}, {}]", short(*value), short(*low), short(*high))
        }
        Ours::Found(found) => short(found.value),
        Ours::Untrained | Ours::Undefined { .. } => "-".to_owned(),
    }
}

fn how_many(found: Found) -> String {
    match found.draws {
        1 => found.networks.to_string(),
        draws => format!("{} in {draws} draws", found.networks),
    }
}
