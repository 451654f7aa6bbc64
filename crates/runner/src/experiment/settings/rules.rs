//! Optimisers, schedules and losses as they are typed: by name, or as a table of the name and settings. A list of values in
//! a table is an axis.

use std::marker::PhantomData;

use actlab_model::setting::{Chosen, Listed, Setting, Values};
use serde_json::{Map, Value as Json, json};

use super::kind::{Kind, Parse, number};
use super::value::Stored;
use crate::error::{InputError, nearest};
use crate::experiment::document::{Node, Value};

/// What there is a list of.
pub struct Rules<D: ?Sized + 'static>(PhantomData<fn() -> &'static D>);

impl<D: ?Sized> Rules<D> {
    /// All of the list.
    pub const ALL: Self = Self(PhantomData);
}

fn names<D: Listed + ?Sized>() -> Vec<&'static str> {
    D::list().iter().map(|rule| rule.name()).collect()
}

fn names_of(settings: &[Setting]) -> Vec<&'static str> {
    settings.iter().map(|setting| setting.name).collect()
}

impl<D: Listed + ?Sized> Kind for Rules<D> {
    /// `mse, huber (delta)`.
    fn words(&self) -> String {
        let words = D::list().iter().map(|rule| match rule.settings() {
            [] => rule.name().to_owned(),
            settings => format!("{} ({})", rule.name(), names_of(settings).join(", ")),
        });
        words.collect::<Vec<_>>().join(", ")
    }

    fn schema(&self) -> Json {
        let tables = D::list().iter().map(|rule| {
            let mut properties = Map::from_iter([("name".to_owned(), json!({ "const": rule.name() }))]);
            let settings = rule.settings().iter();
            properties.extend(settings.map(|setting| (setting.name.to_owned(), schema(setting))));
            json!({
                "type": "object",
                "properties": properties,
                "additionalProperties": false,
                "required": ["name"],
            })
        });
        let plain = json!({ "enum": names::<D>() });
        json!({ "anyOf": std::iter::once(plain).chain(tables).collect::<Vec<_>>() })
    }

    fn is_choice(&self) -> bool {
        true
    }
}

/// A value of a setting or a list of them, as JSON Schema.
fn schema(setting: &Setting) -> Json {
    let one = match setting.values {
        Values::Share => json!({ "type": "number", "minimum": 0, "exclusiveMaximum": 1 }),
        Values::Positive => json!({ "type": "number", "exclusiveMinimum": 0 }),
        Values::NotNegative => json!({ "type": "number", "minimum": 0 }),
        Values::Whole(from) => json!({ "type": "integer", "minimum": from }),
        Values::Switch => json!({ "type": "boolean" }),
    };
    json!({ "anyOf": [one, { "type": "array", "items": one, "minItems": 1 }], "default": to_json(setting, setting.default) })
}

impl<D: Listed + ?Sized> Parse for Rules<D> {
    type Value = Chosen<D>;

    fn parse(&self, node: &Node) -> Result<Chosen<D>, InputError> {
        match self.spread(node)?.as_deref() {
            Some([chosen]) => Ok(*chosen),
            Some(_) => Err(node.error("one is expected here, and this table has a list")),
            None => named(node),
        }
    }

    fn spread(&self, node: &Node) -> Result<Option<Vec<Chosen<D>>>, InputError> {
        match &node.value {
            Value::Table(entries) => table(node, entries).map(Some),
            _ => Ok(None),
        }
    }
}

fn named<D: Listed + ?Sized>(node: &Node) -> Result<Chosen<D>, InputError> {
    let Value::Text(name) = &node.value else {
        let example = D::list().iter().find(|rule| !rule.settings().is_empty());
        let example = example.map_or_else(String::new, |rule| {
            let setting = &rule.settings()[0];
            let value = to_json(setting, setting.default);
            format!(", or {{ name = \"{}\", {} = {value} }}", rule.name(), setting.name)
        });
        return Err(node.expected(&format!("the name of {}{example}", article(D::WHAT))));
    };
    name.parse().map_err(|_| {
        let hint = nearest(name, names::<D>());
        let (what, names) = (D::WHAT, names::<D>().join(", "));
        node.error(format!("unknown {what} \"{name}\"{hint} There are {names}"))
    })
}

fn article(what: &str) -> String {
    match what.starts_with(['a', 'e', 'i', 'o', 'u']) {
        true => format!("an {what}"),
        false => format!("a {what}"),
    }
}

/// Every combination of the values in a table.
fn table<D: Listed + ?Sized>(node: &Node, entries: &[(String, Node)]) -> Result<Vec<Chosen<D>>, InputError> {
    let name = entries.iter().find(|(key, _)| key == "name").map(|(_, node)| node);
    let (what, first) = (D::WHAT, D::list()[0].name());
    let start = named::<D>(name.ok_or_else(|| {
        let what = article(what);
        node.error(format!(
            "this is {what} without a name: add one, such as name = \"{first}\""
        ))
    })?)?;
    let mut all = vec![start];
    for (key, node) in entries.iter().filter(|(key, _)| key != "name") {
        let setting = start.rule().settings().iter().find(|setting| setting.name == key);
        let setting = setting.ok_or_else(|| no_setting(start, key, node))?;
        let values = match &node.value {
            Value::List(items) if items.is_empty() => {
                return Err(node.error("this list is empty; give it at least one value"));
            }
            Value::List(items) => items.iter().map(|node| value(setting, node)).collect(),
            _ => value(setting, node).map(|value| vec![value]),
        }?;
        let with = |chosen: Chosen<D>| values.iter().filter_map(move |value| chosen.with(setting.name, *value));
        all = all
            .into_iter()
            .flat_map(|chosen| with(chosen).collect::<Vec<_>>())
            .collect();
    }
    for chosen in &all {
        chosen.check().map_err(|error| node.error(error))?;
    }
    Ok(all)
}

