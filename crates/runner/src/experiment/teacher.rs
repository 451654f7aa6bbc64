//! A teacher: a network with random weights whose answers are to be learned.
//!
//! Its text, `teacher(tanh 16x16, seed 0)`, is its name in results, and all that there is to know of it.

use actlab_model::Activation;
use actlab_model::network::architecture::Architecture;
use actlab_model::network::trained::TrainedNetwork;
use actlab_model::network::weights::{Layer, Weights};
use actlab_model::random::{Random, Stream};
use actlab_model::unit::Formula;

/// A network whose weights are drawn, and not learned.
#[derive(Debug, Clone, PartialEq)]
pub struct Teacher {
    /// After every hidden layer; it learns nothing.
    pub activation: Activation,
    /// Widths of the hidden layers.
    pub hidden: Vec<usize>,
    /// Of its weights. A network with this seed starts from others.
    pub seed: u64,
    /// Inputs.
    pub inputs: usize,
    /// How large weights and biases are: uniform in `±scale/sqrt(inputs of the layer)`.
    pub scale: f64,
}

/// What the text of a teacher begins with.
const WORD: &str = "teacher(";

/// The widest layer.
pub const WIDEST: usize = 4096;

impl Teacher {
    /// The teacher that a text describes; none where the text is none of a teacher.
    pub fn parse(text: &str) -> Option<Result<Self, String>> {
        let inside = text.strip_prefix(WORD)?.strip_suffix(')')?;
        Some(read(inside).ok_or_else(|| {
            format!("\"{text}\" is no teacher: write teacher(tanh 16x16, seed 0), or the table target.teacher")
        }))
    }

    /// Its weights.
    pub fn weights(&self) -> Weights {
        let mut random = Random::new(self.seed, Stream::Teacher);
        let sizes: Vec<usize> = [&[self.inputs], &self.hidden[..], &[1]].concat();
        let layer = |pair: &[usize]| {
            let [inputs, outputs] = [pair[0], pair[1]];
            let bound = self.scale as f32 / (inputs as f32).sqrt();
            let mut draw =
                |n: usize| -> Vec<f32> { (0..n).map(|_| bound * (2.0 * random.uniform_f32() - 1.0)).collect() };
            Layer {
                inputs,
                outputs,
                weight: draw(inputs * outputs),
                bias: draw(outputs),
            }
        };
        sizes.windows(2).map(layer).collect()
    }

    /// The network.
    ///
    /// # Errors
    /// If it has a layer of no width.
    pub fn network(&self) -> Result<TrainedNetwork, String> {
        let sizes: Vec<usize> = [&[self.inputs], &self.hidden[..], &[1]].concat();
        let architecture = Architecture::perceptron(&sizes).map_err(|error| error.to_string())?;
        Ok(TrainedNetwork {
            activations: vec![self.activation; architecture.program().activations()],
            weights: self.weights(),
            architecture,
        })
    }
}

impl std::fmt::Display for Teacher {
    /// What is the default is left out, but for the seed; a formula stands in quotation marks.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let definition = self.activation.definition();
        let is_unit = Activation::all().any(|unit| unit.name() == self.activation.name());
        match is_unit {
            true => write!(f, "{WORD}{}", self.activation.name())?,
            false => write!(f, "{WORD}\"{}\"", definition.formula())?,
        }
        for (known, value) in definition.parameters().iter().zip(self.activation.parameters()) {
            if !is_unit || known.default.to_bits() != value.to_bits() {
                write!(f, " {}={value}", known.name)?;
            }
        }
        let widths: Vec<String> = self.hidden.iter().map(usize::to_string).collect();
        write!(f, " {}, seed {}", widths.join("x"), self.seed)?;
        if self.inputs != 1 {
            write!(f, ", inputs {}", self.inputs)?;
        }
        if self.scale != 1.0 {
            write!(f, ", scale {}", self.scale)?;
        }
        write!(f, ")")
    }
}

