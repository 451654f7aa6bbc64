//! The parts of the line that a network is tested on, and the points in each where the target is an expression.

use actlab_model::network::random::{Random, Stream};

use super::Points;
use crate::experiment::range::{BANDS, Range, Region};
use crate::experiment::target::Function;

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
pub fn grid(function: &Function, range: &Range) -> Parts {
    let part = |region| {
        let x = match region {
            Region::Inside => inside_points(range, TEST_POINTS),
            Region::Gap if !range.has_gap() => Vec::new(),
            Region::Gap => shell_points(range, 0.0, 1.0, region),
            Region::Band(band) => shell_points(range, BANDS[band].0, BANDS[band].1, region),
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

/// One input: evenly spread. Several: uniform, the same for every trial.
pub fn inside_points(range: &Range, n: usize) -> Vec<Vec<f64>> {
    let inputs = range.0.len();
    if inputs == 1 {
        return (0..n).map(|i| vec![range.at(0, (i as f64 + 0.5) / n as f64)]).collect();
    }
    let mut random = Random::new(0, Stream::Test);
    (0..n)
        .map(|_| (0..inputs).map(|i| range.at(i, random.uniform())).collect())
        .collect()
}

/// Points at a distance from `start` to `end` half-widths that are in `region`.
fn shell_points(range: &Range, start: f64, end: f64, region: Region) -> Vec<Vec<f64>> {
    let inputs = range.0.len();
    let place = |input: usize, t: f64| {
        let (centre, half_width) = range.hull(input);
        centre + half_width * t
    };
    if inputs == 1 {
        let side = TEST_POINTS / 2;
        let steps = (0..side).map(|i| start + (end - start) * (i as f64 + 0.5) / side as f64);
        let both = steps.flat_map(|t| [vec![place(0, -t)], vec![place(0, t)]]);
        return both.filter(|x| range.region(x) == region).collect();
    }
    let mut random = Random::new(0, Stream::Test);
    // A shell of a cube of side 2 end holds more than a tenth of the cube's volume for the bands that there are.
    let draws = (0..TEST_POINTS * 100).map(|_| {
        (0..inputs)
            .map(|input| place(input, end * (2.0 * random.uniform() - 1.0)))
            .collect::<Vec<f64>>()
    });
    draws.filter(|x| range.region(x) == region).take(TEST_POINTS).collect()
}
