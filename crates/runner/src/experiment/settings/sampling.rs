//! How samples are drawn, as it is typed: a distribution, and whether every seed has samples of its own.

use serde_json::{Value as Json, json};

use super::kind::{Kind, Number, Parse, Seeds, text};
use super::value::Stored;
use crate::error::{InputError, nearest};
use crate::experiment::document::{Node, Value};
use crate::experiment::sampling::Sampling;

/// How samples are spread over the range.
#[derive(Debug)]
pub struct Samplings;

fn names() -> Vec<&'static str> {
    Sampling::PLAIN.iter().map(|sampling| sampling.name()).collect()
}

impl Kind for Samplings {
    fn words(&self) -> String {
        names().join(", ")
    }

    fn schema(&self) -> Json {
        let step = Number::Positive.schema();
        let table = json!({
            "type": "object",
            "properties": { "name": { "const": Sampling::LATTICE }, "step": step },
            "additionalProperties": false,
            "required": ["name", "step"],
        });
        json!({ "anyOf": [{ "enum": names() }, table] })
    }

    fn is_choice(&self) -> bool {
        true
    }
}

impl Parse for Samplings {
    type Value = Sampling;

    fn parse(&self, node: &Node) -> Result<Sampling, InputError> {
        match &node.value {
            Value::Text(name) if name == Sampling::LATTICE => Err(node.error(NO_STEP)),
            Value::Text(name) => Sampling::named(name).ok_or_else(|| unknown(node, name)),
            Value::Table(entries) => lattice(node, entries),
            _ => Err(node.expected(&format!(
                "one of {}, or {{ name = \"lattice\", step = 0.01 }}",
                self.words()
            ))),
        }
    }
}

/// What a lattice needs.
const NO_STEP: &str = "a lattice has a step: write { name = \"lattice\", step = 0.01 }";

fn unknown(node: &Node, name: &str) -> InputError {
    let known: Vec<&str> = names().into_iter().chain([Sampling::LATTICE]).collect();
    let hint = nearest(name, known.iter().copied());
    node.error(format!(
        "unknown sampling \"{name}\"{hint} There are {}",
        known.join(", ")
    ))
}

fn lattice(node: &Node, entries: &[(String, Node)]) -> Result<Sampling, InputError> {
    let (mut named, mut step) = (None, None);
    for (key, value) in entries {
        match key.as_str() {
            "name" => named = Some((value, text(value)?)),
            "step" => step = Some(Number::Positive.parse(value)?),
            other => return Err(value.error(format!("a sampling has a name and a step, no \"{other}\""))),
        }
    }
    match (named, step) {
        (Some((_, Sampling::LATTICE)), Some(step)) => Ok(Sampling::Lattice(step)),
        (Some((_, Sampling::LATTICE)) | None, _) => Err(node.error(NO_STEP)),
        (Some((value, name)), step) => match (Sampling::named(name), step) {
            (Some(sampling), None) => Ok(sampling),
            (Some(_), Some(_)) => Err(node.error(format!("\"{name}\" has no step; write sampling = \"{name}\""))),
            (None, _) => Err(unknown(value, name)),
        },
    }
}

impl Stored for Sampling {
    fn json(&self) -> Json {
        match self {
            Self::Lattice(step) => json!({ "name": self.name(), "step": step }),
            plain => json!(plain.name()),
        }
    }

    fn read(json: &Json) -> Result<Self, String> {
        let plain = json.as_str().and_then(Self::named);
        let step = json.get("step").and_then(Json::as_f64);
        let found = plain.or_else(|| step.map(Self::Lattice));
        found.ok_or_else(|| format!("{json} is no sampling"))
    }

    fn text(&self) -> String {
        self.to_string()
    }
}

/// What samples are drawn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SampleSeed {
    /// Each network's own seed.
    Own,
    /// This one, whatever the network's is.
    Shared(u64),
}

impl SampleSeed {
    /// Of a network with this seed.
    pub fn of(self, seed: u64) -> u64 {
        match self {
            Self::Own => seed,
            Self::Shared(seed) => seed,
        }
    }
}

/// Seeds of samples.
#[derive(Debug)]
pub struct SampleSeeds;

/// What is typed for [`SampleSeed::Own`].
const OWN: &str = "own";

impl Kind for SampleSeeds {
    fn words(&self) -> String {
        format!("\"{OWN}\" or {}", Seeds::SEED.words())
    }

    fn schema(&self) -> Json {
        json!({ "anyOf": [{ "const": OWN }, Seeds::SEED.schema()] })
    }
}

impl Parse for SampleSeeds {
    type Value = SampleSeed;

    fn parse(&self, node: &Node) -> Result<SampleSeed, InputError> {
        match &node.value {
            Value::Text(name) if name == OWN => Ok(SampleSeed::Own),
            Value::Integer(_) => Ok(SampleSeed::Shared(Seeds::SEED.parse(node)? as u64)),
            _ => Err(node.expected(&self.words())),
        }
    }
}

impl Stored for SampleSeed {
    fn json(&self) -> Json {
        match self {
            Self::Own => json!(OWN),
            Self::Shared(seed) => json!(seed),
        }
    }

    fn read(json: &Json) -> Result<Self, String> {
        match (json.as_str(), json.as_u64()) {
            (Some(OWN), _) => Ok(Self::Own),
            (_, Some(seed)) => Ok(Self::Shared(seed)),
            _ => Err(format!("{json} is no seed of samples")),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Own => OWN.to_owned(),
            Self::Shared(seed) => seed.to_string(),
        }
    }
}
