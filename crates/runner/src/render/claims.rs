//! Claims in words.

use super::table::Table;
use super::words::{coverage, ending};
use crate::analysis::claims::{Claim, Extent, Pooled, Statement};
use crate::measure::far_field::LIMIT;
use crate::words::count;

/// What the columns of the table mean.
pub const LEGEND: &str = "Of all networks of an activation, over all targets, ranges and settings, how many bear a claim out. In a word: \
    nearly all is 95 % or more, most more than half, few half or less. Cells: in how many cells (networks that differ in their \
    seed alone) all, some and none do. Networks of a seed are not independent, seeds are: where every network bears it out, that \
    is so of the printed share of all seeds, at least, with 95 % confidence; else the share of a seed's networks is the median over seeds [exact interval \
    of order statistics] with what the interval covers. Trials that do not bear it out are named by the beginning of their ids.";

/// Trials that are named of those that do not bear a claim out.
const NAMED: usize = 3;

/// A row for each claim.
pub fn table(claims: &[Claim]) -> Table {
    Table::of(claims)
        .shown("claim", |claim| {
            format!("{} {}", activation(claim), kind(claim.statement))
        })
        .shown("networks that bear it out", |Claim { share, .. }| {
            format!("{} of {}", share.count, share.of)
        })
        .shown("in a word", |claim| word(claim.share.extent()).to_owned())
        .shown("cells: all, some, none", |claim| cells(&claim.share))
        .shown("how sure", |claim| interval(&claim.share))
        .trials(
            "not by (trials)",
            |claim| exceptions(&claim.share),
            |claim| claim.share.exceptions.clone(),
        )
        .text("claim", |claim| kind(claim.statement))
        .text("activation", activation)
        .count("count", |claim| claim.share.count)
        .count("of", |claim| claim.share.of)
        .number("share", |Claim { share, .. }| {
            Some(share.count as f64 / share.of as f64)
        })
        .count("cells_all", |claim| claim.share.cells[0])
        .count("cells_some", |claim| claim.share.cells[1])
        .count("cells_none", |claim| claim.share.cells[2])
        .estimate("seed_share", |claim| Some(claim.share.seeds))
        .number("seeds_at_least", |claim| claim.share.at_least())
        .text("extent", |claim| word(claim.share.extent()).to_owned())
        .text("exceptions", |claim| claim.share.exceptions.join(" "))
        .table()
}

fn activation(claim: &Claim) -> String {
    match claim.statement {
        Statement::EndsIn { activation, .. } | Statement::Settles { activation } => activation.to_string(),
    }
}

/// The claim without what it is of.
fn kind(statement: Statement) -> String {
    match statement {
        Statement::EndsIn { ending: of, .. } => format!("ends in {}", ending(of)),
        Statement::Settles { .. } => format!("settles within {LIMIT} half-widths"),
    }
}

fn cells(of: &Pooled) -> String {
    of.cells.map(|cells| cells.to_string()).join(", ")
}

fn interval(of: &Pooled) -> String {
    match of.at_least() {
        Some(share) => format!(
            "at least {:.0} % of seeds (95 % confidence, {})",
            100.0 * share,
            count(of.seeds.n as u64, "seed")
        ),
        None => format!(
            "{:.0} % [{:.0}, {:.0}] of a seed's networks (covers {}, {} seeds)",
            100.0 * of.seeds.median,
            100.0 * of.seeds.low,
            100.0 * of.seeds.high,
            coverage(of.seeds),
            of.seeds.n
        ),
    }
}

/// The first that do not bear it out.
fn exceptions(of: &Pooled) -> String {
    let named: Vec<&str> = of.exceptions.iter().take(NAMED).map(|id| &id[..8]).collect();
    match of.exceptions.len() {
        0 => "-".to_owned(),
        few if few <= NAMED => named.join(", "),
        _ => format!("{}, ..", named.join(", ")),
    }
}

fn word(extent: Extent) -> &'static str {
    match extent {
        Extent::All => "all",
        Extent::NearlyAll => "nearly all",
        Extent::Most => "most",
        Extent::Few => "few",
        Extent::None => "none",
    }
}
