//! What networks become in the far field, for a terminal.

use super::table::Table;
use super::words::wrapped;
use super::{claims, classes, endings, lean};
use crate::analysis::findings::Findings;

/// What networks end in and look like, and the claims; nothing where there is nothing to say.
pub fn text(findings: &Findings<'_>) -> String {
    if findings.endings.is_empty() {
        return String::new();
    }
    let sentences: Vec<String> = endings::sentences(&findings.endings);
    let activations = findings.endings.len();
    let mut text = format!("Outside of the range\n{}\n", sentences.join("\n"));
    let mut part = |title: &str, table: &Table, legend: &str| {
        text += &format!("\n{title}\n{}\n\n{}\n", table.text(), wrapped(legend));
    };
    part("What they end in", &endings::table(&findings.endings), endings::LEGEND);
    part("Claims", &claims::table(&findings.claims), claims::LEGEND);
    let looks = classes::table(&findings.classes).first(activations);
    part(
        "What they look like, by R² of 0.95 / 0.99 / 0.999",
        &looks,
        classes::LEGEND,
    );
    if !findings.leanings.is_empty() {
        part(
            "Whether they lean to the derivative of their activation",
            &lean::table(&findings.leanings),
            lean::LEGEND,
        );
    }
    text + "\n"
}
