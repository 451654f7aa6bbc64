//! What a network is to learn: an expression, or the user's own data.

use std::sync::Arc;

use actlab_model::expression::Expression;

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
    /// How results name it: the name of its output, or those of all of them in brackets.
    pub fn name(&self) -> String {
        match &self.outputs()[..] {
            [one] => one.clone(),
            several => format!("({})", several.join(", ")),
        }
    }

    /// The names of its inputs.
    pub fn inputs(&self) -> Vec<String> {
        match self {
            Self::Function(function) => function.inputs(),
            Self::Data(data) => data.x.clone(),
        }
    }

    /// The names of its outputs: the expressions, or the columns.
    pub fn outputs(&self) -> Vec<String> {
        match self {
            Self::Function(function) => function.outputs(),
            Self::Data(data) => data.y.clone(),
        }
    }
}

/// Columns of a table.
#[derive(Debug, Clone)]
pub struct Data {
    /// Input columns.
    pub x: Vec<String>,
    /// The columns to learn.
    pub y: Vec<String>,
    /// Complete rows: a value for each input, then one for each output.
    pub table: Arc<Table>,
}

/// Expressions of `x`, or of `x1`, `x2` and so on: one for each output of a network.
#[derive(Clone)]
pub struct Function {
    outputs: Vec<Output>,
    /// The names of the inputs.
    inputs: Vec<String>,
}

/// An expression of the inputs.
#[derive(Clone)]
struct Output {
    text: String,
    expression: Expression,
    /// For each variable of the expression, in its order, the input that it is.
    positions: Vec<usize>,
}

impl std::fmt::Debug for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Function").field(&self.outputs()).finish()
    }
}

/// A name of the one input, and one of the first of several.
const ONE: &str = "x";
const FIRST: &str = "x1";

impl Function {
    /// Parses one expression; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        Self::of(vec![Output::parse(text)?])
    }

    /// Parses an expression for each output.
    pub fn several(texts: &[String]) -> Result<Self, String> {
        Self::of(texts.iter().map(|text| Output::parse(text)).collect::<Result<_, _>>()?)
    }

    /// One function of the outputs of these, which share their inputs.
    pub fn together(functions: Vec<Self>) -> Result<Self, String> {
        Self::of(functions.into_iter().flat_map(|function| function.outputs).collect())
    }

    fn of(outputs: Vec<Output>) -> Result<Self, String> {
        let names: Vec<&String> = outputs.iter().flat_map(|output| &output.expression.variables).collect();
        let has = |name: &str| names.iter().any(|other| *other == name);
        if has(ONE) && names.iter().any(|name| *name != ONE) {
            return Err("a target has either the one input x, or inputs x1, x2, ..".to_owned());
        }
        let last = outputs.iter().flat_map(|output| &output.positions).max().unwrap_or(&0);
        let inputs = match last {
            0 if !has(FIRST) => vec![ONE.to_owned()],
            last => (1..=last + 1).map(|i| format!("{ONE}{i}")).collect(),
        };
        Ok(Self { outputs, inputs })
    }

    /// The names of the inputs.
    pub fn inputs(&self) -> Vec<String> {
        self.inputs.clone()
    }

    /// The expressions, as they were typed.
    pub fn outputs(&self) -> Vec<String> {
        self.outputs.iter().map(|output| output.text.clone()).collect()
    }

    /// The value of each output at `x`, which has one number for each input. No-number where it has no value.
    pub fn values(&self, x: &[f64]) -> Vec<f64> {
        self.outputs.iter().map(|output| output.value(x)).collect()
    }
}

impl Output {
    fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let is_input = |name: &str| input_position(name).is_some();
        let expression = Expression::parse(text, is_input, "x (or x1, x2, ..)")?;
        let positions = expression.variables.iter().filter_map(|name| input_position(name));
        Ok(Self {
            text: text.to_owned(),
            positions: positions.collect(),
            expression,
        })
    }

    fn value(&self, x: &[f64]) -> f64 {
        let arguments: Vec<f64> = self.positions.iter().map(|position| x[*position]).collect();
        self.expression.value(&arguments)
    }
}

fn input_position(name: &str) -> Option<usize> {
    let digits = name.strip_prefix('x')?;
    if digits.is_empty() {
        return Some(0);
    }
    let number: usize = digits.parse().ok()?;
    (1..=64).contains(&number).then(|| number - 1)
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
            let [value] = function.values(x)[..] else {
                panic!("{text}: one output");
            };
            assert!(
                (value - expected).abs() < 1e-15 * expected.abs().max(1.0),
                "{text}: {value}"
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
    fn expressions_of_the_same_inputs_are_outputs_of_one_function() {
        let parse = |texts: &[&str]| Function::several(&texts.iter().map(|text| text.to_string()).collect::<Vec<_>>());
        let function = parse(&["x1 - x3", " 7", "x2"]).expect("a function");
        assert_eq!(function.inputs(), ["x1", "x2", "x3"]);
        assert_eq!(function.outputs(), ["x1 - x3", "7", "x2"]);
        assert_eq!(function.values(&[1.0, 2.0, 5.0]), [-4.0, 7.0, 2.0]);
        assert_eq!(Target::Function(function).name(), "(x1 - x3, 7, x2)");
        assert_eq!(
            parse(&["7", "x"]).map(|function| function.inputs()),
            Ok(vec!["x".to_owned()])
        );
        // Each has one input, but not of the same name.
        assert!(parse(&["x", "x1"]).is_err_and(|error| error.contains("either")));
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
