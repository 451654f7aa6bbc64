//! An activation that the user writes as a formula, `x + 0.3*sin(4*x)`. Its derivative follows from it by the forward
//! mode. On a CPU both are computed for a block of values at a time, which stays in the first cache level; on a GPU they
//! are written into the kernel like any other unit.

use std::sync::Mutex;

use pulp::{Arch, Simd, WithSimd};

use super::{Definition, End, From, PARAMETERS, Parameter, kernels};
use crate::expression::{Expression, Operand, Tape, Work};
use crate::number::{Dual, Number};

/// A formula of `x` and perhaps of some parameters.
#[derive(Debug)]
pub struct Formula {
    name: String,
    text: String,
    parameters: Vec<Parameter>,
    /// Of `x` and the parameters to the value and the derivative.
    tape: Tape,
}

/// Values that go through the steps together; with the registers of the longest formula they fill half of a cache of
/// 32 KiB.
const BLOCK: usize = 128;

/// Intermediate results that are kept at the same time, at most.
const REGISTERS: usize = 32;

/// All formulas that were ever made. Activations are compared, copied and kept in results by the thousand: they share
/// what does not change, which there is as much of as the user types.
static FORMULAS: Mutex<Vec<&'static Formula>> = Mutex::new(Vec::new());

impl Formula {
    /// The formula `text` of `x` and these parameters, by the name that results give it.
    ///
    /// # Errors
    /// If the text cannot be understood, or is too long: what is wrong with it.
    pub fn define(name: &str, text: &str, parameters: &[(String, f32)]) -> Result<&'static Self, String> {
        if super::UNITS.iter().any(|unit| unit.name() == name) {
            return Err(format!(
                "\"{name}\" is an activation that there is already; give the formula another name"
            ));
        }
        let mut formulas = FORMULAS.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let known = formulas.iter().find(|known| {
            let of = known
                .parameters
                .iter()
                .map(|parameter| (parameter.name, parameter.default));
            known.name == name
                && known.text == text
                && of.eq(parameters.iter().map(|(name, value)| (name.as_str(), *value)))
        });
        if let Some(known) = known {
            return Ok(known);
        }
        let formula: &'static Self = Box::leak(Box::new(Self::new(name, text, parameters)?));
        formulas.push(formula);
        Ok(formula)
    }

    fn new(name: &str, text: &str, parameters: &[(String, f32)]) -> Result<Self, String> {
        if parameters.len() > PARAMETERS {
            return Err(format!("a formula has at most {PARAMETERS} parameters"));
        }
        let place = |variable: &str| match variable {
            "x" => Some(0),
            name => parameters
                .iter()
                .position(|(known, _)| known == name)
                .map(|position| position + 1),
        };
        let names: Vec<&str> = parameters.iter().map(|(name, _)| name.as_str()).collect();
        let variables = match names.is_empty() {
            true => "x".to_owned(),
            false => format!("x, {}", names.join(", ")),
        };
        let expression = Expression::parse(text, |name| place(name).is_some(), &variables)?;
        let places: Vec<usize> = expression.variables.iter().filter_map(|name| place(name)).collect();
        let tape = Tape::new(1 + PARAMETERS, |arguments| {
            let dual = |place: &usize| match place {
                0 => Dual::variable(arguments[0]),
                place => Dual::fixed(arguments[*place]),
            };
            let y = expression.value(&places.iter().map(dual).collect::<Vec<_>>());
            vec![y.value, y.slope]
        });
        if tape.registers > REGISTERS {
            return Err(format!(
                "it has more than {REGISTERS} intermediate results at a time; make it shorter"
            ));
        }
        let parameters = parameters.iter().map(|(name, default)| Parameter {
            name: Box::leak(name.clone().into_boxed_str()),
            default: *default,
        });
        Ok(Self {
            name: name.to_owned(),
            text: text.to_owned(),
            parameters: parameters.collect(),
            tape,
        })
    }

    fn both<N: Number>(&self, x: N, parameters: &[N]) -> [N; 2] {
        let mut arguments = [x; 1 + PARAMETERS];
        arguments[1..][..parameters.len()].copy_from_slice(parameters);
        let results = self.tape.results(&arguments);
        [results[0], results[1]]
    }
}

impl Definition for Formula {
    fn name(&'static self) -> &'static str {
        &self.name
    }

    fn formula(&'static self) -> &'static str {
        &self.text
    }

    fn source(&'static self) -> &'static str {
        "the experiment"
    }

    fn parameters(&'static self) -> &'static [Parameter] {
        &self.parameters
    }

    fn reference(&self, x: f64, parameters: &[f64]) -> [f64; 2] {
        self.both(x, parameters)
    }

    fn lipschitz(&self, _: &[f64]) -> f64 {
        f64::INFINITY
    }

    fn ends(&self, _: &[f64]) -> [End; 2] {
        [End::Other; 2]
    }

    fn range(&self, _: &[f64]) -> [f64; 2] {
        [f64::NEG_INFINITY, f64::INFINITY]
    }

    fn forward(&self, arch: Arch, parameters: &[f32], z: &mut [f32], kept: &mut [f32]) {
        arch.dispatch(Forward {
            tape: &self.tape,
            parameters,
            z,
            kept,
        });
    }

    fn backward(&self, arch: Arch, _: &[f32], gradient: &mut [f32], from: From<'_>, bias: &mut [f32]) {
        kernels::apply_slope(arch, gradient, from.kept, bias);
    }

    #[cfg(feature = "wgpu")]
    fn trace<'kernel>(
        &self,
        x: crate::number::traced::Traced<'kernel>,
        parameters: &[crate::number::traced::Traced<'kernel>],
    ) -> [crate::number::traced::Traced<'kernel>; 2] {
        self.both(x, parameters)
    }
}

struct Forward<'a> {
    tape: &'a Tape,
    parameters: &'a [f32],
    z: &'a mut [f32],
    kept: &'a mut [f32],
}

type Block = [f32; BLOCK];

impl WithSimd for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let mut registers = [[0f32; BLOCK]; REGISTERS];
        let mut x = [0f32; BLOCK];
        for (z, kept) in self.z.chunks_mut(BLOCK).zip(self.kept.chunks_mut(BLOCK)) {
            x[..z.len()].copy_from_slice(z);
            for step in &self.tape.steps {
                let of = |operand: Operand| read(operand, &x, self.parameters, &registers);
                registers[step.register] = match step.work {
                    Work::Function(function, a) => function.of_each(of(a)),
                    Work::Operation(operation, a, b) => operation.of_each(of(a), of(b)),
                    Work::IfLess([a, b, then, otherwise]) => {
                        let (a, b, then, otherwise) = (of(a), of(b), of(then), of(otherwise));
                        std::array::from_fn(|i| a[i].if_less(b[i], then[i], otherwise[i]))
                    }
                };
            }
            for (result, to) in self.tape.results.iter().zip([z, kept]) {
                let block = read(*result, &x, self.parameters, &registers);
                to.copy_from_slice(&block[..to.len()]);
            }
        }
    }
}

#[inline(always)]
fn read(operand: Operand, x: &Block, parameters: &[f32], registers: &[Block; REGISTERS]) -> Block {
    match operand {
        Operand::Constant(value) => [value as f32; BLOCK],
        Operand::Argument(0) => *x,
        Operand::Argument(argument) => [parameters[argument - 1]; BLOCK],
        Operand::Register(register) => registers[register],
    }
}
