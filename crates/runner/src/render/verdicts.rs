//! Who is best for each target and range, and how sure that is: a line or a row for each.

use super::table::Table;
use super::words::{coverage, interval, short};
use crate::analysis::conclusions::{Conclusions, Judged};
use crate::analysis::contests::{ACTIVATION, Contest};
use crate::analysis::outcome::{Outcome, Standing};
use crate::statistics::{Estimate, Verdict};
use crate::words::count;

/// What the columns of the table mean.
pub const LEGEND: &str = "A row is a problem: a target on a range; a range that is the same problem as another is named beside \
    it. The far error is that of the first, in standard deviations of the target in the far field: median over its seeds \
    [exact interval of order statistics], which covers the share of medians that is printed. Best is what is better than \
    each other that learned, seed by seed, after Holm's adjustment for all pairs of all rows. Undecided is no tie: the seeds \
    do not say which is lower.";

/// A contest and what came of it.
type Row<'r, 'a> = (&'r Contest<'a>, Outcome<'r, 'a>);

/// A row for each target and range.
pub fn table(conclusions: &Conclusions<'_>) -> Table {
    let contests = conclusions.contests.iter().map(|(contest, _)| contest);
    let rows: Vec<Row<'_, '_>> = contests.zip(conclusions.outcomes()).collect();
    let far = |row: &Row<'_, '_>| first_far(&row.1);
    Table::of(&rows)
        .same("target", |(contest, _)| contest.target.to_owned())
        .shown("range", |(contest, _)| range(contest))
        .shown("answer", |(contest, outcome)| headline(contest, outcome))
        .shown("far error (std)", move |row| interval(far(row)))
        .shown("seeds", move |row| {
            far(row).map_or_else(|| "-".to_owned(), |of| of.n.to_string())
        })
        .shown("covers", move |row| far(row).map_or_else(|| "-".to_owned(), coverage))
        .shown("against the others that learned", |(_, outcome)| match outcome {
            Outcome::First(standing) => against(standing),
            _ => "-".to_owned(),
        })
        .text("range", |(contest, _)| contest.range.clone())
        .text("same_problem", |(contest, _)| contest.also.join(", "))
        .text("outcome", |(_, outcome)| outcome_in_a_word(outcome).to_owned())
        .text("first", |(_, outcome)| {
            first_name(outcome).unwrap_or_default().to_owned()
        })
        .estimate("far", far)
        .table()
}

/// The range of a contest, and what is the same problem or has the same networks.
pub fn range(contest: &Contest<'_>) -> String {
    let parts = std::iter::once(contest.range.clone()).chain(repeated(contest));
    parts.collect::<Vec<_>>().join("; ")
}

/// The name of a contest, and of those that are the same.
pub fn title(contest: &Contest<'_>) -> String {
    match repeated(contest)[..] {
        [] => contest.name(),
        ref others => format!("{} ({})", contest.name(), others.join("; ")),
    }
}

/// What is the same problem, and what has other cells too but the same networks for each activation.
pub fn repeated(contest: &Contest<'_>) -> Vec<String> {
    let own = format!("{} on ", contest.target);
    // Another range of the same target is told by its name alone.
    let short = |name: &String| name.strip_prefix(&own).unwrap_or(name).to_owned();
    let others = |words: &str, names: &[String]| match names {
        [] => None,
        names => Some(format!(
            "{words} {}",
            names.iter().map(short).collect::<Vec<_>>().join(", ")
        )),
    };
    let also = others("the same problem as", &contest.also);
    let same = others("the same networks as", &contest.same_choices);
    also.into_iter().chain(same).collect()
}

/// Who is best for each target and range, a line for each.
pub fn answers(conclusions: &Conclusions<'_>) -> Vec<String> {
    let contests = conclusions.contests.iter().zip(conclusions.outcomes());
    let line = |(judged, outcome): (&Judged<'_>, Outcome<'_, '_>)| {
        let contest = &judged.0;
        format!("{}: {}", title(contest), answer(contest, &outcome))
    };
    contests.map(line).collect()
}

