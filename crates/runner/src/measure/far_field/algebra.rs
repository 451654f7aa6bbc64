//! What a network becomes along a ray, by algebra: far enough out every pre-activation is a line `slope t + offset`, each
//! activation turns it into another by the end that it has on that side, and what comes out is the asymptote of the
//! network, without a fit and without a threshold.
//!
//! Beside each coefficient goes a bound of its rounding error, (n + 2) u sum |w a| + sum |w| e for a sum of n products, u
//! half the distance from 1 to the next number and e the errors of its terms (Higham, Accuracy and Stability of Numerical
//! Algorithms, 2002, section 3.1). A slope that it hides has no sign, and its unit no side.

use actlab_model::Activation;
use actlab_model::network::architecture::Join;
use actlab_model::network::program::Operation;
use actlab_model::network::trained::TrainedNetwork;
use actlab_model::network::weights::Layer;
use actlab_model::unit::End;

use super::asymptote::Asymptote;

/// A ray in the units of a network: `start + t direction`, with a number for each input.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    /// Where `t` is 0.
    pub start: Vec<f64>,
    /// What each unit of `t` adds.
    pub direction: Vec<f64>,
}

/// What the outputs of a network become along a ray, in the network's units.
pub fn asymptotes(network: &TrainedNetwork, path: &Path) -> Vec<Asymptote> {
    tails(network, path).into_iter().map(Tail::asymptote).collect()
}

/// The outputs of a network, far along a ray.
fn tails(network: &TrainedNetwork, path: &Path) -> Vec<Tail> {
    let inputs = path.start.iter().zip(&path.direction);
    let inputs: Vec<Tail> = inputs
        .map(|(start, direction)| Tail::along(*start, *direction))
        .collect();
    let program = network.architecture.program();
    program.fold(inputs, |operation, read| match operation {
        Operation::Dense { layer, activation, .. } => {
            let sums = dense(&network.weights[*layer], read[0]);
            match activation.map(|slot| network.activations[slot]) {
                Some(activation) => sums.into_iter().map(|sum| sum.activated(activation)).collect(),
                None => sums,
            }
        }
        Operation::Join { join, .. } => joined(*join, [read[0], read[1]]),
        Operation::Dropout { .. } => read[0].clone(),
    })
}

/// Of products and gates nothing is known: far out they are no lines.
fn joined(join: Join, [a, b]: [&[Tail]; 2]) -> Vec<Tail> {
    let pairs = a.iter().zip(b);
    match join {
        Join::Sum => pairs
            .map(|(a, b)| Tail::sum([(1.0, *a), (1.0, *b)].into_iter(), 0.0))
            .collect(),
        Join::Concatenation => [a, b].concat(),
        Join::Product | Join::Gate => {
            let anywhere = Tail::within([f64::NEG_INFINITY, f64::INFINITY], State::Unknown);
            pairs.map(|_| anywhere).collect()
        }
    }
}

fn dense(layer: &Layer, tails: &[Tail]) -> Vec<Tail> {
    let sum = |output: usize| {
        let weights = layer.weight[output..].iter().step_by(layer.outputs);
        let terms = weights.zip(tails).map(|(weight, tail)| (f64::from(*weight), *tail));
        Tail::sum(terms, f64::from(layer.bias[output]))
    };
    (0..layer.outputs).map(sum).collect()
}

/// u: half the distance from 1 to the next number.
const ROUNDING: f64 = f64::EPSILON / 2.0;

/// A number, and a bound of how far rounding has taken it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Coefficient {
    value: f64,
    error: f64,
}

/// What the sign of a slope says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
    /// Neither: all its terms are zero.
    Level,
    /// Rounding may have made the sign.
    Hidden,
}

impl Coefficient {
    fn exact(value: f64) -> Self {
        Self { value, error: 0.0 }
    }

    fn is_zero(self) -> bool {
        self.value == 0.0 && self.error == 0.0
    }

    /// The sum of these factors times these coefficients; exactly zero only if all its terms are.
    fn sum(terms: impl IntoIterator<Item = (f64, Self)>) -> Self {
        let (mut value, mut size, mut error, mut count) = (0.0, 0.0, 0.0, 0.0);
        let terms = terms.into_iter();
        for (factor, of) in terms.filter(|(factor, of)| *factor != 0.0 && !of.is_zero()) {
            value += factor * of.value;
            size += (factor * of.value).abs();
            error += factor.abs() * of.error;
            count += 1.0;
        }
        Self {
            value,
            error: (count + 2.0) * ROUNDING * size + error,
        }
    }

    fn side(self) -> Side {
        if self.is_zero() {
            Side::Level
        } else if self.value.abs() <= self.error {
            Side::Hidden
        } else if self.value < 0.0 {
            Side::Left
        } else {
            Side::Right
        }
    }
}

/// How much is known of a tail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    /// It approaches its line; `low` and `high` are the same.
    Settles,
    /// It goes up and down for ever.
    Repeats,
    /// Rounding hides a side, of it or of what it is made of.
    Undetermined,
    /// It comes of an activation without a known end.
    Unknown,
}

