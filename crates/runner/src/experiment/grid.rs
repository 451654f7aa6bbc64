//! The grid of an experiment: every combination of its axes, and every seed, is a trial.

use std::collections::HashSet;

use actlab_model::Activation;
use actlab_model::Optimizer;
use serde::{Deserialize, Serialize};

use super::range::Range;
use super::settings::Settings;
use super::target::Target;

/// Everything that a trial's result depends on, and nothing else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Resolved {
    /// The expression, or the column to learn.
    pub target: String,
    /// Names of the inputs.
    pub inputs: Vec<String>,
    /// For data: a digest of the columns' values.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub data: Option<String>,
    /// For data: the share of rows in the range kept for the test.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub holdout: Option<f64>,
    /// For data: the number of blocks that the test rows in the range are neighbours in; 0 is rows one by one.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub holdout_blocks: usize,
    /// Where it is trained.
    pub range: Range,
    /// Training samples asked for.
    pub samples: usize,
    /// Standard deviation of the noise.
    pub noise: f64,
    /// Whether inputs and targets are standardised.
    pub standardize: bool,
    /// Hidden widths.
    pub hidden: Vec<usize>,
    /// The activation.
    #[serde(with = "by_name")]
    pub activation: Activation,
    /// Coefficient of the spectral penalty.
    pub spectral: f64,
    /// The optimiser.
    #[serde(with = "by_name")]
    pub optimizer: Optimizer,
    /// Its learning rate.
    pub learning_rate: f64,
    /// Its steps.
    pub steps: usize,
    /// Of the initial weights, samples and noise; of a cell, absent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub seed: Option<u64>,
}

/// What has a name that the user types is stored by it.
mod by_name {
    use std::fmt::Display;
    use std::str::FromStr;

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<T: Display, S: Serializer>(named: &T, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(named)
    }

    pub fn deserialize<'de, T: FromStr<Err: Display>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

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

    /// Inputs, hidden widths, output.
    pub fn sizes(&self) -> Vec<usize> {
        let inputs = std::iter::once(self.inputs.len());
        inputs
            .chain(self.hidden.iter().copied())
            .chain(std::iter::once(1))
            .collect()
    }
}

fn is_zero(number: &usize) -> bool {
    *number == 0
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
}

/// The most trials of an experiment: some of a gigabyte's worth of their settings.
pub const MOST: u128 = 1_000_000;

/// How many trials [`trials`] would make, those that are the same counted each.
pub fn count(settings: &Settings) -> u128 {
    let Settings {
        name: _,
        targets,
        ranges,
        samples,
        noise,
        standardize,
        holdout: _,
        holdout_blocks: _,
        hidden,
        activation,
        spectral,
        optimizer,
        learning_rate,
        steps,
        seeds,
        far_distance: _,
    } = settings;
    let lengths = [
        targets.values.len(),
        ranges.values.len(),
        samples.values.len(),
        noise.values.len(),
        standardize.values.len(),
        hidden.values.len(),
        activation.values.len(),
        spectral.values.len(),
        optimizer.values.len(),
        learning_rate.values.len(),
        steps.values.len(),
        seeds.len(),
    ];
    lengths
        .into_iter()
        .fold(1, |count, length| count.saturating_mul(length as u128))
}

/// All trials of an experiment, seeds fastest; settings that were typed twice count once.
pub fn trials(settings: &Settings) -> Vec<Trial> {
    let mut trials = Vec::new();
    let mut known = HashSet::new();
    for (position, target) in settings.targets.values.iter().enumerate() {
        for ranges in &settings.ranges.values {
            for cell in cells(settings, target, &ranges[position]) {
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
                        });
                    }
                }
            }
        }
    }
    trials
}

/// The combinations of everything but target, range and seed.
fn cells(settings: &Settings, target: &Target, range: &Range) -> Vec<Resolved> {
    let (data, holdout, holdout_blocks) = match target {
        Target::Function(_) => (None, None, 0),
        Target::Data(data) => (
            Some(data.table.digest()),
            Some(settings.holdout),
            settings.holdout_blocks,
        ),
    };
    let mut cells = vec![Resolved {
        target: target.name().to_owned(),
        inputs: target.inputs(),
        data,
        holdout,
        holdout_blocks,
        range: range.clone(),
        samples: 0,
        noise: 0.0,
        standardize: true,
        hidden: Vec::new(),
        activation: Activation::new(&actlab_model::unit::Identity),
        spectral: 0.0,
        optimizer: Optimizer::new(&actlab_model::optimizer::Adam),
        learning_rate: 0.0,
        steps: 0,
        seed: None,
    }];
    spread(&mut cells, &settings.hidden.values, |cell, value| cell.hidden = value);
    spread(&mut cells, &settings.activation.values, |cell, value| {
        cell.activation = value
    });
    spread(&mut cells, &settings.spectral.values, |cell, value| {
        cell.spectral = value
    });
    spread(&mut cells, &settings.samples.values, |cell, value| cell.samples = value);
    spread(&mut cells, &settings.noise.values, |cell, value| cell.noise = value);
    spread(&mut cells, &settings.standardize.values, |cell, value| {
        cell.standardize = value
    });
    spread(&mut cells, &settings.optimizer.values, |cell, value| {
        cell.optimizer = value
    });
    spread(&mut cells, &settings.learning_rate.values, |cell, value| {
        cell.learning_rate = value
    });
    spread(&mut cells, &settings.steps.values, |cell, value| cell.steps = value);
    cells
}

/// Replaces each cell by one for each value of an axis.
fn spread<T: Clone>(cells: &mut Vec<Resolved>, values: &[T], set: impl Fn(&mut Resolved, T)) {
    let one = |cell: Resolved| {
        let set = &set;
        values.iter().map(move |value| {
            let mut cell = cell.clone();
            set(&mut cell, value.clone());
            cell
        })
    };
    *cells = std::mem::take(cells).into_iter().flat_map(one).collect();
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
            let experiment = load(file.as_ref(), &[]).expect("an experiment");
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
