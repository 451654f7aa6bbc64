//! The grid of an experiment: every combination of its axes, and every seed, is a trial.

use std::collections::HashSet;

use super::settings::Settings;
use super::trial::{Resolved, Trial};

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
}
