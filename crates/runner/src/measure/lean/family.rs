//! A function h of one number that a single unit may have, and where its fits start from.

use actlab_model::Activation;

use super::{Of, PREDICTED};

/// h, and the grid of its arguments w t + b.
#[derive(Debug)]
pub struct Family {
    shape: Shape,
    /// Where fits start from; none of a constant.
    pub starts: Vec<Start>,
    /// Whether h has a slope to follow; a step has none, and is found on the grid alone.
    pub slopes: bool,
}

#[derive(Debug)]
enum Shape {
    Activation(Activation),
    Derivative(Activation),
    Integral(Table),
}

/// A point of the grid.
#[derive(Debug)]
pub struct Start {
    /// w, for each half-width.
    pub weight: f64,
    /// b.
    pub bias: f64,
    /// h where curves are fitted, brought to mean 0 and length 1.
    pub column: Vec<f64>,
}

/// Arguments of h, at most: what the table of an integral reaches to.
pub const REACH: f64 = 200.0;

/// Weights of the grid, from a unit that hardly bends to one whose bend is narrower than a tenth of a half-width, a
/// factor of the square root of 2 apart.
const SMALLEST: f64 = 0.1;
const WEIGHTS: i32 = 15;

/// Centres -b/w of the grid in half-widths, to both sides.
const CENTRE: f64 = 3.0;
const CENTRES: i32 = 12;

impl Family {
    /// Of an activation, for curves at these distances.
    pub fn new(activation: Activation, of: Of, distances: &[f64]) -> Self {
        let shape = match of {
            Of::Activation => Shape::Activation(activation),
            Of::Derivative => Shape::Derivative(activation),
            Of::Integral => Shape::Integral(Table::new(activation)),
        };
        let mut family = Self {
            shape,
            starts: Vec::new(),
            slopes: false,
        };
        // Apart from zero, where a step has its edge.
        family.slopes = (-999..=999)
            .step_by(2)
            .any(|i| family.slope(f64::from(i) * 0.01) != 0.0);
        let grid = match family.slopes {
            true => grid(),
            false => edges(distances),
        };
        let start = |(weight, bias): (f64, f64)| {
            let column = distances.iter().map(|t| family.value(weight * t + bias)).collect();
            normalised(column).map(|column| Start { weight, bias, column })
        };
        family.starts = grid.into_iter().filter_map(start).collect();
        family
    }

    /// h.
    pub fn value(&self, z: f64) -> f64 {
        match &self.shape {
            Shape::Activation(g) => g.value(z),
            Shape::Derivative(g) => g.derivative(z),
            Shape::Integral(table) => table.value(z),
        }
    }

    /// h', as near as Gauss-Newton needs it.
    pub fn slope(&self, z: f64) -> f64 {
        const STEP: f64 = 1e-5;
        match &self.shape {
            Shape::Activation(g) => g.derivative(z),
            Shape::Derivative(g) => (g.derivative(z + STEP) - g.derivative(z - STEP)) / (2.0 * STEP),
            Shape::Integral(table) => table.activation.value(z),
        }
    }
}

/// Whether the arguments of a unit stay within what families are made for.
pub fn reaches(weight: f64, bias: f64) -> bool {
    weight.abs() * PREDICTED + bias.abs() <= REACH
}

fn grid() -> Vec<(f64, f64)> {
    let weights = (0..WEIGHTS).map(|i| SMALLEST * 2f64.powf(0.5 * f64::from(i)));
    let both = weights.flat_map(|weight| [-weight, weight]);
    let centre = |i: i32| CENTRE * f64::from(i) / f64::from(CENTRES);
    both.flat_map(|weight| (-CENTRES..=CENTRES).map(move |i| (weight, -weight * centre(i))))
        .collect()
}

/// Where a step may have its edge: between each two points.
fn edges(distances: &[f64]) -> Vec<(f64, f64)> {
    let middles = distances.windows(2).map(|pair| 0.5 * (pair[0] + pair[1]));
    middles.flat_map(|edge| [(-1.0, edge), (1.0, -edge)]).collect()
}

/// Brought to mean 0 and length 1; nothing of what does not vary, or not in finite numbers.
fn normalised(mut column: Vec<f64>) -> Option<Vec<f64>> {
    let mean = column.iter().sum::<f64>() / column.len() as f64;
    let size = column.iter().fold(0.0f64, |size, value| size.max(value.abs()));
    column.iter_mut().for_each(|value| *value -= mean);
    let length = column.iter().map(|value| value * value).sum::<f64>().sqrt();
    let varies = length.is_finite() && length > 1e-9 * size;
    column.iter_mut().for_each(|value| *value /= length);
    varies.then_some(column)
}

