//! Where curves are looked at, out to a thousand half-widths, and what is seen there.
//!
//! The grid is dense near the range and logarithmic outside of it, so its steps grow. A network may go up and down many
//! times within one of them, where its value at the grid's point alone would draw a wave that is not there (aliasing). So
//! each step is looked at in many places: where a curve turns within it, what is drawn is the lowest and the highest of
//! them.

use std::ops::Range;

use actlab_model::network::random::{Random, Stream};

use crate::measure::far_field::turns;
use crate::statistics::median;

/// How far out the grid is dense, in half-widths from the centre of the range.
const DENSE: i32 = 3;

/// Its steps in a half-width there.
const STEPS: i32 = 32;

/// How far out it goes.
pub const FARTHEST: f64 = 1000.0;

/// Its steps in a decade outside of the dense part.
const PER_DECADE: f64 = 24.0;

/// Places in a step at which a curve is looked at: in the dense part, and outside of it. Of 24 places in many periods of
/// a wave the highest is below 0.9 of its crest with a probability of 2 %.
const PLACES: [usize; 2] = [4, 24];

/// Derivatives are differences over this far to both sides: means over 1/32 of a half-width, wherever the point is. A
/// network whose derivative jumps has a second derivative that way, which depends on the width but not on luck.
const ASIDE: f64 = 1.0 / 64.0;

/// The value, the first and the second derivative.
pub const ORDERS: usize = 3;

/// Distances from the centre in half-widths, in ascending order; those to the left are negative.
#[derive(Debug)]
pub struct Grid {
    /// In ascending order.
    pub distances: Vec<f64>,
    /// The positions of the dense part.
    pub dense: Range<usize>,
}

impl Grid {
    /// The one that all pictures share.
    pub fn new() -> Self {
        let decades = (FARTHEST / f64::from(DENSE)).log10();
        let steps = (PER_DECADE * decades).round() as i32;
        let outside: Vec<f64> = (1..=steps)
            .map(|step| f64::from(DENSE) * 10f64.powf(decades * f64::from(step) / f64::from(steps)))
            .collect();
        let dense = (-DENSE * STEPS..=DENSE * STEPS).map(|step| f64::from(step) / f64::from(STEPS));
        let left = outside.iter().rev().map(|distance| -distance);
        let distances: Vec<f64> = left.chain(dense).chain(outside.iter().copied()).collect();
        Self {
            dense: outside.len()..distances.len() - outside.len(),
            distances,
        }
    }

    /// The step around a point: from and to the middle between it and its neighbours.
    fn step(&self, point: usize) -> (f64, f64) {
        let middle = |a: usize, b: usize| 0.5 * (self.distances[a] + self.distances[b]);
        let last = self.distances.len() - 1;
        (
            middle(point.saturating_sub(1), point),
            middle(point, last.min(point + 1)),
        )
    }

    /// The places in the step around a point, in ascending order: of as many equal parts one place each, by chance, so that no
    /// wave keeps their pace.
    fn places(&self, point: usize) -> Vec<f64> {
        let (start, end) = self.step(point);
        let count = PLACES[usize::from(!self.dense.contains(&point))];
        let mut random = Random::new(point as u64, Stream::Test);
        let place = |i: usize| start + (end - start) * (i as f64 + random.uniform()) / count as f64;
        (0..count).map(place).collect()
    }

    /// What is seen of each of some curves and of its derivatives at each point; `curves` has their values at distances.
    pub fn look(&self, curves: impl Fn(&[f64]) -> Vec<Vec<f64>>) -> Vec<[Vec<Seen>; ORDERS]> {
        let mut all_seen = Vec::new();
        for (point, distance) in self.distances.iter().enumerate() {
            let places = self.places(point);
            let all = std::iter::once(*distance).chain(places);
            let asides: Vec<f64> = all.flat_map(|t| [t - ASIDE, t, t + ASIDE]).collect();
            let values = curves(&asides);
            all_seen.resize(values.len(), [const { Vec::new() }; ORDERS]);
            for (seen, values) in all_seen.iter_mut().zip(values) {
                let (threes, _) = values.as_chunks();
                for (order, seen) in seen.iter_mut().enumerate() {
                    let at: Vec<f64> = threes.iter().map(|three| derivative(order, three)).collect();
                    seen.push(Seen::of(at[0], &at[1..], rounding(order, &values)));
                }
            }
        }
        all_seen
    }
}

