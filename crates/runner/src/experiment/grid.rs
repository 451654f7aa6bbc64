//! The grid of an experiment: every combination of its axes, and every seed, is a trial.

use std::collections::HashSet;

use super::settings::Settings;

pub use super::settings::Resolved;

impl Resolved {
    /// As JSON, in a fixed order of keys: what the id is computed from.
    pub fn json(&self) -> String {
        serde_json::to_string(self).expect("settings are plain data")
    }

    /// 16 hexadecimal digits that stand for these settings everywhere: the beginning of the BLAKE3 digest of
    /// "actlab 1", a line break, and the settings as JSON.
    pub fn id(&self) -> String {
        let digest = blake3::hash(format!("actlab 1\n{}", self.json()).as_bytes());
        digest.to_hex()[..16].to_owned()
    }

    /// Inputs, hidden widths, outputs.
    pub fn sizes(&self) -> Vec<usize> {
        let inputs = std::iter::once(self.inputs.len());
        inputs
            .chain(self.hidden.iter().copied())
            .chain(std::iter::once(self.outputs.len()))
            .collect()
    }
}

/// One network to train.
#[derive(Debug, Clone)]
pub struct Trial {
    /// See [`Resolved::id`].
    pub id: String,
    /// The id of the settings without the seed.
    pub cell: String,
    /// What its result depends on.
    pub settings: Resolved,
    /// Position of its target in the experiment.
    pub target: usize,
    /// An earlier trial that is the same problem, if there is one.
    pub same: Option<Same>,
}

/// What a trial shares with an earlier one, which is none of this kind itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Same {
    /// The earlier trial's id.
    pub of: String,
    /// To the bit, all that a network learns from: it is trained once for both.
    pub trains_alike: bool,
    /// But for rounding, all that it learns from and is tested on: it counts once.
    pub counts_once: bool,
}

impl Trial {
    /// The id that trials have in common which are trained once.
    pub fn trained_as(&self) -> &str {
        match &self.same {
            Some(same) if same.trains_alike => &same.of,
            _ => &self.id,
        }
    }

    /// The earlier trial that it counts together with.
    pub fn counted_with(&self) -> Option<&str> {
        let same = self.same.as_ref().filter(|same| same.counts_once)?;
        Some(&same.of)
    }
}

/// The most trials of an experiment: some of a gigabyte's worth of their settings.
pub const MOST: u128 = 1_000_000;

/// All trials of an experiment, seeds fastest; settings that were typed twice count once.
pub fn trials(settings: &Settings) -> Vec<Trial> {
    let mut trials = Vec::new();
    let mut known = HashSet::new();
    for (position, target) in settings.targets.values.iter().enumerate() {
        for ranges in &settings.ranges.values {
            for cell in settings.cells(target, &ranges[position]) {
                let cell_id = cell.id();
                for seed in &settings.seeds {
                    let resolved = Resolved {
                        seed: Some(*seed),
                        ..cell.clone()
                    };
                    let id = resolved.id();
                    if known.insert(id.clone()) {
                        trials.push(Trial {
                            id,
                            cell: cell_id.clone(),
                            settings: resolved,
                            target: position,
                            same: None,
                        });
                    }
                }
            }
        }
    }
    trials
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::load;

    /// Every so many of the trials of the experiments that come with the program, as the first version called them:
    /// results are found by these ids for as long as there are stores that hold them.
    const FIRST_IDS: [(&str, usize, &[&str]); 2] = [
        (
            "paper.toml",
            60,
            &[
                "6b3772c123ab7cb7",
                "57ff8c80a9470046",
                "a271574c3bce01f6",
                "7fc7785af066b906",
                "c1eeb247a22f6b8c",
                "a4c7e77acbcba312",
                "3882dbdb76eebc3d",
                "8d48047c5ce8033f",
                "099a1d519731b879",
                "52854b837a57cf91",
                "3e77dad7cd2a6999",
                "608b179fbae64526",
                "97b597252d19e63a",
                "f8939bab1849a482",
                "14b952fd5dca7227",
                "81e1b547178b17d5",
            ],
        ),
        (
            "csv.toml",
            15,
            &[
                "8ebe7d9916af2123",
                "e2d931816ea677ac",
                "4cb09e8022268e6c",
                "b6c3d189c38f090c",
            ],
        ),
    ];

    #[test]
    fn trials_keep_the_ids_of_the_first_version() {
        for (name, every, ids) in FIRST_IDS {
            let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../experiments/").to_owned() + name;
            let experiment = load(file.as_ref(), &["sweep.seeds=5".to_owned()]).expect("an experiment");
            let found: Vec<&str> = experiment
                .trials
                .iter()
                .step_by(every)
                .map(|trial| trial.id.as_str())
                .collect();
            assert_eq!(found, ids, "{name}");
        }
    }

    #[test]
    fn settings_that_name_what_there_is_not_are_refused() {
        let settings = crate::experiment::test_settings("x", vec![[-1.0, 1.0]]).json();
        assert!(serde_json::from_str::<Resolved>(&settings).is_ok());
        for (from, to) in [("\"adam\"", "\"madam\""), ("\"tanh\"", "\"tan\"")] {
            let changed = settings.replace(from, to);
            assert_ne!(changed, settings);
            assert!(serde_json::from_str::<Resolved>(&changed).is_err(), "{to}");
        }
    }
}
