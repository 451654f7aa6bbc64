//! Training samples that are drawn afresh for each step.

use actlab_model::network::random::{Random, Stream};
use actlab_model::network::source::Source;

use super::Scaling;
use super::draw::point;
use crate::experiment::range::Range;
use crate::experiment::sampling::Sampling;
use crate::experiment::target::{Function, MOST_INPUTS, MOST_OUTPUTS};
use crate::experiment::trial::Resolved;

/// Draws for one point before it is taken as it is: a target without a value on a tiny part of the range, which the
/// experiment's check did not meet, is asked for another point there.
const DRAWS: usize = 100;

/// Samples of an expression as a network sees them, drawn for each step from the trial's seed.
#[derive(Debug)]
pub struct Fresh {
    function: Function,
    range: Range,
    sampling: Sampling,
    /// Standard deviation of the noise on targets, in their units.
    noise: f64,
    /// Of the first draw.
    scaling: Scaling,
    seed: u64,
}

impl Fresh {
    /// Those of a trial, whose first samples gave this scaling.
    pub fn new(function: &Function, settings: &Resolved, scaling: &Scaling) -> Self {
        Self {
            function: function.clone(),
            range: settings.range.clone(),
            sampling: settings.sampling,
            noise: settings.noise,
            scaling: scaling.clone(),
            seed: settings.sample_seed.of(settings.seed.unwrap_or(0)),
        }
    }

    /// Draws a point, and writes the targets there.
    fn point(&self, random: &mut Random, x: &mut [f64], y: &mut [f64]) {
        for _ in 0..DRAWS {
            point(&self.range, self.sampling, random, x);
            self.function.write(x, y);
            if y.iter().all(|y| y.is_finite()) {
                return;
            }
        }
    }
}

impl Source for Fresh {
    fn draw(&self, step: usize, inputs: &mut [f32], targets: &mut [f32]) {
        let part = u32::try_from(step).expect("a stack has fewer steps than 2^32");
        let mut random = Random::part(self.seed, Stream::Fresh, part, 0);
        let mut x = [0.0; MOST_INPUTS];
        let mut y = [0.0; MOST_OUTPUTS];
        let (x, y) = (&mut x[..self.scaling.x_mean.len()], &mut y[..self.scaling.y_mean.len()]);
        let samples = inputs.chunks_exact_mut(x.len()).zip(targets.chunks_exact_mut(y.len()));
        for (inputs, targets) in samples {
            self.point(&mut random, x, y);
            if self.noise > 0.0 {
                y.iter_mut().for_each(|y| *y += self.noise * random.normal());
            }
            for (input, to) in inputs.iter_mut().enumerate() {
                *to = self.scaling.scale_input(input, x[input]) as f32;
            }
            for (output, to) in targets.iter_mut().enumerate() {
                *to = self.scaling.scale_output(output, y[output]) as f32;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::target::Target;
    use crate::experiment::test_settings;
    use crate::samples::samples;

    fn fresh(text: &str, noise: f64) -> Fresh {
        let mut settings = test_settings(text, vec![[-3.0, -1.0], [2.0, 3.0]]);
        settings.noise = noise;
        let function = Function::parse(text).expect("an expression");
        let first = samples(&Target::Function(function.clone()), &settings).expect("samples");
        Fresh::new(&function, &settings, &first.scaling)
    }

    fn drawn(fresh: &Fresh, step: usize) -> (Vec<f32>, Vec<f32>) {
        let (mut x, mut y) = (vec![0.0; 600], vec![0.0; 600]);
        fresh.draw(step, &mut x, &mut y);
        (x, y)
    }

    /// Of 600 points a third is in the part of the range that is a third of it, with a standard error of sqrt(600 2/9).
    #[test]
    fn every_step_has_samples_of_its_own_from_the_range() {
        let fresh = fresh("x^2", 0.0);
        let (x, y) = drawn(&fresh, 1);
        assert_eq!((x.clone(), y.clone()), drawn(&fresh, 1));
        assert_ne!(x, drawn(&fresh, 2).0);
        let mut right = 0;
        for (x, y) in x.iter().zip(y) {
            let x = f64::from(*x) * fresh.scaling.x_std[0] + fresh.scaling.x_mean[0];
            // Rounded to 24 bits on the way to the network, in its units, which are of the size of one.
            let near = |a: f64, b: f64| (a - b).abs() < 1e-5;
            let inside = |[low, high]: [f64; 2]| x > low - 1e-5 && x < high + 1e-5;
            assert!(inside([-3.0, -1.0]) || inside([2.0, 3.0]), "{x}");
            right += usize::from(x > 0.0);
            assert!(near(fresh.scaling.unscale_y(0, f64::from(y)), x * x), "{x}: {y}");
        }
        assert!(
            (right as f64 - 200.0).abs() < 5.0 * (600.0f64 * 2.0 / 9.0).sqrt(),
            "{right}"
        );
    }

    /// Variance of 600 normals: a standard error of sqrt(2/600) of it.
    #[test]
    fn targets_have_their_noise() {
        let noisy = fresh("0*x", 0.5);
        let (_, y) = drawn(&noisy, 3);
        let y = y.iter().map(|y| noisy.scaling.unscale_y(0, f64::from(*y)));
        let variance = y.map(|y| y * y).sum::<f64>() / 600.0;
        assert!(
            (variance / 0.25 - 1.0).abs() < 5.0 * (2.0f64 / 600.0).sqrt(),
            "{variance}"
        );
    }

    /// sqrt(x - 2.5) has no value on most of the range.
    #[test]
    fn points_without_a_value_are_drawn_again() {
        let function = Function::parse("sqrt(x - 2.5)").expect("an expression");
        let holes = Fresh {
            function,
            ..fresh("x^2", 0.0)
        };
        assert!(drawn(&holes, 1).1.iter().all(|y| y.is_finite()));
    }
}
