//! One setting: its row, and how the values of a trial's setting are read and stored.

use serde::de::{DeserializeOwned, Error};
use serde::ser::SerializeMap;
use serde_json::{Map, Value};

use super::axis::{Axis, axis};
use super::kind::{Kind, Parse};
use super::value::Stored;
use super::{ROWS, Resolved};
use crate::error::InputError;
use crate::experiment::document::Document;

/// `since` of the settings that the first ids were computed from.
const FIRST: u32 = 1;

/// What a setting goes with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum With {
    /// Every target.
    Any,
    /// Expressions only.
    Function,
    /// The user's own data only.
    Data,
    /// A teacher only.
    Teacher,
}

impl With {
    /// Whether it goes with data, or with an expression.
    pub fn goes(self, is_data: bool) -> bool {
        self == Self::Any || is_data == (self == Self::Data)
    }
}

/// A setting of an experiment.
#[derive(Clone, Copy)]
pub struct Row {
    /// With its section.
    pub key: &'static str,
    /// What it is, in a sentence or two.
    pub help: &'static str,
    /// Which values there are.
    pub kind: &'static dyn Kind,
    /// Where it may be left out, what it is then.
    pub default: &'static [fn() -> Value],
    /// Whether a list of values may be typed. It is an axis, but for the inputs of data.
    pub list: bool,
    /// Which settings it came with: 1 are those of the first ids.
    pub since: u32,
    /// What it goes with.
    pub with: With,
    /// The value in the experiment that `init` writes, as TOML.
    pub shown: &'static str,
    /// The setting that it is typed instead of, if it is one.
    pub instead: &'static [&'static str],
    /// Of a trial's setting, the name of its column.
    pub column: &'static [&'static str],
}

impl Row {
    /// Its key without the section.
    pub fn name(&self) -> &'static str {
        self.key.rsplit('.').next().unwrap_or(self.key)
    }

    /// What it is where it is left out.
    pub fn default(&self) -> Option<Value> {
        self.default.first().map(|default| default())
    }

    /// The paragraph of its help.
    pub fn help(&self) -> String {
        self.help.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// The part of a key before the dot; empty where there is none.
pub fn section_of(key: &str) -> &str {
    key.split_once('.').map_or("", |(section, _)| section)
}

/// Every key that there is.
pub fn keys() -> Vec<&'static str> {
    ROWS.iter().map(|row| row.key).collect()
}

/// Sections, each once, in the order of an experiment.
pub fn sections() -> Vec<&'static str> {
    let mut sections: Vec<&str> = ROWS.iter().map(|row| section_of(row.key)).collect();
    sections.dedup();
    sections
}

/// The columns that results have whatever was swept, in their order.
pub const COLUMNS: [&str; 6] = ["target", "activation", "hidden", "range", "spectral", "learning_rate"];

/// The columns of all settings but the seed: those of [`COLUMNS`] first.
pub fn columns() -> Vec<&'static str> {
    let others = ROWS.iter().flat_map(|row| row.column).copied();
    COLUMNS
        .into_iter()
        .chain(others.filter(|column| !COLUMNS.contains(column)))
        .collect()
}

/// What is typed for the setting of a column; the column itself where that is more than one setting.
pub fn key_of_column(column: &'static str) -> &'static str {
    let row = ROWS.iter().find(|row| row.column.contains(&column));
    row.map_or(column, |row| row.key)
}

/// The columns of the settings of a section.
pub fn columns_of_section(section: &str) -> Vec<&'static str> {
    let rows = ROWS.iter().filter(|row| section_of(row.key) == section);
    rows.flat_map(|row| row.column).copied().collect()
}

/// The columns of one trial, in the order in which it is described: what trains before what is trained on.
pub fn columns_of_one() -> Vec<&'static str> {
    let (first, mut others): (Vec<&str>, Vec<&str>) =
        columns().into_iter().partition(|name| FIRST_OF_ONE.contains(name));
    let section = |name: &&str| {
        let row = ROWS.iter().find(|row| row.column.contains(name));
        row.map_or("", |row| section_of(row.key))
    };
    others.sort_by_key(|name| !COLUMNS.contains(name) && section(name) == "data");
    first.into_iter().chain(["seed"]).chain(others).collect()
}

/// The columns of a trial before its seed.
const FIRST_OF_ONE: [&str; 4] = ["target", "activation", "hidden", "range"];

/// How the values of a trial's setting are read and stored.
pub struct Plain<T: 'static> {
    pub key: &'static str,
    pub column: &'static str,
    pub kind: &'static dyn Parse<Value = T>,
    pub default: T,
    /// What a trial has where the setting does not go with its target, if that is not the default.
    pub absent: Option<T>,
    pub list: bool,
    pub since: u32,
    pub with: With,
}

impl<T: Stored> Plain<T> {
    /// What was typed, or the default.
    pub fn axis(self, document: &Document) -> Result<Axis<T>, InputError> {
        match document.get(self.key) {
            None => Ok(Axis::single(self.default)),
            Some(node) if self.list => axis(node, self.kind),
            Some(node) => Ok(Axis::single(self.kind.alone(node)?)),
        }
    }

    /// What a trial has that says nothing of it.
    pub fn of(self, is_data: bool) -> T {
        match self.absent {
            Some(absent) if !self.with.goes(is_data) => absent,
            _ => self.default,
        }
    }

    /// Whether the setting is left out of what is stored and hashed.
    fn is_left_out(&self, value: &T) -> bool {
        (self.since > FIRST && *value == self.default) || self.absent.as_ref() == Some(value)
    }

    /// Adds the value to what is stored and hashed, if it is not left out.
    pub fn write<M: SerializeMap>(&self, value: &T, map: &mut M) -> Result<(), M::Error> {
        if self.is_left_out(value) {
            return Ok(());
        }
        map.serialize_entry(self.column, &value.json())
    }

    /// From what was stored.
    pub fn read(self, fields: &Map<String, Value>) -> Result<T, String> {
        match fields.get(self.column) {
            Some(json) => T::read(json).map_err(|error| format!("{}: {error}", self.column)),
            None => match self.absent {
                Some(absent) => Ok(absent),
                None if self.since > FIRST => Ok(self.default),
                None => Err(format!("missing field `{}`", self.column)),
            },
        }
    }
}

/// What is stored beside the settings of the table; what is not there reads as null.
pub fn field<T: DeserializeOwned, E: Error>(fields: &Map<String, Value>, name: &str) -> Result<T, E> {
    let json = fields.get(name).cloned().unwrap_or(Value::Null);
    serde_json::from_value(json).map_err(|error| E::custom(format!("{name}: {error}")))
}

/// Replaces each cell by one for each value of an axis.
pub fn spread<T: Clone>(cells: &mut Vec<Resolved>, values: &[T], set: impl Fn(&mut Resolved, T)) {
    let one = |cell: Resolved| {
        let set = &set;
        values.iter().map(move |value| {
            let mut cell = cell.clone();
            set(&mut cell, value.clone());
            cell
        })
    };
    *cells = std::mem::take(cells).into_iter().flat_map(one).collect();
}
