//! The numbers that a trial trains on and is tested on.

use actlab_model::network::random::{Random, Stream};
use serde::{Deserialize, Serialize};

use crate::error::InputError;
use crate::experiment::grid::Resolved;
use crate::experiment::range::{BANDS, Range, Region};
use crate::experiment::target::{Data, Function, Target};

/// Points of the inputs' space with the target's values.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Points {
    /// One row for each point, a number for each input.
    pub x: Vec<Vec<f64>>,
    /// The target at each point.
    pub y: Vec<f64>,
}

impl Points {
    fn push(&mut self, x: Vec<f64>, y: f64) {
        self.x.push(x);
        self.y.push(y);
    }

    fn extend(&mut self, other: &Self) {
        self.x.extend(other.x.iter().cloned());
        self.y.extend(&other.y);
    }
}

/// How a network's numbers relate to the target's: the network sees `(x - x_mean) / x_std` and answers with
/// `(y - y_mean) / y_std`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scaling {
    /// For each input.
    pub x_mean: Vec<f64>,
    /// For each input.
    pub x_std: Vec<f64>,
    /// Of the target.
    pub y_mean: f64,
    /// Of the target.
    pub y_std: f64,
}

impl Scaling {
    /// Mean 0 and standard deviation 1 on the training samples, or no change.
    fn of(points: &Points, inputs: usize, standardize: bool) -> Self {
        if !standardize {
            return Self {
                x_mean: vec![0.0; inputs],
                x_std: vec![1.0; inputs],
                y_mean: 0.0,
                y_std: 1.0,
            };
        }
        let columns = (0..inputs).map(|input| moments(points.x.iter().map(|x| x[input])));
        let (x_mean, x_std) = columns.unzip();
        let (y_mean, y_std) = moments(points.y.iter().copied());
        Self {
            x_mean,
            x_std,
            y_mean,
            y_std,
        }
    }

    /// The inputs as the network sees them.
    pub fn scale_x(&self, x: &[f64]) -> Vec<f64> {
        x.iter()
            .zip(&self.x_mean)
            .zip(&self.x_std)
            .map(|((x, mean), std)| (x - mean) / std)
            .collect()
    }

    /// The target's value for an answer of the network.
    pub fn unscale_y(&self, y: f64) -> f64 {
        y * self.y_std + self.y_mean
    }
}

/// Mean and standard deviation; a deviation of 0 counts as 1, so that it can be divided by.
fn moments(values: impl ExactSizeIterator<Item = f64> + Clone) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.clone().sum::<f64>() / n;
    let variance = values.map(|x| (x - mean) * (x - mean)).sum::<f64>() / n;
    let std = variance.sqrt();
    (mean, if std > 0.0 { std } else { 1.0 })
}

/// All points of a trial.
#[derive(Debug, Clone, PartialEq)]
pub struct Samples {
    /// What it trains on, with noise.
    pub train: Points,
    /// What it is tested on: each part of the line with its name in results.
    pub regions: Vec<(String, Points)>,
    /// From the target's units to the network's.
    pub scaling: Scaling,
}

/// Name of the error inside of the range.
pub const INSIDE: &str = "test";
/// Name of the error in the gaps of the range.
pub const GAP: &str = "gap";
/// Name of the error in the far field, the first two bands together.
pub const FAR: &str = "far";

/// Name of the error in one band: `far_1_1.5` and so on.
pub fn band_name(band: usize) -> String {
    let (start, end) = BANDS[band];
    format!("{FAR}_{start}_{end}")
}

/// The points of a trial. Those of an expression are drawn from the trial's seed and tested on a grid that is
/// the same for every trial; those of data are chosen among its rows.
pub fn samples(target: &Target, settings: &Resolved) -> Result<Samples, InputError> {
    let seed = settings.seed.unwrap_or(0);
    let (mut train, parts) = match target {
        Target::Function(function) => (drawn(function, settings, seed), grid(function, &settings.range)),
        Target::Data(data) => chosen(data, settings, seed)?,
    };
    if let Some(at) = train.y.iter().position(|y| !y.is_finite()) {
        return Err(not_finite(&settings.target, &train.x[at], train.y[at]));
    }
    let mut noise = Random::new(seed, Stream::Noise);
    train.y.iter_mut().for_each(|y| *y += settings.noise * noise.normal());
    let scaling = Scaling::of(&train, settings.inputs.len(), settings.standardize);
    Ok(Samples {
        train,
        regions: named(parts),
        scaling,
    })
}

