//! The words, numbers and signs that the text of a network is made of.

use std::ops::Range;

use super::part::Misfit;

pub type Parsed<T> = Result<T, Misfit>;

/// A piece of a text.
#[derive(Debug, Clone, PartialEq)]
pub enum Token {
    Word(String),
    Quoted(String),
    Number(String),
    Formula(String),
    Arrow,
    Open,
    Close,
    OpenList,
    CloseList,
    Comma,
    Equals,
    Sign(char),
}

impl Token {
    /// As errors show it.
    pub fn shown(&self) -> String {
        match self {
            Self::Word(text) | Self::Number(text) => format!("\"{text}\""),
            Self::Quoted(text) => format!("'{text}'"),
            Self::Formula(text) => format!("{{{text}}}"),
            Self::Arrow => "->".to_owned(),
            Self::Open => "(".to_owned(),
            Self::Close => ")".to_owned(),
            Self::OpenList => "[".to_owned(),
            Self::CloseList => "]".to_owned(),
            Self::Comma => "a comma".to_owned(),
            Self::Equals => "=".to_owned(),
            Self::Sign(sign) => format!("'{sign}'"),
        }
    }
}

/// The tokens of a text, each with its place.
pub fn tokens(text: &str) -> Parsed<Vec<(Token, Range<usize>)>> {
    let mut tokens = Vec::new();
    let mut start = 0;
    while let Some(c) = text[start..].chars().next() {
        let rest = &text[start..];
        let run = |is: fn(char) -> bool| rest.find(|c| !is(c)).unwrap_or(rest.len());
        let (token, length) = match c {
            _ if c.is_whitespace() => {
                start += c.len_utf8();
                continue;
            }
            '-' if rest.starts_with("->") => (Token::Arrow, 2),
            '→' => (Token::Arrow, c.len_utf8()),
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            '[' => (Token::OpenList, 1),
            ']' => (Token::CloseList, 1),
            ',' => (Token::Comma, 1),
            '=' => (Token::Equals, 1),
            '{' => {
                let end = rest
                    .find('}')
                    .ok_or_else(|| Misfit::new(&(start..text.len()), "this formula has no end: write } after it"))?;
                (Token::Formula(rest[1..end].trim().to_owned()), end + 1)
            }
            '"' => quoted(rest)
                .ok_or_else(|| Misfit::new(&(start..text.len()), "this name has no end: write \" after it"))?,
            _ if c.is_alphabetic() || c == '_' => {
                let length = run(|c| c.is_alphanumeric() || c == '_');
                (Token::Word(rest[..length].to_owned()), length)
            }
            _ if number(rest) > 0 => (Token::Number(rest[..number(rest)].to_owned()), number(rest)),
            sign => (Token::Sign(sign), sign.len_utf8()),
        };
        tokens.push((token, start..start + length));
        start += length;
    }
    Ok(tokens)
}

/// A name in quotes, as JSON has them.
fn quoted(rest: &str) -> Option<(Token, usize)> {
    let mut names = serde_json::Deserializer::from_str(rest).into_iter::<String>();
    let name = names.next()?.ok()?;
    Some((Token::Quoted(name), names.byte_offset()))
}

/// The bytes of the number that the text begins with.
fn number(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let sign = usize::from(bytes.first() == Some(&b'-'));
    let mut length = sign + digits(sign);
    if bytes.get(length) == Some(&b'.') {
        length += 1 + digits(length + 1);
    }
    if !bytes[..length].iter().any(u8::is_ascii_digit) {
        return 0;
    }
    if matches!(bytes.get(length), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(length + 1), Some(b'-' | b'+')));
        match digits(length + 1 + sign) {
            0 => {}
            digits => length += 1 + sign + digits,
        }
    }
    length
}
