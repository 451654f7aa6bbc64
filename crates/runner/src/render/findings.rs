//! What networks become in the far field, for a terminal.

use super::{claims, classes, endings, lean};
use crate::analysis::findings::Findings;

/// What networks end in and look like, and the claims; nothing where there is nothing to say.
pub fn text(findings: &Findings<'_>) -> String {
    if findings.endings.is_empty() {
        return String::new();
    }
    let sentences: String = endings::sentences(&findings.endings)
        .into_iter()
        .map(|sentence| sentence + "\n")
        .collect();
    let activations = findings.endings.len();
    let leanings = match findings.leanings.is_empty() {
        true => String::new(),
        false => format!(
            "Whether they lean to the derivative of their activation\n{}\n\n",
            lean::table(&findings.leanings).text()
        ),
    };
    format!(
        "Outside of the range\n{sentences}\n{}\n\n{}\n\nWhat they look like up to {} half-widths, by R² of 0.95 / 0.99 / 0.999\n\
         {}\n\n{leanings}",
        endings::table(&findings.endings).text(),
        claims::table(&findings.claims).text(),
        findings.distance,
        classes::table(&findings.classes).first(activations).text(),
    )
}