/// How many samples a trial trains on.
pub fn sample_count(target: &Target, settings: &Resolved) -> usize {
    match target {
        Target::Function(_) => settings.samples,
        Target::Data(data) => {
            let inside = data
                .table
                .rows
                .iter()
                .filter(|row| is_inside(&settings.range, row))
                .count();
            training_rows(inside, settings)
        }
    }
}

/// Whether a target has a finite value everywhere on a range that it is looked at.
pub fn check(target: &Target, settings: &Resolved) -> Result<(), InputError> {
    match target {
        Target::Function(function) => {
            let points = inside_points(&settings.range, 2048);
            let bad = points.into_iter().find(|x| !function.value(x).is_finite());
            bad.map_or(Ok(()), |x| Err(not_finite(&settings.target, &x, function.value(&x))))
        }
        Target::Data(data) => {
            let columns: Vec<_> = data
                .x
                .iter()
                .enumerate()
                .map(|(i, name)| {
                    let (low, high) = data.table.extent(i);
                    format!("\"{name}\" goes from {low} to {high}")
                })
                .collect();
            if sample_count(target, settings) >= 2 {
                return Ok(());
            }
            Err(InputError::new(format!(
                "fewer than 2 rows of the data are left to train on in the range {}; column {}",
                settings.range,
                columns.join(", ")
            )))
        }
    }
}

fn not_finite(target: &str, x: &[f64], y: f64) -> InputError {
    let x: Vec<String> = x.iter().map(f64::to_string).collect();
    InputError::new(format!(
        "the target \"{target}\" is {y} at x = {}, which is in the range to train on; choose a range on which it is finite",
        x.join(", ")
    ))
}

/// Points by region, in the order: inside, gap, the bands.
type Parts = Vec<(Region, Points)>;

fn regions() -> impl Iterator<Item = Region> {
    [Region::Inside, Region::Gap]
        .into_iter()
        .chain((0..BANDS.len()).map(Region::Band))
}

fn named(parts: Parts) -> Vec<(String, Points)> {
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
    named
}

fn drawn(function: &Function, settings: &Resolved, seed: u64) -> Points {
    let mut random = Random::new(seed, Stream::Samples);
    let mut points = Points::default();
    for _ in 0..settings.samples {
        let x: Vec<f64> = (0..settings.inputs.len())
            .map(|i| settings.range.at(i, random.uniform()))
            .collect();
        let y = function.value(&x);
        points.push(x, y);
    }
    points
}

/// Points that an expression is tested at, in each region.
const TEST_POINTS: usize = 512;

fn grid(function: &Function, range: &Range) -> Parts {
    let part = |region| {
        let x = match region {
            Region::Inside => inside_points(range, TEST_POINTS),
            Region::Gap if !range.has_gap() => Vec::new(),
            Region::Gap => shell_points(range, 0.0, 1.0, region),
            Region::Band(band) => shell_points(range, BANDS[band].0, BANDS[band].1, region),
            Region::Beyond => Vec::new(),
        };
        let mut points = Points::default();
        // Outside of the range a target may have no value, as sqrt(x) for negative x: it is not tested there.
        for x in x {
            let y = function.value(&x);
            if y.is_finite() {
                points.push(x, y);
            }
        }
        (region, points)
    };
    regions().map(part).collect()
}