/// What stands between the parentheses.
fn read(text: &str) -> Option<Teacher> {
    let (name, rest) = match text.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"').map(|(formula, rest)| (Err(formula), rest))?,
        None => text.split_once(' ').map(|(name, rest)| (Ok(name), rest))?,
    };
    let mut parts = rest.split(", ");
    let mut words: Vec<&str> = parts.next()?.split_whitespace().collect();
    let widths = words.pop()?.split('x').map(|width| width.parse().ok());
    let hidden: Vec<usize> = widths.collect::<Option<_>>()?;
    let parameter = |word: &&str| {
        let (name, value) = word.split_once('=')?;
        Some((name.to_owned(), value.parse().ok()?))
    };
    let parameters: Vec<(String, f32)> = words.iter().map(parameter).collect::<Option<_>>()?;
    let activation = match name {
        Err(formula) => Activation::new(Formula::define("formula", formula, &parameters).ok()?),
        Ok(name) => parameters
            .iter()
            .try_fold(name.parse::<Activation>().ok()?, |activation, (name, value)| {
                activation.with(name, *value)
            })?,
    };
    let mut teacher = Teacher {
        activation,
        hidden,
        seed: 0,
        inputs: 1,
        scale: 1.0,
    };
    for part in parts {
        match part.split_once(' ')? {
            ("seed", seed) => teacher.seed = seed.parse().ok()?,
            ("inputs", inputs) => teacher.inputs = inputs.parse().ok().filter(|inputs| *inputs > 0)?,
            ("scale", scale) => {
                teacher.scale = scale
                    .parse()
                    .ok()
                    .filter(|scale: &f64| *scale > 0.0 && scale.is_finite())?
            }
            _ => return None,
        }
    }
    let widths_fit = teacher.hidden.iter().all(|width| (1..=WIDEST).contains(width));
    widths_fit.then_some(teacher)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn teacher(hidden: &[usize]) -> Teacher {
        Teacher {
            activation: "tanh".parse().expect("a unit"),
            hidden: hidden.to_vec(),
            seed: 0,
            inputs: 1,
            scale: 1.0,
        }
    }

    #[test]
    fn a_teacher_is_what_its_text_says() {
        let leaky: Activation = "leaky_relu".parse().expect("a unit");
        let formula = Formula::define(
            "formula",
            "x + b*sin(a*x)",
            &[("a".to_owned(), 2.0), ("b".to_owned(), 0.1)],
        );
        let cases = [
            (teacher(&[16]), "teacher(tanh 16, seed 0)"),
            (
                Teacher {
                    seed: 7,
                    inputs: 2,
                    scale: 2.5,
                    ..teacher(&[16, 8])
                },
                "teacher(tanh 16x8, seed 7, inputs 2, scale 2.5)",
            ),
            (
                Teacher {
                    activation: leaky.with("slope", 0.2).expect("a parameter"),
                    ..teacher(&[4])
                },
                "teacher(leaky_relu slope=0.2 4, seed 0)",
            ),
            (
                Teacher {
                    activation: Activation::new(formula.expect("a formula")),
                    ..teacher(&[4])
                },
                "teacher(\"x + b*sin(a*x)\" a=2 b=0.1 4, seed 0)",
            ),
        ];
        for (teacher, text) in cases {
            assert_eq!(teacher.to_string(), text);
            assert_eq!(Teacher::parse(text), Some(Ok(teacher)));
        }
        assert_eq!(Teacher::parse("x^2"), None);
        for wrong in [
            "teacher()",
            "teacher(tanh)",
            "teacher(tan 16)",
            "teacher(tanh 16, sead 0)",
            "teacher(tanh 0)",
            "teacher(tanh 16, scale 0)",
            "teacher(leaky_relu slop=1 4)",
            "teacher(\"x + 4)",
        ] {
            assert!(Teacher::parse(wrong).is_some_and(|found| found.is_err()), "{wrong}");
        }
    }
}
