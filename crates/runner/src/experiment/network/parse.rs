//! Understands the text of a network:
//!
//! ```text
//! chain      = part ("->" part)*
//! part       = layer | "out" | "skip" | "dropout" ["(" rate ")"] | fourier | join "(" chain ("," chain)+ ")"
//! layer      = width ["linear" | activation]
//! activation = [name] ["{" formula "}"] ["(" name "=" number ["learned"] ("," ..)* ")"]
//! fourier    = "fourier" "(" count ["," "scale" "=" number] ")" | "fourier" "(" "frequencies" "=" "[" numbers "]" ")"
//! join       = "sum" | "product" | "gate" | "concat"
//! ```

use std::ops::Range;

use actlab_model::Activation;
use actlab_model::network::architecture::Join;
use actlab_model::unit::Formula;

use super::part::{Chain, Follows, Frequencies, JOINS, Misfit, Part, Placed};
use super::text::nameless;
use super::tokens::{Parsed, Token, tokens};
use crate::error::nearest;

/// What a text can be: bytes, parts, and joins inside of each other.
const LONGEST: usize = 10_000;
const MOST_PARTS: usize = 1000;
const DEEPEST: usize = 20;

/// A layer's width.
const WIDEST: usize = 65_536;

pub fn parse(text: &str) -> Parsed<Chain> {
    if text.len() > LONGEST {
        let message = format!("this text has {} characters; the most is {LONGEST}", text.len());
        return Err(Misfit::new(&(0..0), message));
    }
    let mut parser = Parser {
        tokens: tokens(text)?,
        at: 0,
        parts: 0,
    };
    if parser.tokens.is_empty() {
        let message =
            "this network is empty: write its layers, for example \"64 -> 64\"; one without hidden layers is \"out\"";
        return Err(Misfit::new(&(0..text.len()), message));
    }
    let chain = parser.chain(0)?;
    match parser.next() {
        None => {}
        Some((Token::Comma, at)) => {
            let message =
                "a comma stands between the branches of a join: parts one after the other are written with ->";
            return Err(Misfit::new(&at, message));
        }
        Some((token, at)) => return Err(Misfit::new(&at, follows(&token))),
    }
    match &chain.0[..] {
        [
            Placed {
                part: Part::Skip, at, ..
            },
        ] => Err(Misfit::new(at, NO_SKIP)),
        _ => Ok(chain),
    }
}

const NO_SKIP: &str = "skip passes on what it gets, and is a branch by itself, as in sum(skip, 64 relu -> 64 linear): leave it \
    out here";

/// After a part, where nothing of this kind can stand.
fn follows(token: &Token) -> String {
    let instead = match token {
        Token::Sign('+') => "branches are added with sum(a, b)",
        Token::Sign('*') => "branches are multiplied with product(a, b)",
        Token::Sign('|' | '&') => "branches are put beside each other with concat(a, b)",
        Token::Sign('-' | '>') => "parts one after the other are written with ->",
        Token::Close => "there is no ( that it closes",
        _ => "write -> between parts that follow each other",
    };
    format!("{} cannot stand here: {instead}", token.shown())
}