/// One input: evenly spread. Several: uniform, the same for every trial.
fn inside_points(range: &Range, n: usize) -> Vec<Vec<f64>> {
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

fn is_inside(range: &Range, row: &[f64]) -> bool {
    range.region(&row[..range.0.len()]) == Region::Inside
}

/// Of the rows in the range a share is held out; of the others as many train as samples were asked for.
fn training_rows(inside: usize, settings: &Resolved) -> usize {
    kept_rows(inside, settings).min(settings.samples)
}

fn kept_rows(inside: usize, settings: &Resolved) -> usize {
    (inside as f64 * (1.0 - settings.holdout.unwrap_or(0.0))).floor() as usize
}

/// What the user may not expect of the rows of data: that not all of them are used.
pub fn notes(target: &Target, settings: &Resolved) -> Vec<String> {
    let Target::Data(data) = target else {
        return Vec::new();
    };
    let (range, samples, name) = (&settings.range, settings.samples, &data.y);
    let rows = |wanted: fn(Region) -> bool| {
        let of = |row: &&Vec<f64>| wanted(range.region(&row[..data.x.len()]));
        data.table.rows.iter().filter(of).count()
    };
    let kept = kept_rows(rows(|region| region == Region::Inside), settings);
    let beyond = rows(|region| region == Region::Beyond);
    let (_, farthest) = BANDS[BANDS.len() - 1];
    let mut notes = Vec::new();
    if kept > samples {
        notes.push(format!(
            "of {kept} rows of \"{name}\" to train on in the range {range}, {samples} are drawn for each seed: data.samples = \
             {samples}"
        ));
    }
    if beyond > 0 {
        notes.push(format!(
            "{beyond} rows of \"{name}\" are farther than {farthest} half-widths from the centre of the range {range}, and \
             are not used"
        ));
    }
    notes
}

fn chosen(data: &Data, settings: &Resolved, seed: u64) -> Result<(Points, Parts), InputError> {
    let inputs = data.x.len();
    let mut inside: Vec<&Vec<f64>> = data
        .table
        .rows
        .iter()
        .filter(|row| is_inside(&settings.range, row))
        .collect();
    let train = training_rows(inside.len(), settings);
    if train < 2 {
        check(&Target::Data(data.clone()), settings)?;
    }
    let held_out = (inside.len() as f64 * settings.holdout.unwrap_or(0.0)).ceil() as usize;
    let held_out = held_out.min(inside.len() - train);
    let mut random = Random::new(seed, Stream::Samples);
    let test = match settings.holdout_blocks {
        0 => {
            random.shuffle(&mut inside);
            inside.split_off(inside.len() - held_out)
        }
        blocks => {
            inside.sort_by(|a, b| a[0].total_cmp(&b[0]));
            let test = take_blocks(&mut inside, held_out, blocks, &mut random);
            random.shuffle(&mut inside);
            test
        }
    };
    let collect = |rows: &[&Vec<f64>]| {
        let mut points = Points::default();
        rows.iter()
            .for_each(|row| points.push(row[..inputs].to_vec(), row[inputs]));
        points
    };
    let outside = |region| {
        let rows: Vec<_> = data
            .table
            .rows
            .iter()
            .filter(|row| settings.range.region(&row[..inputs]) == region)
            .collect();
        (region, collect(&rows))
    };
    let mut parts = vec![(Region::Inside, collect(&test))];
    parts.extend(regions().skip(1).map(outside));
    Ok((collect(&inside[..train]), parts))
}

/// Takes `count` rows out of `rows`, in so many `blocks` of neighbours: one at a random place of each part of them.
fn take_blocks<T>(rows: &mut Vec<T>, count: usize, blocks: usize, random: &mut Random) -> Vec<T> {
    let all = rows.len();
    let mut taken = Vec::new();
    // The last first, so that the places before stay what they are.
    for block in (0..blocks).rev() {
        let part = all * block / blocks..all * (block + 1) / blocks;
        // Of the rows up to a place as many as their share, rounded down, so that no part gives more than it has.
        let size = count * part.end / all - count * part.start / all;
        let start = part.start + random.below(part.len() - size + 1);
        taken.extend(rows.drain(start..start + size));
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::test_settings;

    fn function(text: &str) -> Target {
        Target::Function(Function::parse(text).expect("an expression"))
    }

    #[test]
    fn training_samples_are_standardised_in_the_targets_own_units() {
        let settings = test_settings("x^2", vec![[2.0, 6.0]]);
        let samples = samples(&function("x^2"), &settings).expect("samples");
        let scaled: Vec<f64> = samples.train.x.iter().map(|x| samples.scaling.scale_x(x)[0]).collect();
        let mean = scaled.iter().sum::<f64>() / scaled.len() as f64;
        assert!(mean.abs() < 1e-12);
        for (x, y) in samples.train.x.iter().zip(&samples.train.y) {
            assert!((2.0..6.0).contains(&x[0]));
            assert_eq!(*y, x[0] * x[0]);
        }
    }

    #[test]
    fn test_points_lie_in_their_region() {
        for (text, range) in [
            ("x", vec![[-1.0, 3.0]]),
            ("x", vec![[-5.0, -1.0], [1.0, 5.0]]),
            ("x1*x2", vec![[0.0, 2.0]]),
        ] {
            let mut settings = test_settings(text, range);
            let target = function(text);
            settings.inputs = target.inputs();
            settings.range.0 = vec![settings.range.0[0].clone(); settings.inputs.len()];
            let samples = samples(&target, &settings).expect("samples");
            for (name, points) in &samples.regions {
                // The narrowest part, the gap, is a fifth of the hull.
                assert!(points.x.len() >= TEST_POINTS / 6, "{text} {name}: {}", points.x.len());
                for x in &points.x {
                    let region = settings.range.region(x);
                    let right = match name.as_str() {
                        INSIDE => region == Region::Inside,
                        GAP => region == Region::Gap,
                        FAR => region == Region::Band(0) || region == Region::Band(1),
                        band => matches!(region, Region::Band(i) if band == band_name(i)),
                    };
                    assert!(right, "{text}: {x:?} in {name}");
                }
            }
            assert_eq!(
                samples.regions.iter().any(|(name, _)| name == GAP),
                settings.range.has_gap()
            );
        }
    }

    fn rows(count: usize) -> Target {
        let rows = (0..count).map(|i| vec![i as f64 / 10.0, i as f64]);
        Target::Data(Data {
            x: vec!["t".to_owned()],
            y: "y".to_owned(),
            table: std::sync::Arc::new(crate::experiment::data::Table {
                rows: rows.collect(),
                incomplete: 0,
            }),
        })
    }

    #[test]
    fn rows_are_held_out_in_blocks_of_neighbours() {
        let mut settings = test_settings("y", vec![[0.0, 29.95]]);
        settings.holdout = Some(0.2);
        for (blocks, runs) in [(1, 1..=1), (4, 1..=4), (0, 30..=60)] {
            settings.holdout_blocks = blocks;
            let mut seen = std::collections::HashSet::new();
            for seed in 0..20 {
                settings.seed = Some(seed);
                let samples = samples(&rows(400), &settings).expect("samples");
                let mut test: Vec<usize> = samples.regions[0].1.y.iter().map(|y| *y as usize).collect();
                let mut train: Vec<usize> = samples.train.y.iter().map(|y| *y as usize).collect();
                assert_eq!((test.len(), train.len()), (60, 240));
                train.extend(&test);
                train.sort_unstable();
                assert_eq!(train, (0..300).collect::<Vec<_>>(), "every row once");
                test.sort_unstable();
                let found = 1 + test.windows(2).filter(|pair| pair[1] != pair[0] + 1).count();
                assert!(runs.contains(&found), "{blocks} blocks: {found}");
                seen.insert(test);
            }
            assert!(seen.len() > 15, "the places are the seed's");
        }
    }

    #[test]
    fn blocks_take_as_many_rows_as_they_should() {
        for (all, count, blocks) in [(7, 3, 1000), (7, 6, 4), (5, 4, 3), (2, 1, 2), (9, 0, 3), (10, 10, 7)] {
            let mut rows: Vec<usize> = (0..all).collect();
            let taken = take_blocks(&mut rows, count, blocks, &mut Random::new(0, Stream::Samples));
            assert_eq!((taken.len(), rows.len()), (count, all - count));
        }
    }

    #[test]
    fn rows_that_are_not_used_are_spoken_of() {
        let mut settings = test_settings("y", vec![[0.0, 5.0]]);
        settings.holdout = Some(0.2);
        settings.samples = 30;
        // 51 rows in the range, of which 40 are kept; the farthest that count are at 2.5 + 4 * 2.5 = 12.5.
        let notes = notes(&rows(400), &settings);
        assert!(
            notes[0].starts_with("of 40 rows") && notes[0].contains("30 are drawn"),
            "{notes:?}"
        );
        assert!(notes[1].starts_with("274 rows"), "{notes:?}");
        settings.samples = 40;
        assert_eq!(super::notes(&rows(126), &settings), Vec::<String>::new());
    }

    #[test]
    fn noise_comes_on_top_and_depends_on_the_seed_alone() {
        let mut settings = test_settings("x", vec![[-1.0, 1.0]]);
        let clean = samples(&function("x"), &settings).expect("samples");
        settings.noise = 0.5;
        let noisy = samples(&function("x"), &settings).expect("samples");
        assert_eq!(clean.train.x, noisy.train.x);
        let n = clean.train.y.len() as f64;
        let variance = clean
            .train
            .y
            .iter()
            .zip(&noisy.train.y)
            .map(|(a, b)| (a - b) * (a - b))
            .sum::<f64>()
            / n;
        // The variance of n normals has a standard error of variance * sqrt(2 / n).
        assert!((variance - 0.25).abs() < 5.0 * 0.25 * (2.0 / n).sqrt(), "{variance}");
    }

    #[test]
    fn a_target_without_a_value_in_the_range_is_refused_and_skipped_outside() {
        let target = function("sqrt(x)");
        assert!(check(&target, &test_settings("sqrt(x)", vec![[-1.0, 1.0]])).is_err());
        let settings = test_settings("sqrt(x)", vec![[0.0, 1.0]]);
        assert!(check(&target, &settings).is_ok());
        let samples = samples(&target, &settings).expect("samples");
        assert!(
            samples
                .regions
                .iter()
                .flat_map(|(_, points)| &points.x)
                .all(|x| x[0] >= 0.0)
        );
    }
}