/// What a unit is far along a ray: `slope t`, and something that in the limit is between `low` and `high`. Where these
/// are infinite nothing is known, and the slope means nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Tail {
    slope: Coefficient,
    low: Coefficient,
    high: Coefficient,
    state: State,
}

impl Tail {
    /// An input: both numbers come of a difference and a quotient, of two roundings each.
    fn along(start: f64, direction: f64) -> Self {
        let rounded = |value: f64| Coefficient {
            value,
            error: 3.0 * ROUNDING * value.abs(),
        };
        let offset = rounded(start);
        Self {
            slope: rounded(direction),
            low: offset,
            high: offset,
            state: State::Settles,
        }
    }

    fn within([low, high]: [f64; 2], state: State) -> Self {
        Self {
            slope: Coefficient::default(),
            low: Coefficient::exact(low),
            high: Coefficient::exact(high),
            state,
        }
    }

    fn sum(terms: impl Iterator<Item = (f64, Self)> + Clone, bias: f64) -> Self {
        let terms = terms.filter(|(factor, _)| *factor != 0.0);
        let bias = (1.0, Coefficient::exact(bias));
        let lower = terms.clone().map(|(factor, tail)| (factor, tail.end(factor < 0.0)));
        let upper = terms.clone().map(|(factor, tail)| (factor, tail.end(factor > 0.0)));
        Self {
            slope: Coefficient::sum(terms.clone().map(|(factor, tail)| (factor, tail.slope))),
            low: Coefficient::sum(lower.chain([bias])),
            high: Coefficient::sum(upper.chain([bias])),
            state: terms.map(|(_, tail)| tail.state).max().unwrap_or(State::Settles),
        }
    }

    fn end(self, upper: bool) -> Coefficient {
        if upper { self.high } else { self.low }
    }

    fn is_finite(self) -> bool {
        self.low.value.is_finite() && self.high.value.is_finite()
    }

    fn activated(self, activation: Activation) -> Self {
        let anywhere = |state: State| Self::within(activation.range(), state.max(self.state));
        if !self.is_finite() {
            return anywhere(self.state);
        }
        let [left, right] = activation.ends();
        let end = match self.slope.side() {
            Side::Level => return self.level(activation),
            Side::Hidden => return anywhere(State::Undetermined),
            Side::Left => left,
            Side::Right => right,
        };
        match end {
            End::Line { slope, intercept } => self.through(slope, [intercept; 2], State::Settles),
            End::Periodic { slope, low, high } => self.through(slope, [low, high], State::Repeats),
            End::Other => anywhere(State::Unknown),
        }
    }

    /// `slope` times this, and something between two numbers.
    fn through(self, slope: f64, [low, high]: [f64; 2], state: State) -> Self {
        let moved = |of: Coefficient, by: f64| Coefficient::sum([(slope, of), (1.0, Coefficient::exact(by))]);
        Self {
            slope: Coefficient::sum([(slope, self.slope)]),
            low: moved(self.end(slope < 0.0), low),
            high: moved(self.end(slope >= 0.0), high),
            state: state.max(self.state),
        }
    }

    /// Of what goes nowhere: the value of the constant, or what is as near to the value in the middle as the Lipschitz
    /// constant keeps it.
    fn level(self, activation: Activation) -> Self {
        let Self { low, high, state, .. } = self;
        let middle = 0.5 * (low.value + high.value);
        let value = activation.value(middle);
        let [least, most] = activation.range();
        let steepness = match state {
            State::Settles if activation.lipschitz().is_infinite() => activation.derivative(middle).abs(),
            _ => activation.lipschitz(),
        };
        let reach = steepness * 0.5 * (high.value - low.value);
        // Activations err by some units in the last place of their value, or of what it is the difference from.
        let size = value.abs() + steepness * middle.abs();
        let error = steepness * low.error.max(high.error) + 4.0 * ROUNDING * size;
        let end = |value: f64| Coefficient { value, error };
        match state {
            State::Settles => Self {
                low: end(value),
                high: end(value),
                ..self
            },
            _ => Self {
                low: end((value - reach).max(least)),
                high: end((value + reach).min(most)),
                ..self
            },
        }
    }

    fn asymptote(self) -> Asymptote {
        let Self {
            slope,
            low,
            high,
            state,
        } = self;
        let (slope, low, high, side) = (slope.value, low.value, high.value, slope.side());
        let bound = (side == Side::Level && self.is_finite()).then_some([low, high]);
        match state {
            State::Unknown | State::Repeats if !self.is_finite() => Asymptote::Unknown,
            State::Unknown if bound.is_none() => Asymptote::Unknown,
            State::Undetermined => Asymptote::Undetermined { bound },
            _ if side == Side::Hidden => Asymptote::Undetermined { bound },
            State::Settles => Asymptote::Line { slope, intercept: low },
            State::Repeats | State::Unknown => Asymptote::Band { slope, low, high },
        }
    }
}

#[cfg(test)]
mod tests;
