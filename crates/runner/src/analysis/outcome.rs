//! Who wins a contest, and whether anybody does.

use super::choice::Choice;
use super::compare::Compared;
use super::conclusions::Conclusions;
use super::contests::State;
use crate::statistics::Verdict;

/// What came of a contest.
#[derive(Debug)]
pub enum Outcome<'c, 'a> {
    /// So many networks have no validation error: nothing can be chosen.
    Unmeasured(usize),
    /// The lowest median validation error, which is too high: nothing learned.
    NothingLearned(f64),
    /// Nothing is known outside of the range.
    NoFarError,
    /// The only one that learned.
    Only(&'c Choice<'a>),
    /// The one whose far error is the lowest, and how it stands against each other that learned.
    First(Standing<'c, 'a>),
}

/// The first of a contest against each other that learned.
#[derive(Debug)]
pub struct Standing<'c, 'a> {
    /// The one with the lowest far error.
    pub first: &'c Choice<'a>,
    /// What it is compared with, in the order of the results.
    pub against: Vec<&'c Compared>,
}

impl<'c> Standing<'c, '_> {
    /// Those of which the first is not shown to be better, nor equivalent to them.
    pub fn open(&self) -> Vec<&'c Compared> {
        self.with(|verdict| !verdict.is_better() && verdict != Verdict::Equivalent)
    }

    /// Those that the first is equivalent to.
    pub fn equivalent(&self) -> Vec<&'c Compared> {
        self.with(|verdict| verdict == Verdict::Equivalent)
    }

    /// Those that the first is better than, by however little.
    pub fn better(&self) -> Vec<&'c Compared> {
        self.with(Verdict::is_better)
    }

    fn with(&self, wanted: impl Fn(Verdict) -> bool) -> Vec<&'c Compared> {
        let found = self.against.iter().copied();
        found.filter(|of| wanted(of.verdict)).collect()
    }
}

impl<'a> Conclusions<'a> {
    /// What came of each contest, in their order.
    pub fn outcomes(&self) -> Vec<Outcome<'_, 'a>> {
        (0..self.contests.len()).map(|place| self.outcome(place)).collect()
    }

    fn outcome(&self, place: usize) -> Outcome<'_, 'a> {
        let (contest, choices) = &self.contests[place];
        match (contest.state, choices.first()) {
            (State::Unmeasured(networks), _) => Outcome::Unmeasured(networks),
            (State::NothingLearned(lowest), _) => Outcome::NothingLearned(lowest),
            (State::Learned(_), Some(first)) if choices.iter().any(|choice| choice.cell.far.is_some()) => {
                let others = choices.iter().skip(1).filter(|choice| choice.learned).count();
                let of_first = self
                    .compared
                    .iter()
                    .filter(|of| of.contest == place && of.a == first.name);
                match others {
                    0 => Outcome::Only(first),
                    _ => Outcome::First(Standing {
                        first,
                        against: of_first.collect(),
                    }),
                }
            }
            (State::Learned(_), _) => Outcome::NoFarError,
        }
    }

    /// How many comparisons there are, each counted once.
    pub fn comparisons(&self) -> usize {
        self.compared.iter().filter(|of| of.repeats.is_none()).count()
    }
}
