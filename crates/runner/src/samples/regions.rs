//! The parts of the line that a network is tested on, and the points in each where the target is an expression.

use actlab_model::network::random::{Random, Stream};

use super::{Points, draw};
use crate::experiment::domain::Domain;
use crate::experiment::range::{BANDS, Region};
use crate::experiment::sampling::Sampling;
use crate::experiment::target::Function;
use crate::experiment::trial::Resolved;

/// Name of the error inside of the range.
pub const INSIDE: &str = "test";
/// Name of the error inside of the range that settings are chosen by.
pub const VALIDATION: &str = "validation";
/// Name of the error in the gaps of the range.
pub const GAP: &str = "gap";
/// Name of the error in the far field, the first two bands together.
pub const FAR: &str = "far";

/// Name of the error in one band: `far_1_1.5` and so on.
pub fn band_name(band: usize) -> String {
    let (start, end) = BANDS[band];
    format!("{FAR}_{start}_{end}")
}

/// All names of errors.
pub fn names() -> Vec<String> {
    let bands = (0..BANDS.len()).map(band_name);
    let first = [VALIDATION, INSIDE, GAP, FAR].map(str::to_owned);
    first.into_iter().chain(bands).collect()
}

/// Points by region, in the order: inside, gap, the bands.
pub type Parts = Vec<(Region, Points)>;

/// All parts, in that order.
pub fn regions() -> impl Iterator<Item = Region> {
    [Region::Inside, Region::Gap]
        .into_iter()
        .chain((0..BANDS.len()).map(Region::Band))
}

/// The parts that have points under their names in results, the far field as a whole, and what settings are chosen by.
pub fn named(parts: Parts, validation: Points) -> Vec<(String, Points)> {
    let mut named: Vec<(String, Points)> = Vec::new();
    let mut far = Points::default();
    for (region, points) in parts {
        let name = match region {
            Region::Inside => INSIDE.to_owned(),
            Region::Gap => GAP.to_owned(),
            Region::Band(band) => {
                if band < 2 {
                    far.extend(&points);
                }
                band_name(band)
            }
            Region::Beyond => continue,
        };
        if !points.y.is_empty() {
            named.push((name, points));
        }
    }
    if !far.y.is_empty() {
        named.push((FAR.to_owned(), far));
    }
    if !validation.y.is_empty() {
        named.push((VALIDATION.to_owned(), validation));
    }
    named
}

/// Points that an expression is tested at, in each region.
pub const TEST_POINTS: usize = 512;

/// The points that an expression is tested at, where it has a value.
pub fn grid(function: &Function, settings: &Resolved) -> Parts {
    let domain = settings.domain();
    let part = |region| {
        let x = match region {
            Region::Inside => inside_points(settings, TEST_POINTS),
            Region::Gap if !domain.has_gap() => Vec::new(),
            Region::Gap => shell_points(&domain, 0.0, 1.0, region),
            Region::Band(band) => shell_points(&domain, BANDS[band].0, BANDS[band].1, region),
            Region::Beyond => Vec::new(),
        };
        let y = x.iter().map(|x| function.values(x)).collect();
        (region, defined(Points { x, y }))
    };
    regions().map(part).collect()
}

/// Those of the points at which every output of the target has a value: outside of the range sqrt(x) has none for negative x,
/// and is not tested there.
pub fn defined(points: Points) -> Points {
    let mut defined = Points::default();
    let has_values = |(_, y): &(Vec<f64>, Vec<f64>)| y.iter().all(|y| y.is_finite());
    let finite = points.x.into_iter().zip(points.y).filter(has_values);
    finite.for_each(|(x, y)| defined.push(x, y));
    defined
}

/// Points of what the samples cover, the same for every trial: of one input evenly spread, of several as the samples are,
/// and as normal samples are wherever those are.
pub fn inside_points(settings: &Resolved, n: usize) -> Vec<Vec<f64>> {
    let sampling = settings.sampling.between();
    if settings.range.0.len() == 1 && sampling == Sampling::Uniform {
        let at = |i: usize| settings.range.at(0, (i as f64 + 0.5) / n as f64);
        return (0..n).map(|i| vec![at(i)]).collect();
    }
    let domain = settings.domain();
    let mut drawn = draw::points(settings, sampling, n, &mut Random::new(0, Stream::Test));
    drawn.retain(|x| domain.region(x) == Region::Inside);
    drawn
}

/// Points at a distance from `start` to `end` half-widths that are in `region`.
fn shell_points(domain: &Domain, start: f64, end: f64, region: Region) -> Vec<Vec<f64>> {
    let inputs = domain.inputs();
    let place = |input: usize, t: f64| {
        let (centre, half_width) = domain.hull(input);
        centre + half_width * t
    };
    if inputs == 1 {
        let side = TEST_POINTS / 2;
        let steps = (0..side).map(|i| start + (end - start) * (i as f64 + 0.5) / side as f64);
        let both = steps.flat_map(|t| [vec![place(0, -t)], vec![place(0, t)]]);
        return both.filter(|x| domain.region(x) == region).collect();
    }
    let mut random = Random::new(0, Stream::Test);
    let mut point = || -> Vec<f64> {
        let mut along = vec![0.0; inputs];
        match domain.is_box() {
            true => along
                .iter_mut()
                .for_each(|along| *along = end * (2.0 * random.uniform() - 1.0)),
            false => {
                let radius = draw::radius_between(start, end, inputs, &mut random);
                draw::direction(&mut random, radius, &mut along);
            }
        }
        along
            .iter()
            .enumerate()
            .map(|(input, along)| place(input, *along))
            .collect()
    };
    // A shell of a cube of side 2 end holds more than a tenth of the cube's volume for the bands that there are.
    let draws = (0..TEST_POINTS * 100).map(|_| point());
    draws.filter(|x| domain.region(x) == region).take(TEST_POINTS).collect()
}
