//! Two runs, cell by cell: which cells are the same but for what each run holds constant, and what that makes of the error.
//!
//! Seeds pair networks of both runs as they pair those of one: the same samples, the same initial draws.

use std::collections::{BTreeSet, HashMap, HashSet};

use anyhow::Result;

use super::cells::{Cell, cells, error};
use super::columns::setting;
use crate::experiment::settings::{columns, key_of_column};
use crate::experiment::trial::Resolved;
use crate::statistics::{Comparison, Seeds, Verdict, holm, log_ratio};
use crate::store::{About, Store, Stored};

/// One of two runs.
#[derive(Debug)]
pub struct Run<'a> {
    /// All its finished trials.
    pub trials: &'a [Stored],
    /// What it is about.
    pub about: &'a About,
}

/// A setting that is not the same in both runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// As it is typed.
    pub setting: &'static str,
    /// Its values in the first run.
    pub a: Vec<String>,
    /// Its values in the second.
    pub b: Vec<String>,
    /// Whether cells are matched all the same, as either run has one value.
    pub is_constant: bool,
}

/// What the pairs of a row say of the error in the second run to that in the first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tested {
    /// None where no pair has a difference.
    pub comparison: Option<Comparison>,
    /// p adjusted for all rows of the table.
    pub adjusted: f64,
    /// What follows for the second run.
    pub verdict: Verdict,
    /// How many seeds would decide what is undecided.
    pub seeds: Option<Seeds>,
}

/// A cell of the first run and the one of the second that differs in nothing but what the runs hold constant.
#[derive(Debug)]
pub struct Matched<'a> {
    /// Of the first run.
    pub a: Cell<'a>,
    /// Of the second run.
    pub b: Cell<'a>,
    /// For the error in one region.
    pub tested: Tested,
}

/// All matched cells of an activation, a target and a range.
#[derive(Debug)]
pub struct Pooled {
    /// What they have of [`POOLED_BY`], in the first and in the second run.
    pub of: [[String; 2]; POOLED_BY.len()],
    /// How many pairs of cells.
    pub cells: usize,
    /// Of each seed the median over cells.
    pub tested: Tested,
}

/// The columns that pooled cells agree in.
pub const POOLED_BY: [&str; 3] = ["target", "range", "activation"];

/// Two runs held against each other.
#[derive(Debug)]
pub struct Runs<'a> {
    /// All settings that differ.
    pub differences: Vec<Difference>,
    /// Cells that differ in what is constant.
    pub matched: Vec<Matched<'a>>,
    /// The same pooled, in their order.
    pub pooled: Vec<Pooled>,
    /// Trials that both runs have, of which there is nothing to compare.
    pub same: Vec<[&'a Stored; 2]>,
    /// Matched cells that are the same problem as others, and counted with those.
    pub repeated: usize,
    /// Cells of the first run without a match.
    pub only_a: Vec<Cell<'a>>,
    /// Cells of the second run without a match.
    pub only_b: Vec<Cell<'a>>,
    /// What p is held against: the lower level of both.
    pub level: f64,
}

