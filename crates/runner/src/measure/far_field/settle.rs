//! Where a curve is straight for good: the distance from which on it looks like its asymptote over every further decade.

use serde::{Deserialize, Serialize};

/// Points of the grid in each decade.
const DECADE: usize = 50;

/// How far a curve may be from its chord, as a share of the chord's rise, or of the target's standard deviation where
/// that is more.
const STRAIGHT: f64 = 0.01;

/// Where a curve has settled, in half-widths from the centre of the range.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settled {
    /// From here on it is what it ends in.
    From(f64),
    /// From here on it is straight as far as 1,000 half-widths, but not yet along its asymptote; it settles later.
    Straight(f64),
    /// It is not straight by [`LIMIT`].
    Beyond,
}

/// Half-widths within which a curve settles, or counts as one that settles beyond.
pub const LIMIT: f64 = 100.0;

impl Settled {
    /// The distance, where it is within [`LIMIT`].
    pub fn distance(self) -> Option<f64> {
        match self {
            Self::From(distance) => Some(distance),
            Self::Straight(_) | Self::Beyond => None,
        }
    }

    /// As results name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::From(_) => "settled",
            Self::Straight(_) => "straight",
            Self::Beyond => "beyond",
        }
    }

    /// Of two sides the one that settles later.
    pub fn later(self, other: Self) -> Self {
        let order = |settled: &Self| match settled {
            Self::From(distance) => (0, *distance),
            Self::Straight(distance) => (1, *distance),
            Self::Beyond => (2, 0.0),
        };
        let (a, b) = (order(&self), order(&other));
        if a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).is_lt() {
            other
        } else {
            self
        }
    }
}

/// The grid, from 1 to 1,000 half-widths.
pub fn distances() -> Vec<f64> {
    let distance = |point: usize| libm::pow(10.0, point as f64 / DECADE as f64);
    (0..=3 * DECADE).map(distance).collect()
}

/// Where a curve settles that has an asymptote of this slope: the smallest distance of the grid from which on, up to 100,
/// the curve stays by its chord over every decade, if after that it keeps the slope of its asymptote up to 1,000.
/// `values` are at [`distances`], `scale` is the standard deviation of the trained target.
pub fn settled(distances: &[f64], values: &[f64], slope: f64, scale: f64) -> Settled {
    let straight = |start: &usize| is_straight(&distances[*start..=*start + DECADE], &values[*start..], scale);
    let Some(from) = (0..=2 * DECADE).rev().take_while(straight).last() else {
        return Settled::Beyond;
    };
    let (hundred, thousand) = (2 * DECADE, 3 * DECADE);
    let rise = slope * (distances[thousand] - distances[hundred]);
    match (values[thousand] - values[hundred] - rise).abs() <= STRAIGHT * rise.abs().max(scale) {
        true => Settled::From(distances[from]),
        false => Settled::Straight(distances[from]),
    }
}

/// Whether a curve stays by its chord.
fn is_straight(distances: &[f64], values: &[f64], scale: f64) -> bool {
    let last = distances.len() - 1;
    let rise = values[last] - values[0];
    let slope = rise / (distances[last] - distances[0]);
    let allowed = STRAIGHT * rise.abs().max(scale);
    let by_chord =
        |(distance, value): (&f64, &f64)| (value - values[0] - slope * (distance - distances[0])).abs() <= allowed;
    distances.iter().zip(values).all(by_chord)
}

#[cfg(test)]
mod tests;
