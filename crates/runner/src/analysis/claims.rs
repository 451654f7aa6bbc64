//! What is claimed about activations outside of their data, and how far the networks of a run bear it out.

use std::collections::HashMap;

use actlab_model::Activation;
use actlab_model::unit::FarField as Expected;
use anyhow::Result;

use super::ranking::{By, Cell, interval, places, ranking};
use super::shapes::shapes;
use crate::measure::far_field::{Class, FarField, far_field};
use crate::render::table::Table;
use crate::samples::{FAR, INSIDE};
use crate::statistics::{Estimate, median_interval, wilson};
use crate::store::{Store, Stored, weights};

/// How a claim fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Holds,
    DoesNotHold,
    TooFew,
}

impl Verdict {
    /// A claim holds where the whole interval is above `boundary`, and does not where it is below.
    fn of(low: f64, high: f64, boundary: f64) -> Self {
        if low > boundary {
            Self::Holds
        } else if high < boundary {
            Self::DoesNotHold
        } else {
            Self::TooFew
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::DoesNotHold => "does not hold",
            Self::TooFew => "not enough seeds",
        }
    }
}

/// One row of the table.
#[derive(Debug)]
struct Claim {
    text: String,
    bears_out: String,
    interval: String,
    verdict: Verdict,
}

/// Networks with their far field.
pub(super) type Looked<'a> = Vec<(&'a Stored, FarField)>;

/// How a claim is borne out by one network.
type Test = fn(&FarField) -> bool;

/// What is said of networks of an activation outside of their data, after what the activation itself is there.
fn expectation(activation: Activation) -> Option<(&'static str, Test)> {
    Some(match activation.far_field() {
        Expected::Affine => ("continues as a straight line", |far| {
            matches!(far.class, Class::Affine | Class::Constant)
        }),
        Expected::Constant => ("continues as a constant", |far| far.class == Class::Constant),
        Expected::Periodic => ("stays bounded and oscillates", FarField::oscillates),
        Expected::Other => return None,
    })
}

/// What the networks of a run do in the far field.
#[derive(Debug)]
pub struct Findings {
    /// How far out they were looked at, in half-widths from the centre of their range.
    pub distance: f64,
    /// Shares of networks with Wilson intervals and verdicts; a row for each claim that the run has networks for.
    pub claims: Table,
    /// How many networks of each activation are of each class.
    pub classes: Table,
    /// For each target and range the activations that generalise best.
    pub best: Table,
    /// For each activation, whether its networks have its shape or that of its first derivative.
    pub shapes: Table,
    /// The far field of each trained network, by its trial.
    pub far: HashMap<String, FarField>,
}

impl Findings {
    /// Looks at all trained networks.
    pub fn new(store: &Store, trials: &[Stored]) -> Result<Self> {
        let distance = store.about()?.far_distance;
        let looked = look(store, trials, distance)?;
        let continues = Activation::all().filter_map(|activation| continues(&looked, activation));
        let mut claims = Table::new(["claim", "borne out by", "95 % interval", "verdict"]);
        claims.rows = continues
            .chain(regularisation(trials))
            .map(|claim| {
                vec![
                    claim.text,
                    claim.bears_out,
                    claim.interval,
                    claim.verdict.name().to_owned(),
                ]
            })
            .collect();
        Ok(Self {
            distance,
            claims,
            classes: classes(&looked),
            best: best(trials),
            shapes: shapes(&looked),
            far: looked.into_iter().map(|(trial, far)| (trial.id.clone(), far)).collect(),
        })
    }

    /// For a terminal; nothing where there is nothing to say.
    pub fn text(&self) -> String {
        if self.classes.rows.is_empty() {
            return String::new();
        }
        let title = format!(
            "Outside of the range, up to {} half-widths from its centre",
            self.distance
        );
        format!(
            "{title}\n{}\n\n{}\n\n{}\n\n",
            self.claims.text(),
            self.classes.text(),
            self.best.text()
        )
    }
}

fn look<'a>(store: &Store, trials: &'a [Stored], distance: f64) -> Result<Looked<'a>> {
    let trained = trials.iter().filter(|trial| trial.diverged_at.is_none());
    let look = |trial: &'a Stored| {
        let network = weights::decode(&store.weights(&trial.id)?)?;
        let scale = target_deviation(trial);
        Ok((
            trial,
            far_field(&network, &trial.settings, &trial.scaling, scale, distance),
        ))
    };
    trained.map(look).collect()
}

/// Standard deviation of the target in the range, as the errors there were divided by it.
fn target_deviation(trial: &Stored) -> f64 {
    let inside = trial.error(INSIDE);
    let deviation = inside.and_then(|error| Some(error.rmse / error.nrmse?));
    deviation
        .filter(|deviation| deviation.is_finite() && *deviation > 0.0)
        .unwrap_or(trial.scaling.y_std)
}

fn continues(looked: &Looked<'_>, activation: Activation) -> Option<Claim> {
    let (text, test) = expectation(activation)?;
    let of: Vec<_> = looked
        .iter()
        .filter(|(trial, _)| trial.settings.activation == activation)
        .collect();
    let share = wilson(of.iter().filter(|(_, far)| test(far)).count(), of.len())?;
    Some(Claim {
        text: format!("{activation} {text}"),
        bears_out: format!("{} of {}", share.count, share.of),
        interval: format!("{:.0} to {:.0} %", 100.0 * share.low, 100.0 * share.high),
        verdict: Verdict::of(share.low, share.high, 0.5),
    })
}

/// A change of the error by less than this is none, however many networks show it.
const NEGLIGIBLE: f64 = 0.01;

/// `-12 %`, with a sign.
fn percent(change: f64) -> String {
    let change = 100.0 * change;
    if change.abs() < 0.05 {
        "0 %".to_owned()
    } else {
        format!("{change:+.1} %")
    }
}

