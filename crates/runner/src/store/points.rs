//! What a picture needs of a data target: its rows are in the user's file, which may be elsewhere by then.

use std::collections::BTreeMap;

use anyhow::Result;
use rusqlite::{Transaction, params};

use super::Store;
use crate::experiment::Experiment;
use crate::experiment::target::{Data, Target};

/// Points of a data target that are kept, at most.
const MOST: usize = 400;

/// The data targets that can be drawn: those of one input.
pub fn drawable(experiment: &Experiment) -> impl Iterator<Item = &Data> {
    let targets = experiment.settings.targets.values.iter();
    targets.filter_map(|target| match target {
        Target::Data(data) if data.x.len() == 1 => Some(data),
        _ => None,
    })
}

/// Keeps the points of an experiment's data, in place of all others.
pub fn keep(transaction: &Transaction<'_>, experiment: &Experiment) -> Result<()> {
    transaction.execute("DELETE FROM points", [])?;
    let mut insert = transaction.prepare("INSERT INTO points (data, output, x, y) VALUES (?1, ?2, ?3, ?4)")?;
    for data in drawable(experiment) {
        let digest = data.table.digest();
        for output in 0..data.y.len() {
            let rows = data.table.rows.iter();
            let points = rows.map(|row| [row[0], row[1 + output]]).collect();
            for [x, y] in thinned(points) {
                insert.execute(params![digest, output as i64, x, y])?;
            }
        }
    }
    Ok(())
}

/// By the digest of the data, the points of each output.
pub type Points = BTreeMap<String, Vec<Vec<[f64; 2]>>>;

impl Store {
    /// What pictures show of the data.
    pub fn points(&self) -> Result<Points> {
        let mut statement = self
            .connection
            .prepare("SELECT data, output, x, y FROM points ORDER BY rowid")?;
        let mut rows = statement.query([])?;
        let mut points = Points::new();
        while let Some(row) = rows.next()? {
            let outputs = points.entry(row.get(0)?).or_default();
            let output = row.get::<_, i64>(1)? as usize;
            outputs.resize(outputs.len().max(output + 1), Vec::new());
            outputs[output].push([row.get(2)?, row.get(3)?]);
        }
        Ok(points)
    }
}

/// At most [`MOST`] of the points, from left to right: of as many neighbours each the lowest and the highest, so that a picture
/// has the same outline as one of all rows.
fn thinned(mut points: Vec<[f64; 2]>) -> Vec<[f64; 2]> {
    points.sort_by(|a, b| a[0].total_cmp(&b[0]));
    if points.len() <= MOST {
        return points;
    }
    let neighbours = points.len().div_ceil(MOST / 2);
    let ends = |neighbours: &[[f64; 2]]| {
        let lower = |a: &&[f64; 2], b: &&[f64; 2]| a[1].total_cmp(&b[1]);
        let (low, high) = (neighbours.iter().min_by(lower), neighbours.iter().max_by(lower));
        let mut ends: Vec<[f64; 2]> = low.into_iter().chain(high).copied().collect();
        ends.sort_by(|a, b| a[0].total_cmp(&b[0]));
        ends
    };
    points.chunks(neighbours).flat_map(ends).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_rows_are_kept_as_they_are() {
        let rows = vec![[2.0, 5.0], [1.0, 3.0], [1.5, 9.0]];
        assert_eq!(thinned(rows), [[1.0, 3.0], [1.5, 9.0], [2.0, 5.0]]);
    }

    #[test]
    fn many_rows_keep_their_outline() {
        let wave = |i: usize| (0.1 * i as f64).sin() + if i == 4321 { 10.0 } else { 0.0 };
        let rows: Vec<[f64; 2]> = (0..10_001).map(|i| [i as f64, wave(i)]).collect();
        let points = thinned(rows.clone());
        assert!(points.len() <= MOST && points.len() > MOST / 2, "{}", points.len());
        assert!(points.is_sorted_by(|a, b| a[0] <= b[0]));
        assert!(points.contains(&[4321.0, wave(4321)]), "the one that sticks out");
        assert!(
            points.iter().all(|[x, y]| rows[*x as usize][1] == *y),
            "rows, not means of them"
        );
        // A wave of 63 rows over groups of 51: each group has a crest or a trough, or both are in the next one.
        for three in points.chunks(6).filter(|three| three.len() == 6) {
            let high = three.iter().map(|point| point[1]).fold(f64::MIN, f64::max);
            let low = three.iter().map(|point| point[1]).fold(f64::MAX, f64::min);
            assert!(high > 0.99 && low < -0.99, "{low} to {high}");
        }
    }
}
