//! Which activation generalises best: the answers, a line for each target and range, and the tables that bear them out.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::Result;

use super::comparisons;
use super::ranking::seeds;
use super::table::{Columns, Table};
use super::words::{coverage, interval, learned, short, wrapped};
use super::{opening, published, verdicts};
use crate::analysis::cells::counted_once;
use crate::analysis::choice::Choice;
use crate::analysis::columns::setting;
use crate::analysis::conclusions::{Conclusions, Judged};
use crate::analysis::contests::{ACTIVATION, Contest};
use crate::analysis::endings::{Endings, endings};
use crate::analysis::published::compare;
use crate::analysis::ranking::swept;
use crate::store::{About, Store, Stored};
use crate::words::count;

/// What an error is, of whatever networks.
pub const ERRORS: &str = "Errors are root mean square, divided by the standard deviation of the target there (std: 1 is as \
    wrong as the target's mean; of several outputs over all of them): median over seeds [exact interval of order statistics]. The interval covers the median of \
    all seeds with the probability under \"covers\"; inf: diverged. Far: from the edge of the range to twice its half-width \
    from the centre, on both sides. Validation and test: points inside of the range that were not trained on; settings are chosen by the \
    first, nothing by the second. What did not learn explains less than three quarters of the variance that the best \
    network explains inside of the range; it never wins.";

/// What the columns of the results mean beside that.
pub const CHOICES: &str = "The settings of each row are those with the lowest validation error. Tied: of how many other settings \
    the validation error is within the interval of that, and their lowest and highest far error. Oracle: the best far error of any \
    settings, which nobody could have chosen without the far field.";

/// Answers and tables of a run for a terminal.
pub fn text(store: &Store, trials: &[Stored]) -> Result<String> {
    let about = store.about()?;
    let conclusions = Conclusions::new(trials, ACTIVATION, about.level());
    let endings = endings(&counted_once(trials));
    let compared = compare(&about.published, store, trials)?;
    Ok(so_far(store, trials)? + &text_of(&conclusions, &endings, &about) + &published::text(&compared))
}

/// How many trials are trained, where some are not.
pub fn so_far(store: &Store, trials: &[Stored]) -> Result<String> {
    let (trained, planned) = (trials.len(), store.planned()?);
    Ok(if trained < planned {
        format!("{trained} of {planned} trials are trained so far.\n\n")
    } else {
        String::new()
    })
}

/// The question, the answer and the tables that bear it out, for a terminal.
pub fn text_of(conclusions: &Conclusions<'_>, endings: &[Endings], about: &About) -> String {
    let mut text = opening::text(conclusions, endings);
    let mut part = |title: &str, table: &Table, legend: &str| {
        if table.rows() > 0 {
            text += &format!("\n{title}\n{}\n", table.text());
        }
        if table.rows() > 0 && !legend.is_empty() {
            text += &format!("\n{}\n", wrapped(legend));
        }
    };
    part("Verdicts", &verdicts::table(conclusions), verdicts::LEGEND);
    let tables = by_contest(conclusions, about);
    for (place, (title, table)) in tables.iter().enumerate() {
        let legend = if place + 1 == tables.len() {
            legend()
        } else {
            String::new()
        };
        part(title, table, &legend);
    }
    part(
        "In pairs",
        &comparisons::table(conclusions),
        &comparisons::pairs_legend(about),
    );
    let effects = comparisons::effects(&conclusions.regularisers);
    part("Regularisers", &effects, &comparisons::effects_legend(about));
    text
}

/// What the columns of the results mean.
pub fn legend() -> String {
    format!("{ERRORS} {CHOICES}")
}

/// For each target and range its name and a row for each activation.
pub fn by_contest(conclusions: &Conclusions<'_>, about: &About) -> Vec<(String, Table)> {
    let some = conclusions.contests.iter().filter(|(_, choices)| !choices.is_empty());
    let table = |(contest, choices): &Judged<'_>| {
        let rows: Vec<Row<'_, '_>> = choices.iter().map(|choice| (contest, choice)).collect();
        (
            verdicts::title(contest),
            columns(Table::of(&rows), contest.by.as_str(), about).table(),
        )
    };
    some.map(table).collect()
}

/// What stands for an activation, and where.
type Row<'r, 'a> = (&'r Contest<'a>, &'r Choice<'a>);

