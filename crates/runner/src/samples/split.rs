//! Rows of data: which train and which are held out.

use actlab_model::network::random::{Random, Stream};

use super::Points;
use super::regions::{Parts, regions};
use crate::error::InputError;
use crate::experiment::range::Region;
use crate::experiment::target::Data;
use crate::experiment::trial::Resolved;

/// The rows in the range.
fn inside<'a>(data: &'a Data, settings: &Resolved) -> Vec<&'a Vec<f64>> {
    let is_inside = |row: &&Vec<f64>| settings.range.region(&row[..data.x.len()]) == Region::Inside;
    data.table.rows.iter().filter(is_inside).collect()
}

/// How many of the rows in the range are held out.
fn held_out(inside: usize, settings: &Resolved) -> usize {
    let held_out = (inside as f64 * settings.holdout.unwrap_or(0.0)).ceil() as usize;
    held_out.min(inside - settings.training_rows(inside))
}

/// How many of those that are held out choose settings: half of them, rounded down.
pub fn validation_count(data: &Data, settings: &Resolved) -> usize {
    held_out(inside(data, settings).len(), settings) / 2
}

/// A network learns nothing from fewer rows.
pub const FEWEST: usize = 2;

/// Fewer rows than [`FEWEST`] are left to train on.
pub fn too_few(data: &Data, settings: &Resolved) -> InputError {
    let columns = data.x.iter().enumerate().map(|(i, name)| {
        let (low, high) = data.table.extent(i);
        format!("\"{name}\" goes from {low} to {high}")
    });
    InputError::new(format!(
        "fewer than {FEWEST} rows of the data are left to train on in the range {}; column {}",
        settings.range,
        columns.collect::<Vec<_>>().join(", ")
    ))
}

/// The rows that train, as they are drawn for this seed, those that choose settings, and those that test, by region.
pub fn chosen(data: &Data, settings: &Resolved, seed: u64) -> Result<(Points, Points, Parts), InputError> {
    let inputs = data.x.len();
    let mut inside = inside(data, settings);
    let train = settings.training_rows(inside.len());
    if train < FEWEST {
        return Err(too_few(data, settings));
    }
    let held_out = held_out(inside.len(), settings);
    let mut random = Random::new(seed, Stream::Samples);
    let mut test = match settings.holdout_blocks {
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
    let validation = halve(
        &mut test,
        settings.holdout_blocks,
        Random::new(seed, Stream::Validation),
    );
    let collect = |rows: &[&Vec<f64>]| {
        let mut points = Points::default();
        rows.iter()
            .for_each(|row| points.push(row[..inputs].to_vec(), row[inputs..].to_vec()));
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
    Ok((collect(&inside[..train]), collect(&validation), parts))
}

/// Takes half of the rows that are held out, rounded down: blocks of neighbours out of blocks of neighbours.
fn halve<T>(held_out: &mut Vec<T>, blocks: usize, mut random: Random) -> Vec<T> {
    let half = held_out.len() / 2;
    if blocks > 0 {
        return take_blocks(held_out, half, blocks, &mut random);
    }
    random.shuffle(held_out);
    held_out.split_off(held_out.len() - half)
}

/// Takes `count` rows out of `rows`, in so many `blocks` of neighbours: one at a random place of each part of them.
pub fn take_blocks<T>(rows: &mut Vec<T>, count: usize, blocks: usize, random: &mut Random) -> Vec<T> {
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
