//! Which network stands for an activation: the one that somebody could have chosen.
//!
//! Nobody has far-field data to choose by, so the settings of an activation are those with the lowest median validation
//! error inside of the range, and its result is their far error. The best far error of any of its cells stands beside it,
//! as the oracle's.

use super::cells::Cell;
use super::contests::Contest;
use crate::statistics::Estimate;

/// What stands for an activation in a contest.
#[derive(Debug)]
pub struct Choice<'a> {
    /// The activation, or the value of whatever setting is compared.
    pub name: String,
    /// The cell with the lowest median validation error.
    pub cell: Cell<'a>,
    /// How many cells could be chosen.
    pub of: usize,
    /// Whether it learned.
    pub learned: bool,
    /// The other cells whose median validation error is within the choice's interval.
    pub tied: usize,
    /// The lowest and the highest far error of the tied cells.
    pub tied_far: Option<(f64, f64)>,
    /// The cell with the lowest far error, which only the far field itself could choose.
    pub oracle: Option<Estimate>,
}

/// The choices of a contest in the order of their results: those that learned first, then by the far error. None where
/// nothing can be chosen.
pub fn choices<'a>(contest: &Contest<'a>) -> Vec<Choice<'a>> {
    let mut names: Vec<String> = Vec::new();
    for name in contest.cells.iter().map(|cell| contest.side(cell)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let mut choices: Vec<Choice<'a>> = names.into_iter().filter_map(|name| choice(contest, name)).collect();
    let order = |choice: &Choice<'_>| (!choice.learned, median(choice.cell.far));
    choices.sort_by(|a, b| {
        let (a, b) = (order(a), order(b));
        a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
    });
    choices
}

fn median(error: Option<Estimate>) -> f64 {
    error.map_or(f64::INFINITY, |error| error.median)
}

fn choice<'a>(contest: &Contest<'a>, name: String) -> Option<Choice<'a>> {
    let cells = contest.cells_of(&name);
    let cell = cells
        .iter()
        .copied()
        .min_by(|a, b| a.chosen_by().total_cmp(&b.chosen_by()))?;
    let learned = contest.learned(cell)?;
    let highest = cell.validation?.high;
    let tied = cells
        .iter()
        .filter(|other| other.name() != cell.name() && other.chosen_by() <= highest);
    let tied: Vec<f64> = tied.map(|cell| median(cell.far)).collect();
    let far = cells.iter().filter_map(|cell| cell.far);
    Some(Choice {
        name,
        cell: cell.clone(),
        of: cells.len(),
        learned,
        tied: tied.len(),
        tied_far: tied
            .iter()
            .copied()
            .reduce(f64::min)
            .zip(tied.iter().copied().reduce(f64::max)),
        oracle: far.min_by(|a, b| a.median.total_cmp(&b.median)),
    })
}
