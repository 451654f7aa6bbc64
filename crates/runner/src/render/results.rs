//! Which activation generalises best: the answers, a line for each target and range, and the tables that bear them out.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::Result;

use super::comparisons;
use super::ranking::seeds;
use super::table::{Columns, Table};
use super::words::{coverage, interval, learned, short};
use crate::analysis::choice::Choice;
use crate::analysis::columns::setting;
use crate::analysis::compare::Compared;
use crate::analysis::conclusions::Conclusions;
use crate::analysis::contests::{ACTIVATION, Contest, State};
use crate::analysis::ranking::swept;
use crate::statistics::Verdict;
use crate::store::{About, Store, Stored};
use crate::words::count;

/// What the columns of the results mean.
pub const LEGEND: &str = "Errors are root mean square, in standard deviations of the target there: median over seeds [exact \
    interval of order statistics], with what the interval covers; inf: diverged. far: from the edge of the range to twice \
    its half-width from the centre. The settings of each are those with the lowest validation error, inside of the \
    range; tied: other settings whose validation error is within the interval of that, and their far errors. oracle: the \
    best far error of any settings, which nobody could have chosen. What did not learn explains less than three quarters of \
    the variance that the best network explains inside of the range; it never wins.";

/// Answers and tables of a run for a terminal.
pub fn text(store: &Store, trials: &[Stored]) -> Result<String> {
    let conclusions = Conclusions::new(trials, ACTIVATION);
    Ok(so_far(store, trials)? + &text_of(&conclusions, &store.about()?))
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

/// Answers and tables for a terminal.
pub fn text_of(conclusions: &Conclusions<'_>, about: &About) -> String {
    let mut text = String::new();
    answers(conclusions)
        .iter()
        .for_each(|answer| text += &format!("{answer}\n"));
    for (contest, choices) in conclusions.contests.iter().filter(|(_, choices)| !choices.is_empty()) {
        let rows: Vec<Row<'_, '_>> = choices.iter().map(|choice| (contest, choice)).collect();
        let table = columns(Table::of(&rows), contest.by.as_str(), about).table();
        text += &format!("\n{}\n{}\n", title(contest), table.text());
    }
    text += &format!("\n{}\n", wrapped(LEGEND));
    let compared = comparisons::table(conclusions);
    if compared.rows() > 0 {
        text += &format!("\nIn pairs\n{}\n", compared.text());
    }
    let effects = comparisons::effects(&conclusions.regularisers);
    if effects.rows() > 0 {
        text += &format!("\nRegularisers\n{}\n", effects.text());
    }
    if compared.rows() + effects.rows() > 0 {
        text += &format!("\n{}\n", wrapped(comparisons::LEGEND));
    }
    text
}

/// A paragraph in lines of a terminal's usual width.
fn wrapped(text: &str) -> String {
    const WIDTH: usize = 110;
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.len() - 1;
        if !lines[last].is_empty() && lines[last].chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(word.to_owned());
        } else {
            let space = if lines[last].is_empty() { "" } else { " " };
            lines[last] += &format!("{space}{word}");
        }
    }
    lines.join("\n")
}

