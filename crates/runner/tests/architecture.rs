//! Data flows one way through the rooms of the program: every path in the sources is held against the list of rooms.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The rooms of actlab. Each may use those before it, and none after it.
const RUNNER: &[&str] = &[
    // What all may fail with and say.
    "error",
    "words",
    "panics",
    "parallel",
    "statistics",
    // The way of the data.
    "experiment",
    "samples",
    "train",
    "measure",
    "store",
    "analysis",
    "render",
    // Who puts it together.
    "commands",
    "fuzz",
    "main",
];

/// The rooms of actlab-model.
const MODEL: &[&str] = &[
    "device",
    // What formulas are computed with, and what is a formula.
    "number",
    "expression",
    "unit",
    // What is known by a name and its settings.
    "setting",
    "optimizer",
    "loss",
    "random",
    // What a network is made of, and how it trains.
    "kernels",
    "backend",
    "block",
    "initialization",
    "penalty",
    "network",
    "layers",
    "engine",
    "lib",
];

/// A path in a source file: the line where it stands, and the modules that it names from the crate's root on.
type Named = (usize, Vec<String>);

/// A word, a sign or a bracket, and its line.
type Token = (usize, String);

fn tokens(stream: TokenStream, found: &mut Vec<Token>) {
    for tree in stream {
        let line = tree.span().start().line;
        match tree {
            TokenTree::Group(group) => {
                let [open, close] = match group.delimiter() {
                    Delimiter::Parenthesis => ["(", ")"],
                    Delimiter::Brace => ["{", "}"],
                    Delimiter::Bracket => ["[", "]"],
                    Delimiter::None => ["", ""],
                };
                found.push((line, open.to_owned()));
                tokens(group.stream(), found);
                found.push((group.span_close().start().line, close.to_owned()));
            }
            TokenTree::Literal(_) => found.push((line, "literal".to_owned())),
            other => found.push((line, other.to_string())),
        }
    }
}

/// Reads the paths of one file.
struct Reader<'a> {
    tokens: &'a [Token],
    found: Vec<Named>,
}

