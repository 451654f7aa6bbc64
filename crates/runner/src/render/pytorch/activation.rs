//! Activations in PyTorch: by their name there where they have one, else as a module that does what their formula says.

use actlab_model::Activation;
use actlab_model::expression::{Operand, Operation, Tape, Work};
use actlab_model::number::Function;

/// The modules of PyTorch that are our units, with our parameters as their arguments where they take any.
const NAMED: [(&str, &str, Takes); 21] = [
    ("relu", "ReLU()", Takes::Nothing),
    ("leaky_relu", "LeakyReLU", Takes::Parameters),
    ("tanh", "Tanh()", Takes::Nothing),
    ("sigmoid", "Sigmoid()", Takes::Nothing),
    ("identity", "Identity()", Takes::Nothing),
    ("softplus", "Softplus()", Takes::Nothing),
    ("elu", "ELU", Takes::Parameters),
    ("selu", "SELU()", Takes::Nothing),
    ("celu", "CELU", Takes::Parameters),
    ("gelu", "GELU()", Takes::Nothing),
    ("gelu_tanh", "GELU(approximate=\"tanh\")", Takes::Nothing),
    ("silu", "SiLU()", Takes::Nothing),
    ("mish", "Mish()", Takes::Nothing),
    ("softsign", "Softsign()", Takes::Nothing),
    ("hardtanh", "Hardtanh", Takes::Parameters),
    ("relu6", "ReLU6()", Takes::Nothing),
    ("hardshrink", "Hardshrink", Takes::Parameters),
    ("softshrink", "Softshrink", Takes::Parameters),
    ("tanhshrink", "Tanhshrink()", Takes::Nothing),
    ("hardsigmoid", "Hardsigmoid()", Takes::Nothing),
    ("hardswish", "Hardswish()", Takes::Nothing),
];

#[derive(Debug, Clone, Copy, PartialEq)]
enum Takes {
    Nothing,
    /// All, in our order.
    Parameters,
}

/// The words of Python that are no names.
const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
    "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
    "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

/// The activations of a network.
pub struct Activations {
    of: Vec<Activation>,
    /// The name of a class, and an activation that it is written from.
    written: Vec<(String, Activation)>,
}

impl Activations {
    pub fn new(of: &[Activation]) -> Self {
        let mut written: Vec<(String, Activation)> = Vec::new();
        for activation in of {
            if named(*activation).is_none() && written.iter().all(|(_, known)| !same(*known, *activation)) {
                let name = class_name(activation.name());
                let again = written.iter().filter(|(known, _)| known.starts_with(&name)).count();
                let number = if again > 0 {
                    (again + 1).to_string()
                } else {
                    String::new()
                };
                written.push((name + &number, *activation));
            }
        }
        Self {
            of: of.to_vec(),
            written,
        }
    }

    /// The classes of those that PyTorch does not have.
    pub fn classes(&self) -> impl Iterator<Item = String> {
        self.written.iter().map(|(name, activation)| class(name, *activation))
    }

    /// What builds the activation of a slot.
    pub fn built(&self, slot: usize) -> String {
        let activation = self.of[slot];
        if let Some(module) = named(activation) {
            return format!("nn.{module}");
        }
        let written = self.written.iter().find(|(_, known)| same(*known, activation));
        let name = written.map_or("", |(name, _)| name);
        let learned: Vec<&str> = activation.learned_values().map(|(name, _)| name).collect();
        let known = activation.definition().parameters().iter().zip(activation.parameters());
        let parameters: Vec<String> = known
            .map(|(parameter, value)| {
                let value = f64::from(*value);
                let value = match learned.contains(&parameter.name) {
                    true => format!("nn.Parameter(torch.tensor([{value}]))"),
                    false => format!("torch.tensor({value}, dtype=torch.float64)"),
                };
                format!("\"{}\": {value}", parameter.name)
            })
            .collect();
        match parameters.is_empty() {
            true => format!("{name}()"),
            false => format!("{name}({{{}}})", parameters.join(", ")),
        }
    }
}

/// Whether two do the same but for the values of their parameters.
fn same(a: Activation, b: Activation) -> bool {
    let of = |activation: Activation| (activation.name(), activation.definition().formula());
    of(a) == of(b)
}

/// PyTorch's own module, where it is one and learns nothing.
fn named(activation: Activation) -> Option<String> {
    let unit = activation
        .name()
        .parse::<Activation>()
        .ok()
        .filter(|unit| same(*unit, activation))?;
    let (_, module, takes) = NAMED.iter().find(|(name, ..)| *name == unit.name())?;
    let known = activation.definition().parameters().iter().zip(activation.parameters());
    let usual = known
        .clone()
        .all(|(parameter, value)| parameter.default.to_bits() == value.to_bits());
    if activation.learned().next().is_some() {
        return None;
    }
    match takes {
        Takes::Nothing => usual.then(|| (*module).to_owned()),
        Takes::Parameters => {
            let values: Vec<String> = activation
                .parameters()
                .iter()
                .map(|value| f64::from(*value).to_string())
                .collect();
            Some(format!("{module}({})", values.join(", ")))
        }
    }
}

/// `leaky_relu` as `LeakyRelu`; `Formula` of what is no name.
fn class_name(name: &str) -> String {
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !is_name || !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return "Formula".to_owned();
    }
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    name.split('_').filter(|word| !word.is_empty()).map(capital).collect()
}

