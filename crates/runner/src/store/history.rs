//! The records of a training, as they are stored.

use actlab_model::engine::Record;
use anyhow::Result;
use serde_json::Value;

/// `[[step, loss, [sigma of each layer]], ..]`.
pub fn encode(history: &[Record]) -> Result<String> {
    let records: Vec<_> = history
        .iter()
        .map(|record| (record.step, record.loss, &record.sigma))
        .collect();
    Ok(serde_json::to_string(&records)?)
}

/// The inverse of [`encode`]. What is no finite number is null in JSON; the first stores had no spectral norms.
pub fn decode(text: &str) -> Result<Vec<Record>> {
    let number = |value: &Value| value.as_f64().map_or(f32::NAN, |number| number as f32);
    let record = |record: &Value| Record {
        step: record[0].as_u64().unwrap_or(0) as usize,
        loss: number(&record[1]),
        sigma: record[2].as_array().into_iter().flatten().map(number).collect(),
    };
    let records: Vec<Value> = serde_json::from_str(text)?;
    Ok(records.iter().map(record).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn histories_are_read_as_they_were_written() {
        let history = vec![
            Record {
                step: 0,
                loss: 0.1,
                sigma: vec![1.5, 0.25],
            },
            Record {
                step: 31,
                loss: 1e-7,
                sigma: vec![2.0, 0.5],
            },
        ];
        let read = decode(&encode(&history).expect("JSON")).expect("a history");
        assert_eq!(read, history);
        let old = decode("[[0, 0.5], [10, null]]").expect("a history");
        assert_eq!((old[0].loss, old[0].sigma.len(), old[1].step), (0.5, 0, 10));
        assert!(old[1].loss.is_nan());
    }
}