/// The integral of an activation from 0 on: by Simpson's rule between the nodes, and between two of them by the cubic that
/// has their values and slopes (Hermite), which errs by h^4/384 of the third derivative of g, some 1e-8 of it.
#[derive(Debug)]
struct Table {
    activation: Activation,
    /// From -[`REACH`] on, [`NODES`] for each unit.
    integral: Vec<f64>,
}

const NODES: f64 = 32.0;

impl Table {
    fn new(activation: Activation) -> Self {
        let g = |z: f64| activation.value(z);
        let h = 1.0 / NODES;
        let mut integral = vec![0.0];
        let mut sum = 0.0;
        for i in 0..(2.0 * REACH * NODES) as usize {
            let z = -REACH + i as f64 * h;
            sum += h / 6.0 * (g(z) + 4.0 * g(z + 0.5 * h) + g(z + h));
            integral.push(sum);
        }
        // From 0 on, so that no large number stands beside what varies in the middle.
        let middle = integral[integral.len() / 2];
        integral.iter_mut().for_each(|value| *value -= middle);
        Self { activation, integral }
    }

    fn value(&self, z: f64) -> f64 {
        let place = (z + REACH) * NODES;
        let node = place.clamp(0.0, (self.integral.len() - 2) as f64) as usize;
        let (t, h) = (place - node as f64, 1.0 / NODES);
        let at = |node: usize| -REACH + node as f64 * h;
        let slopes = [node, node + 1].map(|node| h * self.activation.value(at(node)));
        let (low, high) = (self.integral[node], self.integral[node + 1]);
        let rest = slopes[0] * (1.0 - t) - slopes[1] * t + (high - low) * (2.0 * t - 1.0);
        low + t * (high - low) + t * (1.0 - t) * rest
    }
}

#[cfg(test)]
mod tests {
    use actlab_model::unit::{Relu, Sinu, Tanh};

    use super::*;
    use crate::measure::lean::inside;

    /// To 1e-8 of the derivatives and the rounding of sums up to 200.
    #[test]
    fn integrals_are_those_of_algebra() {
        type Integral = fn(f64) -> f64;
        let cases: [(Activation, Integral); 3] = [
            (Activation::new(&Tanh), |z| {
                z.abs() + (-2.0 * z.abs()).exp().ln_1p() - std::f64::consts::LN_2
            }),
            (Activation::new(&Sinu), |z| 1.0 - z.cos()),
            (Activation::new(&Relu), |z| 0.5 * z.max(0.0).powi(2)),
        ];
        for (activation, integral) in cases {
            let table = Table::new(activation);
            for i in -1990..1990 {
                let z = 0.1 * f64::from(i) + 0.0123;
                let error = (table.value(z) - integral(z)).abs();
                assert!(error < 1e-8 * (1.0 + integral(z)), "{activation} at {z}: {error}");
            }
        }
    }

    #[test]
    fn a_step_has_edges_and_a_constant_nothing() {
        let family = |activation: Activation, of: Of| Family::new(activation, of, &inside());
        let step = family(Activation::new(&Relu), Of::Derivative);
        assert!(!step.slopes && step.starts.len() == 2 * (inside().len() - 1));
        let constant = family(Activation::new(&actlab_model::unit::Identity), Of::Derivative);
        assert!(constant.starts.is_empty());
        let bump = family(Activation::new(&Tanh), Of::Derivative);
        assert!(bump.slopes && bump.starts.len() > 700);
    }

    /// Of every unit there is something to fit, in finite numbers, but of the derivative of the identity, a constant.
    #[test]
    fn every_unit_has_families() {
        let inside = inside();
        for activation in Activation::all() {
            for of in Of::ALL {
                let family = Family::new(activation, of, &inside);
                let is_constant = activation.name() == "identity" && of == Of::Derivative;
                assert_eq!(family.starts.is_empty(), is_constant, "{activation}, {of:?}");
                let finite = |z: i32| family.value(f64::from(z) * 0.37).is_finite();
                assert!((-540..=540).all(finite), "{activation}, {of:?}");
            }
        }
    }
}
