//! The question, and the answer in a few sentences that are made from the data.

use std::collections::BTreeMap;

use super::verdicts::{first_far, headline, is_data, named, repeated, title};
use super::words::{coverage, distance, ending, interval, wrapped};
use crate::analysis::compare::Compared;
use crate::analysis::conclusions::Conclusions;
use crate::analysis::contests::{ACTIVATION, Contest};
use crate::analysis::endings::Endings;
use crate::analysis::outcome::Outcome;
use crate::measure::far_field::{Ending, LIMIT};
use crate::statistics::{Estimate, Seeds, Verdict, fewest, seeds_for};
use crate::words::{count, number};

/// Problems that are told by their names.
const NAMED: usize = 4;

/// What is asked of a run.
pub fn question(conclusions: &Conclusions<'_>) -> String {
    let by = conclusions
        .contests
        .first()
        .map_or(ACTIVATION, |(contest, _)| &contest.by);
    let what = match by {
        ACTIVATION => ACTIVATION.to_owned(),
        by => format!("value of {by}"),
    };
    format!("Which {what} generalises best outside of its data?")
}

/// The question and the answer for a terminal; nothing where there is no network.
pub fn text(conclusions: &Conclusions<'_>, endings: &[Endings]) -> String {
    let sentences = sentences(conclusions, endings);
    if sentences.is_empty() {
        return String::new();
    }
    let sentences: Vec<String> = sentences.iter().map(|sentence| wrapped(sentence)).collect();
    format!("{}\n{}\n", question(conclusions), sentences.join("\n"))
}

/// Who is best where, how sure that is, what would decide the rest, and what the networks become.
pub fn sentences(conclusions: &Conclusions<'_>, endings: &[Endings]) -> Vec<String> {
    let contests = conclusions.contests.iter().map(|(contest, _)| contest);
    let problems: Vec<Problem<'_, '_>> = contests.zip(conclusions.outcomes()).collect();
    let result = match &problems[..] {
        [] => return Vec::new(),
        [(contest, outcome)] => of_one(contest, outcome),
        several => of_several(several),
    };
    let parts = [
        sure(&problems, conclusions.comparisons()),
        open(&problems, conclusions),
        become_(endings),
    ];
    std::iter::once(result).chain(parts.into_iter().flatten()).collect()
}

/// A contest and what came of it.
type Problem<'c, 'a> = (&'c Contest<'a>, Outcome<'c, 'a>);

fn of_one(contest: &Contest<'_>, outcome: &Outcome<'_, '_>) -> String {
    let problem = title(contest);
    let far = format!("{} standard deviations", interval(first_far(outcome)));
    match outcome {
        Outcome::Only(first) => format!(
            "Only {} learned {problem}: its far error is {far}, and there is nothing to compare it with.",
            named(contest, &first.name)
        ),
        Outcome::First(standing) => {
            let first = named(contest, &standing.first.name);
            let better = match names(&standing.better()) {
                none if none.is_empty() => String::new(),
                some => format!(", lower than that of {some}"),
            };
            match (names(&standing.equivalent()), names(&standing.open())) {
                (equal, open) if open.is_empty() && equal.is_empty() => {
                    format!("For {problem} it is {first}: its far error is {far}{better}.")
                }
                (equal, open) if open.is_empty() => {
                    format!(
                        "For {problem} it is {first}, to 5 % equivalent to {equal}: its far error is {far}{better}."
                    )
                }
                (_, open) => format!(
                    "Undecided for {problem}: {first} has the lowest far error, {far}{better}, but it is not shown to be lower \
                     than that of {open}."
                ),
            }
        }
        _ => format!("For {problem} {}.", headline(contest, outcome)),
    }
}

/// "tanh and relu".
fn names(compared: &[&Compared]) -> String {
    listed(&compared.iter().map(|of| of.b.clone()).collect::<Vec<_>>())
}

