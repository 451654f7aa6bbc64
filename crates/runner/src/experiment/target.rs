//! What a network is to learn: an expression, or the user's own data.

use std::sync::Arc;

use exmex::{BinOp, Express, FlatEx, MakeOperators, MatchLiteral, Operator, literal_matcher_from_pattern};

use super::data::Table;

/// One target of the sweep.
#[derive(Debug, Clone)]
pub enum Target {
    /// An expression of the inputs.
    Function(Function),
    /// Columns of a table.
    Data(Data),
}

impl Target {
    /// How results name it.
    pub fn name(&self) -> &str {
        match self {
            Self::Function(function) => &function.text,
            Self::Data(data) => &data.y,
        }
    }

    /// The names of its inputs.
    pub fn inputs(&self) -> Vec<String> {
        match self {
            Self::Function(function) => function.inputs(),
            Self::Data(data) => data.x.clone(),
        }
    }
}

/// Columns of a table.
#[derive(Debug, Clone)]
pub struct Data {
    /// Input columns.
    pub x: Vec<String>,
    /// The column to learn.
    pub y: String,
    /// Complete rows: a value for each input, then the target's.
    pub table: Arc<Table>,
}

/// Bytes of the longest expression: the parser's time grows with the square of its length, to a third of a second here.
const LONGEST: usize = 10_000;

/// An expression of `x`, or of `x1`, `x2` and so on.
#[derive(Clone)]
pub struct Function {
    text: String,
    expression: Box<FlatEx<f64, Operators, Numbers>>,
    /// For each variable of the expression, in its order, the input that it is.
    positions: Vec<usize>,
    inputs: usize,
}

impl std::fmt::Debug for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Function").field(&self.text).finish()
    }
}

