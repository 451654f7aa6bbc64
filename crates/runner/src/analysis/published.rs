//! Published values held against the networks of a run.
//!
//! What is ours is a statistic over the seeds of a cell, with the interval that it lies in; where the experiment draws
//! several samples (`data.sample_seed`), the statistic of each draw, and from the lowest to the highest of them. A published
//! value agrees where it, within its tolerance, meets that interval: the networks do not show that it differs.

use std::collections::{BTreeMap, HashMap};

use actlab_model::network::random::{Random, Stream};
use actlab_model::network::trained::TrainedNetwork;
use anyhow::Result;

use crate::experiment::published::{DRAW, Measure, Place, Published, Quantity, Statistic};
use crate::experiment::range::Interval;
use crate::measure::errors::{answer, answers};
use crate::measure::far_field::{deviation, linearity};
use crate::measure::target_deviations;
use crate::samples::inside_points;
use crate::statistics::{Estimate, mean_interval, median, median_interval, wilson};
use crate::store::{Store, Stored, weights};

/// A published value, and what there is of it in the run.
#[derive(Debug)]
pub struct Compared<'p> {
    /// What is published.
    pub published: &'p Published,
    /// What is ours.
    pub ours: Ours,
}

/// What the run has for a published value.
#[derive(Debug, Clone, PartialEq)]
pub enum Ours {
    /// None of its networks is trained.
    Untrained,
    /// So many of its networks diverged, or have no such quantity, so that there is no such statistic.
    Undefined {
        /// How many.
        count: usize,
        /// Of how many.
        of: usize,
    },
    /// The statistic.
    Found(Found),
}

/// A statistic of networks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// Over the seeds; of several draws the median of theirs.
    pub value: f64,
    /// Where it lies, or from the lowest to the highest of the draws.
    pub interval: Interval,
    /// The probability that such an interval holds what it is for: the statistic of all seeds, or that of another draw. None
    /// of an extreme, which has no interval.
    pub coverage: Option<f64>,
    /// How many networks there are.
    pub networks: usize,
    /// How many draws of the samples.
    pub draws: usize,
}

impl Compared<'_> {
    /// Whether the published value, within its tolerance, meets our interval; none where we have none.
    pub fn agrees(&self) -> Option<bool> {
        let Ours::Found(Found {
            interval: [low, high], ..
        }) = &self.ours
        else {
            return None;
        };
        let [lowest, highest] = self.published.interval;
        Some(*low <= highest && lowest <= *high)
    }
}

/// Each published value of a run held against its trials.
pub fn compare<'p>(published: &'p [Published], store: &Store, trials: &[Stored]) -> Result<Vec<Compared<'p>>> {
    let mut networks = Networks::new(store);
    let mut one = |published: &'p Published| {
        let ours = ours(published, trials, &mut networks)?;
        Ok(Compared { published, ours })
    };
    published.iter().map(&mut one).collect()
}

/// The networks that were asked last: values are often of the same cell.
struct Networks<'s> {
    store: &'s Store,
    known: HashMap<String, TrainedNetwork>,
}

impl<'s> Networks<'s> {
    /// Networks that are kept in memory.
    const MOST: usize = 1024;

    fn new(store: &'s Store) -> Self {
        Self {
            store,
            known: HashMap::new(),
        }
    }

    fn of(&mut self, trial: &Stored) -> Result<&TrainedNetwork> {
        if !self.known.contains_key(&trial.id) {
            if self.known.len() >= Self::MOST {
                self.known.clear();
            }
            let network = weights::decode(&self.store.weights(&trial.id)?)?;
            self.known.insert(trial.id.clone(), network);
        }
        Ok(&self.known[&trial.id])
    }
}

fn ours(published: &Published, trials: &[Stored], networks: &mut Networks<'_>) -> Result<Ours> {
    let mut draws: BTreeMap<String, Vec<&Stored>> = BTreeMap::new();
    for trial in trials.iter().filter(|trial| published.is_about(&trial.settings)) {
        draws.entry(trial.settings.text(DRAW)).or_default().push(trial);
    }
    let (mut found, mut undefined, mut of) = (Vec::new(), 0, 0);
    for trials in draws.values() {
        let values = trials.iter().map(|trial| value(published, trial, networks));
        let values: Vec<Option<Value>> = values.collect::<Result<_>>()?;
        of += values.len();
        let unknown = values.iter().filter(|value| value.is_none()).count();
        undefined += unknown;
        if unknown == 0 {
            found.extend(statistic(
                &published.statistic,
                &values.into_iter().flatten().collect::<Vec<_>>(),
            ));
        }
    }
    Ok(match found[..] {
        _ if undefined > 0 => Ours::Undefined { count: undefined, of },
        [] => Ours::Untrained,
        [only] => Ours::Found(Found { draws: 1, ..only }),
        ref draws => Ours::Found(over_draws(draws)),
    })
}