/// The name of a contest, and of those that are the same.
fn title(contest: &Contest<'_>) -> String {
    let others = |words: &str, names: &[String]| match names {
        [] => None,
        names => Some(format!("{words}: {}", names.join(", "))),
    };
    let also = others("the same problem", &contest.also);
    let same = others("the same networks stand for", &contest.same_choices);
    match also.into_iter().chain(same).collect::<Vec<_>>()[..] {
        [] => contest.name(),
        ref others => format!("{} ({})", contest.name(), others.join("; ")),
    }
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
        .shown("far error", |(_, choice)| interval(choice.cell.far))
        .shown("seeds", |(_, choice)| seeds(&choice.cell))
        .shown("covers", |(_, choice)| {
            choice.cell.far.map_or_else(|| "-".to_owned(), coverage)
        })
        .shown("validation error", |(_, choice)| interval(choice.cell.validation))
        .shown("test error", |(_, choice)| interval(choice.cell.inside))
        .same("learned", |(_, choice)| learned(Some(choice.learned)).to_owned())
        .shown("tied", |(_, choice)| tied(choice))
        .shown("oracle", |(_, choice)| interval(choice.oracle))
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

/// Who is best for each target and range, and how sure that is.
pub fn answers(conclusions: &Conclusions<'_>) -> Vec<String> {
    let contests = conclusions.contests.iter().enumerate();
    let answer = |(place, (contest, choices)): (usize, &(Contest<'_>, Vec<Choice<'_>>))| {
        let compared = conclusions.compared.iter().filter(|of| of.contest == place);
        let answer = answer(contest, choices, &compared.collect::<Vec<_>>());
        format!("{}: {answer}", title(contest))
    };
    contests.map(answer).collect()
}

fn answer(contest: &Contest<'_>, choices: &[Choice<'_>], compared: &[&Compared]) -> String {
    let is_data = contest.cells.first().is_some_and(|cell| cell.settings().data.is_some());
    match contest.state {
        State::Unmeasured(networks) => {
            let rows = if is_data {
                ", where rows are held out for it (data.holdout)"
            } else {
                ""
            };
            format!(
                "nothing can be chosen: {} no validation error; `actlab sweep` measures it{rows}",
                match networks {
                    1 => "1 network has".to_owned(),
                    networks => format!("{} have", count(networks as u64, "network")),
                }
            )
        }
        State::NothingLearned(lowest) => format!(
            "nothing is ranked, as no network learned it: the lowest validation error is {} standard deviations of the \
             target",
            short(lowest)
        ),
        State::Learned(_) if choices.iter().all(|choice| choice.cell.far.is_none()) => {
            "no far error was measured, as nothing is known outside of the range".to_owned()
        }
        State::Learned(_) => {
            let data = if is_data {
                "; seeds vary initial weights and the split only"
            } else {
                ""
            };
            let others = choices.iter().skip(1).filter(|choice| choice.learned).count();
            choices.first().map_or_else(String::new, |first| {
                format!(
                    "{} {} ({}, {}); {}{data}",
                    headline(contest, first, others, compared),
                    interval(first.cell.far),
                    count(first.cell.trials.len() as u64, "seed"),
                    first.cell.far.map_or_else(|| "-".to_owned(), coverage),
                    against(first, others, compared)
                )
            })
        }
    }
}

/// "relu is best" where it is better than each other that learned; else that its error is the lowest, which is less.
fn headline(contest: &Contest<'_>, first: &Choice<'_>, others: usize, compared: &[&Compared]) -> String {
    let better = compared
        .iter()
        .filter(|of| of.a == first.name && of.verdict.is_better());
    let name = match contest.by.as_str() {
        ACTIVATION => first.name.clone(),
        by => format!("{by} {}", first.name),
    };
    match others {
        0 => format!("only {name} learned, far error"),
        others if better.count() == others => format!("{name} is best, far error"),
        _ => format!("{name} has the lowest far error,"),
    }
}

/// What the first is, held against each other.
fn against(first: &Choice<'_>, others: usize, compared: &[&Compared]) -> String {
    if others == 0 {
        return "there is nothing to compare it with".to_owned();
    }
    const ORDER: [(Verdict, &str); 7] = [
        (Verdict::Better, "better than"),
        (Verdict::SlightlyBetter, "better, by less than 5 %, than"),
        (Verdict::Equivalent, "equivalent to"),
        (Verdict::SlightlyWorse, "worse, by less than 5 %, than"),
        (Verdict::Worse, "worse than"),
        (Verdict::Undecided, "undecided against"),
        (Verdict::TooFew, "not enough seeds to compare it with"),
    ];
    let of_first = |wanted: Verdict| {
        let of = compared
            .iter()
            .filter(move |of| of.a == first.name && of.verdict == wanted);
        of.map(|of| of.b.to_string()).collect::<Vec<_>>()
    };
    let parts = ORDER
        .into_iter()
        .filter_map(|(verdict, words)| match of_first(verdict)[..] {
            [] => None,
            ref names => Some(format!("{words} {}", names.join(", "))),
        });
    parts.collect::<Vec<_>>().join("; ")
}
