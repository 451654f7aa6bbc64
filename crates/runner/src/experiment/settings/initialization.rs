//! Initialisations as they are typed: one by its name, or a table with its biases and its numbers.

use actlab_model::Initialization;
use actlab_model::initialization::Bias;
use serde_json::{Map, Value as Json, json};

use super::kind::{Kind, Number, Parse, number, text};
use super::value::Stored;
use crate::error::{InputError, nearest};
use crate::experiment::document::{Node, Value};

/// The initialisations.
#[derive(Debug)]
pub struct Initializations;

/// The key of the biases; the numbers have their own names.
const BIAS: &str = "bias";

fn names() -> Vec<&'static str> {
    Initialization::all().map(Initialization::name).collect()
}

fn biases() -> Vec<&'static str> {
    Bias::NAMED.iter().map(|(name, _)| *name).collect()
}

impl Kind for Initializations {
    fn words(&self) -> String {
        names().join(", ")
    }

    fn schema(&self) -> Json {
        let deviation = Number::NotNegative.schema();
        let mut properties = Map::from_iter([
            ("name".to_owned(), json!({ "enum": names() })),
            (BIAS.to_owned(), json!({ "anyOf": [{ "enum": biases() }, deviation] })),
        ]);
        for initialization in Initialization::all() {
            let settings = initialization.rule().settings().iter();
            properties.extend(settings.map(|setting| (setting.name.to_owned(), Number::Positive.schema())));
        }
        let table = json!({
            "type": "object",
            "properties": properties,
            "additionalProperties": false,
            "required": ["name"],
        });
        json!({ "anyOf": [{ "enum": names() }, table] })
    }

    fn is_choice(&self) -> bool {
        true
    }
}

impl Parse for Initializations {
    type Value = Initialization;

    fn parse(&self, node: &Node) -> Result<Initialization, InputError> {
        match &node.value {
            Value::Text(name) => by_name(node, name),
            Value::Table(entries) => table(node, entries),
            _ => Err(node.expected("the name of an initialization, or { name = \"kaiming_normal\", bias = \"zero\" }")),
        }
    }
}

fn by_name(node: &Node, name: &str) -> Result<Initialization, InputError> {
    name.parse().map_err(|_| {
        let hint = nearest(name, names());
        let names = names().join(", ");
        node.error(format!("unknown initialization \"{name}\"{hint} There are {names}"))
    })
}

fn table(node: &Node, entries: &[(String, Node)]) -> Result<Initialization, InputError> {
    let name = entries.iter().find(|(key, _)| key == "name").map(|(_, node)| node);
    let name = name.ok_or_else(|| {
        node.error("this initialization has no name: write { name = \"kaiming_normal\", bias = \"zero\" }")
    })?;
    let mut others = entries.iter().filter(|(key, _)| key != "name");
    others.try_fold(by_name(name, text(name)?)?, |initialization, (key, node)| {
        if key == BIAS {
            return Ok(initialization.with_bias(bias(node)?));
        }
        let number = number(node)?;
        let with = initialization.with(key, number);
        let with = with.ok_or_else(|| no_setting(node, initialization, key))?;
        Number::Positive.parse(node).map(|_| with)
    })
}

fn no_setting(node: &Node, initialization: Initialization, key: &str) -> InputError {
    let known = initialization.rule().settings().iter().map(|setting| setting.name);
    let known = known.chain([BIAS]).collect::<Vec<_>>().join(", ");
    let name = initialization.name();
    node.error(format!("{name} has no setting \"{key}\"; it has {known}"))
}

/// One by its name, or the standard deviation of normal ones.
fn bias(node: &Node) -> Result<Bias, InputError> {
    let named = |name: &str| Bias::NAMED.iter().find(|(known, _)| *known == name);
    match &node.value {
        Value::Text(name) => named(name).map(|(_, bias)| *bias).ok_or_else(|| {
            let hint = nearest(name, biases());
            let names = biases().join(", ");
            node.error(format!(
                "unknown biases \"{name}\"{hint} There are {names}, and a number: the standard deviation of normal ones"
            ))
        }),
        _ => Number::NotNegative.parse(node).map(Bias::normal),
    }
}

impl Stored for Initialization {
    /// The name where that says all.
    fn json(&self) -> Json {
        if Initialization::all().any(|plain| plain == *self) {
            return json!(self.name());
        }
        let mut of = Map::from_iter([("name".to_owned(), json!(self.name()))]);
        let special = self.settings().filter(|(setting, value)| setting.default != *value);
        of.extend(special.map(|(setting, value)| (setting.name.to_owned(), json!(value))));
        let bias = match self.bias {
            Bias::Pytorch => None,
            Bias::Zero => Some(json!(self.bias.to_string())),
            Bias::Normal(deviation) => Some(json!(deviation)),
        };
        of.extend(bias.map(|bias| (BIAS.to_owned(), bias)));
        Json::Object(of)
    }

    fn read(json: &Json) -> Result<Self, String> {
        let Json::Object(of) = json else {
            return json
                .as_str()
                .ok_or_else(|| format!("{json} is no initialization"))?
                .parse();
        };
        let name = of.get("name").and_then(Json::as_str);
        let mut initialization: Self = name.ok_or_else(|| format!("{json} has no name"))?.parse()?;
        for (key, value) in of.iter().filter(|(key, _)| *key != "name") {
            let wrong = || format!("{name:?} has no {key} of {value}");
            initialization = match (key.as_str(), value) {
                (BIAS, Json::String(text)) => {
                    let named = Bias::NAMED.iter().find(|(name, _)| name == text);
                    initialization.with_bias(named.ok_or_else(wrong)?.1)
                }
                (BIAS, value) => initialization.with_bias(Bias::normal(value.as_f64().ok_or_else(wrong)?)),
                (key, value) => initialization
                    .with(key, value.as_f64().ok_or_else(wrong)?)
                    .ok_or_else(wrong)?,
            };
        }
        Ok(initialization)
    }

    fn text(&self) -> String {
        self.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initializations_are_stored_as_they_can_be_read_again() {
        let named = |name: &str| name.parse::<Initialization>().expect("an initialization");
        let kaiming = named("kaiming_normal");
        let cases = [
            (Initialization::default(), json!("pytorch")),
            (kaiming, json!("kaiming_normal")),
            (
                kaiming.with_bias(Bias::Zero),
                json!({ "name": "kaiming_normal", "bias": "zero" }),
            ),
            (
                kaiming
                    .with("gain", 2.0)
                    .expect("a setting")
                    .with_bias(Bias::normal(0.5)),
                json!({ "name": "kaiming_normal", "gain": 2.0, "bias": 0.5 }),
            ),
            (
                named("siren").with("omega", 10.0).expect("a setting"),
                json!({ "name": "siren", "omega": 10.0 }),
            ),
        ];
        for (initialization, stored) in cases {
            assert_eq!(initialization.json(), stored);
            assert_eq!(Initialization::read(&stored), Ok(initialization));
        }
        for wrong in [
            json!("kaiming"),
            json!(3),
            json!({ "bias": "zero" }),
            json!({ "name": "pytorch", "omega": 30.0 }),
            json!({ "name": "pytorch", "bias": "none" }),
        ] {
            assert!(Initialization::read(&wrong).is_err(), "{wrong}");
        }
    }
}
