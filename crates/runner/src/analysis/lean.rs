//! Whether networks of an activation g lean to its derivative g': whether, on the same target, a single unit of g' predicts
//! their curve outside of the range (a) better than it predicts those of networks of every other activation, (b) better
//! than a unit of g, of its integral, a constant and a line do, and (c) with a fit inside that explains 99 %.
//!
//! Seeds pair the errors (see [`crate::statistics`]). A claim that needs all of several comparisons has the largest p of
//! them (intersection-union test: Berger, 1982, Technometrics 24), and is adjusted by Holm for all claims of the table.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use actlab_model::Activation;

use crate::measure::lean::{APART, Lean, Of, RIVALS, Score};
use crate::statistics::{Comparison, Estimate, Verdict, holm, log_ratio, median, median_interval};
use crate::store::Stored;

/// R² from which a fit inside counts.
const FITS: f64 = 0.99;

/// What is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// They lean to the derivative.
    Leans,
    /// They do not: one of the conditions is shown not to hold.
    DoesNotLean,
    /// The derivative predicts the same as something that it would have to do better than.
    NoQuestion,
    /// None of these is shown.
    Undecided,
    /// There are not enough seeds.
    TooFew,
}

/// What the networks of one activation on a target and range lean to.
#[derive(Debug, Clone, PartialEq)]
pub struct Leaning<'a> {
    /// As the experiment writes it.
    pub target: &'a str,
    /// The range's name.
    pub range: String,
    /// Whose networks.
    pub activation: Activation,
    /// How many there are.
    pub networks: usize,
    /// Error of the derivative's prediction, over the networks.
    pub derivative: Estimate,
    /// R² of its fit inside.
    pub r2: Estimate,
    /// Errors of [`RIVALS`].
    pub rivals: [Estimate; 4],
    /// Whether they predict the same as the derivative.
    pub same: [bool; 4],
    /// (b) The derivative's error against those of the rivals that do not predict the same.
    pub against_rivals: Vec<Comparison>,
    /// (a) The derivative's error on these networks against that on networks of each other activation.
    pub against_others: Vec<(Activation, Comparison)>,
    /// What predicts best of all families, and its median error.
    pub best: (Family, f64),
    /// The largest p of all comparisons, adjusted for all claims.
    pub p: f64,
    /// What follows.
    pub answer: Answer,
}

/// A family of functions of a single unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Family {
    /// A constant.
    Constant,
    /// A line.
    Line,
    /// Of an activation.
    Unit(Activation, Of),
}

/// A network with what it leans to.
#[derive(Clone, Copy)]
struct Network<'a> {
    trial: &'a Stored,
    lean: &'a Lean,
    /// The same for networks that differ in their activation alone.
    pair: usize,
}

impl Network<'_> {
    fn activation(&self) -> Activation {
        self.trial.settings.activation
    }

    fn score(&self, activation: Activation, of: Of) -> Option<Score> {
        let place = Of::ALL.iter().position(|known| *known == of)?;
        self.lean.of(activation).map(|scores| scores[place])
    }

    fn derivative_of(&self, activation: Activation) -> Option<f64> {
        self.score(activation, Of::Derivative).map(|score| score.error)
    }

    /// In the order of [`RIVALS`].
    fn rivals(&self) -> Option<[f64; RIVALS.len()]> {
        let own = |of: Of| self.score(self.activation(), of).map(|score| score.error);
        Some([
            own(Of::Activation)?,
            own(Of::Integral)?,
            self.lean.constant.error,
            self.lean.line.error,
        ])
    }
}

/// What a network shares with those of other activations that it is compared with, of its seed.
fn pair(trial: &Stored) -> String {
    let mut settings = trial.settings.clone();
    settings.activation = Activation::new(&actlab_model::unit::Relu);
    settings.json()
}

/// For each target and range, and each activation that has networks there, at this level.
pub fn leanings(trials: &[Stored], level: f64) -> Vec<Leaning<'_>> {
    let mut problems: Vec<((&str, String), Vec<Network<'_>>)> = Vec::new();
    let mut pairs: HashMap<String, usize> = HashMap::new();
    for trial in trials {
        let Some(lean) = trial.outside.as_ref().and_then(|outside| outside.lean.as_ref()) else {
            continue;
        };
        let problem = (trial.settings.target.as_str(), trial.settings.range.to_string());
        let known = problems.iter().position(|(known, _)| *known == problem);
        let place = known.unwrap_or_else(|| {
            problems.push((problem, Vec::new()));
            problems.len() - 1
        });
        let next = pairs.len();
        let pair = *pairs.entry(pair(trial)).or_insert(next);
        problems[place].1.push(Network { trial, lean, pair });
    }
    let mut found: Vec<Leaning<'_>> = problems
        .iter()
        .flat_map(|((target, range), networks)| {
            let activations: BTreeSet<Activation> = networks.iter().map(Network::activation).collect();
            let of = activations.into_iter();
            of.filter_map(|activation| leaning(target, range, networks, activation, level))
        })
        .collect();
    let adjusted = holm(&found.iter().map(|leaning| leaning.p).collect::<Vec<_>>());
    for (leaning, p) in found.iter_mut().zip(adjusted) {
        leaning.p = p;
        leaning.answer = leaning.answer(level);
    }
    found
}