/// From the lowest to the highest of the draws. Another draw is as likely to be at any place in their order, so it is
/// between these with a probability of (n - 1)/(n + 1), whatever the distribution.
fn over_draws(draws: &[Found]) -> Found {
    let values: Vec<f64> = draws.iter().map(|draw| draw.value).collect();
    let n = values.len() as f64;
    Found {
        value: median(&values),
        interval: extremes(&values),
        coverage: Some((n - 1.0) / (n + 1.0)),
        networks: draws.iter().map(|draw| draw.networks).sum(),
        draws: values.len(),
    }
}

fn extremes(values: &[f64]) -> Interval {
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let greatest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    [least, greatest]
}

/// A quantity of a network, and of a covariance its other one.
type Value = [f64; 2];

/// None of no network.
fn statistic(statistic: &Statistic, values: &[Value]) -> Option<Found> {
    let first: Vec<f64> = values.iter().map(|[value, _]| *value).collect();
    let found = |value: f64, interval: Interval, coverage: Option<f64>| Found {
        value,
        interval,
        coverage,
        networks: values.len(),
        draws: 1,
    };
    let estimated = |of: Estimate| found(of.median, [of.low, of.high], Some(of.coverage));
    let share = |has: &dyn Fn(f64) -> bool| {
        let count = first.iter().filter(|value| has(**value)).count();
        let share = wilson(count, first.len())?;
        Some(found(
            count as f64 / first.len() as f64,
            [share.low, share.high],
            Some(0.95),
        ))
    };
    let [least, greatest] = extremes(&first);
    match statistic {
        Statistic::Mean => mean_interval(&first).map(estimated),
        Statistic::Median => median_interval(&first).map(estimated),
        Statistic::Least => (!first.is_empty()).then(|| found(least, [least; 2], None)),
        Statistic::Greatest => (!first.is_empty()).then(|| found(greatest, [greatest; 2], None)),
        Statistic::ShareBelow(limit) => share(&|value| value < *limit),
        Statistic::ShareAbove(limit) => share(&|value| value > *limit),
        Statistic::Covariance(_) => mean_interval(&products(values)).map(estimated),
    }
}

/// What the covariance is the mean of: products of both deviations from their means, as many as is without bias.
fn products(values: &[Value]) -> Vec<f64> {
    let n = values.len() as f64;
    let mean = |place: usize| values.iter().map(|pair| pair[place]).sum::<f64>() / n;
    let means = [mean(0), mean(1)];
    let bias = n / (n - 1.0).max(1.0);
    values
        .iter()
        .map(|[a, b]| bias * (a - means[0]) * (b - means[1]))
        .collect()
}

/// None where the statistic has no place for it: of a network that diverged, whose errors are infinite, and which has no
/// other quantity. A share counts such a network among those that do not have what is asked.
fn value(published: &Published, trial: &Stored, networks: &mut Networks<'_>) -> Result<Option<Value>> {
    let other = match &published.statistic {
        Statistic::Covariance(with) if trial.diverged_at.is_none() => {
            answer(networks.of(trial)?, &trial.scaling, with)[0]
        }
        _ => 0.0,
    };
    let value = quantity(&published.quantity, trial, networks)?.unwrap_or(f64::NAN);
    let is_taken = match published.statistic {
        Statistic::ShareBelow(_) | Statistic::ShareAbove(_) => true,
        Statistic::Mean | Statistic::Covariance(_) => value.is_finite() && other.is_finite(),
        Statistic::Median | Statistic::Least | Statistic::Greatest => !value.is_nan(),
    };
    Ok(is_taken.then_some([value, other]))
}

fn quantity(quantity: &Quantity, trial: &Stored, networks: &mut Networks<'_>) -> Result<Option<f64>> {
    if trial.diverged_at.is_some() {
        let is_error = matches!(quantity, Quantity::Error(..));
        return Ok(is_error.then_some(f64::INFINITY));
    }
    Ok(match quantity {
        Quantity::Error(measure, Place::Region(region)) => stored_error(trial, region, *measure),
        Quantity::Error(measure, Place::Interval(interval)) => {
            error_over(networks.of(trial)?, trial, *interval, *measure)
        }
        Quantity::Prediction(at) => Some(answer(networks.of(trial)?, &trial.scaling, at)[0]),
        Quantity::Slope => slope(trial),
        Quantity::R2 => {
            let rays = linearity(networks.of(trial)?, &trial.settings, &trial.scaling);
            Some(rays.iter().sum::<f64>() / rays.len() as f64)
        }
        Quantity::R2Least => {
            let rays = linearity(networks.of(trial)?, &trial.settings, &trial.scaling);
            Some(extremes(&rays)[0])
        }
        Quantity::Variation => variation(networks.of(trial)?, trial),
    })
}

