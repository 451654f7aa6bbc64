//! Claims in words.

use actlab_model::unit::FarField as Expected;

use super::table::Table;
use super::words::{TOO_FEW, percent};
use crate::analysis::claims::{Claim, Evidence, Statement, Verdict};
use crate::statistics::{Estimate, Share};

/// A row for each claim.
pub fn table(claims: &[Claim]) -> Table {
    Table::of(claims)
        .shown("claim", |claim| sentence(claim.statement))
        .shown("borne out by", |claim| {
            let (count, of) = counts(claim);
            format!("{count} of {of}")
        })
        .shown("95 % interval", |claim| interval(claim.evidence))
        .shown("verdict", |claim| verdict(claim).to_owned())
        .text("claim", |claim| kind(claim.statement).to_owned())
        .text("activation", |claim| match claim.statement {
            Statement::Continues { activation, .. } => activation.to_string(),
            Statement::RegularisationHelps { .. } => String::new(),
        })
        .number("spectral", |claim| match claim.statement {
            Statement::Continues { .. } => None,
            Statement::RegularisationHelps { spectral } => Some(spectral),
        })
        .count("count", |claim| counts(claim).0)
        .count("of", |claim| counts(claim).1)
        .number("share", |claim| {
            share(claim).map(|share| share.count as f64 / share.of as f64)
        })
        .number("share_low", |claim| share(claim).map(|share| share.low))
        .number("share_high", |claim| share(claim).map(|share| share.high))
        .estimate("ratio", ratio)
        .text("verdict", |claim| verdict(claim).to_owned())
        .table()
}

fn sentence(statement: Statement) -> String {
    match statement {
        Statement::Continues { activation, .. } => format!("{activation} {}", kind(statement)),
        Statement::RegularisationHelps { spectral } => {
            format!("spectral regularisation of {spectral} lowers the far error")
        }
    }
}

/// The claim without what it is of.
fn kind(statement: Statement) -> &'static str {
    match statement {
        Statement::Continues { like, .. } => match like {
            Expected::Affine => "continues as a straight line",
            Expected::Constant => "continues as a constant",
            Expected::Periodic => "stays bounded and oscillates",
            Expected::Other => "does what nobody expects",
        },
        Statement::RegularisationHelps { .. } => "spectral regularisation lowers the far error",
    }
}

/// How many bear it out, and of how many.
fn counts(claim: &Claim) -> (usize, usize) {
    match claim.evidence {
        Evidence::Share(Share { count, of, .. }) | Evidence::Ratio { count, of, .. } => (count, of),
    }
}

fn share(claim: &Claim) -> Option<Share> {
    match claim.evidence {
        Evidence::Share(share) => Some(share),
        Evidence::Ratio { .. } => None,
    }
}

fn ratio(claim: &Claim) -> Option<Estimate> {
    match claim.evidence {
        Evidence::Share(_) => None,
        Evidence::Ratio { ratio, .. } => Some(ratio),
    }
}

fn interval(evidence: Evidence) -> String {
    match evidence {
        Evidence::Share(share) => format!("{:.0} to {:.0} %", 100.0 * share.low, 100.0 * share.high),
        Evidence::Ratio { ratio, .. } => {
            let (low, high) = (percent(ratio.low - 1.0), percent(ratio.high - 1.0));
            format!("{low} to {high} of the error")
        }
    }
}

fn verdict(claim: &Claim) -> &'static str {
    match claim.verdict {
        Verdict::Holds => "holds",
        Verdict::DoesNotHold => "does not hold",
        Verdict::TooFew => TOO_FEW,
    }
}
