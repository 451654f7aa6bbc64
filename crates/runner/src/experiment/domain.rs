//! What the samples of a trial cover, and how far a point is from there.
//!
//! Of uniform samples and of grids it is the range itself. Normal samples have no edge: they cover [`REACH`] standard
//! deviations to each side. On a sphere and in a ball distances are Euclid's, so that no corner of a box where no sample is
//! counts as inside; what a sphere encloses is a gap.

use super::range::{Interval, Range, Region};
use super::sampling::{REACH, Sampling};
use super::settings::SampleSeed;
use super::trial::Resolved;

/// What the samples of a trial cover.
#[derive(Debug, Clone)]
pub struct Domain {
    covered: Range,
    shape: Shape,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Box,
    Ball,
    Sphere,
}

/// A point is on the sphere within this: rounding of its distance, and no more.
const ON: f64 = 1e-9;

impl Resolved {
    /// Where it is trained and judged, in words: networks of another place are not compared with it. The range, and what its
    /// samples cover where that is not the range; and which draw of the samples it is, where networks share one.
    pub fn place(&self) -> String {
        let mut place = self.range.to_string();
        if matches!(self.sampling, Sampling::Normal | Sampling::Sphere | Sampling::Ball) {
            place += &format!(", {}", self.sampling);
        }
        if let SampleSeed::Shared(draw) = self.sample_seed {
            place += &format!(", samples {draw}");
        }
        place
    }

    /// What its samples cover.
    pub fn domain(&self) -> Domain {
        let wide = |input: usize| {
            let (centre, half_width) = self.range.hull(input);
            vec![[centre - REACH * half_width, centre + REACH * half_width]]
        };
        Domain {
            covered: match self.sampling {
                Sampling::Normal => Range((0..self.range.0.len()).map(wide).collect()),
                _ => self.range.clone(),
            },
            shape: match self.sampling {
                Sampling::Sphere => Shape::Sphere,
                Sampling::Ball => Shape::Ball,
                _ => Shape::Box,
            },
        }
    }
}

impl Domain {
    /// How many inputs there are.
    pub fn inputs(&self) -> usize {
        self.covered.0.len()
    }

    /// Whether distances are those of a box, of which an input is far where it is farthest.
    pub fn is_box(&self) -> bool {
        self.shape == Shape::Box
    }

    /// The parts that are covered along one input.
    pub fn parts(&self, input: usize) -> &[Interval] {
        &self.covered.0[input]
    }

    /// Centre and half-width along one input, gaps included.
    pub fn hull(&self, input: usize) -> (f64, f64) {
        self.covered.hull(input)
    }

    /// How many half-widths a point is from the centre.
    pub fn distance(&self, x: &[f64]) -> f64 {
        if self.is_box() {
            return self.covered.distance(x);
        }
        let along = x.iter().enumerate().map(|(input, x)| {
            let (centre, half_width) = self.hull(input);
            (x - centre) / half_width
        });
        along.map(|along| along * along).sum::<f64>().sqrt()
    }

    /// The region that a point is in.
    pub fn region(&self, x: &[f64]) -> Region {
        if self.is_box() {
            return self.covered.region(x);
        }
        match self.distance(x) {
            near if near < 1.0 - ON && self.shape == Shape::Sphere => Region::Gap,
            near if near <= 1.0 + ON => Region::Inside,
            far => Region::outside(far),
        }
    }

    /// Whether there are gaps.
    pub fn has_gap(&self) -> bool {
        self.shape == Shape::Sphere || self.covered.has_gap()
    }

    /// A direction in half-widths, from the centre to where it leaves what is covered.
    pub fn to_the_edge(&self, direction: &[f64]) -> Vec<f64> {
        let length = match self.is_box() {
            true => direction
                .iter()
                .fold(f64::MIN_POSITIVE, |largest, c| c.abs().max(largest)),
            false => direction.iter().map(|c| c * c).sum::<f64>().sqrt(),
        };
        direction.iter().map(|c| c / length).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::test_settings;

    fn domain(sampling: Sampling) -> Domain {
        let mut settings = test_settings("x1*x2", vec![[0.0, 2.0]]);
        settings.range.0 = vec![vec![[0.0, 2.0]], vec![[-10.0, 10.0]]];
        settings.sampling = sampling;
        settings.domain()
    }

    /// The corner of the box is inside of it, and outside of the ball by a factor of sqrt 2.
    #[test]
    fn a_ball_has_no_corners() {
        let corner = [2.0, 10.0];
        assert_eq!(domain(Sampling::Uniform).region(&corner), Region::Inside);
        assert_eq!(domain(Sampling::Ball).region(&corner), Region::Band(0));
        assert!((domain(Sampling::Ball).distance(&corner) - 2f64.sqrt()).abs() < 1e-15);
        assert_eq!(domain(Sampling::Ball).region(&[1.5, 5.0]), Region::Inside);
        assert_eq!(domain(Sampling::Ball).region(&[1.0, 35.0]), Region::Band(2));
    }

    #[test]
    fn inside_of_a_sphere_is_a_gap() {
        let sphere = domain(Sampling::Sphere);
        assert!(sphere.has_gap() && !domain(Sampling::Ball).has_gap());
        assert_eq!(sphere.region(&[1.0, 0.0]), Region::Gap);
        assert_eq!(sphere.region(&[2.0, 0.0]), Region::Inside);
        assert_eq!(sphere.region(&[1.6, 8.0]), Region::Inside);
        assert_eq!(sphere.region(&[1.0, 11.0]), Region::Band(0));
        assert_eq!(sphere.to_the_edge(&[3.0, 4.0]), [0.6, 0.8]);
    }

    /// A grid is judged where uniform samples are, and normal samples are not.
    #[test]
    fn what_is_judged_elsewhere_is_of_another_place() {
        let mut settings = test_settings("x", vec![[-1.0, 1.0]]);
        for (sampling, sample_seed, place) in [
            (Sampling::Uniform, SampleSeed::Own, "[-1, 1]"),
            (Sampling::Grid, SampleSeed::Own, "[-1, 1]"),
            (Sampling::Normal, SampleSeed::Own, "[-1, 1], normal"),
            (Sampling::Ball, SampleSeed::Shared(3), "[-1, 1], ball, samples 3"),
        ] {
            (settings.sampling, settings.sample_seed) = (sampling, sample_seed);
            assert_eq!(settings.place(), place);
        }
    }

    /// Three standard deviations to each side: what is farther is outside.
    #[test]
    fn normal_samples_cover_three_standard_deviations() {
        let normal = domain(Sampling::Normal);
        assert_eq!(normal.hull(0), (1.0, 3.0));
        assert_eq!(normal.region(&[3.9, 0.0]), Region::Inside);
        assert_eq!(normal.region(&[1.0, 31.0]), Region::Band(0));
        assert_eq!(normal.to_the_edge(&[3.0, -4.0]), [0.75, -1.0]);
    }
}