/// The derivative of this order in the middle of three values [`ASIDE`] apart.
fn derivative(order: usize, [left, middle, right]: &[f64; 3]) -> f64 {
    match order {
        0 => *middle,
        1 => (right - left) / (2.0 * ASIDE),
        _ => (right - 2.0 * middle + left) / (ASIDE * ASIDE),
    }
}

/// What rounding may do to a derivative: a network's sums of up to a thousand products are right to 1e-13 of their terms,
/// which can be ten times what they come to.
fn rounding(order: usize, values: &[f64]) -> f64 {
    let largest = values.iter().fold(0f64, |largest, value| largest.max(value.abs()));
    1e-12 * largest / ASIDE.powi(order as i32)
}

/// What is seen of a curve in one step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seen {
    /// The lowest value.
    pub low: f64,
    /// The value at the point of the grid; none where the curve goes up and down within the step.
    pub middle: Option<f64>,
    /// The highest value.
    pub high: f64,
}

impl Seen {
    /// Of the value `at` the point and those at the `places` around it, which may be off by `rounding`.
    fn of(at: f64, places: &[f64], rounding: f64) -> Self {
        let turns = turns(places, rounding);
        let around = if turns == 0 { &[] } else { places };
        let one = Self {
            low: at,
            middle: (turns < 2).then_some(at),
            high: at,
        };
        around.iter().fold(one, |seen, value| Self {
            low: seen.low.min(*value),
            high: seen.high.max(*value),
            ..seen
        })
    }