fn class(name: &str, activation: Activation) -> String {
    let definition = activation.definition();
    let parameters: Vec<&str> = definition.parameters().iter().map(|parameter| parameter.name).collect();
    let mut text = format!(
        "class {name}(nn.Module):\n    r\"\"\"{}\"\"\"\n\n",
        definition.formula()
    );
    if !parameters.is_empty() {
        text += "    def __init__(self, parameters):\n        super().__init__()\n        for name, value in parameters.items():\n            setattr(self, name, value)\n\n";
    }
    text += "    def forward(self, x):\n";
    for parameter in &parameters {
        text += &match KEYWORDS.contains(parameter) {
            true => format!("        {parameter}_ = getattr(self, \"{parameter}\")\n"),
            false => format!("        {parameter}_ = self.{parameter}\n"),
        };
    }
    text + &steps(&definition.tape(), &parameters)
}

/// The statements of a tape; parameters have a line below after their names, registers one before their numbers.
fn steps(tape: &Tape, parameters: &[&str]) -> String {
    let of = |operand: Operand| match operand {
        Operand::Constant(value) if value.is_nan() => "float(\"nan\")".to_owned(),
        Operand::Constant(value) if value.is_infinite() => format!("float(\"{value}\")"),
        // A power binds stronger than a sign.
        Operand::Constant(value) if value < 0.0 => format!("({value:?})"),
        Operand::Constant(value) => format!("{value:?}"),
        Operand::Argument(0) => "x".to_owned(),
        Operand::Argument(place) => format!("{}_", parameters[place - 1]),
        Operand::Register(register) => format!("_{register}"),
    };
    // Where PyTorch takes no plain number.
    let tensor = |operand: Operand| match operand {
        Operand::Constant(_) => format!("torch.as_tensor({}, dtype=x.dtype)", of(operand)),
        _ => of(operand),
    };
    let mut text = String::new();
    for step in &tape.steps {
        let value = match step.work {
            Work::Function(function, a) => called(function, &of(a)),
            Work::Operation(Operation::Remainder, a, b) => format!("torch.fmod({}, {})", tensor(a), of(b)),
            Work::Operation(operation, a, b) => format!("{} {} {}", of(a), sign(operation), of(b)),
            Work::IfLess([a, b, then, otherwise]) => {
                format!(
                    "torch.where({} < {}, {}, {})",
                    of(a),
                    of(b),
                    tensor(then),
                    tensor(otherwise)
                )
            }
        };
        text += &format!("        _{} = {value}\n", step.register);
    }
    let result = match tape.results[0] {
        constant @ Operand::Constant(_) => format!("torch.full_like(x, {})", of(constant)),
        other => of(other),
    };
    text + &format!("        return {result}\n")
}

fn sign(operation: Operation) -> &'static str {
    match operation {
        Operation::Add => "+",
        Operation::Subtract => "-",
        Operation::Multiply => "*",
        Operation::Divide => "/",
        Operation::Power => "**",
        Operation::Remainder => "%",
    }
}

/// A function of one number; most have the same name there.
fn called(function: Function, of: &str) -> String {
    match function {
        Function::Ln => format!("torch.log({of})"),
        Function::Cbrt => format!("torch.sign({of}) * torch.abs({of}) ** (1.0 / 3.0)"),
        // Halves away from zero, where PyTorch's go to the even number.
        Function::Round => format!("torch.sign({of}) * torch.floor(torch.abs({of}) + 0.5)"),
        other => format!("torch.{}({of})", other.name()),
    }
}

#[cfg(test)]
mod tests {
    use actlab_model::unit::Formula;

    use super::*;

    fn formula(name: &str, text: &str, parameters: &[(String, f32)]) -> Activation {
        Activation::new(Formula::define(name, text, parameters).expect("a formula"))
    }

    #[test]
    fn what_pytorch_has_is_called_by_its_name() {
        let leaky: Activation = "leaky_relu".parse().expect("a unit");
        let steep = leaky.with("slope", 0.5).expect("a parameter");
        let learned = leaky.learn("slope").expect("a parameter");
        let sine: Activation = "sinu".parse().expect("a unit");
        let activations = Activations::new(&[steep, "relu".parse().expect("a unit"), learned, sine]);
        assert_eq!(activations.built(0), "nn.LeakyReLU(0.5)");
        assert_eq!(activations.built(1), "nn.ReLU()");
        let parameter = f64::from(0.01f32);
        assert_eq!(
            activations.built(2),
            format!("LeakyRelu({{\"slope\": nn.Parameter(torch.tensor([{parameter}]))}})")
        );
        assert_eq!(activations.built(3), "Sinu()");
        let classes: Vec<String> = activations.classes().collect();
        assert_eq!(classes.len(), 2);
        assert!(
            classes[1].contains("class Sinu(nn.Module)") && classes[1].contains("_0 = torch.sin(x)"),
            "{classes:?}"
        );
    }

    #[test]
    fn formulas_are_written_step_by_step() {
        let parameters = [("lambda".to_owned(), 0.5)];
        let wiggle = formula("my wave", "x + lambda*ln(abs(x) % 2)^0.5", &parameters);
        let other = formula("x + 1", "x + 1", &[]);
        let activations = Activations::new(&[wiggle, other, wiggle]);
        assert_eq!(
            activations.built(0),
            "Formula({\"lambda\": torch.tensor(0.5, dtype=torch.float64)})"
        );
        assert_eq!(activations.built(1), "Formula2()");
        assert_eq!(activations.built(0), activations.built(2));
        let classes: Vec<String> = activations.classes().collect();
        assert_eq!(classes.len(), 2);
        for line in [
            "lambda_ = getattr(self, \"lambda\")",
            "torch.fmod(",
            "torch.log(",
            " ** 0.5",
            "return _",
        ] {
            assert!(classes[0].contains(line), "{line}: {}", classes[0]);
        }
    }
}