impl Function {
    /// Parses an expression; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.len() > LONGEST {
            return Err(format!("it has {} characters; the most is {LONGEST}", text.len()));
        }
        let expression: FlatEx<f64, Operators, Numbers> = FlatEx::parse(&bind_signs(text))
            .map_err(|error| unknown_function(text).unwrap_or_else(|| error.to_string()))?;
        let names: Vec<&str> = expression.var_names().iter().map(String::as_str).collect();
        let positions = names
            .iter()
            .map(|name| input_position(name).ok_or_else(|| unknown_name(name)));
        let positions: Vec<usize> = positions.collect::<Result<_, _>>()?;
        if names.contains(&"x") && names.len() > 1 {
            return Err("an expression has either the one input x, or inputs x1, x2, ..".to_owned());
        }
        let inputs = positions.iter().max().map_or(1, |last| last + 1);
        Ok(Self {
            text: text.to_owned(),
            expression: Box::new(expression),
            positions,
            inputs,
        })
    }

    /// The names of the inputs.
    pub fn inputs(&self) -> Vec<String> {
        if self.inputs == 1 && !self.expression.var_names().iter().any(|name| name == "x1") {
            return vec!["x".to_owned()];
        }
        (1..=self.inputs).map(|i| format!("x{i}")).collect()
    }

    /// The value at `x`, which has one number for each input. No-number where it has no value.
    pub fn value(&self, x: &[f64]) -> f64 {
        let arguments: Vec<f64> = self.positions.iter().map(|position| x[*position]).collect();
        self.expression.eval(&arguments).unwrap_or(f64::NAN)
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

fn input_position(name: &str) -> Option<usize> {
    let digits = name.strip_prefix('x')?;
    if digits.is_empty() {
        return Some(0);
    }
    let number: usize = digits.parse().ok()?;
    (1..=64).contains(&number).then(|| number - 1)
}

/// A name followed by a parenthesis that is no function.
fn unknown_function(text: &str) -> Option<String> {
    let mut words = text.split_inclusive(|c: char| !c.is_alphanumeric() && c != '_');
    words.find_map(|word| {
        let name = word.strip_suffix('(')?;
        let starts_as_name = name.starts_with(|c: char| c.is_alphabetic());
        (starts_as_name && !FUNCTIONS.iter().any(|(known, _)| *known == name)).then(|| unknown_name(name))
    })
}

fn unknown_name(name: &str) -> String {
    let known: Vec<&str> = FUNCTIONS.iter().map(|(name, _)| *name).collect();
    let hint = crate::error::nearest(name, known.iter().copied());
    format!(
        "unknown name \"{name}\"{hint} There are x (or x1, x2, ..), π, e and {}",
        known.join(", ")
    )
}

type Unary = fn(f64) -> f64;

/// The functions of an expression, from a library in Rust, so that a target has the same values everywhere.
const FUNCTIONS: [(&str, Unary); 22] = [
    ("abs", libm::fabs),
    ("sign", |x| if x == 0.0 { 0.0 } else { x.signum() }),
    ("sin", libm::sin),
    ("cos", libm::cos),
    ("tan", libm::tan),
    ("asin", libm::asin),
    ("acos", libm::acos),
    ("atan", libm::atan),
    ("sinh", libm::sinh),
    ("cosh", libm::cosh),
    ("tanh", libm::tanh),
    ("exp", libm::exp),
    ("ln", libm::log),
    ("log", libm::log),
    ("log2", libm::log2),
    ("log10", libm::log10),
    ("sqrt", libm::sqrt),
    ("cbrt", libm::cbrt),
    ("floor", libm::floor),
    ("ceil", libm::ceil),
    ("round", libm::round),
    ("trunc", libm::trunc),
];

// Numbers with an exponent too, which the parser's own pattern leaves out.
literal_matcher_from_pattern!(Numbers, r"^([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?");

#[derive(Clone, Debug)]
struct Operators;

impl MakeOperators<f64> for Operators {
    fn make<'a>() -> Vec<Operator<'a, f64>> {
        fn binary(apply: fn(f64, f64) -> f64, prio: i64) -> BinOp<f64> {
            BinOp {
                apply,
                prio,
                is_commutative: false,
            }
        }
        let mut operators = vec![
            Operator::make_bin("^", binary(power, 4)),
            Operator::make_bin("*", binary(|a, b| a * b, 2)),
            Operator::make_bin("/", binary(|a, b| a / b, 2)),
            Operator::make_bin("%", binary(libm::fmod, 2)),
            Operator::make_bin_unary("+", binary(|a, b| a + b, 0), |a| a),
            Operator::make_bin_unary("-", binary(|a, b| a - b, 0), |a| -a),
            Operator::make_constant("pi", std::f64::consts::PI),
            Operator::make_constant("π", std::f64::consts::PI),
            Operator::make_constant("e", std::f64::consts::E),
        ];
        operators.extend(
            FUNCTIONS
                .iter()
                .map(|(name, function)| Operator::make_unary(name, *function)),
        );
        operators
    }
}

/// Whole powers by multiplication, so that x^2 is x*x to the last bit.
fn power(base: f64, exponent: f64) -> f64 {
    if exponent == exponent.trunc() && (0.0..=16.0).contains(&exponent) {
        return (0..exponent as usize).fold(1.0, |product, _| product * base);
    }
    libm::pow(base, exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_have_the_values_of_arithmetic() {
        let cases: [(&str, &[f64], f64); 18] = [
            ("x^2", &[-3.0], 9.0),
            ("x^3", &[-2.0], -8.0),
            ("-x^2", &[3.0], -9.0),
            ("sin(3*x)+0.1*x", &[2.0], 6f64.sin() + 0.2),
            ("x1*x2", &[2.0, 5.0], 10.0),
            ("x2 - x1 - x1", &[2.0, 5.0], 1.0),
            ("8/x/2", &[2.0], 2.0),
            ("2*pi*x", &[0.5], std::f64::consts::PI),
            ("exp(-x)*sqrt(4)", &[0.0], 2.0),
            ("7", &[1.0], 7.0),
            ("2*-x^2", &[3.0], -18.0),
            ("36/-x^2", &[3.0], -4.0),
            ("1 - -x^2", &[3.0], 10.0),
            ("(-x)^2", &[3.0], 9.0),
            ("2^-x", &[1.0], 0.5),
            ("-sin(-x)", &[1.0], 1f64.sin()),
            ("1e-3*x + 2.5E2", &[1000.0], 251.0),
            ("x^0.5", &[2.0], 2f64.sqrt()),
        ];
        for (text, x, expected) in cases {
            let function = Function::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert!(
                (function.value(x) - expected).abs() < 1e-15 * expected.abs().max(1.0),
                "{text}: {}",
                function.value(x)
            );
        }
    }

    #[test]
    fn inputs_are_numbered() {
        assert_eq!(Function::parse("x^2").map(|f| f.inputs()), Ok(vec!["x".to_owned()]));
        assert_eq!(
            Function::parse("x2").map(|f| f.inputs()),
            Ok(vec!["x1".to_owned(), "x2".to_owned()])
        );
    }

    #[test]
    fn what_is_no_expression_is_refused_by_name() {
        for (text, part) in [
            ("sine(x)", "\"sine\""),
            ("y^2", "\"y\""),
            ("x+x2", "either"),
            ("x^^", ""),
            ("", ""),
            ("(x", ""),
        ] {
            let error = Function::parse(text).expect_err(text);
            assert!(error.contains(part), "{text}: {error}");
        }
        assert!(Function::parse("sine(x)").is_err_and(|error| error.contains("did you mean \"sin\"")));
    }
}
