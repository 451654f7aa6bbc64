//! What networks become in the far field, for a terminal.

use super::{claims, classes};
use crate::analysis::findings::Findings;

/// The claims, and what networks become; nothing where there is nothing to say.
pub fn text(findings: &Findings<'_>) -> String {
    if findings.classes.is_empty() {
        return String::new();
    }
    let title = format!(
        "Outside of the range, up to {} half-widths from its centre",
        findings.distance
    );
    format!(
        "{title}\n{}\n\n{}\n\n",
        claims::table(&findings.claims).text(),
        classes::table(&findings.classes).text()
    )
}
