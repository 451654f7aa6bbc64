//! Contests: for a target and a range, all cells that may stand for their activations there.

use std::collections::{BTreeSet, HashMap};

use super::cells::{Cell, cells};
use super::columns::setting;
use crate::samples::VALIDATION;
use crate::store::Stored;

/// The cells of a target and a range.
#[derive(Debug)]
pub struct Contest<'a> {
    /// As the experiment writes it.
    pub target: &'a str,
    /// The range's name, with what sets its samples apart; see [`Resolved::place`].
    ///
    /// [`Resolved::place`]: crate::experiment::trial::Resolved::place
    pub range: String,
    /// The setting whose values are compared, by the name of its column.
    pub by: String,
    /// The names of contests that are the same problem throughout, and counted as this one.
    pub also: Vec<String>,
    /// The names of contests that have other cells too, but for which the same networks stand.
    pub same_choices: Vec<String>,
    /// In the order of the experiment. Where a trial is the same problem as an earlier one, it is the earlier that stands
    /// here.
    pub cells: Vec<Cell<'a>>,
    /// What can be said of which cells learned.
    pub state: State,
}

/// How far cells can be told apart inside of their range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum State {
    /// So many networks have no validation error: nothing can be chosen.
    Unmeasured(usize),
    /// The lowest median validation error, which is too high: nothing learned.
    NothingLearned(f64),
    /// The lowest median validation error.
    Learned(f64),
}

/// The lowest median validation error, in standard deviations of the target, above which nothing has been learned: the
/// target's mean has an error of 1.
const NOTHING: f64 = 0.95;

/// The share of the variance explained by the best cell that a cell has to explain.
const SHARE: f64 = 0.75;

/// Whether a cell of a median validation error of `error` has learned, where the best has `best`.
fn learned(error: f64, best: f64) -> bool {
    1.0 - error * error >= SHARE * (1.0 - best * best)
}

/// The setting that is compared, unless another is asked for.
pub const ACTIVATION: &str = "activation";

impl<'a> Contest<'a> {
    /// Whose side a cell is on: the value of the setting that is compared.
    pub fn side(&self, cell: &Cell<'_>) -> String {
        setting(cell.trials[0], &self.by)
    }

    /// The cells of one side.
    pub fn cells_of(&self, side: &str) -> Vec<&Cell<'a>> {
        self.cells.iter().filter(|cell| self.side(cell) == side).collect()
    }

    /// "x^2 on [-5, 5]".
    pub fn name(&self) -> String {
        name(self.target, &self.range)
    }

    /// Whether a cell has learned; none where that cannot be said.
    pub fn learned(&self, cell: &Cell<'_>) -> Option<bool> {
        match self.state {
            State::Unmeasured(_) => None,
            State::NothingLearned(_) => Some(false),
            State::Learned(best) => Some(learned(cell.chosen_by(), best)),
        }
    }
}

fn name(target: &str, range: &str) -> String {
    format!("{target} on {range}")
}

/// The contests of all trials, those that are the same problem merged, in the order of the experiment.
pub fn contests<'a>(all: &'a [Stored], by: &str) -> Vec<Contest<'a>> {
    let by_id: HashMap<&str, &Stored> = all.iter().map(|trial| (trial.id.as_str(), trial)).collect();
    let mut found: Vec<(&str, String, Vec<&Stored>)> = Vec::new();
    for trial in all {
        let (target, range) = (trial.settings.target.as_str(), trial.settings.place());
        let counted = trial.same.as_deref().and_then(|same| by_id.get(same).copied());
        let counted = counted.unwrap_or(trial);
        match found
            .iter_mut()
            .find(|contest| (contest.0, &contest.1) == (target, &range))
        {
            Some(contest) => contest.2.push(counted),
            None => found.push((target, range, vec![counted])),
        }
    }
    let mut contests: Vec<Contest<'a>> = Vec::new();
    let mut known: HashMap<BTreeSet<&str>, usize> = HashMap::new();
    for (target, range, trials) in found {
        let ids = trials.iter().map(|trial| trial.id.as_str()).collect();
        if let Some(place) = known.get(&ids) {
            contests[*place].also.push(name(target, &range));
            continue;
        }
        known.insert(ids, contests.len());
        let cells = cells(trials);
        contests.push(Contest {
            target,
            range,
            by: by.to_owned(),
            also: Vec::new(),
            same_choices: Vec::new(),
            state: state(&cells),
            cells,
        });
    }
    contests
}

fn state(cells: &[Cell<'_>]) -> State {
    let trained = cells.iter().flat_map(|cell| cell.trained());
    let has_none = |trial: &&Stored| trial.error(VALIDATION).and_then(|error| error.nrmse).is_none();
    let unmeasured = trained.filter(has_none).count();
    let lowest = cells.iter().map(Cell::chosen_by).fold(f64::INFINITY, f64::min);
    match unmeasured {
        0 if lowest > NOTHING => State::NothingLearned(lowest),
        0 => State::Learned(lowest),
        some => State::Unmeasured(some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The thresholds that the rule was made for.
    #[test]
    fn what_has_learned_explains_three_quarters_of_what_the_best_does() {
        for (best, highest) in [(0.0, 0.5), (0.45, 0.6346), (0.8, 0.8544)] {
            assert!(
                learned(highest - 1e-3, best) && !learned(highest + 1e-3, best),
                "{best}"
            );
        }
        assert!(learned(0.0, 0.0) && !learned(1.2, 0.9) && !learned(f64::INFINITY, 0.0));
    }
}