fn leaning<'a>(
    target: &'a str,
    range: &str,
    networks: &[Network<'a>],
    activation: Activation,
    level: f64,
) -> Option<Leaning<'a>> {
    let (own, others): (Vec<Network<'_>>, Vec<Network<'_>>) =
        networks.iter().partition(|network| network.activation() == activation);
    let over = |values: Vec<Option<f64>>| median_interval(&values.into_iter().collect::<Option<Vec<f64>>>()?);
    let score = |pick: fn(Score) -> f64| {
        let scores = own
            .iter()
            .map(|network| network.score(activation, Of::Derivative).map(pick));
        over(scores.collect())
    };
    let rival = |place: usize| over(own.iter().map(|network| network.rivals().map(|of| of[place])).collect());
    let rivals = [rival(0)?, rival(1)?, rival(2)?, rival(3)?];
    let apart = |place: usize| median(&own.iter().map(|network| network.lean.apart[place]).collect::<Vec<_>>());
    let same: [bool; RIVALS.len()] = std::array::from_fn(|place| apart(place) < APART);
    let against_rivals = (0..RIVALS.len()).filter(|place| !same[*place]).filter_map(|place| {
        let ratio = |network: &Network<'_>| {
            let own = network.derivative_of(activation)?;
            Some((network.trial.settings.seed, log_ratio(own, network.rivals()?[place])))
        };
        Comparison::of_seeds(own.iter().filter_map(ratio), level)
    });
    let against_rivals: Vec<Comparison> = against_rivals.collect();
    let against_others = others_of(&own, &others, activation, level);
    let comparisons = against_rivals
        .iter()
        .chain(against_others.iter().map(|(_, comparison)| comparison));
    // What goes the wrong way can never be shown to go the right one.
    let p = comparisons.map(|comparison| {
        if comparison.lower > comparison.higher {
            comparison.p
        } else {
            1.0
        }
    });
    Some(Leaning {
        target,
        range: range.to_owned(),
        activation,
        networks: own.len(),
        derivative: score(|score| score.error)?,
        r2: score(|score| score.r2)?,
        rivals,
        same,
        p: p.fold(0.0, f64::max),
        against_rivals,
        against_others,
        best: best(&own, networks)?,
        answer: Answer::Undecided,
    })
}

/// The error of `activation`'s derivative on its own networks against that on the networks of each other activation which
/// differ in that alone.
fn others_of(
    own: &[Network<'_>],
    others: &[Network<'_>],
    activation: Activation,
    level: f64,
) -> Vec<(Activation, Comparison)> {
    let mut by_other: BTreeMap<Activation, HashMap<usize, f64>> = BTreeMap::new();
    for network in others {
        if let Some(error) = network.derivative_of(activation) {
            let of = by_other.entry(network.activation()).or_default();
            of.insert(network.pair, error);
        }
    }
    let comparison = |(other, errors): (Activation, HashMap<usize, f64>)| {
        let ratio = |network: &Network<'_>| {
            let error = errors.get(&network.pair)?;
            Some((
                network.trial.settings.seed,
                log_ratio(network.derivative_of(activation)?, *error),
            ))
        };
        Comparison::of_seeds(own.iter().filter_map(ratio), level).map(|comparison| (other, comparison))
    };
    by_other.into_iter().filter_map(comparison).collect()
}

/// The family with the smallest median error over an activation's networks: of the activations of `all` networks.
fn best(networks: &[Network<'_>], all: &[Network<'_>]) -> Option<(Family, f64)> {
    let errors = |pick: &dyn Fn(&Network<'_>) -> Option<f64>| {
        let errors: Option<Vec<f64>> = networks.iter().map(pick).collect();
        errors.map(|errors| median(&errors))
    };
    let activations: BTreeSet<Activation> = all.iter().map(Network::activation).collect();
    let units = activations
        .into_iter()
        .flat_map(|activation| Of::ALL.map(|of| (activation, of)));
    let units = units.filter_map(|(activation, of)| {
        let error = errors(&|network| network.score(activation, of).map(|score| score.error))?;
        Some((Family::Unit(activation, of), error))
    });
    let constant = errors(&|network| Some(network.lean.constant.error)).map(|error| (Family::Constant, error));
    let line = errors(&|network| Some(network.lean.line.error)).map(|error| (Family::Line, error));
    let families = constant.into_iter().chain(line).chain(units);
    families.min_by(|a, b| a.1.total_cmp(&b.1))
}

impl Leaning<'_> {
    fn comparisons(&self) -> impl Iterator<Item = &Comparison> {
        let others = self.against_others.iter().map(|(_, comparison)| comparison);
        self.against_rivals.iter().chain(others)
    }

    /// Of how many other activations the networks are predicted worse beyond chance, each comparison by itself.
    pub fn better_than_others(&self) -> usize {
        let others = self.against_others.iter().map(|(_, comparison)| comparison);
        others.filter(|of| of.verdict(of.p).is_better()).count()
    }

    /// How many rivals predict worse beyond chance, each comparison by itself.
    pub fn better_than_rivals(&self) -> usize {
        self.against_rivals
            .iter()
            .filter(|of| of.verdict(of.p).is_better())
            .count()
    }

    fn answer(&self, level: f64) -> Answer {
        if self.same.contains(&true) {
            return Answer::NoQuestion;
        }
        if self.comparisons().any(Comparison::is_too_small) || self.against_others.is_empty() {
            return Answer::TooFew;
        }
        let adjusted = holm(&self.comparisons().map(|comparison| comparison.p).collect::<Vec<_>>());
        let fails = |(comparison, p): (&Comparison, f64)| {
            let verdict = comparison.verdict(p);
            matches!(verdict, Verdict::Worse | Verdict::SlightlyWorse | Verdict::Equivalent)
        };
        match () {
            () if self.comparisons().zip(adjusted).any(fails) || self.r2.high < FITS => Answer::DoesNotLean,
            () if self.p < level && self.r2.median >= FITS => Answer::Leans,
            () => Answer::Undecided,
        }
    }
}

#[cfg(test)]
mod tests;
