//! All that is concluded about which activation generalises best.

use super::cells::counted_once;
use super::choice::{Choice, choices};
use super::compare::{Compared, compare};
use super::contests::{Contest, contests};
use super::regularisers::{Effect, regularisers};
use crate::store::Stored;

/// What the errors of a run's networks say.
#[derive(Debug)]
pub struct Conclusions<'a> {
    /// For each target and range what stands for each activation, in the order of the results.
    pub contests: Vec<(Contest<'a>, Vec<Choice<'a>>)>,
    /// All pairs of activations that learned.
    pub compared: Vec<Compared>,
    /// What each regulariser does to each activation.
    pub regularisers: Vec<Effect>,
}

impl<'a> Conclusions<'a> {
    /// From all trials of a run.
    pub fn new(all: &'a [Stored]) -> Self {
        let mut found: Vec<(Contest<'a>, Vec<Choice<'a>>)> = Vec::new();
        for contest in contests(all) {
            let choices = choices(&contest);
            found.push((contest, choices));
        }
        let compared = compare(&found);
        let (contests, compared) = without_repetitions(found, compared);
        Self {
            contests,
            compared,
            regularisers: regularisers(&counted_once(all)),
        }
    }
}

/// Takes out contests for which the same networks stand as for an earlier one, throughout, and notes them with that.
fn without_repetitions<'a>(
    found: Vec<(Contest<'a>, Vec<Choice<'a>>)>,
    mut compared: Vec<Compared>,
) -> (Vec<(Contest<'a>, Vec<Choice<'a>>)>, Vec<Compared>) {
    let mut contests: Vec<(Contest<'a>, Vec<Choice<'a>>)> = Vec::new();
    for (contest, choices) in found {
        let place = contests.len();
        let compares_the_same = |earlier: usize| {
            let mut own = compared.iter().filter(|of| of.contest == place);
            own.all(|of| of.repeats.is_some_and(|first| compared[first].contest == earlier))
        };
        let chooses_the_same = |(of, earlier): &(Contest<'_>, Vec<Choice<'_>>)| {
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
/// after them move up.
fn take_out(compared: &mut Vec<Compared>, contest: usize) {
    let mut moved = Vec::new();
    let mut kept = 0;
    for of in compared.iter() {
        moved.push(kept);
        kept += usize::from(of.contest != contest);
    }
    // What repeats one that goes repeats what that repeats.
    let first = |place: usize| match compared[place].contest == contest {
        true => compared[place].repeats.unwrap_or(place),
        false => place,
    };
    let repeats: Vec<Option<usize>> = compared
        .iter()
        .map(|of| of.repeats.map(|place| moved[first(place)]))
        .collect();
    for (of, repeats) in compared.iter_mut().zip(repeats) {
        of.repeats = repeats;
    }
    compared.retain(|of| of.contest != contest);
    compared
        .iter_mut()
        .filter(|of| of.contest > contest)
        .for_each(|of| of.contest -= 1);
}
