//! Comparisons in words: pairs of activations, and networks with a regulariser and without.

use super::table::Table;
use super::verdicts;
use super::words::{TOO_FEW, change, enumeration, probability, significant};
use crate::analysis::compare::Compared;
use crate::analysis::conclusions::Conclusions;
use crate::analysis::regularisers::Effect;
use crate::statistics::{Comparison, LEVEL, Looks, Seeds, Verdict, at_least};
use crate::store::About;

/// What the columns of the pairs mean.
pub fn pairs_legend(about: &About) -> String {
    format!(
        "The difference is how much lower or higher the far error of the first is than that of the second: median over seeds of the ratio \
         of both, as a change in percent [exact interval of order statistics, which covers the median of all seeds with the \
         probability under \"covers\"], and of how many seeds it has that direction. {} The settings of each half of the \
         seeds are chosen by the other half. The number of seeds that would decide is right to a factor of three; in how many of \
         all seeds it is so, at least, is a bound of 95 %. {}",
        tests(about.level()),
        looks(about.looks.as_ref())
    )
}

/// What the columns of the regularisers mean.
pub fn effects_legend(about: &About) -> String {
    format!(
        "How much lower or higher the far error is with the regulariser than without it, all else the same: of each seed the median \
         of the ratio over the cells, and of these the median over seeds, as a change in percent [exact interval of order \
         statistics, which covers as much as printed]. {} Lower in: the share of a seed's cells in which it lowers the error, median over seeds [interval]; \
         diverged: pairs of networks of which one or both did. 0.00: less than 0.005 %.",
        tests(about.level())
    )
}
/// What is tested, at this level, and what follows.
pub fn tests(level: f64) -> String {
    format!(
        "p is of the exact two-sided sign test over seeds, adjusted by Holm for all rows of the table. Better, worse: p below {}. \
         Equivalent: the whole interval within 5 % (two one-sided tests at {} %, not adjusted). What is neither is undecided, which is no tie.",
        significant(level),
        significant(50.0 * level)
    )
}

/// What becomes of the level where seeds are added.
fn looks(looks: Option<&Looks>) -> String {
    match looks {
        None => format!(
            "To add seeds until something is decided makes {} % of false verdicts into 11 %, but for `actlab sweep \
             --until-decided`.",
            100.0 * LEVEL
        ),
        Some(looks) => format!(
            "Seeds are added until it is decided, at looks that were fixed beforehand: at {}. The level of {LEVEL} is divided \
             among them.",
            enumeration(looks.planned())
        ),
    }
}

/// A comparison with the names of other contests in which it is the same.
struct Row<'r> {
    row: &'r Compared,
    /// Those that are the same throughout, or in what stands for each activation.
    wholly: Vec<String>,
    /// Those of which other comparisons differ.
    partly: Vec<String>,
}

impl std::ops::Deref for Row<'_> {
    type Target = Compared;

    fn deref(&self) -> &Compared {
        self.row
    }
}

impl<'r> Row<'r> {
    /// Those of all comparisons that are there for the first time.
    fn all(conclusions: &'r Conclusions<'_>) -> Vec<Self> {
        let compared = conclusions.compared.iter().enumerate();
        let first = compared.filter(|(_, row)| row.repeats.is_none());
        let row = |(place, row): (usize, &'r Compared)| {
            let contest = &conclusions.contests[row.contest].0;
            let repeating = conclusions.compared.iter().filter(|of| of.repeats == Some(place));
            Self {
                row,
                wholly: contest.also.iter().chain(&contest.same_choices).cloned().collect(),
                partly: repeating.map(|of| conclusions.contests[of.contest].0.name()).collect(),
            }
        };
        first.map(row).collect()
    }
}

/// A row for each pair of activations that learned, where they are compared for the first time.
pub fn table(conclusions: &Conclusions<'_>) -> Table {
    let contest = |row: &Compared| &conclusions.contests[row.contest].0;
    let rows = Row::all(conclusions);
    Table::of(&rows)
        .same("target", |row| contest(row).target.to_owned())
        .shown("range", |row| verdicts::range(contest(row)))
        .text("range", |row| contest(row).range.clone())
        .shown("far error of", |row| row.a.clone())
        .shown("against", |row| row.b.clone())
        .shown("is (median over seeds)", |row| difference(row.comparison))
        .shown("covers", |row| covers(row.comparison))
        .shown("p (Holm)", |row| probability(row.adjusted))
        .shown("verdict", |row| verdict(row.verdict).to_owned())
        .shown("would decide", |row| row.seeds.map_or_else(String::new, seeds))
        .shown("note", note)
        .text("a", |row| row.a.clone())
        .text("b", |row| row.b.clone())
        .estimate("log_ratio", |row| row.comparison.map(|of| of.log_ratio))
        .count("pairs", |row| row.comparison.map_or(0, |of| of.pairs()))
        .count("a_lower", |row| row.comparison.map_or(0, |of| of.lower))
        .count("a_higher", |row| row.comparison.map_or(0, |of| of.higher))
        .count("infinite", |row| row.comparison.map_or(0, |of| of.infinite))
        .count("left_out", |row| row.comparison.map_or(0, |of| of.left_out))
        .number("p", |row| row.comparison.map(|of| of.p))
        .number("p_holm", |row| row.comparison.map(|_| row.adjusted))
        .number("level", |row| row.comparison.map(|of| of.level))
        .text("verdict", |row| verdict(row.verdict).to_owned())
        .number("seeds_to_decide", |row| match row.seeds {
            Some(Seeds::About(seeds)) => Some(seeds as f64),
            Some(Seeds::Over(_)) => Some(f64::INFINITY),
            None => None,
        })
        .count("halves_disagree", |row| row.disagree.len())
        .text("same_networks", |row| {
            [&row.wholly[..], &row.partly[..]].concat().join(", ")
        })
        .table()
}

