//! c + A h(w t + b), fitted by variable projection (Golub & Pereyra, 1973, SIAM Journal on Numerical Analysis 10): c and A
//! follow from w and b by linear least squares, and w and b by Gauss-Newton steps with Kaufman's Jacobian (1975, BIT 15),
//! damped as Levenberg and Marquardt do, from the best points of a grid.

use super::family::{Family, Start, reaches};

/// A network's curve where families are fitted.
#[derive(Debug)]
pub struct Curve {
    distances: Vec<f64>,
    mean: f64,
    /// What is left of the values without their mean.
    rest: Vec<f64>,
    /// The sum of their squares.
    variation: f64,
}

/// A family fitted to a curve.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted {
    /// The share of the curve's variance that it explains; 1 where there is none.
    pub r2: f64,
    /// What it predicts.
    pub predicted: Vec<f64>,
}

impl Curve {
    /// None where a value is not finite.
    pub fn new(distances: Vec<f64>, values: &[f64]) -> Option<Self> {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let rest: Vec<f64> = values.iter().map(|value| value - mean).collect();
        let variation = dot(&rest, &rest);
        variation.is_finite().then_some(Self {
            distances,
            mean,
            rest,
            variation,
        })
    }

    /// The constant that fits best.
    pub fn constant(&self, ahead: &[f64]) -> Fitted {
        Fitted {
            r2: self.r2(self.variation),
            predicted: vec![self.mean; ahead.len()],
        }
    }

    fn r2(&self, left: f64) -> f64 {
        if self.variation > 0.0 {
            1.0 - left / self.variation
        } else {
            1.0
        }
    }
}

/// The straight line that fits best; distances are even about 0.
pub fn fit_line(curve: &Curve, ahead: &[f64]) -> Fitted {
    let slope = dot(&curve.distances, &curve.rest) / dot(&curve.distances, &curve.distances);
    let left = curve
        .rest
        .iter()
        .zip(&curve.distances)
        .map(|(y, t)| (y - slope * t).powi(2));
    Fitted {
        r2: curve.r2(left.sum()),
        predicted: ahead.iter().map(|t| curve.mean + slope * t).collect(),
    }
}

/// The member of a family that fits best, and what it predicts at the distances `ahead`.
pub fn fit(family: &Family, curve: &Curve, ahead: &[f64]) -> Fitted {
    let candidates = promising(family, curve).into_iter().filter_map(|start| {
        let first = Unit::new(family, curve, start.weight, start.bias)?;
        Some(match family.slopes {
            true => first.improved(family, curve),
            false => first,
        })
    });
    let best = candidates.min_by(|a, b| a.left.total_cmp(&b.left));
    let Some(unit) = best else {
        return curve.constant(ahead);
    };
    let Unit {
        weight,
        bias,
        factor,
        centre,
        left,
        ..
    } = unit;
    let predict = |t: &f64| curve.mean + factor * (family.value(weight * t + bias) - centre);
    Fitted {
        r2: curve.r2(left),
        predicted: ahead.iter().map(predict).collect(),
    }
}

/// The points of the grid that explain most of the curve: the best of each sign of the weight, of those that bend within
/// a half-width and of those that do not.
fn promising<'f>(family: &'f Family, curve: &Curve) -> Vec<&'f Start> {
    let mut best: [Option<(f64, &Start)>; 4] = [None; 4];
    for start in &family.starts {
        let explained = dot(&start.column, &curve.rest).powi(2);
        let kind = 2 * usize::from(start.weight > 0.0) + usize::from(start.weight.abs() > 1.0);
        if best[kind].is_none_or(|(most, _)| explained > most) {
            best[kind] = Some((explained, start));
        }
    }
    best.into_iter().flatten().map(|(_, start)| start).collect()
}

/// A single unit with the A and c that fit best.
#[derive(Debug, Clone)]
struct Unit {
    weight: f64,
    bias: f64,
    /// A.
    factor: f64,
    /// The mean of h, with which c follows from the mean of the curve.
    centre: f64,
    /// h without its mean.
    column: Vec<f64>,
    /// The sum of squares that it leaves.
    left: f64,
}

