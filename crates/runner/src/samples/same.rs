//! The same problem twice: what a network sees of x^2 on [-5, 5] and of x^2 on [-20, 20], both brought to mean 0 and
//! standard deviation 1, differs in nothing. Such trials are found before anything is trained.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{Points, Samples, samples};
use crate::experiment::Experiment;
use crate::experiment::target::Target;
use crate::experiment::trial::{Resolved, Same, Trial};
use crate::words::count;

/// Arrays whose numbers differ by no more than this, relative to the larger of the number and 1, are of the same problem:
/// some hundred times what rounding leaves of a 32-bit float, and far less than what a network tells apart.
const NEAR: f64 = 1e-5;

/// A problem as a network has it: all points in its own units.
struct Problem {
    outputs: usize,
    train: Vec<f64>,
    tested: Vec<(String, Vec<f64>)>,
}

impl Problem {
    /// None where the trial has no samples, which training says better than this would.
    fn of(targets: &[Target], trial: &Trial, seed: Option<u64>) -> Option<Self> {
        let settings = Resolved {
            seed,
            ..trial.settings.clone()
        };
        let all = samples(&targets[trial.target], &settings).ok()?;
        let seen = |points: &Points| seen(&all, points);
        Some(Self {
            outputs: settings.outputs.len(),
            train: seen(&all.train),
            tested: all
                .regions
                .iter()
                .map(|(name, points)| (name.clone(), seen(points)))
                .collect(),
        })
    }

    /// Whether a network learns the same from both, and whether to the same bits.
    fn trains_alike(&self, other: &Self) -> bool {
        self.outputs == other.outputs
            && self.train.len() == other.train.len()
            && std::iter::zip(&self.train, &other.train).all(|(a, b)| (*a as f32).to_bits() == (*b as f32).to_bits())
    }

    fn counts_once(&self, other: &Self) -> bool {
        let names_are_the_same = || std::iter::zip(&self.tested, &other.tested).all(|(a, b)| a.0 == b.0);
        self.outputs == other.outputs
            && near(&self.train, &other.train)
            && self.tested.len() == other.tested.len()
            && names_are_the_same()
            && std::iter::zip(&self.tested, &other.tested).all(|(a, b)| near(&a.1, &b.1))
    }
}

/// Points as a network has them: inputs, then targets.
fn seen(samples: &Samples, points: &Points) -> Vec<f64> {
    let scaling = &samples.scaling;
    let x = points.x.iter().flat_map(|x| scaling.scale_x(x));
    x.chain(points.y.iter().flat_map(|y| scaling.scale_y(y))).collect()
}

fn near(a: &[f64], b: &[f64]) -> bool {
    let close = |(a, b): (&f64, &f64)| (a - b).abs() <= NEAR * a.abs().max(b.abs()).max(1.0);
    a.len() == b.len() && a.iter().zip(b).all(close)
}

/// Trials on the same data but for the seed: the first of them, and the problem with the first seed.
struct Kind {
    first: usize,
    problem: Option<Problem>,
    /// The kind before it that is the same problem.
    same: Option<(usize, Same)>,
}

/// Marks every trial that is the same problem as an earlier one; notes for the user.
pub fn mark_same(experiment: &mut Experiment) -> Vec<String> {
    let Experiment { settings, trials, .. } = experiment;
    let targets = &settings.targets.values;
    if targets.len() * settings.ranges.values.len() < 2 {
        return Vec::new();
    }
    let (mut kinds, kind_of) = kinds(trials, targets, settings.seeds[0]);
    for kind in 1..kinds.len() {
        kinds[kind].same = (0..kind)
            .filter(|earlier| kinds[*earlier].same.is_none())
            .find_map(|earlier| {
                Some((
                    earlier,
                    compare(&kinds, earlier, kind, trials, targets, &settings.seeds)?,
                ))
            });
    }
    let ids: HashSet<String> = trials.iter().map(|trial| trial.id.clone()).collect();
    let found: Vec<Option<Same>> = trials
        .iter()
        .zip(kind_of)
        .map(|(trial, kind)| {
            let (earlier, same) = kinds[kind].same.as_ref()?;
            let twin = trial.settings.on_data_of(&trials[kinds[*earlier].first].settings);
            let of = Some(twin.id()).filter(|id| ids.contains(id))?;
            Some(Same { of, ..same.clone() })
        })
        .collect();
    for (trial, same) in trials.iter_mut().zip(found) {
        trial.same = same;
    }
    notes(trials)
}

/// The kinds, and the kind of each trial.
fn kinds(trials: &[Trial], targets: &[Target], seed: u64) -> (Vec<Kind>, Vec<usize>) {
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut kinds = Vec::new();
    let kind_of = trials.iter().enumerate().map(|(first, trial)| {
        let data = Resolved {
            seed: None,
            ..trials[0].settings.on_data_of(&trial.settings)
        };
        *known.entry(data.json()).or_insert_with(|| {
            kinds.push(Kind {
                first,
                problem: Problem::of(targets, trial, Some(seed)),
                same: None,
            });
            kinds.len() - 1
        })
    });
    let kind_of = kind_of.collect();
    (kinds, kind_of)
}

/// Whether two kinds are the same problem with every seed; the first seed tells nearly always that they are not.
fn compare(
    kinds: &[Kind],
    earlier: usize,
    kind: usize,
    trials: &[Trial],
    targets: &[Target],
    seeds: &[u64],
) -> Option<Same> {
    let (a, b) = (&kinds[earlier], &kinds[kind]);
    if !near(&a.problem.as_ref()?.train, &b.problem.as_ref()?.train) {
        return None;
    }
    // Samples that are drawn afresh are compared by the first of them alone, and others may be rounded otherwise.
    let first = b.first;
    let (mut trains_alike, mut counts_once) = (true, true);
    for seed in seeds {
        let of = |kind: &Kind| Problem::of(targets, &trials[kind.first], Some(*seed));
        let (a, b) = (of(a)?, of(b)?);
        trains_alike &= !trials[first].settings.fresh && a.trains_alike(&b);
        counts_once &= a.counts_once(&b);
    }
    (trains_alike || counts_once).then(|| Same {
        of: String::new(),
        trains_alike,
        counts_once,
    })
}

/// What is the same, in words.
fn notes(trials: &[Trial]) -> Vec<String> {
    let by_id: HashMap<&str, &Trial> = trials.iter().map(|trial| (trial.id.as_str(), trial)).collect();
    let mut found: BTreeMap<(String, String, &str), u64> = BTreeMap::new();
    for trial in trials {
        let Some(same) = &trial.same else { continue };
        let name = |settings: &Resolved| format!("{} on {}", settings.target, settings.range);
        let done = match (same.trains_alike, same.counts_once) {
            (true, true) => "trained once and counted once",
            (true, false) => "trained once, for both are the same inside of the range",
            (false, _) => "counted once",
        };
        let names = (name(&trial.settings), name(&by_id[same.of.as_str()].settings), done);
        *found.entry(names).or_default() += 1;
    }
    let note = |((this, other, done), trials): ((String, String, &str), u64)| {
        format!(
            "as a network sees it, {this} is the same problem as {other}: of each, {} {done}",
            match trials {
                1 => "1 trial is".to_owned(),
                trials => format!("{} are", count(trials, "trial")),
            }
        )
    };
    found.into_iter().map(note).collect()
}
