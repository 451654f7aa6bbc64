//! The user's own data: named columns of a CSV file.

use std::path::Path;

use anyhow::{Context, Result};

use crate::error::{InputError, nearest, reject};

/// The complete rows of some columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// One value for each column asked for, in that order.
    pub rows: Vec<Vec<f64>>,
    /// Rows left out because a value was missing.
    pub incomplete: usize,
}

impl Table {
    /// A digest of the values, the same wherever the file lies.
    pub fn digest(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for value in self.rows.iter().flatten() {
            hasher.update(&value.to_bits().to_le_bytes());
        }
        hasher.finalize().to_hex()[..16].to_owned()
    }

    /// The smallest and the largest value of a column.
    pub fn extent(&self, column: usize) -> (f64, f64) {
        let values = self.rows.iter().map(|row| row[column]);
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| {
            (low.min(x), high.max(x))
        })
    }
}

/// What stands for a missing value.
const MISSING: [&str; 6] = ["", "na", "n/a", "nan", "null", "none"];

/// Reads `columns` of the CSV file at `path`. Lines that start with `#` are comments, fields may be quoted, and
/// rows without a value in one of the columns are left out.
pub fn read(path: &Path, columns: &[String]) -> Result<Table> {
    let file = std::fs::File::open(path)
        .map_err(|error| InputError::new(format!("cannot read the data {}: {error}", path.display())))?;
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .trim(csv::Trim::All)
        .flexible(false)
        .from_reader(file);
    let shown = path.display();
    let headers = reader
        .headers()
        .map_err(|error| InputError::new(format!("{shown}: {error}")))?
        .clone();
    let positions = columns.iter().map(|column| {
        position(&headers, column)
            .map_err(|hint| InputError::new(format!("{shown}:1: there is no column \"{column}\"{hint}")))
    });
    let positions: Vec<usize> = positions.collect::<Result<_, _>>()?;
    let mut table = Table {
        rows: Vec::new(),
        incomplete: 0,
    };
    for record in reader.records() {
        let record = record.map_err(|error| InputError::new(format!("{shown}: {error}")))?;
        let line = record.position().map_or(0, csv::Position::line);
        let fields = positions.iter().zip(columns).map(|(position, column)| {
            number(&record[*position]).map_err(|text| {
                InputError::new(format!(
                    "{shown}:{line}: column \"{column}\" holds \"{text}\", which is no number"
                ))
            })
        });
        let fields: Vec<Option<f64>> = fields.collect::<Result<_, _>>()?;
        match fields.into_iter().collect::<Option<Vec<f64>>>() {
            Some(row) => table.rows.push(row),
            None => table.incomplete += 1,
        }
    }
    if table.rows.is_empty() {
        reject!(
            "{shown}: no row has a value in each of the columns {}",
            columns.join(", ")
        );
    }
    Ok(table)
}

/// Writes a table as CSV.
pub fn write(out: impl std::io::Write, header: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(header)?;
    for row in rows {
        writer.write_record(row)?;
    }
    writer.flush().context("the output cannot be written")
}

fn position(headers: &csv::StringRecord, column: &str) -> Result<usize, String> {
    headers.iter().position(|header| header == column).ok_or_else(|| {
        let names: Vec<&str> = headers.iter().collect();
        format!("{} It has {}", nearest(column, names.iter().copied()), names.join(", "))
    })
}

fn number(text: &str) -> Result<Option<f64>, String> {
    if MISSING.contains(&text.to_ascii_lowercase().as_str()) {
        return Ok(None);
    }
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(Some(value)),
        _ => Err(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str, columns: &[&str]) -> Result<Table, String> {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), text).expect("written");
        let columns: Vec<String> = columns.iter().map(|column| column.to_string()).collect();
        read(file.path(), &columns).map_err(|error| error.to_string())
    }

    #[test]
    fn comments_quotes_and_missing_values_are_handled() {
        let text = "# source: a sensor\n\"time, s\",volt,note\n1, 2.5,\"a, b\"\n# a break\n2,NA,\n3,,x\n4,-1e-3,y\n";
        let table = table(text, &["time, s", "volt"]).expect("a table");
        assert_eq!(table.rows, [[1.0, 2.5], [4.0, -1e-3]]);
        assert_eq!(table.incomplete, 2);
        assert_eq!(table.extent(0), (1.0, 4.0));
    }

    #[test]
    fn errors_name_line_column_and_value() {
        let text = "t,y\n1,2\n2,high\n";
        assert!(table(text, &["t", "y"]).is_err_and(|error| error.contains(":3: column \"y\" holds \"high\"")));
        assert!(table(text, &["t", "yy"]).is_err_and(|error| error.contains("did you mean \"y\"?")));
        assert!(table("t,y\n1,inf\n", &["y"]).is_err_and(|error| error.contains("\"inf\"")));
        assert!(table("t,y\n1,\n", &["y"]).is_err_and(|error| error.contains("no row")));
        assert!(table("t,y\n1,2,3\n", &["y"]).is_err());
    }
}
