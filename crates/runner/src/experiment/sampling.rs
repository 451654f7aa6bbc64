//! How training samples are spread over the range.

use super::range::{Interval, Range};

/// How training samples are spread over the range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Sampling {
    /// Independent of each other, uniform in the range.
    Uniform,
    /// Evenly spaced, both ends included; of several inputs a full grid.
    Grid,
    /// Different points, chosen at random, of a grid of this step: of each part of a range its share.
    Lattice(f64),
    /// Normal: the mean is the centre of the range, the standard deviation its half-width.
    Normal,
    /// Uniform on the sphere about the centre whose radius is the half-width.
    Sphere,
    /// Uniform in the ball inside of that.
    Ball,
}

/// How many standard deviations from the mean normal samples are said to cover: 99.7 % of them are nearer.
pub const REACH: f64 = 3.0;

impl Sampling {
    /// Those that are all said by their name.
    pub const PLAIN: [Self; 5] = [Self::Uniform, Self::Grid, Self::Normal, Self::Sphere, Self::Ball];

    /// The name of [`Lattice`](Self::Lattice), which has a step too.
    pub const LATTICE: &'static str = "lattice";

    /// As experiments name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Uniform => "uniform",
            Self::Grid => "grid",
            Self::Lattice(_) => Self::LATTICE,
            Self::Normal => "normal",
            Self::Sphere => "sphere",
            Self::Ball => "ball",
        }
    }

    /// One of [`PLAIN`](Self::PLAIN).
    pub fn named(name: &str) -> Option<Self> {
        Self::PLAIN.into_iter().find(|sampling| sampling.name() == name)
    }

    /// How points are drawn that no sample is among: on a grid, anywhere in the range.
    pub fn between(self) -> Self {
        match self {
            Self::Grid | Self::Lattice(_) => Self::Uniform,
            other => other,
        }
    }

    /// Why so many samples of this range cannot be drawn so, and what to type instead.
    pub fn misfit(self, range: &Range, samples: usize) -> Option<String> {
        let inputs = range.0.len();
        let name = self.name();
        match self {
            Self::Uniform => None,
            Self::Grid => not_full(inputs, samples),
            Self::Lattice(_) if inputs > 1 => Some(format!(
                "a {name} has one input, not {inputs}; use \"uniform\" or \"grid\""
            )),
            Self::Lattice(step) => too_few(&range.0[0], step, samples),
            Self::Sphere | Self::Ball if inputs == 1 => Some(format!(
                "a {name} has two inputs or more, and this target has one; use \"uniform\""
            )),
            Self::Normal | Self::Sphere | Self::Ball if range.has_gap() => Some(format!(
                "\"{name}\" knows no gaps, and the range {range} has one; use \"uniform\", or a range [low, high]"
            )),
            Self::Normal | Self::Sphere | Self::Ball => None,
        }
    }
}

impl std::fmt::Display for Sampling {
    /// `normal`, `lattice(step=0.01)`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Lattice(step) => f.pad(&format!("{}(step={step})", self.name())),
            _ => f.pad(self.name()),
        }
    }
}

/// The points along each input of a full grid of so many; none where there is no such grid.
pub fn side(inputs: usize, samples: usize) -> Option<usize> {
    let side = (samples as f64).powf(1.0 / inputs as f64).round() as usize;
    (power(side, inputs) == Some(samples)).then_some(side)
}

fn power(side: usize, inputs: usize) -> Option<usize> {
    side.checked_pow(u32::try_from(inputs).ok()?)
}

fn not_full(inputs: usize, samples: usize) -> Option<String> {
    if side(inputs, samples).is_some() {
        return None;
    }
    let below = (samples as f64).powf(1.0 / inputs as f64).floor() as usize;
    let near: Vec<String> = [below, below + 1]
        .into_iter()
        .filter(|side| *side > 1)
        .filter_map(|side| Some(power(side, inputs)?.to_string()))
        .collect();
    Some(format!(
        "a full grid of {inputs} inputs does not have {samples} points; write data.samples = {}",
        match near.is_empty() {
            true => "a power that is smaller, or use \"uniform\"".to_owned(),
            false => near.join(" or "),
        }
    ))
}