fn answer(contest: &Contest<'_>, outcome: &Outcome<'_, '_>) -> String {
    let headline = headline(contest, outcome);
    let rest = match outcome {
        Outcome::Only(_) => "there is nothing to compare it with".to_owned(),
        Outcome::First(standing) => against(standing),
        _ => return headline,
    };
    let data = if is_data(contest) {
        "; seeds vary initial weights and the split only"
    } else {
        ""
    };
    let far = first_far(outcome);
    let sure = far.map_or_else(String::new, |of| {
        format!(" ({}, {})", count(of.n as u64, "seed"), coverage(of))
    });
    format!("{headline}, far error {}{sure}; {rest}{data}", interval(far))
}

/// Whether the target of a contest is a column of a file.
pub fn is_data(contest: &Contest<'_>) -> bool {
    contest.cells.first().is_some_and(|cell| cell.settings().data.is_some())
}

/// The first by its name, with that of the setting where it is no activation.
pub fn named(contest: &Contest<'_>, name: &str) -> String {
    match contest.by.as_str() {
        ACTIVATION => name.to_owned(),
        by => format!("{by} {name}"),
    }
}

/// What came of a contest, in a few words.
pub fn headline(contest: &Contest<'_>, outcome: &Outcome<'_, '_>) -> String {
    match outcome {
        Outcome::Unmeasured(networks) => {
            let rows = if is_data(contest) {
                ", where rows are held out for it (data.holdout)"
            } else {
                ""
            };
            let networks = match networks {
                1 => "1 network has".to_owned(),
                networks => format!("{} have", count(*networks as u64, "network")),
            };
            format!("nothing can be chosen: {networks} no validation error; `actlab sweep` measures it{rows}")
        }
        Outcome::NothingLearned(lowest) => format!(
            "nothing is ranked, as no network learned it: the lowest validation error is {} standard deviations of the \
             target",
            short(*lowest)
        ),
        Outcome::NoFarError => "no far error was measured, as nothing is known outside of the range".to_owned(),
        Outcome::Only(first) => format!("only {} learned", named(contest, &first.name)),
        Outcome::First(standing) => {
            let first = named(contest, &standing.first.name);
            match (&standing.equivalent()[..], &standing.open()[..]) {
                ([], []) => format!("{first} is best"),
                (_, []) => format!("{first} is best or equivalent"),
                _ => format!("undecided: {first} has the lowest far error"),
            }
        }
    }
}

/// What came of a contest, for programs.
fn outcome_in_a_word(outcome: &Outcome<'_, '_>) -> &'static str {
    match outcome {
        Outcome::Unmeasured(_) => "unmeasured",
        Outcome::NothingLearned(_) => "nothing learned",
        Outcome::NoFarError => "no far error",
        Outcome::Only(_) => "only one learned",
        Outcome::First(standing) => match (standing.equivalent().len(), standing.open().len()) {
            (0, 0) => "best",
            (_, 0) => "equivalent",
            _ => "undecided",
        },
    }
}

fn first_name<'r>(outcome: &'r Outcome<'_, '_>) -> Option<&'r str> {
    match outcome {
        Outcome::Only(first) => Some(&first.name),
        Outcome::First(standing) => Some(&standing.first.name),
        _ => None,
    }
}

/// The far error of the first, where there is one.
pub fn first_far(outcome: &Outcome<'_, '_>) -> Option<Estimate> {
    match outcome {
        Outcome::Only(first) => first.cell.far,
        Outcome::First(standing) => standing.first.cell.far,
        _ => None,
    }
}

/// What the first is, held against each other.
fn against(standing: &Standing<'_, '_>) -> String {
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
        let of = standing.against.iter().filter(move |of| of.verdict == wanted);
        of.map(|of| of.b.as_str()).collect::<Vec<_>>()
    };
    let parts = ORDER
        .into_iter()
        .filter_map(|(verdict, words)| match of_first(verdict)[..] {
            [] => None,
            ref names => Some(format!("{words} {}", names.join(", "))),
        });
    parts.collect::<Vec<_>>().join("; ")
}