impl<'a> Runs<'a> {
    /// By the error in a region.
    pub fn new(a: &Run<'a>, b: &Run<'a>, region: &str) -> Self {
        let differences = differences(a, b);
        let constant = differences.iter().filter(|of| of.is_constant);
        let constant: Vec<&str> = constant.map(|of| of.setting).collect();
        let key = |cell: &Cell<'_>| -> Vec<String> {
            let values = values(cell.settings()).into_iter();
            let kept = values.filter(|(setting, _)| !constant.contains(setting));
            kept.map(|(_, value)| value).collect()
        };
        let mut others: HashMap<Vec<String>, Cell<'a>> =
            cells(b.trials).into_iter().map(|cell| (key(&cell), cell)).collect();
        let mut runs = Self {
            differences: Vec::new(),
            matched: Vec::new(),
            pooled: Vec::new(),
            same: Vec::new(),
            repeated: 0,
            only_a: Vec::new(),
            only_b: Vec::new(),
            level: a.about.level().min(b.about.level()),
        };
        let ids = [a, b].map(|run| run.trials.iter().map(|trial| trial.id.as_str()).collect::<HashSet<_>>());
        let mut known: HashSet<[&str; 2]> = HashSet::new();
        for cell in cells(a.trials) {
            match others.remove(&key(&cell)) {
                None => runs.only_a.push(cell),
                Some(other) if cell.name() == other.name() && pairs(&cell, &other).next().is_some() => {
                    runs.same.extend(pairs(&cell, &other));
                }
                Some(other) if !known.insert([counted_as(&cell, &ids[0]), counted_as(&other, &ids[1])]) => {
                    runs.repeated += 1
                }
                Some(other) => runs.matched.push(Matched::new(cell, other, region, runs.level)),
            }
        }
        // In the order of their run.
        let unmatched: HashSet<&str> = others.values().map(Cell::name).collect();
        runs.only_b = cells(b.trials)
            .into_iter()
            .filter(|cell| unmatched.contains(cell.name()))
            .collect();
        runs.pooled = pooled(&runs.matched, region, runs.level);
        judge(runs.matched.iter_mut().map(|of| &mut of.tested).collect());
        judge(runs.pooled.iter_mut().map(|of| &mut of.tested).collect());
        Self { differences, ..runs }
    }
}

/// Every setting of a cell as text, and what is learned from.
fn values(settings: &Resolved) -> Vec<(&'static str, String)> {
    let columns = columns()
        .into_iter()
        .map(|column| (key_of_column(column), settings.text(column)));
    let data = settings.data.clone().unwrap_or_default();
    columns
        .chain([("target.x", settings.inputs.join(", ")), ("target.data", data)])
        .collect()
}

/// A setting as it is typed, and the values that it has in a run.
type Typed = (&'static str, Vec<String>);

/// All settings of a run, in their order, each with its values in theirs.
fn typed(run: &Run<'_>) -> Vec<Typed> {
    let mut found: Vec<Typed> = Vec::new();
    for cell in cells(run.trials) {
        for (place, (setting, value)) in values(cell.settings()).into_iter().enumerate() {
            if place == found.len() {
                found.push((setting, Vec::new()));
            }
            if !found[place].1.contains(&value) {
                found[place].1.push(value);
            }
        }
    }
    let seeds: BTreeSet<u64> = run.trials.iter().filter_map(|trial| trial.settings.seed).collect();
    found.push((SEEDS, seeds.iter().map(u64::to_string).collect()));
    found.push(("far_field.distance", vec![run.about.far_distance.to_string()]));
    found.push(("far_field.lean", vec![run.about.lean.to_string()]));
    found
}

/// What is not the same in both runs.
fn differences(a: &Run<'_>, b: &Run<'_>) -> Vec<Difference> {
    let both = typed(a).into_iter().zip(typed(b));
    let differ = both.filter(|((_, a), (_, b))| a.iter().collect::<BTreeSet<_>>() != b.iter().collect());
    let difference = |((setting, a), (_, b)): (Typed, Typed)| Difference {
        setting,
        is_constant: a.len() == 1 && b.len() == 1,
        a,
        b,
    };
    differ.map(difference).collect()
}

/// The setting that has seeds.
pub const SEEDS: &str = "sweep.seeds";

/// The trials of two cells that share a seed.
fn pairs<'c, 'a>(a: &'c Cell<'a>, b: &'c Cell<'a>) -> impl Iterator<Item = [&'a Stored; 2]> + use<'c, 'a> {
    let by_seed: HashMap<Option<u64>, &Stored> = b.trials.iter().map(|trial| (trial.settings.seed, *trial)).collect();
    let pair = move |trial: &&'a Stored| Some([*trial, *by_seed.get(&trial.settings.seed)?]);
    a.trials.iter().filter_map(pair)
}

/// The id of the trial that stands for a cell: that of an earlier one of its run where it is the same problem.
fn counted_as<'a>(cell: &Cell<'a>, ids: &HashSet<&str>) -> &'a str {
    let first = cell.trials[0];
    let earlier = first.same.as_deref().filter(|same| ids.contains(same));
    earlier.unwrap_or(&first.id)
}