/// What came of several problems: those that came out alike together, those with an answer first.
fn of_several(problems: &[Problem<'_, '_>]) -> String {
    let by_name = problems.len() <= NAMED;
    let mut alike: BTreeMap<(Kind, String), Vec<&Problem<'_, '_>>> = BTreeMap::new();
    for problem in problems {
        alike.entry(alike_by(problem, by_name)).or_default().push(problem);
    }
    let part = |((kind, who), found): (&(Kind, String), &Vec<&Problem<'_, '_>>)| {
        let which = if by_name {
            places(found)
        } else {
            number(found.len() as u64)
        };
        match kind {
            Kind::Best => format!("{who} is best for {which}"),
            Kind::Level => format!("{who} for {which}"),
            Kind::Only => format!("only {who} learned {which}"),
            Kind::Undecided => format!("undecided for {which}, where {who}"),
            Kind::NothingLearned => format!("no network learned {which}"),
            Kind::NoFarError => format!("no far error was measured for {which}"),
            Kind::Unmeasured => format!("nothing can be chosen, as validation errors are missing, for {which}"),
        }
    };
    let parts: Vec<String> = alike.iter().map(part).collect();
    let of = number(problems.len() as u64);
    let all_open = alike.keys().all(|(kind, _)| *kind == Kind::Undecided);
    let none = if all_open {
        "no activation is shown to be best; "
    } else {
        ""
    };
    format!("Of {of} targets and ranges: {none}{}.", parts.join("; "))
}

/// What came of a problem, in the order in which it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Best,
    Level,
    Only,
    Undecided,
    NothingLearned,
    NoFarError,
    Unmeasured,
}

/// What problems have in common that are told together; of many it is less than of those that are told by name.
fn alike_by((contest, outcome): &Problem<'_, '_>, by_name: bool) -> (Kind, String) {
    let standing = match outcome {
        Outcome::First(standing) => standing,
        Outcome::Only(first) => return (Kind::Only, named(contest, &first.name)),
        Outcome::NothingLearned(_) => return (Kind::NothingLearned, String::new()),
        Outcome::NoFarError => return (Kind::NoFarError, String::new()),
        Outcome::Unmeasured(_) => return (Kind::Unmeasured, String::new()),
    };
    let first = named(contest, &standing.first.name);
    let (equal, open) = (names(&standing.equivalent()), names(&standing.open()));
    match (equal.is_empty(), open.is_empty()) {
        (true, true) => (Kind::Best, first),
        (_, true) if by_name => (Kind::Level, format!("{first} is best and to 5 % equivalent to {equal}")),
        (_, true) => (Kind::Level, format!("{first} is best and to 5 % equivalent to another")),
        _ if by_name => (
            Kind::Undecided,
            format!("{first} has the lowest far error but is not shown to be better than {open}"),
        ),
        _ => (
            Kind::Undecided,
            format!("{first} has the lowest far error but is not shown to be better than each other"),
        ),
    }
}

/// Which they are, with their far errors.
fn places(found: &[&Problem<'_, '_>]) -> String {
    let place = |(contest, outcome): &&Problem<'_, '_>| {
        let far = first_far(outcome).map(|far| format!("far error {}", interval(Some(far))));
        let notes: Vec<String> = far.into_iter().chain(repeated(contest)).collect();
        match notes[..] {
            [] => contest.name(),
            _ => format!("{} ({})", contest.name(), notes.join("; ")),
        }
    };
    listed(&found.iter().map(place).collect::<Vec<_>>())
}

/// "tanh, sinu and relu".
fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// What the errors are over, and how many comparisons the answer is among.
fn sure(problems: &[Problem<'_, '_>], comparisons: usize) -> Option<String> {
    let far: Vec<Estimate> = problems.iter().filter_map(|(_, outcome)| first_far(outcome)).collect();
    let fewest = far.iter().min_by_key(|of| of.n)?;
    let most = far.iter().max_by_key(|of| of.n)?;
    let seeds = match (fewest.n, most.n) {
        (few, many) if few == many => count(few as u64, "seed"),
        (few, many) => format!("{few} to {}", count(many as u64, "seed")),
    };
    let covers = match (coverage(*fewest), coverage(*most)) {
        (one, other) if one == other => one,
        (one, other) => format!("{one} to {other}"),
    };
    let pairs = match comparisons {
        0 => String::new(),
        1 => "; the one pair that learned is compared seed by seed, by a sign test at 5 %".to_owned(),
        many => format!(
            "; activations are compared seed by seed in all {} pairs that learned, by sign tests at 5 % after Holm's adjustment",
            number(many as u64)
        ),
    };
    let by = problems.first().map_or(ACTIVATION, |(contest, _)| &contest.by);
    let pairs = if by == ACTIVATION {
        pairs
    } else {
        pairs.replace("activations", "values")
    };
    let data = match problems.iter().any(|(contest, _)| is_data(contest)) {
        true => "; seeds vary initial weights and the split of the rows only",
        false => "",
    };
    Some(format!(
        "Far errors, from 1 to 2 half-widths from the centre of the range, are root mean square in standard deviations of the \
         target there: medians over {seeds} [intervals that cover {covers}]{pairs}{data}."
    ))
}

