//! Expressions as users type them, `x + 0.3*sin(4*x)`: parsed by a library, then a [`Tape`] of operations that can be
//! done with any [`Number`].

mod tape;

use std::fmt::{self, Debug};
use std::str::FromStr;
use std::sync::Arc;

use exmex::{BinOp, Express, FlatEx, MakeOperators, MatchLiteral, Operator, literal_matcher_from_pattern};

use crate::number::{Function, Number};
pub use tape::{Operand, Operation, Recorded, Step, Tape, Work};

/// Bytes of the longest expression: the parser's time grows with the square of its length, to a third of a second here.
const LONGEST: usize = 10_000;

/// An expression of some variables.
#[derive(Debug, Clone)]
pub struct Expression {
    /// The variables that occur in it, in alphabetical order.
    pub variables: Vec<String>,
    root: Symbol,
}

impl Expression {
    /// Understands an expression of variables that `is_variable` knows; `variables` says how to write them.
    ///
    /// # Errors
    /// If it is no expression: what is wrong, and perhaps what was meant.
    pub fn parse(text: &str, is_variable: impl Fn(&str) -> bool, variables: &str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err(format!("it has {} characters; the most is {LONGEST}", text.len()));
        }
        let parsed = FlatEx::<Symbol, Operators, Numbers>::parse(&bind_signs(text));
        let parsed = parsed.map_err(|error| unknown_function(text, variables).unwrap_or_else(|| error.to_string()))?;
        let names: Vec<String> = parsed.var_names().to_vec();
        if let Some(unknown) = names.iter().find(|name| !is_variable(name)) {
            return Err(unknown_name(unknown, variables));
        }
        let arguments: Vec<Symbol> = (0..names.len()).map(Symbol::Variable).collect();
        Ok(Self {
            root: parsed.eval(&arguments).map_err(|error| error.to_string())?,
            variables: names,
        })
    }

    /// The value, where each of the variables is this number.
    pub fn value<N: Number>(&self, arguments: &[N]) -> N {
        self.root.value(arguments)
    }
}

/// A part of an expression.
#[derive(Clone)]
enum Symbol {
    Constant(f64),
    Variable(usize),
    Function(Function, Arc<Symbol>),
    Operation(Operation, Arc<[Symbol; 2]>),
}

impl Symbol {
    fn value<N: Number>(&self, arguments: &[N]) -> N {
        match self {
            Self::Constant(value) => N::constant(*value),
            Self::Variable(position) => arguments[*position],
            Self::Function(function, of) => of.value(arguments).apply(*function),
            Self::Operation(operation, of) => operation.apply(of[0].value(arguments), of[1].value(arguments)),
        }
    }

    fn operation(operation: Operation, a: Self, b: Self) -> Self {
        Self::Operation(operation, Arc::new([a, b]))
    }
}

impl Default for Symbol {
    fn default() -> Self {
        Self::Constant(0.0)
    }
}

impl Debug for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant(value) => write!(f, "{value}"),
            Self::Variable(position) => write!(f, "#{position}"),
            Self::Function(function, of) => write!(f, "{}({of:?})", function.name()),
            Self::Operation(operation, of) => write!(f, "({:?} {operation:?} {:?})", of[0], of[1]),
        }
    }
}

impl FromStr for Symbol {
    type Err = std::num::ParseFloatError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self::Constant)
    }
}

// Numbers with an exponent too, which the parser's own pattern leaves out.
literal_matcher_from_pattern!(Numbers, r"^([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?");

#[derive(Clone, Debug)]
struct Operators;

/// A function of the parser for each of ours: it takes no closures.
macro_rules! unary {
    ($($function:ident)*) => {
        fn unary(function: Function) -> fn(Symbol) -> Symbol {
            match function {
                $(Function::$function => |of| Symbol::Function(Function::$function, Arc::new(of)),)*
            }
        }
    };
}

unary!(Abs Sign Sin Cos Tan Asin Acos Atan Sinh Cosh Tanh Logistic Erf Exp ExpM1 Ln Log2 Log10 Sqrt Cbrt Floor Ceil Round Trunc);

impl MakeOperators<Symbol> for Operators {
    fn make<'a>() -> Vec<Operator<'a, Symbol>> {
        fn binary(apply: fn(Symbol, Symbol) -> Symbol, prio: i64) -> BinOp<Symbol> {
            BinOp {
                apply,
                prio,
                is_commutative: false,
            }
        }
        let mut operators = vec![
            Operator::make_bin("^", binary(|a, b| Symbol::operation(Operation::Power, a, b), 4)),
            Operator::make_bin("*", binary(|a, b| Symbol::operation(Operation::Multiply, a, b), 2)),
            Operator::make_bin("/", binary(|a, b| Symbol::operation(Operation::Divide, a, b), 2)),
            Operator::make_bin("%", binary(|a, b| Symbol::operation(Operation::Remainder, a, b), 2)),
            Operator::make_bin_unary("+", binary(|a, b| Symbol::operation(Operation::Add, a, b), 0), |a| a),
            Operator::make_bin_unary(
                "-",
                binary(|a, b| Symbol::operation(Operation::Subtract, a, b), 0),
                |a| Symbol::operation(Operation::Multiply, Symbol::Constant(-1.0), a),
            ),
            Operator::make_constant("pi", Symbol::Constant(std::f64::consts::PI)),
            Operator::make_constant("π", Symbol::Constant(std::f64::consts::PI)),
            Operator::make_constant("e", Symbol::Constant(std::f64::consts::E)),
            Operator::make_unary("log", unary(Function::Ln)),
        ];
        let functions = Function::ALL.iter();
        operators.extend(functions.map(|function| Operator::make_unary(function.name(), unary(*function))));
        operators
    }
}

/// Writes signs so that they bind weaker than powers: the parser takes `-x^2` for `(-x)^2`, people for `-(x^2)`.
fn bind_signs(text: &str) -> String {
    let mut bound = String::new();
    let mut before = None;
    for c in text.chars() {
        match (c, before) {
            ('-', None | Some('(' | ',')) => bound.push_str("0-"),
            ('-', Some('+' | '-' | '*')) => bound.push_str("(0-1)*"),
            ('-', Some('/')) => bound.push_str("(0-1)/"),
            _ => bound.push(c),
        }
        if !c.is_whitespace() {
            before = Some(c);
        }
    }
    bound
}

fn functions() -> Vec<&'static str> {
    let names = Function::ALL.iter().map(|function| function.name());
    names.chain(["log"]).collect()
}

/// A name followed by a parenthesis that is no function.
fn unknown_function(text: &str, variables: &str) -> Option<String> {
    let mut words = text.split_inclusive(|c: char| !c.is_alphanumeric() && c != '_');
    words.find_map(|word| {
        let name = word.strip_suffix('(')?;
        let starts_as_name = name.starts_with(|c: char| c.is_alphabetic());
        (starts_as_name && !functions().contains(&name)).then(|| unknown_name(name, variables))
    })
}

fn unknown_name(name: &str, variables: &str) -> String {
    let known = functions();
    let near = known
        .iter()
        .map(|known| (strsim::damerau_levenshtein(name, known), known));
    let hint = match near.min() {
        Some((distance, known)) if distance <= 1 + name.chars().count() / 3 => format!("; did you mean \"{known}\"?"),
        _ => String::new(),
    };
    format!(
        "unknown name \"{name}\"{hint} There are {variables}, π, e and {}",
        known.join(", ")
    )
}
