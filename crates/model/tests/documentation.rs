//! The tables of `docs/initialization-and-regularization.md` are made from the lists of the program.

use actlab_model::penalty::{Kind, Penalty};
use actlab_model::{Activation, Initialization};

const PAGE: &str = include_str!("../../../docs/initialization-and-regularization.md");

/// What stands on the page between the marks of a table.
#[track_caller]
fn on_the_page(name: &str) -> &'static str {
    let (_, after) = PAGE.split_once(&format!("<!-- {name} -->\n")).expect("the mark before");
    let (table, _) = after
        .split_once(&format!("<!-- end of {name} -->"))
        .expect("the mark after");
    table.trim()
}

#[track_caller]
fn is_on_the_page(name: &str, head: &str, rows: impl Iterator<Item = String>) {
    let columns = head.matches('|').count() - 1;
    let table = format!(
        "{head}\n|{}\n{}",
        "---|".repeat(columns),
        rows.collect::<Vec<_>>().join("\n")
    );
    assert!(
        on_the_page(name) == table,
        "the table of {name} is old: put this between its marks\n\n{table}"
    );
}

/// So that Markdown takes no absolute value for the end of a cell.
fn escaped(formula: &str) -> String {
    formula.replace('|', "\\|")
}

#[test]
fn the_page_has_all_initializations() {
    let row = |of: Initialization| {
        let settings = of
            .settings()
            .map(|(setting, value)| format!("`{}` = {value}", setting.name));
        let settings = settings.collect::<Vec<_>>().join(", ");
        let rule = of.rule();
        format!(
            "| `{}` | {} | {settings} | {} |",
            rule.name(),
            escaped(rule.formula()),
            rule.source()
        )
    };
    is_on_the_page(
        "initializations",
        "| name | weights | numbers | source |",
        Initialization::all().map(row),
    );
}

#[test]
fn the_page_has_all_gains_that_are_not_1() {
    let row = |of: Activation| format!("| `{}` | {:.4} |", of.name(), of.gain());
    is_on_the_page(
        "gains",
        "| activation | gain |",
        Activation::all().filter(|of| of.gain() != 1.0).map(row),
    );
}

#[test]
fn the_page_has_all_penalties() {
    let row = |of: Penalty| {
        let rule = of.rule();
        let acts_on = match rule.kind() {
            Kind::Added(_) => "the loss",
            Kind::Applied(_) => "the weights",
        };
        format!(
            "| `regularization.{}` | {} | {acts_on} | {} |",
            rule.name(),
            escaped(rule.formula()),
            rule.source()
        )
    };
    is_on_the_page(
        "penalties",
        "| setting | formula | acts on | source |",
        Penalty::all(1.0).map(row),
    );
}