fn open_of<'c>(outcome: &Outcome<'c, '_>) -> Vec<&'c Compared> {
    match outcome {
        Outcome::First(standing) => standing.open(),
        _ => Vec::new(),
    }
}

/// What would decide what is undecided.
fn open(problems: &[Problem<'_, '_>], conclusions: &Conclusions<'_>) -> Option<String> {
    let open: Vec<&Compared> = problems.iter().flat_map(|(_, outcome)| open_of(outcome)).collect();
    if open.is_empty() {
        return None;
    }
    if open.iter().any(|of| of.verdict == Verdict::TooFew) {
        let comparisons = conclusions.comparisons();
        return Some(format!(
            "Fewer than {} seeds decide nothing: among {} it takes at least {} seeds that all say the same.",
            fewest(conclusions.level),
            count(comparisons as u64, "comparison"),
            seeds_for(comparisons, conclusions.level)
        ));
    }
    let mut about: Vec<usize> = Vec::new();
    let (mut over, mut unknown) = (0, 0);
    for of in &open {
        match of.seeds {
            Some(Seeds::About(seeds)) => about.push(seeds),
            Some(Seeds::Over(_)) => over += 1,
            None => unknown += 1,
        }
    }
    about.sort_unstable();
    let some = match about[..] {
        [] => None,
        [one] => Some(format!("some {} seeds", number(one as u64))),
        [few, .., many] if few == many => Some(format!("some {} seeds", number(few as u64))),
        [few, .., many] => Some(format!("some {} to {} seeds", number(few as u64), number(many as u64))),
    };
    let more = (over > 0).then(|| format!("more than 1,000 for {over} of {}", open.len()));
    let none = (unknown > 0).then(|| format!("for {unknown} of {} no number can be said", open.len()));
    let parts: Vec<String> = [some, more, none].into_iter().flatten().collect();
    Some(format!(
        "What would decide what is open: {}, to a factor of three; their number is to be fixed before looking.",
        parts.join("; ")
    ))
}

/// What the networks of each activation end in, by algebra, and where they get there.
fn become_(endings: &[Endings]) -> Option<String> {
    let mut alike: Vec<(Ending, Vec<String>)> = Vec::new();
    for of in endings {
        let usual = of.usual();
        let words = format!("{}{}", of.activation, settles(of));
        match alike.iter_mut().find(|(ending, _)| *ending == usual) {
            Some((_, names)) => names.push(words),
            None => alike.push((usual, vec![words])),
        }
    }
    if alike.is_empty() {
        return None;
    }
    let parts: Vec<String> = alike
        .iter()
        .map(|(of, names)| format!("those of {} end in {}", listed(names), ending(*of)))
        .collect();
    Some(format!(
        "What the networks become follows from their weights by algebra: {}; distances are medians over networks, in half-widths \
         from the centre of the range.",
        parts.join("; ")
    ))
}

/// " (159 of 160, settled from 1.0 on)".
fn settles(of: &Endings) -> String {
    let networks = match of.count(of.usual()) {
        all if all == of.networks => format!("all {}", number(all as u64)),
        some => format!("{} of {}", number(some as u64), number(of.networks as u64)),
    };
    let settled = match &of.settling {
        None => String::new(),
        Some(settling) => match (settling.median, settling.of - settling.beyond) {
            (Some(median), within) if within < settling.of => {
                format!(
                    ", settled from {} on, {} of {} not by {LIMIT}",
                    distance(median),
                    settling.beyond,
                    settling.of
                )
            }
            (Some(median), _) => format!(", settled from {} on", distance(median)),
            (None, within) => format!(", settled by {LIMIT} in {within} of {}", settling.of),
        },
    };
    format!(" ({networks}{settled})")
}
