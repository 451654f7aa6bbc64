//! One value, or a list of them.

use super::kind::Parse;
use crate::error::InputError;
use crate::experiment::document::Node;

/// The values of one setting; a list was typed where it is an axis.
#[derive(Debug, Clone)]
pub struct Axis<T> {
    /// At least one.
    pub values: Vec<T>,
    /// Whether a list was typed.
    pub swept: bool,
}

impl<T> Axis<T> {
    /// What is no axis.
    pub fn single(value: T) -> Self {
        Self {
            values: vec![value],
            swept: false,
        }
    }
}

/// One value, or a list of them, of which each may stand for several.
pub fn axis<T>(node: &Node, kind: &dyn Parse<Value = T>) -> Result<Axis<T>, InputError> {
    match kind.items(node)? {
        Some([]) => Err(node.error("this list is empty; give it at least one value")),
        Some(items) => {
            let mut values = Vec::new();
            for node in items {
                match kind.spread(node)? {
                    Some(several) => values.extend(several),
                    None => values.push(kind.parse(node)?),
                }
            }
            Ok(Axis { values, swept: true })
        }
        None => match kind.spread(node)? {
            Some(values) => Ok(Axis {
                swept: values.len() > 1,
                values,
            }),
            None => Ok(Axis::single(kind.alone(node)?)),
        },
    }
}
