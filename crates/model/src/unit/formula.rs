//! An activation that the user writes as a formula, `x + 0.3*sin(4*x)`. Its derivative follows from it by the forward
//! mode. On a CPU both are computed for a block of values at a time, which stays in the first cache level; on a GPU they
//! are written into the kernel like any other unit.

use std::sync::Mutex;

use pulp::{Arch, Simd, WithSimd};

use super::{AS_OLD_AS_FORMULAS, Definition, End, From, PARAMETERS, Parameter, UNITS, kernels};
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
    /// Of the same, for each parameter, to the derivative by it.
    by_parameter: Vec<Tape>,
}

/// Values that go through the steps together; with the registers of the longest formula they fill half of a cache of
/// 32 KiB.
const BLOCK: usize = 128;

/// Intermediate results that are kept at the same time, at most.
const REGISTERS: usize = 32;

/// The same for a derivative by a parameter, which is computed for learned ones only.
const DERIVED_REGISTERS: usize = 2 * REGISTERS;

/// All formulas that were ever made. Activations are compared, copied and kept in results by the thousand: they share
/// what does not change, which there is as much of as the user types.
static FORMULAS: Mutex<Vec<&'static Formula>> = Mutex::new(Vec::new());

impl Formula {
    /// The formula `text` of `x` and these parameters, by the name that results give it.
    ///
    /// # Errors
    /// If the text cannot be understood, or is too long: what is wrong with it.
    pub fn define(name: &str, text: &str, parameters: &[(String, f32)]) -> Result<&'static Self, String> {
        if UNITS[..AS_OLD_AS_FORMULAS].iter().any(|unit| unit.name() == name) {
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
            let y = differentiated(&expression, &places, arguments, 0);
            vec![y.value, y.slope]
        });
        let by_parameter = |place| {
            Tape::new(1 + PARAMETERS, |arguments| {
                vec![differentiated(&expression, &places, arguments, place).slope]
            })
        };
        let by_parameter: Vec<Tape> = (1..=parameters.len()).map(by_parameter).collect();
        let too_long = by_parameter.iter().any(|tape| tape.registers > DERIVED_REGISTERS);
        if too_long || tape.registers > REGISTERS {
            return Err(format!(
                "it has more than {REGISTERS} intermediate results at a time; make it shorter"
            ));
        }
        let parameters = parameters
            .iter()
            .map(|(name, default)| Parameter::fixed(Box::leak(name.clone().into_boxed_str()), *default));
        Ok(Self {
            name: name.to_owned(),
            text: text.to_owned(),
            parameters: parameters.collect(),
            tape,
            by_parameter,
        })
    }

    fn both<N: Number>(&self, x: N, parameters: &[N]) -> [N; 2] {
        let results = self.tape.results(&arguments(x, parameters));
        [results[0], results[1]]
    }

    fn by_parameter<N: Number>(&self, x: N, parameters: &[N], which: usize) -> N {
        self.by_parameter[which].results(&arguments(x, parameters))[0]
    }
}

/// An expression, differentiated by the argument at the place `by`: 0 is `x`, and the others are the parameters. The
/// variables of the expression are the arguments at these `places`.
fn differentiated<N: Number>(expression: &Expression, places: &[usize], arguments: &[N], by: usize) -> Dual<N> {
    let dual = |place: &usize| match *place == by {
        true => Dual::variable(arguments[*place]),
        false => Dual::fixed(arguments[*place]),
    };
    expression.value(&places.iter().map(dual).collect::<Vec<_>>())
}

fn arguments<N: Number>(x: N, parameters: &[N]) -> [N; 1 + PARAMETERS] {
    let mut arguments = [x; 1 + PARAMETERS];
    arguments[1..][..parameters.len()].copy_from_slice(parameters);
    arguments
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

    fn refuses(&self, _: &[f64]) -> Option<&'static str> {
        None
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

    fn parameter_slope(&self, arch: Arch, parameters: &[f32], which: usize, z: &[f32], slope: &mut [f32]) {
        arch.dispatch(Derived {
            tape: &self.by_parameter[which],
            parameters,
            z,
            slope,
        });
    }

    fn parameter_reference(&self, x: f64, parameters: &[f64], which: usize) -> f64 {
        self.by_parameter(x, parameters, which)
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

    #[cfg(feature = "wgpu")]
    fn parameter_trace<'kernel>(
        &self,
        x: crate::number::traced::Traced<'kernel>,
        parameters: &[crate::number::traced::Traced<'kernel>],
        which: usize,
    ) -> crate::number::traced::Traced<'kernel> {
        self.by_parameter(x, parameters, which)
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
            run(self.tape, &x, self.parameters, &mut registers);
            for (result, to) in self.tape.results.iter().zip([z, kept]) {
                let block = read(*result, &x, self.parameters, &registers);
                to.copy_from_slice(&block[..to.len()]);
            }
        }
    }
}

struct Derived<'a> {
    tape: &'a Tape,
    parameters: &'a [f32],
    z: &'a [f32],
    slope: &'a mut [f32],
}

impl WithSimd for Derived<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let mut registers = [[0f32; BLOCK]; DERIVED_REGISTERS];
        let mut x = [0f32; BLOCK];
        for (z, slope) in self.z.chunks(BLOCK).zip(self.slope.chunks_mut(BLOCK)) {
            x[..z.len()].copy_from_slice(z);
            run(self.tape, &x, self.parameters, &mut registers);
            let block = read(self.tape.results[0], &x, self.parameters, &registers);
            slope.copy_from_slice(&block[..slope.len()]);
        }
    }
}

/// The steps of a tape, of a block of values.
#[inline(always)]
fn run(tape: &Tape, x: &Block, parameters: &[f32], registers: &mut [Block]) {
    for step in &tape.steps {
        let of = |operand: Operand| read(operand, x, parameters, registers);
        registers[step.register] = match step.work {
            Work::Function(function, a) => function.of_each(of(a)),
            Work::Operation(operation, a, b) => operation.of_each(of(a), of(b)),
            Work::IfLess([a, b, then, otherwise]) => {
                let (a, b, then, otherwise) = (of(a), of(b), of(then), of(otherwise));
                std::array::from_fn(|i| a[i].if_less(b[i], then[i], otherwise[i]))
            }
        };
    }
}

#[inline(always)]
fn read(operand: Operand, x: &Block, parameters: &[f32], registers: &[Block]) -> Block {
    match operand {
        Operand::Constant(value) => [value as f32; BLOCK],
        Operand::Argument(0) => *x,
        Operand::Argument(argument) => [parameters[argument - 1]; BLOCK],
        Operand::Register(register) => registers[register],
    }
}
