//! Points that are drawn for expressions: what a trial trains on, and what its settings are chosen by.

use actlab_model::network::random::Random;

use crate::experiment::range::Range;
use crate::experiment::sampling::{self, Sampling, shares};
use crate::experiment::trial::Resolved;

/// So many points, spread like this over the range of a trial; `random` is drawn from in an order that does not depend on
/// what else is.
pub fn points(settings: &Resolved, sampling: Sampling, count: usize, random: &mut Random) -> Vec<Vec<f64>> {
    match sampling {
        Sampling::Grid => grid(settings, count),
        Sampling::Lattice(step) => lattice(settings, step, count, random),
        each => (0..count)
            .map(|_| {
                let mut x = vec![0.0; settings.range.0.len()];
                point(&settings.range, each, random, &mut x);
                x
            })
            .collect(),
    }
}

/// A point that does not depend on others, a number for each input; nothing is allocated. Of a grid, as between its points.
pub fn point(range: &Range, sampling: Sampling, random: &mut Random, x: &mut [f64]) {
    match sampling.between() {
        Sampling::Normal => x.iter_mut().for_each(|x| *x = random.normal()),
        Sampling::Sphere => direction(random, 1.0, x),
        Sampling::Ball => {
            let radius = radius_between(0.0, 1.0, x.len(), random);
            direction(random, radius, x);
        }
        Sampling::Uniform | Sampling::Grid | Sampling::Lattice(_) => {
            let along = x.iter_mut().enumerate();
            return along.for_each(|(input, x)| *x = range.at(input, random.uniform()));
        }
    }
    for (input, x) in x.iter_mut().enumerate() {
        let (centre, half_width) = range.hull(input);
        *x = centre + half_width * *x;
    }
}

/// A direction of this length, all equally likely: that of independent normals.
pub fn direction(random: &mut Random, length: f64, x: &mut [f64]) {
    x.iter_mut().for_each(|x| *x = random.normal());
    let norm = x.iter().map(|x| x * x).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
    x.iter_mut().for_each(|x| *x *= length / norm);
}

/// The distance from the centre of a point that is uniform between two of them.
pub fn radius_between(start: f64, end: f64, inputs: usize, random: &mut Random) -> f64 {
    let dimension = inputs as f64;
    // The volume grows with this power: of the largest radius, so that nothing overflows.
    let inner = (start / end).powf(dimension);
    end * (inner + random.uniform() * (1.0 - inner)).powf(dimension.recip())
}

/// Evenly spaced over the parts of the range, laid end to end; of several inputs every combination, the last one fastest.
/// One point alone is in the middle.
fn grid(settings: &Resolved, count: usize) -> Vec<Vec<f64>> {
    let inputs = settings.range.0.len();
    let side = sampling::side(inputs, count).unwrap_or(1);
    let along = |i: usize| match side {
        1 => 0.5,
        _ => i as f64 / (side - 1) as f64,
    };
    let point = |index: usize| {
        let digit = |input: usize| index / side.pow((inputs - 1 - input) as u32) % side;
        (0..inputs)
            .map(|input| settings.range.at(input, along(digit(input))))
            .collect()
    };
    (0..count).map(point).collect()
}

/// Different points of a lattice that begins at the low end of each part of the range.
fn lattice(settings: &Resolved, step: f64, count: usize, random: &mut Random) -> Vec<Vec<f64>> {
    let parts = &settings.range.0[0];
    let of_part = |(part, wanted): (&[f64; 2], usize)| {
        let mut places: Vec<usize> = (0..sampling::points(*part, step)).collect();
        random.shuffle(&mut places);
        let chosen = places.into_iter().take(wanted);
        chosen
            .map(|place| vec![part[0] + step * place as f64])
            .collect::<Vec<_>>()
    };
    parts.iter().zip(shares(parts, count)).flat_map(of_part).collect()
}