fn stored_error(trial: &Stored, region: &str, measure: Measure) -> Option<f64> {
    let error = trial.error(region)?;
    match measure {
        Measure::Rmse => error.rmse,
        Measure::Mse => error.rmse.map(|rmse| rmse * rmse),
        Measure::Nrmse => error.nrmse,
    }
}

/// Points that an error over an interval is measured at: uniform, the same for every network.
const POINTS: usize = 4096;

/// None of data, whose truth is known at its rows alone.
fn error_over(network: &TrainedNetwork, trial: &Stored, [low, high]: Interval, measure: Measure) -> Option<f64> {
    let settings = &trial.settings;
    let function = settings.truth()?;
    let mut random = Random::new(0, Stream::Test);
    let mut point = || -> Vec<f64> {
        settings
            .inputs
            .iter()
            .map(|_| low + (high - low) * random.uniform())
            .collect()
    };
    let x: Vec<Vec<f64>> = (0..POINTS).map(|_| point()).collect();
    let y: Vec<f64> = x.iter().map(|x| function.values(x)[0]).collect();
    let answers = &answers(network, &trial.scaling, x.iter().map(Vec::as_slice))[0];
    let squares = answers.iter().zip(&y).map(|(answer, y)| (answer - y) * (answer - y));
    let mse = squares.sum::<f64>() / POINTS as f64;
    Some(match measure {
        Measure::Mse => mse,
        Measure::Rmse => mse.sqrt(),
        Measure::Nrmse => mse.sqrt() / deviation(&y),
    })
}

/// In the target's units per unit of input.
fn slope(trial: &Stored) -> Option<f64> {
    let (_, half_width) = trial.settings.domain().hull(0);
    Some(trial.far()?.slope / half_width)
}

fn variation(network: &TrainedNetwork, trial: &Stored) -> Option<f64> {
    const POINTS: usize = 512;
    let x = inside_points(&trial.settings, POINTS);
    let answers = answers(network, &trial.scaling, x.iter().map(Vec::as_slice));
    Some(deviation(&answers[0]) / target_deviations(&trial.errors, &trial.scaling)[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn published(statistic: Statistic, interval: Interval) -> Published {
        Published {
            quantity: Quantity::Slope,
            statistic,
            of: Vec::new(),
            value: None,
            interval,
            source: "a paper".to_owned(),
        }
    }

    fn found(statistic_: &Statistic, values: &[Value]) -> Found {
        statistic(statistic_, values).expect("networks")
    }

    /// Whatever touches is not shown to differ; what does not touch is.
    #[test]
    fn what_meets_our_interval_agrees() {
        let ours = Found {
            value: 1.0,
            interval: [0.5, 1.5],
            coverage: None,
            networks: 3,
            draws: 1,
        };
        for (interval, agrees) in [
            ([1.0, 1.0], true),
            ([-9.0, 9.0], true),
            ([1.5, 2.0], true),
            ([0.0, 0.5], true),
            ([1.51, 2.0], false),
            ([-2.0, 0.49], false),
        ] {
            let published = published(Statistic::Mean, interval);
            let of = |ours| Compared {
                published: &published,
                ours,
            };
            assert_eq!(of(Ours::Found(ours)).agrees(), Some(agrees), "{interval:?}");
            assert_eq!(of(Ours::Untrained).agrees(), None);
        }
    }

    #[test]
    fn statistics_over_seeds_are_those_of_algebra() {
        let values: Vec<Value> = [1.0, 2.0, 3.0, 10.0].map(|value| [value, -value]).to_vec();
        assert_eq!(found(&Statistic::Mean, &values).value, 4.0);
        assert_eq!(found(&Statistic::Median, &values).value, 2.5);
        assert_eq!(found(&Statistic::Least, &values).interval, [1.0, 1.0]);
        assert_eq!(found(&Statistic::Greatest, &values).value, 10.0);
        assert_eq!(found(&Statistic::ShareBelow(3.0), &values).value, 0.5);
        assert_eq!(found(&Statistic::ShareAbove(3.0), &values).value, 0.25);
        // The deviations are -3, -2, -1 and 6: their squares sum to 50, which three degrees of freedom share.
        let covariance = found(&Statistic::Covariance(vec![0.0]), &values);
        assert!((covariance.value + 50.0 / 3.0).abs() < 1e-12, "{covariance:?}");
        assert_eq!(statistic(&Statistic::Mean, &[]), None);
    }

    #[test]
    fn of_several_draws_it_is_their_spread() {
        let draw = |value: f64| found(&Statistic::Mean, &[[value - 1.0, 0.0], [value + 1.0, 0.0]]);
        let found = over_draws(&[draw(3.0), draw(1.0), draw(2.0)]);
        assert_eq!(
            (found.value, found.interval, found.coverage),
            (2.0, [1.0, 3.0], Some(0.5))
        );
        assert_eq!((found.networks, found.draws), (6, 3));
    }
}
