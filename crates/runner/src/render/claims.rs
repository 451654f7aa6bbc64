//! Claims in words.

use super::table::Table;
use super::words::{TOO_FEW, ending, percent};
use crate::analysis::claims::{Claim, Evidence, Extent, Pooled, Statement, Verdict};
use crate::measure::far_field::LIMIT;
use crate::statistics::Estimate;

/// Trials that are named of those that do not bear a claim out.
const NAMED: usize = 3;

/// A row for each claim.
pub fn table(claims: &[Claim]) -> Table {
    Table::of(claims)
        .shown("claim", |claim| sentence(claim.statement))
        .shown("borne out by", |claim| {
            let (count, of) = counts(claim);
            format!("{count} of {of}")
        })
        .shown("that is", |claim| word(claim).to_owned())
        .shown("cells: all, some, none", |claim| pooled(claim).map_or_else(none, cells))
        .shown("interval", |claim| interval(&claim.evidence))
        .shown("not by", |claim| pooled(claim).map_or_else(none, exceptions))
        .text("claim", |claim| kind(claim.statement))
        .text("activation", |claim| match claim.statement {
            Statement::EndsIn { activation, .. } | Statement::Settles { activation } => activation.to_string(),
            Statement::RegularisationHelps { .. } => String::new(),
        })
        .number("spectral", |claim| match claim.statement {
            Statement::RegularisationHelps { spectral } => Some(spectral),
            _ => None,
        })
        .count("count", |claim| counts(claim).0)
        .count("of", |claim| counts(claim).1)
        .number("share", |claim| pooled(claim).map(|of| of.count as f64 / of.of as f64))
        .number("cells_all", |claim| pooled(claim).map(|of| of.cells[0] as f64))
        .number("cells_some", |claim| pooled(claim).map(|of| of.cells[1] as f64))
        .number("cells_none", |claim| pooled(claim).map(|of| of.cells[2] as f64))
        .estimate("seed_share", |claim| pooled(claim).map(|of| of.seeds))
        .number("seeds_at_least", |claim| pooled(claim).and_then(Pooled::at_least))
        .estimate("ratio", ratio)
        .text("verdict", |claim| word(claim).to_owned())
        .text("exceptions", |claim| {
            pooled(claim).map_or_else(String::new, |of| of.exceptions.join(" "))
        })
        .table()
}

fn none() -> String {
    "-".to_owned()
}

fn sentence(statement: Statement) -> String {
    match statement {
        Statement::EndsIn { activation, .. } | Statement::Settles { activation } => {
            format!("{activation} {}", kind(statement))
        }
        Statement::RegularisationHelps { spectral } => {
            format!("spectral regularisation of {spectral} lowers the far error")
        }
    }
}

/// The claim without what it is of.
fn kind(statement: Statement) -> String {
    match statement {
        Statement::EndsIn { ending: of, .. } => format!("ends in {}", ending(of)),
        Statement::Settles { .. } => format!("settles within {LIMIT} half-widths"),
        Statement::RegularisationHelps { .. } => "spectral regularisation lowers the far error".to_owned(),
    }
}

/// How many bear it out, and of how many.
fn counts(claim: &Claim) -> (usize, usize) {
    match claim.evidence {
        Evidence::Share(Pooled { count, of, .. }) | Evidence::Ratio { count, of, .. } => (count, of),
    }
}

fn pooled(claim: &Claim) -> Option<&Pooled> {
    match &claim.evidence {
        Evidence::Share(pooled) => Some(pooled),
        Evidence::Ratio { .. } => None,
    }
}

fn ratio(claim: &Claim) -> Option<Estimate> {
    match claim.evidence {
        Evidence::Share(_) => None,
        Evidence::Ratio { ratio, .. } => Some(ratio),
    }
}

fn cells(of: &Pooled) -> String {
    of.cells.map(|cells| cells.to_string()).join(", ")
}

fn interval(evidence: &Evidence) -> String {
    match evidence {
        Evidence::Share(of) => match of.at_least() {
            Some(share) => format!("at least {:.0} % of seeds (95 %, of {})", 100.0 * share, of.seeds.n),
            None => format!(
                "{:.0} % [{:.0}, {:.0}] of a seed's networks ({:.1} %, {} seeds)",
                100.0 * of.seeds.median,
                100.0 * of.seeds.low,
                100.0 * of.seeds.high,
                100.0 * of.seeds.coverage,
                of.seeds.n
            ),
        },
        Evidence::Ratio { ratio, .. } => {
            let (low, high) = (percent(ratio.low - 1.0), percent(ratio.high - 1.0));
            format!("{low} to {high} of the error")
        }
    }
}

/// The first that do not bear it out.
fn exceptions(of: &Pooled) -> String {
    let named: Vec<&str> = of.exceptions.iter().take(NAMED).map(|id| &id[..8]).collect();
    match of.exceptions.len() {
        0 => none(),
        few if few <= NAMED => named.join(", "),
        _ => format!("{}, ..", named.join(", ")),
    }
}

fn word(claim: &Claim) -> &'static str {
    match &claim.evidence {
        Evidence::Share(of) => match of.extent() {
            Extent::All => "all",
            Extent::NearlyAll => "nearly all",
            Extent::Most => "most",
            Extent::Few => "few",
            Extent::None => "none",
        },
        Evidence::Ratio { verdict, .. } => match verdict {
            Verdict::Holds => "holds",
            Verdict::DoesNotHold => "does not hold",
            Verdict::TooFew => TOO_FEW,
        },
    }
}