fn value(setting: &Setting, node: &Node) -> Result<f64, InputError> {
    let value = match (setting.values, &node.value) {
        (Values::Switch, Value::Switch(switch)) => f64::from(u8::from(*switch)),
        (Values::Switch, _) => f64::NAN,
        (_, Value::Number(_) | Value::Integer(_)) => number(node)?,
        _ => f64::NAN,
    };
    let expected = || node.expected(&format!("{} as {}", setting.values.words(), setting.name));
    setting.values.takes(value).then_some(value).ok_or_else(expected)
}

fn no_setting<D: Listed + ?Sized>(chosen: Chosen<D>, key: &str, node: &Node) -> InputError {
    let known = names_of(chosen.rule().settings());
    let hint = match key {
        "lr" | "learning_rate" => "; the learning rate is a setting of its own, training.learning_rate".to_owned(),
        key if key.contains("decoupled") => {
            "; decoupled weight decay is what { name = \"adamw\", weight_decay = 0.01 } does".to_owned()
        }
        key => nearest(key, known.iter().copied()),
    };
    let has = match known.is_empty() {
        true => "It has none".to_owned(),
        false => format!("It has {}", known.join(", ")),
    };
    let end = if hint.ends_with('?') { "" } else { "." };
    node.error(format!("{} has no setting \"{key}\"{hint}{end} {has}", chosen.name()))
}

fn to_json(setting: &Setting, value: f64) -> Json {
    match setting.values {
        Values::Switch => json!(value == 1.0),
        Values::Whole(_) => json!(value as u64),
        Values::Share | Values::Positive | Values::NotNegative => json!(value),
    }
}

impl<D: Listed + ?Sized> Stored for Chosen<D> {
    /// The name where that says all, as it has always been; else with the settings that have not their default.
    fn json(&self) -> Json {
        let mut of = Map::from_iter([("name".to_owned(), json!(self.name()))]);
        let special = self.special();
        of.extend(special.map(|(setting, value)| (setting.name.to_owned(), to_json(setting, value))));
        match of.len() {
            1 => json!(self.name()),
            _ => Json::Object(of),
        }
    }

    fn read(json: &Json) -> Result<Self, String> {
        let Json::Object(of) = json else {
            return json
                .as_str()
                .ok_or_else(|| format!("{json} is no {}", D::WHAT))?
                .parse();
        };
        let name = of.get("name").and_then(Json::as_str);
        let start: Self = name.ok_or_else(|| format!("{json} has no name"))?.parse()?;
        let settings = of.iter().filter(|(key, _)| *key != "name");
        let chosen = settings.into_iter().try_fold(start, |chosen, (key, value)| {
            let number = value
                .as_bool()
                .map(|switch| f64::from(u8::from(switch)))
                .or(value.as_f64());
            let with = number.and_then(|number| chosen.with(key, number));
            with.ok_or_else(|| format!("{} has no {key} of {value}", chosen.name()))
        })?;
        chosen.check().map(|()| chosen)
    }

    fn text(&self) -> String {
        self.to_string()
    }
}

#[cfg(test)]
mod tests {
    use actlab_model::Optimizer;
    use actlab_model::optimizer::Schedule;

    use super::*;

    fn with<D: Listed + ?Sized>(name: &str, settings: &[(&str, f64)]) -> Chosen<D> {
        let start: Chosen<D> = name.parse().expect("a name");
        let with = |chosen: Chosen<D>, (name, value): &(&str, f64)| chosen.with(name, *value).expect("a setting");
        settings.iter().fold(start, with)
    }

    #[test]
    fn what_is_chosen_is_stored_as_it_can_be_read_again() {
        let cases: [(Optimizer, _); 4] = [
            (with("adam", &[]), json!("adam")),
            (with("adam", &[("beta1", 0.9)]), json!("adam")),
            (
                with("sgd", &[("nesterov", 1.0), ("momentum", 0.9)]),
                json!({ "name": "sgd", "momentum": 0.9, "nesterov": true }),
            ),
            (
                with("rmsprop", &[("centered", 1.0), ("epsilon", 1e-10)]),
                json!({ "name": "rmsprop", "epsilon": 1e-10, "centered": true }),
            ),
        ];
        for (optimizer, stored) in cases {
            // As text, in which the order counts.
            assert_eq!(optimizer.json().to_string(), stored.to_string());
            assert_eq!(Optimizer::read(&stored), Ok(optimizer));
        }
        let warm: Schedule = with("cosine", &[("warmup", 100.0)]);
        assert_eq!(warm.json(), json!({ "name": "cosine", "warmup": 100 }));
        assert_eq!(Schedule::read(&warm.json()), Ok(warm));
        for wrong in [
            json!("madam"),
            json!(3),
            json!({ "momentum": 0.9 }),
            json!({ "name": "sgd", "momentun": 0.9 }),
            json!({ "name": "sgd", "momentum": "0.9" }),
            json!({ "name": "sgd", "nesterov": true }),
        ] {
            assert!(Optimizer::read(&wrong).is_err(), "{wrong}");
        }
    }
}