/// How many of the samples each part of a range has: its share, rounded so that all add up.
pub fn shares(parts: &[Interval], samples: usize) -> Vec<usize> {
    let total: f64 = parts.iter().map(|[low, high]| high - low).sum();
    let (mut length, mut given) = (0.0, 0);
    let share = |[low, high]: &Interval| {
        length += high - low;
        let until = (samples as f64 * length / total).round() as usize;
        let share = until - given;
        given = until;
        share
    };
    parts.iter().map(share).collect()
}

/// How many points of a lattice that begins at its low end a part of a range has. A step that divides it in theory does
/// so but for rounding.
pub fn points([low, high]: Interval, step: f64) -> usize {
    (((high - low) / step * (1.0 + 1e-12)).floor() as usize).saturating_add(1)
}

/// The most points of a lattice: all are in memory while some of them are chosen.
const MOST_POINTS: usize = 10_000_000;

fn too_few(parts: &[Interval], step: f64, samples: usize) -> Option<String> {
    if parts.iter().any(|part| points(*part, step) > MOST_POINTS) {
        return Some(format!(
            "a lattice of step {step} has more than {MOST_POINTS} points in this range; use a larger step, or \"uniform\""
        ));
    }
    let wanted = shares(parts, samples);
    let few = parts
        .iter()
        .zip(wanted)
        .find(|(part, wanted)| points(**part, step) < *wanted);
    few.map(|([low, high], wanted)| {
        format!(
            "a lattice of step {step} has {} points in [{low}, {high}], of which {wanted} different ones cannot be drawn; \
             use fewer data.samples or a smaller step",
            points([*low, *high], step)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_grid_has_a_side() {
        for (inputs, samples, found) in [
            (1, 7, Some(7)),
            (2, 256, Some(16)),
            (2, 250, None),
            (3, 216, Some(6)),
            (9, 512, Some(2)),
        ] {
            assert_eq!(side(inputs, samples), found, "{inputs} {samples}");
        }
        let range = Range(vec![vec![[0.0, 1.0]]; 2]);
        let error = Sampling::Grid.misfit(&range, 250).expect("a misfit");
        assert!(error.contains("225 or 256"), "{error}");
    }

    #[test]
    fn parts_have_their_shares() {
        assert_eq!(shares(&[[-5.0, -1.0], [1.0, 5.0]], 100), [50, 50]);
        assert_eq!(shares(&[[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]], 10), [3, 4, 3]);
        assert_eq!(points([-5.0, -1.0], 0.01), 401);
        assert_eq!(points([0.0, 1.0], 0.3), 4);
    }

    #[test]
    fn what_cannot_be_drawn_is_refused_with_advice() {
        let one = Range(vec![vec![[-1.0, 1.0]]]);
        let gap = Range(vec![vec![[-2.0, -1.0], [1.0, 2.0]]; 2]);
        let two = Range(vec![vec![[-1.0, 1.0]]; 2]);
        for (sampling, range, part) in [
            (Sampling::Sphere, &one, "two inputs or more"),
            (Sampling::Ball, &one, "two inputs or more"),
            (Sampling::Sphere, &gap, "knows no gaps"),
            (Sampling::Normal, &gap, "knows no gaps"),
            (Sampling::Lattice(0.1), &two, "has one input"),
            (Sampling::Lattice(0.5), &one, "has 5 points"),
            (Sampling::Lattice(1e-300), &one, "larger step"),
        ] {
            let error = sampling.misfit(range, 64).expect("a misfit");
            assert!(error.contains(part), "{sampling}: {error}");
        }
        for sampling in [
            Sampling::Uniform,
            Sampling::Grid,
            Sampling::Normal,
            Sampling::Sphere,
            Sampling::Ball,
        ] {
            assert_eq!(sampling.misfit(&two, 64), None, "{sampling}");
        }
    }
}
