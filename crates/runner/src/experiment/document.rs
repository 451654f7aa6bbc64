//! An experiment as it was typed: TOML values that know where they stand, so that an error can point at them.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::{InputError, nearest};

/// A text that settings were read from: a file, or one `--set`.
#[derive(Debug)]
pub struct Source {
    /// As shown to the user.
    pub name: String,
    text: String,
    /// Where relative paths in it start from.
    pub folder: PathBuf,
}

impl Source {
    /// An error at `span`, with the line it stands in.
    pub fn error(&self, span: &Range<usize>, message: &str) -> InputError {
        let start = span.start.min(self.text.len());
        let before = &self.text[..start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = self.text[line_start..].lines().next().unwrap_or("");
        let number = before.matches('\n').count() + 1;
        let column = self.text[line_start..start].chars().count();
        let marked = self
            .text
            .get(start..span.end)
            .and_then(|text| text.lines().next())
            .unwrap_or("");
        let marks = "^".repeat(marked.chars().count().max(1));
        let margin = " ".repeat(number.to_string().len());
        InputError::new(format!(
            "{}:{number}:{}: {message}\n{margin} |\n{number} | {line}\n{margin} | {}{marks}",
            self.name,
            column + 1,
            " ".repeat(column),
        ))
    }
}

/// What was typed for one setting.
#[derive(Debug, Clone)]
pub enum Value {
    /// A string.
    Text(String),
    /// An integer or a decimal number.
    Number(f64),
    /// A whole number.
    Integer(i64),
    /// True or false.
    Switch(bool),
    /// `[..]`.
    List(Vec<Node>),
    /// `{..}`.
    Table(Vec<(String, Node)>),
    /// A date or time, which no setting is.
    Date,
}

/// A value and the place where it stands.
#[derive(Debug, Clone)]
pub struct Node {
    /// What was typed.
    pub value: Value,
    span: Range<usize>,
    /// Where it was typed.
    pub source: Rc<Source>,
}

impl Node {
    /// An error that points at this value.
    pub fn error(&self, message: impl AsRef<str>) -> InputError {
        self.source.error(&self.span, message.as_ref())
    }

    /// An error that points at some bytes of this string, where it was typed as it is.
    pub fn error_in(&self, part: &Range<usize>, message: impl AsRef<str>) -> InputError {
        let start = self.span.start + 1;
        let typed = self.source.text.get(start..).unwrap_or_default();
        match &self.value {
            Value::Text(text) if typed.starts_with(text.as_str()) => {
                let part = start + part.start..start + part.end;
                self.source.error(&part, message.as_ref())
            }
            _ => self.error(message),
        }
    }

    /// An error that says what was expected here instead.
    pub fn expected(&self, what: &str) -> InputError {
        let found = match &self.value {
            Value::Text(text) => format!("the string \"{text}\""),
            Value::Number(number) => format!("the number {number}"),
            Value::Integer(number) => format!("the number {number}"),
            Value::Switch(switch) => format!("{switch}"),
            Value::List(items) if items.is_empty() => "an empty list".to_owned(),
            Value::List(_) => "a list".to_owned(),
            Value::Table(_) => "a table".to_owned(),
            Value::Date => "a date".to_owned(),
        };
        self.error(format!("expected {what}, found {found}"))
    }