/// Steps of Gauss-Newton, at most; damping from which on no step helps; the change below which no other step does.
const STEPS: usize = 60;
const STUCK: f64 = 1e10;
const SETTLED: f64 = 1e-12;

impl Unit {
    /// None beyond the reach of the family, or where h does not vary.
    fn new(family: &Family, curve: &Curve, weight: f64, bias: f64) -> Option<Self> {
        if !reaches(weight, bias) {
            return None;
        }
        let mut column: Vec<f64> = curve
            .distances
            .iter()
            .map(|t| family.value(weight * t + bias))
            .collect();
        let centre = column.iter().sum::<f64>() / column.len() as f64;
        column.iter_mut().for_each(|value| *value -= centre);
        let length = dot(&column, &column);
        let factor = dot(&column, &curve.rest) / length;
        let left = curve
            .rest
            .iter()
            .zip(&column)
            .map(|(y, h)| (y - factor * h).powi(2))
            .sum();
        let fits = length > 0.0 && factor.is_finite() && f64::is_finite(left);
        fits.then_some(Self {
            weight,
            bias,
            factor,
            centre,
            column,
            left,
        })
    }

    /// After as many steps as help.
    fn improved(mut self, family: &Family, curve: &Curve) -> Self {
        let mut damping = 1e-3;
        for _ in 0..STEPS {
            let Some((normal, gradient)) = self.normal_equations(family, curve) else {
                break;
            };
            let before = self.left;
            loop {
                let next = step(normal, gradient, damping)
                    .and_then(|[w, b]| Self::new(family, curve, self.weight + w, self.bias + b))
                    .filter(|next| next.left < self.left);
                if let Some(next) = next {
                    self = next;
                    damping = f64::max(damping / 10.0, 1e-12);
                    break;
                }
                damping *= 4.0;
                if damping > STUCK {
                    return self;
                }
            }
            if before - self.left <= SETTLED * curve.variation {
                break;
            }
        }
        self
    }

    /// J'J and J'r for the steps of w and b, where r is what is left of the curve, and J what they add to the unit's
    /// curve that its own c and A cannot make up for. None where nothing does.
    fn normal_equations(&self, family: &Family, curve: &Curve) -> Option<([f64; 3], [f64; 2])> {
        let length = dot(&self.column, &self.column);
        let slopes = curve
            .distances
            .iter()
            .map(|t| family.slope(self.weight * t + self.bias));
        let by_bias: Vec<f64> = slopes.map(|slope| self.factor * slope).collect();
        let by_weight = by_bias
            .iter()
            .zip(&curve.distances)
            .map(|(slope, t)| slope * t)
            .collect();
        let [by_weight, by_bias] = [by_weight, by_bias].map(|mut column: Vec<f64>| {
            let mean = column.iter().sum::<f64>() / column.len() as f64;
            let along = dot(&column, &self.column) / length;
            let change = |(value, h): (&mut f64, &f64)| *value -= mean + along * h;
            column.iter_mut().zip(&self.column).for_each(change);
            column
        });
        let rest: Vec<f64> = curve
            .rest
            .iter()
            .zip(&self.column)
            .map(|(y, h)| y - self.factor * h)
            .collect();
        let normal = [
            dot(&by_weight, &by_weight),
            dot(&by_weight, &by_bias),
            dot(&by_bias, &by_bias),
        ];
        let moves = normal[0] > 0.0 && normal[2] > 0.0 && normal.iter().all(|value| value.is_finite());
        moves.then(|| (normal, [dot(&by_weight, &rest), dot(&by_bias, &rest)]))
    }
}

/// The damped step of w and b.
fn step([a, b, c]: [f64; 3], [u, v]: [f64; 2], damping: f64) -> Option<[f64; 2]> {
    let (a, c) = (a * (1.0 + damping), c * (1.0 + damping));
    let determinant = a * c - b * b;
    (determinant > 0.0).then(|| [(c * u - b * v) / determinant, (a * v - b * u) / determinant])
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
