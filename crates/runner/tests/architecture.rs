//! Data flows one way through the rooms of the program, and nothing flows back: every path in the sources is read and
//! held against the list of rooms.

use std::fmt;
use std::path::{Path, PathBuf};

/// The rooms of actlab. Each may use those before it, and none after it.
const RUNNER: &[&str] = &[
    // What everybody may say or fail with.
    "error",
    "words",
    "panics",
    "statistics",
    // The way that the data takes.
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

/// The rooms of actlab-model; not held to while there is no list.
const MODEL: &[&str] = &[];

/// A path in a source file that leads into a room.
#[derive(Debug, PartialEq)]
struct Use {
    line: usize,
    /// The modules that it names, from the root on.
    path: Vec<String>,
}

/// What is wrong with a source file, and where.
#[derive(Debug, PartialEq)]
struct Wrong {
    file: PathBuf,
    line: usize,
    what: String,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file.display(), self.line, self.what)
    }
}

/// A word or a sign of Rust, and the line where it stands; comments and strings are none.
type Token = (usize, String);

fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let (mut tokens, mut line, mut at) = (Vec::new(), 1, 0);
    while at < chars.len() {
        let start = at;
        at = end_of_token(&chars, at);
        let token: String = chars[start..at].iter().collect();
        let first = chars[start];
        let is_code = first != '"' && !token.starts_with("//") && !token.starts_with("/*") && !is_raw_string(&token);
        if is_code && !first.is_whitespace() {
            tokens.push((line, token.clone()));
        }
        line += token.matches('\n').count();
    }
    tokens
}

fn is_raw_string(token: &str) -> bool {
    token.len() > 1 && token.ends_with(['"', '#']) && token.contains('"')
}

/// Where the token that begins at `at` ends.
fn end_of_token(chars: &[char], at: usize) -> usize {
    let rest = &chars[at..];
    let until = |ends: &dyn Fn(usize) -> bool| at + (1..rest.len()).find(|i| ends(*i)).unwrap_or(rest.len());
    let is_word = |c: &char| c.is_alphanumeric() || *c == '_';
    match rest {
        ['/', '/', ..] => until(&|i| rest[i] == '\n'),
        ['/', '*', ..] => until(&|i| i > 3 && rest[i - 2..i] == ['*', '/']),
        ['"', ..] => end_of_string(chars, at),
        ['b', '"', ..] => end_of_string(chars, at + 1),
        ['r', '"', ..] | ['r', '#', '"', ..] | ['r', '#', '#', '"', ..] => end_of_raw_string(chars, at),
        ['\'', '\\', ..] => until(&|i| i > 2 && rest[i - 1] == '\'' && i > 3 || i > 3 && rest[i] == '\''),
        ['\'', _, '\'', ..] => at + 3,
        [':', ':', ..] => at + 2,
        [c, ..] if is_word(c) => until(&|i| !is_word(&rest[i])),
        _ => at + 1,
    }
}

fn end_of_string(chars: &[char], start: usize) -> usize {
    let mut at = start + 1;
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(chars.len())
}

fn end_of_raw_string(chars: &[char], start: usize) -> usize {
    let hashes = chars[start + 1..].iter().take_while(|c| **c == '#').count();
    let mut end = vec!['"'];
    end.extend(vec!['#'; hashes]);
    let body = start + hashes + 2;
    let closes = |at: &usize| chars[*at..].starts_with(&end);
    (body..chars.len()).find(closes).map_or(chars.len(), |at| at + end.len())
}