    fn new(value: &Spanned<DeValue<'_>>, source: &Rc<Source>) -> Result<Self, InputError> {
        let span = value.span();
        let nested = |value: &Spanned<DeValue<'_>>| Self::new(value, source);
        let value = match value.get_ref() {
            DeValue::String(text) => Value::Text(text.to_string()),
            DeValue::Integer(number) => {
                let parsed = i64::from_str_radix(number.as_str(), number.radix());
                Value::Integer(parsed.map_err(|_| source.error(&span, "this number is too large"))?)
            }
            DeValue::Float(number) => {
                let parsed = number.as_str().parse();
                Value::Number(parsed.map_err(|_| source.error(&span, "this is no number"))?)
            }
            DeValue::Boolean(switch) => Value::Switch(*switch),
            DeValue::Datetime(_) => Value::Date,
            DeValue::Array(items) => Value::List(items.iter().map(nested).collect::<Result<_, _>>()?),
            DeValue::Table(table) => {
                let entries = table
                    .iter()
                    .map(|(key, value)| Ok((key.get_ref().to_string(), nested(value)?)));
                Value::Table(entries.collect::<Result<_, _>>()?)
            }
        };
        Ok(Self {
            value,
            span,
            source: Rc::clone(source),
        })
    }
}

/// All settings that were typed, by their full key; later ones replace earlier ones.
#[derive(Debug, Default)]
pub struct Document {
    settings: BTreeMap<&'static str, Node>,
}

impl Document {
    /// Adds the settings of a file. `known` are the keys that there are.
    pub fn read(&mut self, path: &Path, text: String, known: &[&'static str]) -> Result<(), InputError> {
        let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
        self.add(
            Source {
                name: path.display().to_string(),
                text,
                folder,
            },
            known,
        )
    }

    /// Adds one `--set key=value`. A value that is no TOML is taken as a string, so that quotes can be left out.
    pub fn set(&mut self, assignment: &str, known: &[&'static str]) -> Result<(), InputError> {
        let name = format!("--set {assignment}");
        let Some((key, value)) = assignment.split_once('=') else {
            return Err(InputError::new(format!(
                "{name}: write it as key=value, for example training.steps=500"
            )));
        };
        let (key, value) = (key.trim(), value.trim());
        let toml = format!("{key} = {value}");
        let text = if DeTable::parse(&toml).is_ok() {
            toml
        } else {
            format!("{key} = {value:?}")
        };
        self.add(
            Source {
                name,
                text,
                folder: PathBuf::new(),
            },
            known,
        )
    }

    /// What was typed for `key`.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.settings.get(key)
    }

    fn add(&mut self, source: Source, known: &[&'static str]) -> Result<(), InputError> {
        let source = Rc::new(source);
        let table = DeTable::parse(&source.text).map_err(|error| {
            let message = error.message().lines().collect::<Vec<_>>().join("; ");
            source.error(&error.span().unwrap_or(0..0), &message)
        })?;
        for (key, value) in table.get_ref() {
            self.add_entry("", key, value, &source, known)?;
        }
        Ok(())
    }

    fn add_entry(
        &mut self,
        section: &str,
        key: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
        source: &Rc<Source>,
        known: &[&'static str],
    ) -> Result<(), InputError> {
        let full = if section.is_empty() {
            key.get_ref().to_string()
        } else {
            format!("{section}.{}", key.get_ref())
        };
        if let Some(key) = known.iter().find(|known| **known == full) {
            self.settings.insert(key, Node::new(value, source)?);
            return Ok(());
        }
        let is_section = known.iter().any(|known| known.starts_with(&format!("{full}.")));
        match value.get_ref() {
            DeValue::Table(table) if is_section => table
                .iter()
                .try_for_each(|(key, value)| self.add_entry(&full, key, value, source, known)),
            _ if is_section => Err(source.error(
                &key.span(),
                &format!("\"{full}\" is a section: write [{full}] on a line of its own"),
            )),
            _ => Err(source.error(&key.span(), &unknown_key(&full, section, known))),
        }
    }
}

fn unknown_key(full: &str, section: &str, known: &[&'static str]) -> String {
    let sections = known
        .iter()
        .filter_map(|known| known.split_once('.'))
        .map(|(section, _)| section);
    // The right name in the wrong section is what was meant, however near another one is.
    let name = full.rsplit('.').next().unwrap_or(full);
    if let Some(moved) = known.iter().find(|known| known.rsplit('.').next() == Some(name)) {
        return format!("unknown key \"{full}\"; did you mean \"{moved}\"?");
    }
    let hint = nearest(full, known.iter().copied().chain(sections));
    if !hint.is_empty() {
        return format!("unknown key \"{full}\"{hint}");
    }
    let prefix = if section.is_empty() {
        String::new()
    } else {
        format!("{section}.")
    };
    let here: Vec<_> = known
        .iter()
        .filter(|known| known.starts_with(&prefix))
        .copied()
        .collect();
    format!("unknown key \"{full}\"; there are: {}", here.join(", "))
}
