//! What is concluded about the far field, for a terminal.

use super::{best, claims, classes};
use crate::analysis::findings::Findings;

/// The claims, what networks become, and which activation generalises best; nothing where there is nothing to say.
pub fn text(findings: &Findings<'_>) -> String {
    if findings.classes.is_empty() {
        return String::new();
    }
    let title = format!(
        "Outside of the range, up to {} half-widths from its centre",
        findings.distance
    );
    format!(
        "{title}\n{}\n\n{}\n\n{}\n\n",
        claims::table(&findings.claims).text(),
        classes::table(&findings.classes).text(),
        best::table(&findings.best).text()
    )
}
