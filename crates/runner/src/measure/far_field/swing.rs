//! How a curve goes up and down that has no asymptote.

/// How often, and how far.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Swings {
    /// Maxima and minima in each half-width, up to 10 half-widths from the centre, over all rays.
    pub turns: f64,
    /// How far it swings from 10 to 100 half-widths, divided by how far up to 10; of all rays the largest.
    pub growth: f64,
}

impl Swings {
    /// Of all rays, each with its own.
    pub fn over(rays: &[Self]) -> Option<Self> {
        let turns = rays.iter().map(|ray| ray.turns).sum::<f64>() / rays.len() as f64;
        let growth = rays.iter().map(|ray| ray.growth).reduce(f64::max)?;
        Some(Self { turns, growth })
    }
}

/// Changes of direction of more than `threshold`, so that rounding does not count.
pub fn turns(values: &[f64], threshold: f64) -> usize {
    let (mut turns, mut direction, mut extreme) = (0, 0.0f64, values[0]);
    for value in values {
        let step = value - extreme;
        if step * direction > 0.0 {
            extreme = *value;
        } else if step.abs() > threshold {
            turns += usize::from(direction != 0.0);
            direction = step.signum();
            extreme = *value;
        }
    }
    turns
}

/// Half of the way from the smallest value to the largest.
pub fn amplitude(values: &[f64]) -> f64 {
    let ends = values
        .iter()
        .fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], value| {
            [low.min(*value), high.max(*value)]
        });
    0.5 * (ends[1] - ends[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// sin 3t has a turn every pi/3; amplitudes to the (3 h)^2/2 by which points h apart may miss an extreme.
    #[test]
    fn turns_and_amplitudes_are_those_of_a_sine() {
        let h = 0.01;
        let values: Vec<f64> = (0..3000).map(|i| 2.0 * (3.0 * h * f64::from(i)).sin()).collect();
        // The extremes are at pi/6 + k pi/3, 29 of them below 30.
        assert_eq!(turns(&values, 0.01), 29);
        assert!((amplitude(&values) - 2.0).abs() < 2.0 * (3.0 * h) * (3.0 * h));
        assert_eq!(turns(&[1.0; 9], 0.0), 0);
        let (once, twice) = (
            Swings {
                turns: 1.0,
                growth: 9.0,
            },
            Swings {
                turns: 2.0,
                growth: 1.0,
            },
        );
        assert_eq!(
            Swings::over(&[once, twice]),
            Some(Swings {
                turns: 1.5,
                growth: 9.0
            })
        );
        assert_eq!(Swings::over(&[]), None);
    }
}
