//! Teachers, as they are typed: a network with random weights as a table.

use serde_json::{Value as Json, json};

use super::activation::Activations;
use super::kind::{Kind, Number, Parse, Seeds, Whole, Widths};
use crate::error::{InputError, nearest};
use crate::experiment::document::{Node, Value};
use crate::experiment::target::{Function, MOST_INPUTS};
use crate::experiment::teacher::{Teacher, WIDEST};

/// Teachers.
#[derive(Debug)]
pub struct Teachers;

const INPUTS: Whole = Whole(1, MOST_INPUTS as i64);

/// What a teacher may say.
const KEYS: [&str; 5] = ["hidden", "activation", "seed", "inputs", "scale"];

impl Kind for Teachers {
    fn words(&self) -> String {
        "a network { hidden = [16], activation = \"tanh\", seed = 0 }".to_owned()
    }

    fn schema(&self) -> Json {
        let schemas = [
            Widths.schema(),
            Activations.schema(),
            Seeds::SEED.schema(),
            INPUTS.schema(),
            Number::Positive.schema(),
        ];
        let properties: serde_json::Map<String, Json> = KEYS.map(str::to_owned).into_iter().zip(schemas).collect();
        json!({ "type": "object", "properties": properties, "additionalProperties": false, "required": ["hidden"] })
    }
}

impl Parse for Teachers {
    type Value = Function;

    fn parse(&self, node: &Node) -> Result<Function, InputError> {
        let Value::Table(entries) = &node.value else {
            return Err(node.expected(&self.words()));
        };
        if let Some((key, value)) = entries.iter().find(|(key, _)| !KEYS.contains(&key.as_str())) {
            let hint = nearest(key, KEYS);
            return Err(value.error(format!(
                "a teacher has no \"{key}\"{hint} There are {}",
                KEYS.join(", ")
            )));
        }
        let get = |key: &str| entries.iter().find(|(known, _)| known == key).map(|(_, node)| node);
        let hidden = get("hidden").ok_or_else(|| node.error("the teacher has no hidden widths: add hidden = [16]"))?;
        let widths = Widths.alone(hidden)?;
        if widths.is_empty() {
            return Err(hidden.error("a teacher has a hidden layer; without one it is a line, as function = \"2*x\""));
        }
        if let Some(width) = widths.iter().find(|width| **width > WIDEST) {
            return Err(hidden.error(format!(
                "a layer of {width} is too wide; the widest of a teacher is {WIDEST}"
            )));
        }
        let activation =
            get("activation").map_or_else(|| Ok("tanh".parse().expect("a unit")), |node| Activations.parse(node))?;
        if let (Some(node), Some((name, _))) = (get("activation"), activation.learned_values().next()) {
            return Err(node.error(format!("a teacher learns nothing: leave out learn = [\"{name}\"]")));
        }
        let teacher = Teacher {
            activation,
            hidden: widths,
            seed: get("seed").map_or(Ok(0), |node| Seeds::SEED.parse(node))? as u64,
            inputs: get("inputs").map_or(Ok(1), |node| INPUTS.parse(node))?,
            scale: get("scale").map_or(Ok(1.0), |node| Number::Positive.parse(node))?,
        };
        Function::of_teacher(&teacher).map_err(|error| node.error(error))
    }
}
