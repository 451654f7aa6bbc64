//! Seeds that are added until it is decided. Who looks after each seed and stops at the first verdict finds something in
//! the end, whatever there is (Armitage, McPherson & Rowe, 1969, Journal of the Royal Statistical Society A 132). So it is
//! fixed beforehand when to look, and the level is divided among the looks: by Bonferroni's inequality the probability of
//! a false verdict at any of them is the level at most, whenever one stops.

use serde::{Deserialize, Serialize};

use super::comparisons::{LEVEL, fewest};

/// How often is looked, each time at twice the seeds of the time before.
const LOOKS: usize = 3;

/// When a run is looked at, and what was seen so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Looks {
    /// What is looked at: a digest of everything but the seeds.
    of: String,
    /// Numbers of seeds, in their order.
    planned: Vec<usize>,
    /// What was seen, in the order of the looks.
    taken: Vec<Look>,
}

/// What was seen once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// How many seeds there were.
    pub seeds: usize,
    /// How many comparisons were decided.
    pub decided: usize,
    /// Of how many.
    pub comparisons: usize,
}

impl Look {
    /// Whether nothing is left that more seeds could decide.
    pub fn is_decided(self) -> bool {
        self.decided == self.comparisons
    }
}

impl Looks {
    /// Looks of which none is taken: the first at so many seeds.
    pub fn new(of: String, first: usize) -> Self {
        let planned = std::iter::successors(Some(first), |seeds| Some(2 * seeds));
        Self {
            of,
            planned: planned.take(LOOKS).collect(),
            taken: Vec::new(),
        }
    }

    /// What p is held against at each look.
    pub fn level(&self) -> f64 {
        LEVEL / self.planned.len() as f64
    }

    /// The numbers of seeds at which is looked.
    pub fn planned(&self) -> &[usize] {
        &self.planned
    }

    /// What was seen.
    pub fn taken(&self) -> &[Look] {
        &self.taken
    }

    /// Whether these are looks at the same.
    pub fn are_of(&self, other: &Self) -> bool {
        self.of == other.of
    }

    /// The most seeds that there may be, as far as is known by now.
    pub fn most(&self) -> usize {
        let taken = self.taken.last().map(|look| look.seeds);
        let ended = taken.filter(|_| self.next().is_none());
        ended.or(self.planned.last().copied()).unwrap_or(0)
    }

    /// Whether any comparison could be decided at the last look.
    pub fn can_decide(&self) -> bool {
        let last = self.planned.last().copied();
        last >= Some(fewest(self.level()))
    }

    /// The seeds of the next look; none where everything is decided, or the last look is taken.
    pub fn next(&self) -> Option<usize> {
        let decided = self.taken.last().is_some_and(|look| look.is_decided());
        self.planned.get(self.taken.len()).copied().filter(|_| !decided)
    }

    /// Notes what was seen at the next look.
    pub fn take(&mut self, decided: usize, comparisons: usize) {
        if let Some(seeds) = self.next() {
            self.taken.push(Look {
                seeds,
                decided,
                comparisons,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_end_when_it_is_decided_or_with_the_last() {
        let mut looks = Looks::new("this".to_owned(), 10);
        assert_eq!(looks.planned(), [10, 20, 40]);
        assert!((looks.level() - 0.05 / 3.0).abs() < 1e-15);
        let mut decided = looks.clone();
        decided.take(6, 6);
        assert_eq!((looks.next(), decided.next()), (Some(10), None));
        assert_eq!((looks.most(), decided.most()), (40, 10));
        for (seeds, next) in [(10, Some(20)), (20, Some(40)), (40, None)] {
            looks.take(5, 6);
            assert_eq!(
                (looks.taken().last().map(|look| look.seeds), looks.next()),
                (Some(seeds), next)
            );
        }
        looks.take(6, 6);
        assert_eq!(looks.taken().len(), 3, "what has ended is not looked at again");
        assert!(!Looks::new(String::new(), 1).can_decide());
        assert!(Looks::new(String::new(), 2).can_decide(), "7 of 8 seeds are enough");
    }

    #[test]
    fn looks_survive_being_stored() {
        let mut looks = Looks::new("this".to_owned(), 7);
        looks.take(1, 3);
        let stored = serde_json::to_string(&looks).expect("plain data");
        assert_eq!(serde_json::from_str::<Looks>(&stored).expect("looks"), looks);
    }
}