    /// Of several curves in the same step: the median of their values, none where one has none, and from the lowest to
    /// the highest.
    pub fn together(curves: &[Self]) -> Self {
        let middles: Option<Vec<f64>> = curves.iter().map(|seen| seen.middle).collect();
        Self {
            low: curves.iter().map(|seen| seen.low).fold(f64::INFINITY, f64::min),
            middle: middles.map(|middles| median(&middles)),
            high: curves.iter().map(|seen| seen.high).fold(f64::NEG_INFINITY, f64::max),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(curve: impl Fn(f64) -> f64) -> [Vec<Seen>; ORDERS] {
        let curves = |distances: &[f64]| vec![distances.iter().map(|t| curve(*t)).collect()];
        Grid::new().look(curves).swap_remove(0)
    }

    #[test]
    fn the_grid_is_the_same_on_both_sides_and_grows_outside() {
        let Grid { distances, dense } = Grid::new();
        let (first, last) = (distances[0], distances[distances.len() - 1]);
        // Rounding of the power.
        assert!((last / FARTHEST - 1.0).abs() < 1e-12 && first == -last);
        assert!(distances.iter().zip(distances.iter().rev()).all(|(a, b)| *a == -b));
        assert!(distances.is_sorted_by(|a, b| a < b));
        assert_eq!((distances[dense.start], distances[dense.end - 1]), (-3.0, 3.0));
        assert_eq!(dense.len(), 6 * 32 + 1);
        let ratio = distances[dense.end] / distances[dense.end - 1];
        assert!((ratio - 10f64.powf(1.0 / PER_DECADE)).abs() < 2e-3, "{ratio}");
    }

    /// Differences over ±h of sin wt are w cos(wt) sin(wh)/(wh) and -w^2 sin(wt) (sin(wh/2)/(wh/2))^2: closed forms. What
    /// is left is rounding, of values up to 1 over h and over h^2.
    #[test]
    fn derivatives_are_those_of_closed_forms() {
        let (w, h) = (3.0f64, ASIDE);
        let [values, firsts, seconds] = look(|t| (w * t).sin());
        let factor = |x: f64| x.sin() / x;
        let Grid { distances, dense } = Grid::new();
        for i in dense {
            let t = distances[i];
            let middle = |seen: &[Seen]| seen[i].middle.expect("a smooth curve");
            assert_eq!(middle(&values), (w * t).sin());
            assert!((middle(&firsts) - w * (w * t).cos() * factor(w * h)).abs() < 1e-15 / h);
            let second = -w * w * (w * t).sin() * factor(0.5 * w * h).powi(2);
            assert!((middle(&seconds) - second).abs() < 4e-15 / (h * h));
        }
    }

    /// A kink is a peak of the second derivative with the area of the change of slope, whatever the widths are.
    #[test]
    fn a_kink_bends_by_its_change_of_slope() {
        let [_, firsts, seconds] = look(f64::abs);
        let Grid { distances, .. } = Grid::new();
        for ((t, first), second) in distances.iter().zip(&firsts).zip(&seconds) {
            if t.abs() >= ASIDE {
                assert_eq!((first.middle, second.middle), (Some(t.signum()), Some(0.0)), "{t}");
            }
        }
        let peak = seconds[distances.len() / 2];
        assert_eq!(peak.middle, Some(2.0 / ASIDE));
    }

    /// cos 40t swings 0.2 times in a dense step, and from 0.6 times to 600 times in those outside. A place is within 0.3 of a
    /// crest with a probability of 0.25, so that all 24 miss it with one of 0.1 %; one step of a hundred may. Evenly spread places, or those by the
    /// golden ratio, keep the pace of the wave somewhere, and see it stand still.
    #[test]
    fn what_swings_within_a_step_is_seen_from_trough_to_crest() {
        let grid = Grid::new();
        let [values, ..] = look(|t| (40.0 * t).cos());
        assert!(grid.dense.clone().all(|i| values[i].middle.is_some()));
        // From 10 half-widths on a step has more than one in it, 6 periods.
        let far = |i: &usize| grid.distances[*i].abs() > 10.0;
        let far: Vec<Seen> = (0..values.len()).filter(far).map(|i| values[i]).collect();
        assert!(
            far.iter()
                .all(|seen| seen.middle.is_none() && seen.low >= -1.0 && seen.high <= 1.0)
        );
        let missed = far.iter().filter(|seen| seen.low > -0.7 || seen.high < 0.7).count();
        assert!(far.len() > 90 && missed <= 1, "{missed} of {}", far.len());
    }

    /// A straight line has no width, far out and near, and no curvature but that of rounding.
    #[test]
    fn a_line_is_seen_as_a_line() {
        let [values, firsts, seconds] = look(|t| 0.3 * t - 7.0);
        for i in 0..values.len() {
            assert_eq!(
                (values[i].low, values[i].high),
                (values[i].middle.unwrap_or(0.0), values[i].low)
            );
            let rounding = rounding(1, &[1000.0]);
            assert!((firsts[i].low - 0.3).abs() < rounding && (firsts[i].high - 0.3).abs() < rounding);
            assert!(seconds[i].middle.is_some_and(|second| second.abs() < rounding / ASIDE));
        }
    }

    #[test]
    fn of_several_curves_the_median_and_the_ends_are_seen() {
        let seen = |low, middle, high| Seen { low, middle, high };
        let [a, b, c] = [
            seen(1.0, Some(1.0), 1.0),
            seen(2.0, Some(4.0), 9.0),
            seen(-1.0, Some(0.0), 0.5),
        ];
        assert_eq!(Seen::together(&[a, b, c]), seen(-1.0, Some(1.0), 9.0));
        assert_eq!(Seen::together(&[a, seen(-2.0, None, 2.0)]), seen(-2.0, None, 2.0));
        // Where one has left the numbers, the others are still seen.
        let gone = seen(f64::NAN, Some(f64::NAN), f64::NAN);
        assert_eq!(
            (Seen::together(&[a, gone]).low, Seen::together(&[a, gone]).high),
            (1.0, 1.0)
        );
    }
}
