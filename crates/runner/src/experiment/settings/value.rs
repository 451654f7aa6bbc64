//! Values of settings, as they are stored and as results show them.

use std::fmt::Display;
use std::str::FromStr;

use actlab_model::network::batches::Order;
use actlab_model::network::selection::Keep;
use serde_json::{Value, json};

/// What the value of a trial's setting can be.
pub trait Stored: Clone + PartialEq {
    /// As it is stored and hashed.
    fn json(&self) -> Value;

    /// From what was stored.
    fn read(json: &Value) -> Result<Self, String>;

    /// As results show it.
    fn text(&self) -> String;
}

macro_rules! plain {
    ($($type:ty),+) => {$(
        impl Stored for $type {
            fn json(&self) -> Value {
                json!(self)
            }

            fn read(json: &Value) -> Result<Self, String> {
                serde_json::from_value(json.clone()).map_err(|error| error.to_string())
            }

            fn text(&self) -> String {
                self.to_string()
            }
        }
    )+};
}

plain!(bool, usize, f64);

/// What has a name that the user types is stored by it.
macro_rules! named {
    ($($type:ty),+) => {$(
        impl Stored for $type {
            fn json(&self) -> Value {
                json!(self.to_string())
            }

            fn read(json: &Value) -> Result<Self, String> {
                by_name(json)
            }

            fn text(&self) -> String {
                self.to_string()
            }
        }
    )+};
}

named!(Order, Keep);

fn by_name<T: FromStr<Err: Display>>(json: &Value) -> Result<T, String> {
    let name = json.as_str().ok_or_else(|| format!("{json} is no name"))?;
    name.parse().map_err(|error: T::Err| error.to_string())
}

impl Stored for Vec<usize> {
    fn json(&self) -> Value {
        json!(self)
    }

    fn read(json: &Value) -> Result<Self, String> {
        serde_json::from_value(json.clone()).map_err(|error| error.to_string())
    }

    /// `64x64`, `none` where there is none.
    fn text(&self) -> String {
        if self.is_empty() {
            return "none".to_owned();
        }
        self.iter().map(usize::to_string).collect::<Vec<_>>().join("x")
    }
}

/// Nothing where a setting does not go with the target.
impl<T: Stored> Stored for Option<T> {
    fn json(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::json)
    }

    fn read(json: &Value) -> Result<Self, String> {
        match json {
            Value::Null => Ok(None),
            json => T::read(json).map(Some),
        }
    }

    fn text(&self) -> String {
        self.as_ref().map_or_else(String::new, T::text)
    }
}