impl Reader<'_> {
    fn is(&self, at: usize, text: &str) -> bool {
        self.tokens.get(at).is_some_and(|(_, token)| token == text)
    }

    fn is_path(&self, at: usize) -> bool {
        self.is(at, ":") && self.is(at + 1, ":")
    }

    /// All paths that start at the root or in a parent, in the module `module`, from `at` to the end of its block;
    /// where that is.
    fn module(&mut self, mut at: usize, module: &[String]) -> usize {
        let mut depth = 0usize;
        while let Some((_, token)) = self.tokens.get(at) {
            match token.as_str() {
                "{" => depth += 1,
                "}" if depth == 0 => return at + 1,
                "}" => depth -= 1,
                "mod" if self.is(at + 2, "{") => {
                    let inner = [module, &[self.tokens[at + 1].1.clone()]].concat();
                    at = self.module(at + 3, &inner);
                    continue;
                }
                "crate" if self.is_path(at + 1) => {
                    at = self.path(at + 3, Vec::new());
                    continue;
                }
                "super" | "self" if self.is_path(at + 1) && !self.is(at.wrapping_sub(1), ":") => {
                    let mut base = module.to_vec();
                    while ["super", "self"].iter().any(|word| self.is(at, word)) && self.is_path(at + 1) {
                        if self.is(at, "super") {
                            base.pop();
                        }
                        at += 3;
                    }
                    at = self.path(at, base);
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        at
    }

    /// The path that goes on at `at`, or all that a group there holds; where it ends.
    fn path(&mut self, mut at: usize, mut base: Vec<String>) -> usize {
        let line = self.tokens.get(at).map_or(0, |(line, _)| *line);
        loop {
            match self.tokens.get(at) {
                Some((_, open)) if open == "{" => {
                    at += 1;
                    while !self.is(at, "}") && at < self.tokens.len() {
                        at = self.path(at, base.clone());
                        // `as name` and the comma.
                        while !self.is(at, "}") && !self.is(at, ",") && at < self.tokens.len() {
                            at += 1;
                        }
                        at += usize::from(self.is(at, ","));
                    }
                    return at + 1;
                }
                Some((_, word)) => base.push(word.clone()),
                None => return at,
            }
            at += 1;
            if !self.is_path(at) {
                self.found.push((line, base));
                return at;
            }
            at += 2;
        }
    }
}

/// What the paths of a file name; `file` is its path below `src`.
fn named(file: &str, text: &str) -> Vec<Named> {
    let mut found = Vec::new();
    let stream: TokenStream = text.parse().unwrap_or_else(|error| panic!("{file}: {error}"));
    tokens(stream, &mut found);
    let mut reader = Reader {
        tokens: &found,
        found: Vec::new(),
    };
    reader.module(0, &module(file));
    reader.found
}

/// `train/plan.rs` is `train::plan`, `train/mod.rs` is `train`, and `main.rs` the root.
fn module(file: &str) -> Vec<String> {
    let parts = file.trim_end_matches(".rs").split('/').map(str::to_owned);
    parts
        .filter(|part| !["mod", "main", "lib"].contains(&part.as_str()))
        .collect()
}

/// The room that a file stands in.
fn room(file: &str) -> &str {
    file.split('/').next().unwrap_or(file).trim_end_matches(".rs")
}

/// What points the wrong way in one file, as "file:line: what".
fn wrong(rooms: &[&str], file: &str, text: &str) -> Vec<String> {
    let order = |room: &str| rooms.iter().position(|known| *known == room);
    let own = room(file);
    let Some(place) = order(own) else {
        return vec![format!("{file}:1: the room {own} is not in the list")];
    };
    let root = ["main", "lib"].contains(&own);
    let check = |(line, path): Named| {
        let used = path.first()?.as_str();
        let what = match order(used) {
            // What the root itself declares: its modules are in the list, and nobody may use the rest.
            None if root => return None,
            None => format!("crate::{used} is no room in the list"),
            Some(at) if at > place => format!("{own} uses {}, which comes after it", path.join("::")),
            Some(_) => return None,
        };
        Some(format!("{file}:{line}: {what}"))
    };
    named(file, text).into_iter().filter_map(check).collect()
}

/// The files that use, by way of others, themselves. A file and those in the folder of its name belong
/// together, as parent and children: they may use each other.
fn circles(sources: &[(String, String)]) -> Vec<String> {
    let modules: BTreeMap<Vec<String>, &str> = sources.iter().map(|(file, _)| (module(file), file.as_str())).collect();
    let uses = |file: &str, text: &str| -> BTreeSet<&str> {
        let own = module(file);
        let used = named(file, text).into_iter().filter_map(|(_, path)| {
            let nearest = (1..=path.len())
                .rev()
                .find(|length| modules.contains_key(&path[..*length]))?;
            let family = own.starts_with(&path[..nearest]) || path[..nearest].starts_with(&own);
            (!family).then(|| modules[&path[..nearest]])
        });
        used.collect()
    };
    let uses: BTreeMap<&str, BTreeSet<&str>> = sources
        .iter()
        .map(|(file, text)| (file.as_str(), uses(file, text)))
        .collect();
    let comes_back = |start: &&str| {
        let (mut seen, mut next) = (BTreeSet::new(), vec![*start]);
        while let Some(file) = next.pop() {
            next.extend(uses[file].iter().filter(|used| seen.insert(**used)));
        }
        seen.contains(start)
    };
    uses.keys().copied().filter(comes_back).map(str::to_owned).collect()
}

/// All source files below a folder, as paths below it.
fn files(folder: &Path, below: &str) -> Vec<String> {
    let entries = std::fs::read_dir(folder.join(below)).expect("a folder of sources");
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.expect("an entry");
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.file_type().expect("a type").is_dir() {
            found.extend(files(folder, &format!("{name}/")));
        } else if name.ends_with(".rs") {
            found.push(name);
        }
    }
    found.sort();
    found
}

/// The sources of a crate, with their text.
fn read(crate_name: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(crate_name)
        .join("src");
    let read = |file: String| {
        let text = std::fs::read_to_string(folder.join(&file)).expect("a source file");
        (file, text)
    };
    files(&folder, "").into_iter().map(read).collect()
}

/// Everything in a crate that points the wrong way, and every room of the list that is not there.
fn check(rooms: &[&str], crate_name: &str) -> Vec<String> {
    let sources = read(crate_name);
    let there: BTreeSet<&str> = sources.iter().map(|(file, _)| room(file)).collect();
    let gone = rooms.iter().filter(|room| !there.contains(*room));
    let gone = gone.map(|room| format!("{room} is in the list, but no room of {crate_name}"));
    let wrong = sources.iter().flat_map(|(file, text)| wrong(rooms, file, text));
    let circles = circles(&sources)
        .into_iter()
        .map(|file| format!("{file}:1: uses itself by way of other files"));
    gone.chain(wrong).chain(circles).collect()
}

#[test]
fn the_rooms_of_actlab_use_what_comes_before_them() {
    let wrong = check(RUNNER, "runner");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_rooms_of_the_model_use_what_comes_before_them() {
    let wrong = check(MODEL, "model");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Only commands write to stdout, which is for data.
#[test]
fn only_commands_print() {
    for (file, text) in read("runner") {
        let mut found = Vec::new();
        tokens(text.parse().expect("Rust"), &mut found);
        let prints = |at: &usize| {
            let is = |offset: usize, text: &str| found.get(at + offset).is_some_and(|(_, token)| token == text);
            // Whether it is a terminal may be asked.
            let writes = is(0, "stdout") && is(1, "(") && !is(4, "is_terminal");
            writes || (is(0, "print") || is(0, "println")) && is(1, "!")
        };
        if let Some(at) = (0..found.len()).find(prints) {
            assert_eq!(room(&file), "commands", "{file}:{} prints", found[at].0);
        }
    }
}

/// Each of these points from `samples` or a file of it to `store`, which comes after it, from the line given.
#[test]
fn an_arrow_that_points_back_is_found_wherever_it_stands() {
    for (file, line, text) in [
        ("samples/mod.rs", 1, "use crate::store::Store;"),
        (
            "samples/mod.rs",
            2,
            "\nuse crate::{error::reject, store::{Store, weights}};",
        ),
        ("samples/split.rs", 1, "use super::super::store::Store;"),
        (
            "samples/split.rs",
            4,
            "use super::Points;\n\nuse super::super::{\nstore as s};",
        ),
        ("samples/mod.rs", 1, "use super::store::Store;"),
        ("samples.rs", 1, "use self::super::store::Store;"),
        ("samples/mod.rs", 1, "fn f() -> crate::store::Store { todo!() }"),
        ("samples/mod.rs", 2, "fn f() {\n assert!(crate::store::VERSION > 1);\n}"),
        ("samples/mod.rs", 2, "mod tests {\n use super::super::store::Store; }"),
        ("samples/mod.rs", 2, "mod tests { fn f() {} }\nuse crate::store::Store;"),
        ("samples/mod.rs", 1, "pub(in crate::store) fn f() {}"),
    ] {
        let found = wrong(RUNNER, file, text);
        assert!(!found.is_empty(), "{text}");
        let expected = format!("{file}:{line}: samples uses store");
        assert!(
            found.iter().all(|found| found.starts_with(&expected)),
            "{text}: {found:?}"
        );
    }
}

#[test]
fn a_room_that_is_not_in_the_list_is_found() {
    for (file, text) in [
        ("kitchen/mod.rs", "use crate::error::reject;"),
        ("kitchen.rs", ""),
        ("samples/mod.rs", "use crate::kitchen::Sink;"),
        ("samples/mod.rs", "use crate::*;"),
        ("samples/mod.rs", "use super::print;"),
    ] {
        assert_eq!(wrong(RUNNER, file, text).len(), 1, "{file}: {text}");
    }
}

#[test]
fn arrows_that_point_the_right_way_are_none_to_speak_of() {
    for (file, text) in [
        (
            "store/mod.rs",
            "use crate::samples::{Points, Scaling};\nuse crate::store::FILE;",
        ),
        (
            "store/read.rs",
            "use super::{Store, weights};\n// use crate::render::page;",
        ),
        ("store/read.rs", "mod tests { use super::*; use super::super::Store; }"),
        ("store/read.rs", "fn f() -> &'static str { \"crate::render::page\" }"),
        (
            "commands/mod.rs",
            "macro_rules! m { () => { $crate::error::reject!() } }",
        ),
        ("main.rs", "mod commands; use commands::Cli; use crate::quiet;"),
    ] {
        assert_eq!(wrong(RUNNER, file, text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn circles_of_files_are_found_within_a_room_too() {
    let sources = |texts: [&str; 4]| {
        let files = [
            "analysis/mod.rs",
            "analysis/claims.rs",
            "analysis/shapes.rs",
            "analysis/words/mod.rs",
        ];
        let source = |(file, text): (&str, &str)| (file.to_owned(), text.to_owned());
        files.into_iter().zip(texts).map(source).collect::<Vec<_>>()
    };
    let (to_shapes, to_words) = (
        "use super::shapes::Shape;",
        "fn f() -> crate::analysis::words::Word { todo!() }",
    );
    let none = [
        "use claims::Claim; use self::shapes::Shape;",
        to_shapes,
        to_words,
        "use super::Claim;",
    ];
    assert_eq!(circles(&sources(none)), Vec::<String>::new());
    // The parent uses what is in the circle, and is not in it itself.
    let circle = ["use claims::Claim;", to_shapes, to_words, "use super::{claims, Claim};"];
    assert_eq!(
        circles(&sources(circle)),
        ["analysis/claims.rs", "analysis/shapes.rs", "analysis/words/mod.rs"]
    );
}
