//! Numbers as the page has them.

use serde_json::{Value, json};

/// Of four digits; nothing where there is none.
pub fn number(value: f64) -> Value {
    match value.is_finite() {
        true => format!("{value:.3e}")
            .parse::<f64>()
            .map_or(Value::Null, |rounded| json!(rounded)),
        false => Value::Null,
    }
}

/// The same of many.
pub fn numbers(values: impl IntoIterator<Item = f64>) -> Vec<Value> {
    values.into_iter().map(number).collect()
}
