//! All that is concluded about which activation generalises best.

use super::cells::counted_once;
use super::choice::{Choice, choices};
use super::compare::{Compared, compare};
use super::contests::{Contest, contests};
use super::regularisers::{Effect, regularisers};
use crate::store::Stored;

/// A contest, and what stands for each activation in it.
pub type Judged<'a> = (Contest<'a>, Vec<Choice<'a>>);

/// What the errors of a run's networks say.
#[derive(Debug)]
pub struct Conclusions<'a> {
    /// For each target and range what stands for each activation, in the order of the results.
    pub contests: Vec<Judged<'a>>,
    /// All pairs of activations that learned.
    pub compared: Vec<Compared>,
    /// What each regulariser does to each activation.
    pub regularisers: Vec<Effect>,
    /// What each comparison's p is held against.
    pub level: f64,
}

impl<'a> Conclusions<'a> {
    /// From all trials of a run, at its level; the setting whose values are compared is named by its column.
    pub fn new(all: &'a [Stored], by: &str, level: f64) -> Self {
        let found = contests(all, by).into_iter().map(|contest| {
            let choices = choices(&contest);
            (contest, choices)
        });
        let found: Vec<Judged<'a>> = found.collect();
        let compared = compare(&found, level);
        let (contests, compared) = without_repetitions(found, compared);
        Self {
            contests,
            compared,
            regularisers: regularisers(&counted_once(all), level),
            level,
        }
    }

    /// How many of the pairs of activations are decided, and of how many; what repeats another counts once.
    pub fn decided(&self) -> (usize, usize) {
        let counted = || self.compared.iter().filter(|of| of.repeats.is_none());
        let decided = counted().filter(|of| of.verdict.is_decided());
        (decided.count(), counted().count())
    }
}

/// Takes out contests for which the same networks stand as for an earlier one, throughout, and notes them with that.
fn without_repetitions<'a>(found: Vec<Judged<'a>>, mut compared: Vec<Compared>) -> (Vec<Judged<'a>>, Vec<Compared>) {
    let mut contests: Vec<Judged<'a>> = Vec::new();
    for (contest, choices) in found {
        let place = contests.len();
        let compares_the_same = |earlier: usize| {
            let mut own = compared.iter().filter(|of| of.contest == place);
            own.all(|of| of.repeats.is_some_and(|first| compared[first].contest == earlier))
        };
        let chooses_the_same = |(of, earlier): &Judged<'_>| {
            let names = |choices: &[Choice<'_>]| choices.iter().map(|of| of.cell.name().to_owned()).collect::<Vec<_>>();
            !choices.is_empty() && of.target == contest.target && names(earlier) == names(&choices)
        };
        let repeated = (0..place).find(|earlier| chooses_the_same(&contests[*earlier]) && compares_the_same(*earlier));
        match repeated {
            None => contests.push((contest, choices)),
            Some(earlier) => {
                contests[earlier].0.same_choices.push(contest.name());
                take_out(&mut compared, place);
            }
        }
    }
    (contests, compared)
}

/// Takes out the comparisons of a contest, all of which repeat earlier ones: the places of contests and of comparisons
/// after them move up. What repeats another repeats one that is there for the first time, and so stays.
fn take_out(compared: &mut Vec<Compared>, contest: usize) {
    let mut kept = 0;
    let moved = compared.iter().map(|of| {
        kept += usize::from(of.contest != contest);
        kept.saturating_sub(1)
    });
    let moved: Vec<usize> = moved.collect();
    compared.retain(|of| of.contest != contest);
    for of in compared {
        of.repeats = of.repeats.map(|place| moved[place]);
        of.contest -= usize::from(of.contest > contest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::Verdict;

    #[test]
    fn what_is_taken_out_leaves_the_others_where_they_belong() {
        let compared = |contest: usize, a: &str, repeats: Option<usize>| Compared {
            contest,
            a: a.to_owned(),
            b: "b".to_owned(),
            comparison: None,
            adjusted: 1.0,
            verdict: Verdict::TooFew,
            seeds: None,
            disagree: Vec::new(),
            repeats,
        };
        // The second contest repeats the first; the third has one comparison of the first and two of its own, of which the
        // fourth repeats one.
        let mut all = vec![
            compared(0, "first", None),
            compared(1, "again", Some(0)),
            compared(2, "partly", Some(0)),
            compared(2, "own", None),
            compared(2, "other", None),
            compared(3, "late", Some(4)),
        ];
        take_out(&mut all, 1);
        let found: Vec<(usize, &str, Option<usize>)> =
            all.iter().map(|of| (of.contest, of.a.as_str(), of.repeats)).collect();
        assert_eq!(
            found,
            [
                (0, "first", None),
                (1, "partly", Some(0)),
                (1, "own", None),
                (1, "other", None),
                (2, "late", Some(3)),
            ]
        );
    }
}
