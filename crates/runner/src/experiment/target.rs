//! What a network is to learn: an expression, or the user's own data.

use std::sync::Arc;

use actlab_model::expression::Expression;
use actlab_model::network::trained::TrainedNetwork;

use super::data::Table;
use super::teacher::Teacher;

/// One target of the sweep.
#[derive(Debug, Clone)]
pub enum Target {
    /// An expression of the inputs, or a teacher.
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

/// A function whose values are known everywhere, for each output of a network: an expression of `x`, or of `x1`, `x2` and so
/// on, or a teacher.
#[derive(Clone)]
pub struct Function {
    outputs: Vec<Output>,
    /// The names of the inputs.
    inputs: Vec<String>,
}

/// A function of the first so many inputs.
#[derive(Clone)]
struct Output {
    text: String,
    rule: Rule,
    inputs: usize,
}

/// Where its values come from.
#[derive(Clone)]
enum Rule {
    Expression {
        expression: Expression,
        /// For each variable of the expression, in its order, the input that it is.
        positions: Vec<usize>,
    },
    Teacher(Arc<TrainedNetwork>),
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
    /// Parses one expression, or what a teacher is written as; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        Self::of(vec![Output::parse(text)?])
    }

    /// Parses an expression for each output.
    pub fn several(texts: &[String]) -> Result<Self, String> {
        Self::of(texts.iter().map(|text| Output::parse(text)).collect::<Result<_, _>>()?)
    }

    /// What a teacher answers.
    pub fn of_teacher(teacher: &Teacher) -> Result<Self, String> {
        Self::of(vec![Output::of_teacher(teacher)?])
    }

    /// One function of the outputs of these, which share their inputs.
    pub fn together(functions: Vec<Self>) -> Result<Self, String> {
        Self::of(functions.into_iter().flat_map(|function| function.outputs).collect())
    }

    fn of(outputs: Vec<Output>) -> Result<Self, String> {
        if outputs.len() > MOST_OUTPUTS {
            return Err(format!(
                "a target has at most {MOST_OUTPUTS} outputs, not {}",
                outputs.len()
            ));
        }
        let count = outputs.iter().map(|output| output.inputs).max().unwrap_or(1);
        let has = |name: &str| outputs.iter().any(|output| output.names(name));
        if has(ONE) && (has(FIRST) || count > 1) {
            return Err("a target has either the one input x, or inputs x1, x2, ..".to_owned());
        }
        let inputs = match count {
            1 if !has(FIRST) => vec![ONE.to_owned()],
            count => (1..=count).map(|i| format!("{ONE}{i}")).collect(),
        };
        Ok(Self { outputs, inputs })
    }

    /// The names of the inputs.
    pub fn inputs(&self) -> Vec<String> {
        self.inputs.clone()
    }

    /// The expressions, as they were typed, and teachers as they are written.
    pub fn outputs(&self) -> Vec<String> {
        self.outputs.iter().map(|output| output.text.clone()).collect()
    }

    /// The value of each output at `x`, which has one number for each input. No-number where it has no value.
    pub fn values(&self, x: &[f64]) -> Vec<f64> {
        let mut values = vec![0.0; self.outputs.len()];
        self.write(x, &mut values);
        values
    }

    /// Writes these values. Nothing is allocated, but by a teacher.
    pub fn write(&self, x: &[f64], values: &mut [f64]) {
        for (output, value) in self.outputs.iter().zip(values) {
            *value = output.value(x);
        }
    }
}

impl Output {
    fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if let Some(teacher) = Teacher::parse(text) {
            return Self::of_teacher(&teacher?);
        }
        let is_input = |name: &str| input_position(name).is_some();
        let expression = Expression::parse(text, is_input, "x (or x1, x2, ..)")?;
        let positions = expression.variables.iter().filter_map(|name| input_position(name));
        let positions: Vec<usize> = positions.collect();
        Ok(Self {
            text: text.to_owned(),
            inputs: positions.iter().max().map_or(1, |last| last + 1),
            rule: Rule::Expression { expression, positions },
        })
    }

    fn of_teacher(teacher: &Teacher) -> Result<Self, String> {
        if teacher.inputs > MOST_INPUTS {
            return Err(format!(
                "a teacher has at most {MOST_INPUTS} inputs, not {}",
                teacher.inputs
            ));
        }
        Ok(Self {
            text: teacher.to_string(),
            rule: Rule::Teacher(Arc::new(teacher.network()?)),
            inputs: teacher.inputs,
        })
    }

    /// Whether an input is called so in it.
    fn names(&self, name: &str) -> bool {
        match &self.rule {
            Rule::Expression { expression, .. } => expression.variables.iter().any(|other| other == name),
            Rule::Teacher(_) => false,
        }
    }

    fn value(&self, x: &[f64]) -> f64 {
        match &self.rule {
            Rule::Expression { expression, positions } if positions.len() <= FEW => {
                gathered(expression, positions, x, &mut [0.0; FEW])
            }
            Rule::Expression { expression, positions } => gathered(expression, positions, x, &mut [0.0; MOST_INPUTS]),
            Rule::Teacher(network) => network.predict(&x[..self.inputs])[0],
        }
    }
}

/// The value of an expression of the inputs at these positions, with room for them.
fn gathered(expression: &Expression, positions: &[usize], x: &[f64], room: &mut [f64]) -> f64 {
    let arguments = &mut room[..positions.len()];
    for (argument, position) in arguments.iter_mut().zip(positions) {
        *argument = x[*position];
    }
    expression.value(arguments)
}

/// Inputs of usual expressions.
const FEW: usize = 16;

/// The most inputs of a function.
pub const MOST_INPUTS: usize = 1000;

/// The most outputs of a function.
pub const MOST_OUTPUTS: usize = 64;

fn input_position(name: &str) -> Option<usize> {
    let digits = name.strip_prefix('x')?;
    if digits.is_empty() {
        return Some(0);
    }
    let number: usize = digits.parse().ok()?;
    (1..=MOST_INPUTS).contains(&number).then(|| number - 1)
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