/// A row for each target, range and activation.
pub fn table(conclusions: &Conclusions<'_>, about: &About) -> Table {
    let contests = conclusions.contests.iter();
    let rows = contests.flat_map(|(contest, choices)| choices.iter().map(move |choice| (contest, choice)));
    let rows: Vec<Row<'_, '_>> = rows.collect();
    let table = Table::of(&rows)
        .same("target", |(contest, _)| contest.target.to_owned())
        .same("range", |(contest, _)| contest.range.clone());
    let by = conclusions
        .contests
        .first()
        .map_or(ACTIVATION, |(contest, _)| &contest.by);
    columns(table, by, about)
        .text("same_problem", |(contest, _)| contest.also.join(", "))
        .text("same_networks", |(contest, _)| contest.same_choices.join(", "))
        .table()
}

fn columns<'r>(columns: Columns<'r, Row<'_, '_>>, by: &str, about: &About) -> Columns<'r, Row<'r, 'r>> {
    let mut columns = columns.same(by, |(_, choice)| choice.name.clone());
    let others = [ACTIVATION, "hidden"].into_iter().chain(swept(about));
    for name in others.filter(|name| *name != by) {
        columns = columns.same(name, |(_, choice)| setting(choice.cell.trials[0], name));
    }
    columns
        .shown("far error (std)", |(_, choice)| interval(choice.cell.far))
        .shown("seeds", |(_, choice)| seeds(&choice.cell))
        .shown("covers", |(_, choice)| {
            choice.cell.far.map_or_else(|| "-".to_owned(), coverage)
        })
        .shown("validation error (std)", |(_, choice)| interval(choice.cell.validation))
        .shown("test error (std)", |(_, choice)| interval(choice.cell.inside))
        .same("learned", |(_, choice)| learned(Some(choice.learned)).to_owned())
        .shown("tied: far errors (std)", |(_, choice)| tied(choice))
        .shown("oracle (std)", |(_, choice)| interval(choice.oracle))
        .count("seeds", |(_, choice)| choice.cell.trials.len())
        .count("diverged", |(_, choice)| choice.cell.diverged())
        .estimate("far", |(_, choice)| choice.cell.far)
        .estimate("validation", |(_, choice)| choice.cell.validation)
        .estimate("test", |(_, choice)| choice.cell.inside)
        .count("chosen_of", |(_, choice)| choice.of)
        .count("tied", |(_, choice)| choice.tied)
        .number("tied_far_lowest", |(_, choice)| choice.tied_far.map(|far| far.0))
        .number("tied_far_highest", |(_, choice)| choice.tied_far.map(|far| far.1))
        .estimate("oracle", |(_, choice)| choice.oracle)
        .text("cell", |(_, choice)| choice.cell.name().to_owned())
}

/// How many others could have been chosen as well, and what that would have come to.
fn tied(choice: &Choice<'_>) -> String {
    match choice.tied_far {
        None => format!("none of {}", choice.of - 1),
        Some((low, high)) if short(low) == short(high) => {
            format!("{} of {}: {}", choice.tied, choice.of - 1, short(low))
        }
        Some((low, high)) => format!(
            "{} of {}: {} to {}",
            choice.tied,
            choice.of - 1,
            short(low),
            short(high)
        ),
    }
}

/// Which cells are not listed, as they are the same problem as others.
pub fn repetitions(all: &[Stored]) -> Vec<String> {
    let by_id: HashMap<&str, &Stored> = all.iter().map(|trial| (trial.id.as_str(), trial)).collect();
    let mut found: BTreeMap<(String, String), BTreeSet<&str>> = BTreeMap::new();
    let name = |trial: &Stored| format!("{} on {}", trial.settings.target, trial.settings.range);
    for trial in all {
        if let Some(same) = trial.same.as_deref().and_then(|same| by_id.get(same)) {
            found.entry((name(trial), name(same))).or_default().insert(&trial.cell);
        }
    }
    let note = |((this, other), cells): ((String, String), BTreeSet<&str>)| {
        format!(
            "{} of {this} are the same problem as cells of {other}: they are listed, drawn and counted there.",
            count(cells.len() as u64, "cell")
        )
    };
    found.into_iter().map(note).collect()
}
