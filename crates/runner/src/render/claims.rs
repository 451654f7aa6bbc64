//! Claims in words.

use actlab_model::unit::FarField as Expected;

use super::table::Table;
use super::words::TOO_FEW;
use crate::analysis::claims::{Claim, Statement, Verdict};

/// A row for each claim.
pub fn table(claims: &[Claim]) -> Table {
    Table::of(claims)
        .shown("claim", |claim| sentence(claim.statement))
        .shown("borne out by", |claim| {
            format!("{} of {}", claim.share.count, claim.share.of)
        })
        .shown("95 % interval", |Claim { share, .. }| {
            format!("{:.0} to {:.0} %", 100.0 * share.low, 100.0 * share.high)
        })
        .shown("verdict", |claim| verdict(claim).to_owned())
        .text("claim", |claim| kind(claim.statement).to_owned())
        .text("activation", |claim| match claim.statement {
            Statement::Continues { activation, .. } => activation.to_string(),
        })
        .count("count", |claim| claim.share.count)
        .count("of", |claim| claim.share.of)
        .number("share", |Claim { share, .. }| {
            Some(share.count as f64 / share.of as f64)
        })
        .number("share_low", |claim| Some(claim.share.low))
        .number("share_high", |claim| Some(claim.share.high))
        .text("verdict", |claim| verdict(claim).to_owned())
        .table()
}

fn sentence(statement: Statement) -> String {
    match statement {
        Statement::Continues { activation, .. } => format!("{activation} {}", kind(statement)),
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
    }
}

fn verdict(claim: &Claim) -> &'static str {
    match claim.verdict {
        Verdict::Holds => "holds",
        Verdict::DoesNotHold => "does not hold",
        Verdict::TooFew => TOO_FEW,
    }
}
