//! Samples that a network does not train on, but whose error says which of its weights are kept, and when it ends.

use std::fmt;
use std::str::FromStr;

/// The weights that a training leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Keep {
    /// Those after the last step.
    #[default]
    Last,
    /// Those of the record with the least validation error, the first of several.
    Best,
}

impl Keep {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Last, Self::Best];

    /// The name that the user types.
    pub fn name(self) -> &'static str {
        match self {
            Self::Last => "last",
            Self::Best => "best",
        }
    }
}

impl fmt::Display for Keep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Keep {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let keep = Self::ALL.into_iter().find(|keep| keep.name() == name);
        keep.ok_or_else(|| "use last or best".to_owned())
    }
}

/// What is made of a network's validation error, which is a mean squared error and is looked at where a training is
/// recorded. By default nothing.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// The weights that are left.
    pub keep: Keep,
    /// Records in a row without a lower error than before after which a training ends; 0 is never.
    pub patience: usize,
    /// Validation inputs, `[samples, inputs]`; what is not used may have none.
    pub inputs: Vec<f32>,
    /// Validation targets, `[samples, outputs]`.
    pub targets: Vec<f32>,
}

impl Selection {
    /// Whether anything depends on the validation error.
    pub fn is_used(&self) -> bool {
        self.keep == Keep::Best || self.patience > 0
    }
}

/// The validation errors of a network so far.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Watch {
    patience: usize,
    least: f32,
    best: usize,
    /// Records since the least.
    waited: usize,
}

/// What a validation error leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// It is the least so far.
    pub improved: bool,
    /// The training ends.
    pub ends: bool,
}

impl Watch {
    /// Before the first record.
    pub fn new(selection: &Selection) -> Self {
        Self {
            patience: selection.patience,
            least: f32::INFINITY,
            best: 0,
            waited: 0,
        }
    }

    /// At the record before a step.
    pub fn see(&mut self, step: usize, error: f32) -> Verdict {
        let improved = error < self.least;
        if improved {
            (self.least, self.best, self.waited) = (error, step, 0);
        } else {
            self.waited += 1;
        }
        Verdict {
            improved,
            ends: self.patience > 0 && self.waited >= self.patience,
        }
    }

    /// The step with the least error; none where no error was finite.
    pub fn best(&self) -> Option<usize> {
        self.least.is_finite().then_some(self.best)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_training_ends_after_so_many_records_without_a_lower_error() {
        let mut watch = Watch::new(&Selection {
            patience: 2,
            ..Selection::default()
        });
        assert_eq!(watch.best(), None);
        let errors = [3.0, 2.0, 2.0, 1.0, f32::NAN, 1.0];
        let verdicts: Vec<(bool, bool)> = errors
            .into_iter()
            .zip(0..)
            .map(|(error, step)| watch.see(10 * step, error))
            .map(|verdict| (verdict.improved, verdict.ends))
            .collect();
        let expected = [true, true, false, true, false, false].into_iter();
        assert_eq!(
            verdicts,
            expected
                .zip([false, false, false, false, false, true])
                .collect::<Vec<_>>()
        );
        assert_eq!(watch.best(), Some(30));
    }

    #[test]
    fn without_patience_no_training_ends() {
        let mut watch = Watch::new(&Selection::default());
        assert!((0..100).all(|step| !watch.see(step, 1.0).ends));
    }
}