/// A row for each activation and coefficient.
pub fn effects(effects: &[Effect]) -> Table {
    Table::of(effects)
        .same("activation", |row| row.activation.to_string())
        .same("regulariser", |row| row.regulariser.to_owned())
        .shown("coefficient", |row| row.coefficient.to_string())
        .shown("far error with it (median over seeds)", |row| {
            difference(row.comparison)
        })
        .shown("covers", |row| covers(row.comparison))
        .shown("p (Holm)", |row| probability(row.adjusted))
        .shown("verdict", |row| verdict(row.verdict).to_owned())
        .shown("lower in (of a seed's cells)", lower)
        .shown("diverged with, without, both", |row| {
            format!("{}, {}, {}", row.diverged_with, row.diverged_without, row.diverged_both)
        })
        .number("coefficient", |row| Some(row.coefficient))
        .estimate("log_ratio", |row| row.comparison.map(|of| of.log_ratio))
        .count("seeds", |row| row.comparison.map_or(0, |of| of.pairs()))
        .count("lower", |row| row.comparison.map_or(0, |of| of.lower))
        .count("higher", |row| row.comparison.map_or(0, |of| of.higher))
        .number("p", |row| row.comparison.map(|of| of.p))
        .number("p_holm", |row| row.comparison.map(|_| row.adjusted))
        .number("level", |row| row.comparison.map(|of| of.level))
        .text("verdict", |row| verdict(row.verdict).to_owned())
        .estimate("share_lower", |row| row.lower)
        .count("cells", |row| row.cells)
        .count("diverged_with", |row| row.diverged_with)
        .count("diverged_without", |row| row.diverged_without)
        .count("diverged_both", |row| row.diverged_both)
        .table()
}

/// In which part of its cells a regulariser lowers the error, "62 % [50, 75] of 12 cells".
fn lower(row: &Effect) -> String {
    let percent = |share: f64| format!("{:.0}", 100.0 * share);
    row.lower.map_or_else(
        || "-".to_owned(),
        |share| {
            let (median, low, high) = (percent(share.median), percent(share.low), percent(share.high));
            format!("{median} % [{low}, {high}] of {} cells", row.cells)
        },
    )
}

/// "12 % lower \[8, 17\], 10 of 10 seeds".
pub fn difference(comparison: Option<Comparison>) -> String {
    let Some(comparison) = comparison else {
        return "-".to_owned();
    };
    let of = comparison.log_ratio;
    let seeds = if of.median > 0.0 {
        comparison.higher
    } else {
        comparison.lower
    };
    format!("{}, {seeds} of {} seeds", change(of), comparison.pairs())
}

pub fn covers(comparison: Option<Comparison>) -> String {
    comparison.map_or_else(|| "-".to_owned(), |of| super::words::coverage(of.log_ratio))
}

/// A verdict in a word or two.
pub fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::TooFew => TOO_FEW,
        Verdict::Better => "better",
        Verdict::SlightlyBetter => "better, by less than 5 %",
        Verdict::Equivalent => "equivalent",
        Verdict::SlightlyWorse => "worse, by less than 5 %",
        Verdict::Worse => "worse",
        Verdict::Undecided => "undecided",
    }
}

pub fn seeds(seeds: Seeds) -> String {
    match seeds {
        Seeds::About(seeds) => format!("some {seeds} seeds"),
        Seeds::Over(seeds) => format!("> {seeds} seeds"),
    }
}

/// What else there is to know of a comparison.
fn note(row: &Row<'_>) -> String {
    let mut notes: Vec<String> = Vec::new();
    if !row.partly.is_empty() {
        notes.push(format!("the same networks for {}", row.partly.join(", ")));
    }
    if !row.disagree.is_empty() {
        notes.push(format!(
            "the halves choose different settings for {}",
            row.disagree.join(" and ")
        ));
    }
    if let Some(of) = row.comparison {
        if !of.is_too_small() && of.lower.max(of.higher) == of.pairs() {
            notes.push(format!("so in at least {:.0} % of seeds", 100.0 * at_least(of.pairs())));
        }
        if of.infinite > 0 {
            notes.push(format!("of {} pairs one diverged", of.infinite));
        }
        if of.left_out > 0 {
            notes.push(format!("{} pairs left out, as both diverged", of.left_out));
        }
    }
    notes.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_changes_in_percent() {
        let of = |ratios: &[f64]| {
            let logarithms: Vec<f64> = ratios.iter().map(|ratio| f64::ln(*ratio)).collect();
            difference(Comparison::of_ratios(&logarithms, 0, LEVEL))
        };
        let lower = [0.83, 0.83, 0.85, 0.87, 0.88, 0.88, 0.89, 0.90, 0.92, 0.93];
        assert_eq!(of(&lower), "12 % lower [8.0, 17], 10 of 10 seeds");
        assert_eq!(of(&[1.5, 2.0, 4.0]), "100 % higher [50, 300], 3 of 3 seeds");
        assert_eq!(of(&[0.9, f64::INFINITY, 0.9]), "10 % lower [-inf, 10], 2 of 3 seeds");
        assert_eq!(difference(None), "-");
    }
}
