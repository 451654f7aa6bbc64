//! The table of settings for others: the experiment that `init` writes, the README's table, and a schema for editors.

use serde_json::{Map, Value, json};

use super::ROWS;
use super::row::{Row, With, section_of, sections};

/// Characters of a line of the experiment that `init` writes.
const LINE: usize = 120;

/// An experiment to start from, with every setting and what it is. What goes with data, and what is typed instead of
/// another setting, is a comment.
pub fn template() -> String {
    let single: Vec<&str> = ROWS.iter().filter(|row| !row.list).map(|row| row.key).collect();
    let mut text = comment(&format!(
        "An experiment of actlab. A setting may be one value or a list, but not {}; a list is an axis of the sweep, and \
         every combination of the axes is trained once with each seed (target.x lists the inputs of one network).",
        enumeration(&single)
    ));
    for section in sections() {
        text += "\n";
        if !section.is_empty() {
            text += &format!("[{section}]\n");
        }
        let rows = ROWS.iter().filter(|row| section_of(row.key) == section);
        rows.for_each(|row| text += &entry(row));
    }
    text
}

/// `a, b and c`.
fn enumeration(words: &[&str]) -> String {
    match words.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        _ => words.concat(),
    }
}

/// A row in the experiment that `init` writes.
fn entry(row: &Row) -> String {
    let (with, mark) = match row.with {
        With::Data => ("For data: ", "# "),
        With::Teacher => ("For teachers: ", "# "),
        With::Any | With::Function if !row.instead.is_empty() => ("", "# "),
        With::Any | With::Function => ("", ""),
    };
    let values = row.kind.words();
    let mut help = format!("{with}{}", row.help());
    if row.kind.is_choice() {
        help += &format!(" There are {values}.");
    }
    format!("{}{mark}{} = {}\n", comment(&help), row.name(), row.shown)
}

/// A paragraph as lines of comments.
fn comment(text: &str) -> String {
    let mut lines = vec!["#".to_owned()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is a first line");
        if line.chars().count() + 1 + word.chars().count() > LINE {
            lines.push(format!("# {word}"));
        } else {
            *line += &format!(" {word}");
        }
    }
    lines.join("\n") + "\n"
}

/// All settings as a table in Markdown.
pub fn markdown() -> String {
    let mut text = "| setting | what it is | values | default |\n|---|---|---|---|\n".to_owned();
    for row in ROWS {
        let values = row.kind.words();
        let list = if row.list { ", or a list" } else { "" };
        let with = match row.with {
            With::Any | With::Teacher => "",
            With::Function => " For expressions.",
            With::Data => " For data.",
        };
        let default = row.default().map_or_else(String::new, |default| format!("`{default}`"));
        text += &format!(
            "| `{}` | {}{with} | {values}{list} | {default} |\n",
            row.key,
            escaped(&row.help())
        );
    }
    text
}

/// So that Markdown takes nothing for its own.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        if "|<>[]*_".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// A JSON Schema of experiments, for editors that complete and check TOML.
pub fn schema() -> Value {
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "An experiment of actlab",
        "type": "object",
        "properties": properties(),
        "additionalProperties": false,
        "required": ["target"],
        "if": { "properties": { "target": { "required": ["function"] } } },
        "then": { "properties": refused(&[With::Data, With::Teacher]) },
        "else": {
            "if": { "properties": { "target": { "required": ["teacher"] } } },
            "then": { "properties": refused(&[With::Data]) },
            "else": { "properties": with_data() },
        },
    })
}

/// Every setting; sections have no others.
fn properties() -> Map<String, Value> {
    let mut properties = by_section(ROWS.iter(), described);
    for section in sections().into_iter().filter(|section| !section.is_empty()) {
        let section = &mut properties[section];
        section["type"] = json!("object");
        section["additionalProperties"] = json!(false);
    }
    properties
}

/// What goes with the other kinds of target alone.
fn refused(with: &[With]) -> Map<String, Value> {
    by_section(ROWS.iter().filter(|row| with.contains(&row.with)), |_| json!(false))
}

/// What data needs: the settings of the section `target` that go with it.
fn with_data() -> Map<String, Value> {
    let mut properties = refused(&[With::Function]);
    let needed = ROWS
        .iter()
        .filter(|row| row.with == With::Data && section_of(row.key) == "target");
    let needed: Vec<&str> = needed.map(Row::name).collect();
    if let Some(target) = properties.get_mut("target") {
        target["required"] = json!(needed);
    }
    properties
}

/// The properties of an object that has sections, with a schema for each row.
fn by_section<'a>(rows: impl Iterator<Item = &'a Row>, of: impl Fn(&Row) -> Value) -> Map<String, Value> {
    let rows: Vec<&Row> = rows.collect();
    let mut properties = Map::new();
    for section in sections() {
        let of_section = rows.iter().filter(|row| section_of(row.key) == section);
        let entries: Map<String, Value> = of_section.map(|row| (row.name().to_owned(), of(row))).collect();
        if section.is_empty() {
            properties.extend(entries);
        } else if !entries.is_empty() {
            properties.insert(section.to_owned(), json!({ "properties": entries }));
        }
    }
    properties
}

/// The schema of one setting.
fn described(row: &Row) -> Value {
    let mut schema = row.kind.schema();
    if row.list {
        let list = json!({ "type": "array", "items": row.kind.listed(), "minItems": 1 });
        schema = json!({ "anyOf": [schema, list] });
    }
    schema["description"] = json!(row.help());
    schema["$comment"] = json!(format!("since {} of the settings", row.since));
    if let Some(default) = row.default() {
        schema["default"] = default;
    }
    schema
}
