//! The ranking: for each target its cells, the best first, and which of them tie.

use super::cells::{Cell, cells};
use crate::experiment::settings;
use crate::statistics::Estimate;
use crate::store::{About, Stored};

/// What cells are ranked by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The error in the far field.
    Far,
    /// The error inside of the range.
    Inside,
}

impl By {
    /// The error of a cell that this is.
    pub fn error(self, cell: &Cell<'_>) -> Option<Estimate> {
        match self {
            Self::Far => cell.far,
            Self::Inside => cell.inside,
        }
    }

    fn other(self) -> Self {
        match self {
            Self::Far => Self::Inside,
            Self::Inside => Self::Far,
        }
    }

    /// By one error, then by the other; cells without one come last.
    fn order(self, cell: &Cell<'_>) -> (f64, f64) {
        let median = |by: Self| by.error(cell).map_or(f64::INFINITY, |estimate| estimate.median);
        (median(self), median(self.other()))
    }
}

/// The cells of a target in their order.
#[derive(Debug)]
pub struct Ranking<'a> {
    /// As the experiment writes it.
    pub target: &'a str,
    /// What they are ranked by.
    pub by: By,
    /// Best first.
    pub cells: Vec<Cell<'a>>,
}

impl Ranking<'_> {
    /// The place of each cell.
    pub fn places(&self) -> Vec<Place> {
        places(&self.cells.iter().map(|cell| self.by.error(cell)).collect::<Vec<_>>())
    }
}

/// The cells of each target, best first; targets in the order of the experiment.
pub fn ranking(trials: &[Stored], by: By) -> Vec<Ranking<'_>> {
    let mut rankings: Vec<Ranking<'_>> = Vec::new();
    for trial in trials {
        let target = trial.settings.target.as_str();
        if rankings.iter().all(|ranking| ranking.target != target) {
            let cells = Vec::new();
            rankings.push(Ranking { target, by, cells });
        }
    }
    let mut ranked = cells(trials);
    ranked.sort_by(|a, b| {
        let (a, b) = (by.order(a), by.order(b));
        a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
    });
    for cell in ranked {
        let target = cell.settings().target.as_str();
        if let Some(ranking) = rankings.iter_mut().find(|ranking| ranking.target == target) {
            ranking.cells.push(cell);
        }
    }
    rankings
}

/// Where a cell stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// As many as are better, and one.
    pub place: usize,
    /// How many others stand there too.
    pub tied: usize,
}

/// The places of cells in their order. Cells whose intervals overlap that of the first of them share its place.
pub fn places(errors: &[Option<Estimate>]) -> Vec<Place> {
    let mut first = 0;
    let mut first_of = |i: usize| {
        let ties = match (errors[first], errors[i]) {
            (Some(first), Some(error)) => error.low <= first.high,
            (first, error) => first.is_none() && error.is_none(),
        };
        if !ties {
            first = i;
        }
        first
    };
    let firsts: Vec<usize> = (0..errors.len()).map(&mut first_of).collect();
    let place = |first: &usize| Place {
        place: first + 1,
        tied: firsts.iter().filter(|other| *other == first).count() - 1,
    };
    firsts.iter().map(place).collect()
}

/// Settings that have a column whatever was swept; others have one where they are swept.
pub const ALWAYS: [&str; 3] = ["activation", "hidden", "range"];

/// Those that this run sweeps.
pub fn swept(about: &About) -> Vec<&'static str> {
    let swept = |column: &&str| {
        let others = *column != "target" && !ALWAYS.contains(column);
        others && about.axes.iter().any(|axis| axis == column)
    };
    settings::columns().into_iter().filter(swept).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_whose_intervals_overlap_share_their_place() {
        let error = |low: f64, high: f64| {
            Some(Estimate {
                median: 0.5 * (low + high),
                low,
                high,
                coverage: 0.95,
                n: 9,
            })
        };
        let errors = [
            error(1.0, 2.0),
            error(1.9, 2.2),
            error(2.1, 3.0),
            error(2.5, 4.0),
            error(5.0, 6.0),
            None,
            None,
        ];
        let found: Vec<(usize, usize)> = places(&errors).iter().map(|at| (at.place, at.tied)).collect();
        // The third overlaps the second but not the first of its place.
        assert_eq!(found, [(1, 1), (1, 1), (3, 1), (3, 1), (5, 0), (6, 1), (6, 1)]);
        assert_eq!(places(&[]), []);
    }
}