struct Parser {
    tokens: Vec<(Token, Range<usize>)>,
    at: usize,
    parts: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(token, _)| token)
    }

    fn next(&mut self) -> Option<(Token, Range<usize>)> {
        let token = self.tokens.get(self.at).cloned();
        self.at += usize::from(token.is_some());
        token
    }

    /// Where the next token stands, or the last one where the text ends.
    fn place(&self) -> Range<usize> {
        let token = self.tokens.get(self.at).or(self.tokens.last());
        token.map_or(0..0, |(_, at)| at.clone())
    }

    fn takes(&mut self, token: &Token) -> bool {
        let is = self.peek() == Some(token);
        self.at += usize::from(is);
        is
    }

    fn expect(&mut self, token: &Token, what: &str) -> Parsed<()> {
        match self.takes(token) {
            true => Ok(()),
            false => Err(self.expected(what)),
        }
    }

    fn expected(&self, what: &str) -> Misfit {
        let found = self
            .peek()
            .map_or("the text ends".to_owned(), |token| format!("found {}", token.shown()));
        Misfit::new(&self.place(), format!("expected {what}, {found}"))
    }

    fn chain(&mut self, depth: usize) -> Parsed<Chain> {
        let mut parts: Vec<Placed> = Vec::new();
        loop {
            let placed = self.part(depth)?;
            if parts.last().is_some_and(|last| last.part.answers()) {
                let message = "nothing can follow what ends in out, the answer of the network: leave out away there, or the \
                               parts after it here";
                return Err(Misfit::new(&placed.at, message));
            }
            parts.push(placed);
            self.parts += 1;
            if self.parts > MOST_PARTS {
                return Err(Misfit::new(
                    &self.place(),
                    format!("a network has at most {MOST_PARTS} parts"),
                ));
            }
            if !self.takes(&Token::Arrow) {
                break;
            }
        }
        match parts.iter().find(|placed| placed.part == Part::Skip) {
            Some(skip) if parts.len() > 1 => Err(Misfit::new(&skip.at, NO_SKIP)),
            _ => Ok(Chain(parts)),
        }
    }

    fn part(&mut self, depth: usize) -> Parsed<Placed> {
        let start = self.place();
        let part = match self.peek().cloned() {
            Some(Token::Number(text)) => {
                self.next();
                self.layer(&text, &start)?
            }
            Some(Token::Word(word)) => {
                self.next();
                self.named(&word, &start, depth)?
            }
            _ => return Err(self.expected("a part of a network, for example 64 relu or sum(64 relu, 64 sinu)")),
        };
        let end = self.tokens[self.at - 1].1.end;
        Ok(Placed {
            part,
            at: start.start..end,
        })
    }

    fn layer(&mut self, width: &str, at: &Range<usize>) -> Parsed<Part> {
        let width = count(width, at, "the width of a layer")?;
        let follows = match self.peek() {
            Some(Token::Word(word)) if word == "linear" => {
                self.next();
                Follows::Nothing
            }
            Some(Token::Word(_) | Token::Quoted(_) | Token::Formula(_)) => Follows::Activation(self.activation()?),
            _ => Follows::Default,
        };
        Ok(Part::Layer { width, follows })
    }

    fn named(&mut self, word: &str, at: &Range<usize>, depth: usize) -> Parsed<Part> {
        if let Some((_, join)) = JOINS.iter().find(|(known, _)| *known == word) {
            return self.joined(*join, word, at, depth);
        }
        match word {
            "out" => Ok(Part::Out),
            "skip" => Ok(Part::Skip),
            "dropout" => Ok(Part::Dropout(self.rate()?)),
            "fourier" => Ok(Part::Fourier(self.fourier()?)),
            _ if word == "linear" || is_unit(word) => {
                let message = format!("a layer is its width and then its activation: write \"64 {word}\"");
                Err(Misfit::new(at, message))
            }
            _ => {
                let words = JOINS.iter().map(|(word, _)| *word);
                let words: Vec<&str> = words.chain(["fourier", "dropout", "skip", "out"]).collect();
                let hint = nearest(word, words.iter().copied());
                let words = words.join(", ");
                Err(Misfit::new(
                    at,
                    format!("unknown part \"{word}\"{hint} There are layers such as 64 relu, and {words}"),
                ))
            }
        }
    }

    fn joined(&mut self, join: Join, word: &str, at: &Range<usize>, depth: usize) -> Parsed<Part> {
        if depth == DEEPEST {
            return Err(Misfit::new(
                at,
                format!("joins are inside of each other {DEEPEST} times at most"),
            ));
        }
        self.expect(
            &Token::Open,
            &format!("( and the branches, as in {word}(64 relu, 64 sinu)"),
        )?;
        let mut branches = vec![self.chain(depth + 1)?];
        while self.takes(&Token::Comma) {
            branches.push(self.chain(depth + 1)?);
        }
        if !self.takes(&Token::Close) {
            return Err(match self.peek() {
                Some(token @ Token::Sign(_)) => Misfit::new(&self.place(), follows(token)),
                _ => self.expected("-> and another part, a comma and another branch, or )"),
            });
        }
        if !join.takes(branches.len()) {
            let message = match (join, branches.len()) {
                (Join::Gate, found) => format!(
                    "a gate joins two branches, what passes and what opens it, and here is {found}: write gate(64 tanh, 64 \
                     linear)"
                ),
                (_, found) => {
                    format!("a {word} joins two branches or more, and here is {found}: write its part without {word}")
                }
            };
            return Err(Misfit::new(at, message));
        }
        Ok(Part::Joined(join, branches))
    }

    fn rate(&mut self) -> Parsed<Option<f64>> {
        if !self.takes(&Token::Open) {
            return Ok(None);
        }
        let at = self.place();
        let rate = self.number("a share from 0 to below 1")?;
        self.expect(&Token::Close, ")")?;
        match (0.0..1.0).contains(&rate) {
            true => Ok(Some(rate)),
            false => Err(Misfit::new(
                &at,
                format!("a dropout leaves out a share from 0 to below 1, not {rate}"),
            )),
        }
    }

    fn fourier(&mut self) -> Parsed<Frequencies> {
        let example = "fourier(32), fourier(32, scale=2) or fourier(frequencies=[1, 2, 4])";
        self.expect(&Token::Open, &format!("( as in {example}"))?;
        let at = self.place();
        let frequencies = match self.next() {
            Some((Token::Number(text), _)) => {
                let count = count(&text, &at, "how many frequencies there are")?;
                let scale = match self.takes(&Token::Comma) {
                    true => self.scale()?,
                    false => 1.0,
                };
                Frequencies::Normal { count, scale }
            }
            Some((Token::Word(word), _)) if word == "frequencies" => {
                self.expect(&Token::Equals, "= and a list, as in frequencies=[1, 2, 4]")?;
                self.expect(&Token::OpenList, "a list, as in frequencies=[1, 2, 4]")?;
                let mut given = vec![self.number("a frequency")?];
                while self.takes(&Token::Comma) {
                    given.push(self.number("a frequency")?);
                }
                self.expect(&Token::CloseList, "a comma and another frequency, or ]")?;
                Frequencies::Along(given)
            }
            _ => return Err(Misfit::new(&at, format!("write {example}"))),
        };
        self.expect(&Token::Close, ")")?;
        Ok(frequencies)
    }

    fn scale(&mut self) -> Parsed<f64> {
        let example = "scale=2, the standard deviation of the frequencies";
        self.expect(&Token::Word("scale".to_owned()), example)?;
        self.expect(&Token::Equals, example)?;
        let at = self.place();
        let scale = self.number("a number above 0")?;
        match scale > 0.0 {
            true => Ok(scale),
            false => Err(Misfit::new(
                &at,
                format!("the scale of frequencies is a number above 0, not {scale}"),
            )),
        }
    }

    fn number(&mut self, what: &str) -> Parsed<f64> {
        let number = match self.peek() {
            Some(Token::Number(text)) => text.parse::<f64>().ok().filter(|number| number.is_finite()),
            _ => None,
        };
        let number = number.ok_or_else(|| self.expected(what))?;
        self.at += 1;
        Ok(number)
    }

    /// `relu`, `leaky_relu(slope=0.2)`, `{x + sin(x)}`, `wiggle{x + a*sin(x)}(a=0.3 learned)`.
    fn activation(&mut self) -> Parsed<Activation> {
        let at = self.place();
        let name = match self.peek().cloned() {
            Some(Token::Word(name) | Token::Quoted(name)) => {
                self.next();
                Some(name)
            }
            _ => None,
        };
        let formula = match self.peek().cloned() {
            Some(Token::Formula(text)) => {
                let at = self.place();
                self.next();
                Some((text, at))
            }
            _ => None,
        };
        let parameters = self.parameters()?;
        let bare = match &formula {
            Some((text, at)) => {
                let defaults: Vec<(String, f32)> = parameters.iter().map(|of| (of.name.clone(), of.value)).collect();
                let name = name.unwrap_or_else(|| nameless(text));
                let formula = Formula::define(&name, text, &defaults)
                    .map_err(|error| Misfit::new(at, format!("\"{text}\" cannot be an activation: {error}")))?;
                Activation::new(formula)
            }
            None => unit(name.as_deref().unwrap_or_default(), &at)?,
        };
        if parameters.is_empty() {
            return Ok(bare);
        }
        // What is learned is said here, whatever is by default.
        let fixed = Activation::new(bare.definition()).fixed();
        let activation = parameters.into_iter().try_fold(fixed, |activation, parameter| {
            let with = activation.with(&parameter.name, parameter.value);
            let with = match parameter.learned {
                true => with.and_then(|with| with.learn(&parameter.name)),
                false => with,
            };
            with.ok_or_else(|| {
                let known = activation.definition().parameters().iter();
                let known: Vec<&str> = known.map(|known| known.name).collect();
                let has = match known.is_empty() {
                    true => "it has none".to_owned(),
                    false => format!("it has {}", known.join(", ")),
                };
                let message = format!("{} has no parameter \"{}\"; {has}", activation.name(), parameter.name);
                Misfit::new(&parameter.at, message)
            })
        })?;
        match activation.refuses() {
            Some(why) => Err(Misfit::new(
                &at,
                format!("there is no such {}: {why}", activation.name()),
            )),
            None => Ok(activation),
        }
    }

    fn parameters(&mut self) -> Parsed<Vec<Parameter>> {
        let mut parameters = Vec::new();
        if !self.takes(&Token::Open) {
            return Ok(parameters);
        }
        loop {
            let at = self.place();
            let Some((Token::Word(name), _)) = self.next() else {
                return Err(Misfit::new(
                    &at,
                    "expected the name of a parameter, as in leaky_relu(slope=0.2)",
                ));
            };
            self.expect(&Token::Equals, "= and a number, as in slope=0.2")?;
            let value = self.number("a number")? as f32;
            parameters.push(Parameter {
                name,
                value,
                learned: self.takes(&Token::Word("learned".to_owned())),
                at,
            });
            if !self.takes(&Token::Comma) {
                break;
            }
        }
        self.expect(&Token::Close, "learned, a comma and another parameter, or )")?;
        Ok(parameters)
    }
}

struct Parameter {
    name: String,
    value: f32,
    learned: bool,
    at: Range<usize>,
}

fn count(text: &str, at: &Range<usize>, what: &str) -> Parsed<usize> {
    let count = text.parse().ok().filter(|count| (1..=WIDEST).contains(count));
    count.ok_or_else(|| Misfit::new(at, format!("{what} is a whole number from 1 to {WIDEST}, not {text}")))
}

fn units() -> Vec<&'static str> {
    Activation::all().map(|activation| activation.name()).collect()
}

fn is_unit(name: &str) -> bool {
    units().contains(&name)
}

fn unit(name: &str, at: &Range<usize>) -> Parsed<Activation> {
    name.parse().map_err(|_| {
        let names = || units().into_iter().chain(["linear"]);
        let hint = nearest(name, names());
        let names: Vec<&str> = names().collect();
        let message = format!(
            "unknown activation \"{name}\"{hint} There are {}, and formulas such as {{x + sin(x)}}",
            names.join(", ")
        );
        Misfit::new(at, message)
    })
}
