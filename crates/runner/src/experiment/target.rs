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

/// A function whose values are known everywhere: an expression of `x`, or of `x1`, `x2` and so on, or a teacher.
#[derive(Clone)]
pub struct Function {
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
        f.debug_tuple("Function").field(&self.text).finish()
    }
}

impl Function {
    /// Parses an expression, or what a teacher is written as; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if let Some(teacher) = Teacher::parse(text) {
            return Self::of_teacher(&teacher?);
        }
        let is_input = |name: &str| input_position(name).is_some();
        let expression = Expression::parse(text, is_input, "x (or x1, x2, ..)")?;
        let names = &expression.variables;
        let positions: Vec<usize> = names.iter().filter_map(|name| input_position(name)).collect();
        if names.iter().any(|name| name == "x") && names.len() > 1 {
            return Err("an expression has either the one input x, or inputs x1, x2, ..".to_owned());
        }
        let inputs = positions.iter().max().map_or(1, |last| last + 1);
        Ok(Self {
            text: text.to_owned(),
            rule: Rule::Expression { expression, positions },
            inputs,
        })
    }

    /// What a teacher answers.
    pub fn of_teacher(teacher: &Teacher) -> Result<Self, String> {
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

    /// The names of the inputs.
    pub fn inputs(&self) -> Vec<String> {
        let is_numbered = match &self.rule {
            Rule::Expression { expression, .. } => expression.variables.iter().any(|name| name == "x1"),
            Rule::Teacher(_) => false,
        };
        if self.inputs == 1 && !is_numbered {
            return vec!["x".to_owned()];
        }
        (1..=self.inputs).map(|i| format!("x{i}")).collect()
    }

    /// The value at `x`, which has one number for each input. No-number where it has no value. Nothing is
    /// allocated, but by a teacher.
    pub fn value(&self, x: &[f64]) -> f64 {
        match &self.rule {
            Rule::Expression { expression, positions } if positions.len() <= FEW => {
                gathered(expression, positions, x, &mut [0.0; FEW])
            }
            Rule::Expression { expression, positions } => gathered(expression, positions, x, &mut [0.0; MOST_INPUTS]),
            Rule::Teacher(network) => network.predict(x)[0],
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