/// Of each pair its seed and the logarithm of the ratio of both errors, where both were measured.
fn ratios<'c>(
    a: &'c Cell<'_>,
    b: &'c Cell<'_>,
    region: &'c str,
) -> impl Iterator<Item = (Option<u64>, Option<f64>)> + 'c {
    pairs(a, b).filter_map(move |[a, b]| {
        let (first, second) = error(a, region).zip(error(b, region))?;
        Some((a.settings.seed, log_ratio(second, first)))
    })
}

impl Tested {
    fn new(comparison: Option<Comparison>) -> Self {
        Self {
            comparison,
            adjusted: 1.0,
            verdict: Verdict::TooFew,
            seeds: None,
        }
    }
}

impl<'a> Matched<'a> {
    fn new(a: Cell<'a>, b: Cell<'a>, region: &str, level: f64) -> Self {
        let tested = Tested::new(Comparison::of_seeds(ratios(&a, &b, region), level));
        Self { a, b, tested }
    }

    /// A setting of both.
    pub fn settings(&self, column: &str) -> [String; 2] {
        [&self.a, &self.b].map(|cell| setting(cell.trials[0], column))
    }
}

fn pooled(matched: &[Matched<'_>], region: &str, level: f64) -> Vec<Pooled> {
    let mut groups: Vec<([[String; 2]; POOLED_BY.len()], Vec<&Matched<'_>>)> = Vec::new();
    for cells in matched {
        let of = POOLED_BY.map(|column| cells.settings(column));
        match groups.iter_mut().find(|group| group.0 == of) {
            Some(group) => group.1.push(cells),
            None => groups.push((of, vec![cells])),
        }
    }
    let pool = |(of, cells): ([[String; 2]; POOLED_BY.len()], Vec<&Matched<'_>>)| {
        let ratios = cells.iter().flat_map(|cells| ratios(&cells.a, &cells.b, region));
        Pooled {
            of,
            cells: cells.len(),
            tested: Tested::new(Comparison::of_seeds(ratios, level)),
        }
    };
    groups.into_iter().map(pool).collect()
}

/// Gives every row its verdict among all rows of its table.
fn judge(rows: Vec<&mut Tested>) {
    let p = |row: &&mut Tested| row.comparison.map_or(1.0, |comparison| comparison.p);
    let adjusted = holm(&rows.iter().map(p).collect::<Vec<_>>());
    let of = rows.len();
    for (row, adjusted) in rows.into_iter().zip(adjusted) {
        row.adjusted = adjusted;
        if let Some(comparison) = row.comparison {
            row.verdict = comparison.verdict(adjusted);
            row.seeds = comparison.seeds(of).filter(|_| !row.verdict.is_decided());
        }
    }
}

/// Of trials that both runs have, those whose results are not the same bits: the weights, the errors, and the step at which
/// they diverged.
pub fn other_bits<'a>(same: &[[&'a Stored; 2]], a: &Store, b: &Store) -> Result<Vec<&'a str>> {
    let mut other = Vec::new();
    for [first, second] in same {
        let same_weights = a.weights(&first.id)? == b.weights(&second.id)?;
        if !same_weights || bits(first) != bits(second) {
            other.push(first.id.as_str());
        }
    }
    Ok(other)
}

/// A region and the bits of the errors there, of each output where there are several.
type Bits<'a> = (&'a str, Vec<Option<u64>>);

/// When it diverged, and its errors.
fn bits(trial: &Stored) -> (Option<usize>, Option<u64>, Vec<Bits<'_>>) {
    let errors = trial.errors.iter();
    let errors = errors.map(|error| {
        let outputs = error.outputs.iter().flat_map(|of| [Some(of.rmse), of.nrmse]);
        let all = [error.rmse, error.nrmse].into_iter().chain(outputs);
        (
            error.region.as_str(),
            all.map(|error| error.map(f64::to_bits)).collect(),
        )
    });
    (trial.diverged_at, trial.train_mse.map(f64::to_bits), errors.collect())
}