/// For each coefficient: the median over all pairs of networks that differ in it alone of the far error with it, divided
/// by that without.
fn regularisation(trials: &[Stored]) -> Vec<Claim> {
    let error = |trial: &Stored| {
        trial
            .error(FAR)
            .and_then(|error| error.nrmse)
            .filter(|error| *error > 0.0)
    };
    let without: HashMap<String, f64> = trials
        .iter()
        .filter(|trial| trial.settings.spectral == 0.0)
        .filter_map(|trial| Some((trial.settings.json(), error(trial)?)))
        .collect();
    let mut coefficients: Vec<f64> = trials
        .iter()
        .map(|trial| trial.settings.spectral)
        .filter(|lambda| *lambda > 0.0)
        .collect();
    coefficients.sort_by(f64::total_cmp);
    coefficients.dedup();
    let claim = |lambda: f64| {
        let ratios = trials
            .iter()
            .filter(|trial| trial.settings.spectral == lambda)
            .filter_map(|trial| {
                let mut pair = trial.settings.clone();
                pair.spectral = 0.0;
                Some(error(trial)? / without.get(&pair.json())?)
            });
        let ratios: Vec<f64> = ratios.collect();
        let estimate = median_interval(&ratios)?;
        Some(Claim {
            text: format!("spectral regularisation of {lambda} lowers the far error"),
            bears_out: format!(
                "{} of {}",
                ratios.iter().filter(|ratio| **ratio < 1.0).count(),
                ratios.len()
            ),
            interval: format!(
                "{} to {} of the error",
                percent(estimate.low - 1.0),
                percent(estimate.high - 1.0)
            ),
            verdict: match estimate.low > 1.0 - NEGLIGIBLE && estimate.high < 1.0 + NEGLIGIBLE {
                true => Verdict::DoesNotHold,
                false => Verdict::of(-estimate.high, -estimate.low, -1.0),
            },
        })
    };
    coefficients.into_iter().filter_map(claim).collect()
}

/// How many networks of each activation are of each class.
fn classes(looked: &Looked<'_>) -> Table {
    const CLASSES: [Class; 6] = [
        Class::Constant,
        Class::Affine,
        Class::Polynomial,
        Class::Periodic,
        Class::Divergent,
        Class::Other,
    ];
    let header = std::iter::once("networks").chain(CLASSES.map(Class::name));
    let mut table = Table::new(header);
    for activation in Activation::all() {
        let of: Vec<_> = looked
            .iter()
            .filter(|(trial, _)| trial.settings.activation == activation)
            .collect();
        if of.is_empty() {
            continue;
        }
        let count = |class| of.iter().filter(|(_, far)| far.class == class).count();
        let mut row = vec![activation.to_string()];
        row.extend(CLASSES.map(|class| count(class).to_string()));
        table.rows.push(row);
    }
    table
}

/// Seeds below which no activation is called the best: of four values the largest is above the median with a
/// probability of 15 in 16, so their range is no 95 % interval.
const SEEDS: usize = 5;

/// For each target and range the activation whose best cell has the smallest far error, and those whose best cells tie
/// with it.
fn best(trials: &[Stored]) -> Table {
    let mut table = Table::new([
        "target",
        "range",
        "best far error of",
        "error",
        "next",
        "error",
        "verdict",
    ]);
    for (target, cells) in ranking(trials, By::Far) {
        let mut ranges: Vec<String> = Vec::new();
        for cell in &cells {
            let range = cell.trials[0].settings.range.to_string();
            if !ranges.contains(&range) {
                ranges.push(range);
            }
        }
        ranges.sort();
        for range in ranges {
            let of_range = cells
                .iter()
                .filter(|cell| cell.trials[0].settings.range.to_string() == range);
            table.rows.extend(best_of(target, &range, of_range));
        }
    }
    table
}

/// None where there is nothing to compare.
fn best_of<'a>(target: &str, range: &str, cells: impl Iterator<Item = &'a Cell<'a>>) -> Option<Vec<String>> {
    let mut best: Vec<(&Cell<'_>, Activation, Estimate)> = Vec::new();
    for cell in cells {
        let activation = cell.trials[0].settings.activation;
        let error = cell.far.filter(|far| far.median.is_finite());
        if let Some(error) = error.filter(|_| best.iter().all(|(_, other, _)| *other != activation)) {
            best.push((cell, activation, error));
        }
    }
    let places = places(&best.iter().map(|(_, _, error)| Some(*error)).collect::<Vec<_>>());
    let first = places.iter().filter(|place| **place == 1).count();
    let (cell, _, error) = best.first().filter(|_| best.len() > 1)?;
    let names: Vec<&str> = best[..first]
        .iter()
        .map(|(_, activation, _)| activation.name())
        .collect();
    let next = best.get(first);
    Some(vec![
        target.to_owned(),
        range.to_owned(),
        names.join(" = "),
        interval(Some(*error)),
        next.map_or_else(|| "-".to_owned(), |(_, activation, _)| activation.to_string()),
        interval(next.map(|(_, _, error)| *error)),
        match first {
            _ if cell.trials.len() < SEEDS => Verdict::TooFew.name().to_owned(),
            1 => "best".to_owned(),
            tied => format!("{tied} tie"),
        },
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_needs_the_whole_interval() {
        assert_eq!(Verdict::of(0.6, 0.9, 0.5), Verdict::Holds);
        assert_eq!(Verdict::of(0.1, 0.4, 0.5), Verdict::DoesNotHold);
        // One network of one: Wilson gives 0.2 to 1.
        let one = wilson(1, 1).expect("a share");
        assert_eq!(Verdict::of(one.low, one.high, 0.5), Verdict::TooFew);
    }
}
