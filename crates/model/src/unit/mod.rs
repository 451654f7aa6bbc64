//! Activations: one file each, with its formula and its derivative once, over any [`Number`]. To add one, write its file
//! and its line in `units!` below; engines, kernels, experiment files, help, colours and tests follow.

mod choice;
pub mod formula;
mod kernels;

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use pulp::Arch;

use crate::number::Number;
pub use choice::Units;
pub use formula::Formula;
pub(crate) use kernels::apply_slope;

/// An activation function of one number, with at most [`PARAMETERS`] parameters.
pub trait Unit: fmt::Debug + Sync + std::panic::RefUnwindSafe + 'static {
    /// What the user types.
    const NAME: &'static str;
    /// The formula, for people.
    const FORMULA: &'static str;
    /// Who proposed it, where it is from one place.
    const SOURCE: &'static str = "";
    /// Its parameters, each with its default.
    const PARAMETERS: &'static [Parameter] = &[];

    /// What the derivative is computed from, with these parameters.
    fn slope_from(_: &[f32]) -> Slope {
        Slope::OfArgument
    }

    /// `g(x)`.
    fn value<N: Number>(x: N, parameters: &[N]) -> N;

    /// `g'(x)`, where the value is `y`; where it is [of the value](Slope::OfValue), `y` stands for both. At a kink it is
    /// the derivative on the left, as in PyTorch.
    fn slope<N: Number>(x: N, y: N, parameters: &[N]) -> N;

    /// The Lipschitz constant, `max |g'|`; infinite where there is none.
    fn lipschitz(parameters: &[f64]) -> f64;

    /// What it is far to the left and far to the right of the origin.
    fn ends(parameters: &[f64]) -> [End; 2];

    /// Its smallest value and its largest, or what it approaches there; infinite where there is none.
    fn range(_: &[f64]) -> [f64; 2] {
        [f64::NEG_INFINITY, f64::INFINITY]
    }
}

/// A number that an activation depends on.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// What the user types.
    pub name: &'static str,
    /// Where nothing is typed.
    pub default: f32,
}

/// Parameters of an activation, at most.
pub const PARAMETERS: usize = 4;

/// What the derivative of an activation is computed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slope {
    /// From the value alone: a layer keeps nothing for the way back.
    OfValue,
    /// From the argument: it is computed beside the value, and kept.
    OfArgument,
}

/// What an activation is far from the origin, on one side.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum End {
    /// It approaches the line `slope x + intercept`; a constant, where the slope is 0.
    Line {
        /// Of the line.
        slope: f64,
        /// Of the line.
        intercept: f64,
    },
    /// It repeats about a line: `slope x` and a periodic function, which goes from `low` to `high`.
    Periodic {
        /// Of the line.
        slope: f64,
        /// The smallest value of what repeats.
        low: f64,
        /// The largest.
        high: f64,
    },
    /// None of these, or nobody knows.
    Other,
}

impl End {
    /// The constant that is approached.
    pub const fn constant(intercept: f64) -> Self {
        Self::Line { slope: 0.0, intercept }
    }
}

/// Writes the modules of all units, and the list of them.
macro_rules! units {
    ($($module:ident::$unit:ident)*) => {
        $(
            #[doc = concat!("[`", stringify!($unit), "`].")]
            pub mod $module;
            pub use $module::$unit;
        )*

        /// All units, in the order in which results list them.
        static UNITS: &[&dyn Definition] = &[$(&$unit),*];

        const COUNT: usize = [$(stringify!($unit)),*].len();
    };
}

units! {
    relu::Relu
    leaky_relu::LeakyRelu
    tanh::Tanh
    sinu::Sinu
    sigmoid::Sigmoid
    identity::Identity
    softplus::Softplus
}

/// What the program needs to know of a unit or a formula, whatever its type is.
pub trait Definition: fmt::Debug + Sync + std::panic::RefUnwindSafe {
    /// See [`Unit::NAME`].
    fn name(&'static self) -> &'static str;
    /// See [`Unit::FORMULA`].
    fn formula(&'static self) -> &'static str;
    /// See [`Unit::SOURCE`].
    fn source(&'static self) -> &'static str;
    /// See [`Unit::PARAMETERS`].
    fn parameters(&'static self) -> &'static [Parameter];
    /// Value and derivative in double precision.
    fn reference(&self, x: f64, parameters: &[f64]) -> [f64; 2];
    /// See [`Unit::lipschitz`].
    fn lipschitz(&self, parameters: &[f64]) -> f64;
    /// See [`Unit::ends`].
    fn ends(&self, parameters: &[f64]) -> [End; 2];
    /// See [`Unit::range`].
    fn range(&self, parameters: &[f64]) -> [f64; 2];
    /// `z <- g(z)` on a CPU; what [`backward`](Self::backward) needs besides goes into `kept`, which is as long as `z`.
    fn forward(&self, arch: Arch, parameters: &[f32], z: &mut [f32], kept: &mut [f32]);
    /// `gradient <- gradient g'`, and its rows are added to `bias`: backward of [`forward`](Self::forward), from the
    /// `value` and what was `kept`.
    fn backward(&self, arch: Arch, parameters: &[f32], gradient: &mut [f32], from: From<'_>, bias: &mut [f32]);
    /// Value and derivative in a kernel of a GPU.
    #[cfg(feature = "wgpu")]
    fn trace<'kernel>(
        &self,
        x: crate::number::traced::Traced<'kernel>,
        parameters: &[crate::number::traced::Traced<'kernel>],
    ) -> [crate::number::traced::Traced<'kernel>; 2];
}

/// What is left of the way forward.
#[derive(Debug, Clone, Copy)]
pub struct From<'a> {
    /// `g(z)`.
    pub value: &'a [f32],
    /// What [`Definition::forward`] kept.
    pub kept: &'a [f32],
}

impl<U: Unit> Definition for U {
    fn name(&'static self) -> &'static str {
        U::NAME
    }

    fn formula(&'static self) -> &'static str {
        U::FORMULA
    }

    fn source(&'static self) -> &'static str {
        U::SOURCE
    }

    fn parameters(&'static self) -> &'static [Parameter] {
        U::PARAMETERS
    }

    fn reference(&self, x: f64, parameters: &[f64]) -> [f64; 2] {
        let y = U::value(x, parameters);
        [y, U::slope(x, y, parameters)]
    }

    fn lipschitz(&self, parameters: &[f64]) -> f64 {
        U::lipschitz(parameters)
    }

    fn ends(&self, parameters: &[f64]) -> [End; 2] {
        U::ends(parameters)
    }

    fn range(&self, parameters: &[f64]) -> [f64; 2] {
        U::range(parameters)
    }

    fn forward(&self, arch: Arch, parameters: &[f32], z: &mut [f32], kept: &mut [f32]) {
        kernels::forward::<U>(arch, parameters, z, kept);
    }

    fn backward(&self, arch: Arch, parameters: &[f32], gradient: &mut [f32], from: From<'_>, bias: &mut [f32]) {
        kernels::backward::<U>(arch, parameters, gradient, from, bias);
    }

    #[cfg(feature = "wgpu")]
    fn trace<'kernel>(
        &self,
        x: crate::number::traced::Traced<'kernel>,
        parameters: &[crate::number::traced::Traced<'kernel>],
    ) -> [crate::number::traced::Traced<'kernel>; 2] {
        let y = U::value(x, parameters);
        [y, U::slope(x, y, parameters)]
    }
}

/// An activation: a unit or a formula, and its parameters.
#[derive(Debug, Clone, Copy)]
pub struct Activation {
    definition: &'static dyn Definition,
    parameters: [f32; PARAMETERS],
}

impl Activation {
    /// All units with their default parameters.
    pub fn all() -> impl Iterator<Item = Self> + Clone {
        UNITS.iter().map(|unit| Self::new(*unit))
    }

    /// How many units there are.
    pub const COUNT: usize = COUNT;

    /// A unit or a formula with its default parameters.
    pub fn new(definition: &'static dyn Definition) -> Self {
        let mut parameters = [0.0; PARAMETERS];
        for (value, parameter) in parameters.iter_mut().zip(definition.parameters()) {
            *value = parameter.default;
        }
        Self { definition, parameters }
    }

    /// The same with another value of a parameter. None where it has no such parameter.
    pub fn with(mut self, parameter: &str, value: f32) -> Option<Self> {
        let mut parameters = self.definition.parameters().iter();
        let position = parameters.position(|known| known.name == parameter)?;
        self.parameters[position] = value;
        Some(self)
    }

    /// What it is, without its parameters.
    pub fn definition(self) -> &'static dyn Definition {
        self.definition
    }

    /// The values of its parameters.
    pub fn parameters(&self) -> &[f32] {
        &self.parameters[..self.definition.parameters().len()]
    }

    fn precise(&self) -> [f64; PARAMETERS] {
        self.parameters.map(f64::from)
    }

    /// The name used in experiment files and results, without parameters.
    pub fn name(self) -> &'static str {
        self.definition.name()
    }

    /// `g(x)` in double precision, the same bits on every platform.
    pub fn value(self, x: f64) -> f64 {
        self.definition.reference(x, &self.precise())[0]
    }

    /// `g'(x)` in double precision. At a kink it is the derivative on the left, as in PyTorch.
    pub fn derivative(self, x: f64) -> f64 {
        self.definition.reference(x, &self.precise())[1]
    }

    /// The Lipschitz constant, `max |g'|`; infinite where there is none.
    pub fn lipschitz(self) -> f64 {
        self.definition.lipschitz(&self.precise())
    }

    /// What it is far to the left and far to the right of the origin.
    pub fn ends(self) -> [End; 2] {
        self.definition.ends(&self.precise())
    }

    /// Its smallest value and its largest, or what it approaches there; infinite where there is none.
    pub fn range(self) -> [f64; 2] {
        self.definition.range(&self.precise())
    }

    /// `z <- g(z)` on a CPU, see [`Definition::forward`].
    pub fn forward(self, arch: Arch, z: &mut [f32], kept: &mut [f32]) {
        self.definition.forward(arch, &self.parameters, z, kept);
    }

    /// Backward of [`forward`](Self::forward), see [`Definition::backward`].
    pub fn backward(self, arch: Arch, gradient: &mut [f32], from: From<'_>, bias: &mut [f32]) {
        self.definition.backward(arch, &self.parameters, gradient, from, bias);
    }
}

impl<U: Unit> std::convert::From<&'static U> for Activation {
    fn from(unit: &'static U) -> Self {
        Self::new(unit)
    }
}

impl PartialEq for Activation {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for Activation {}

impl Hash for Activation {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

impl PartialOrd for Activation {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Activation {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.identity().cmp(&other.identity())
    }
}

impl Activation {
    /// Its place in the list, formulas after all units, and what else tells it from others.
    fn identity(&self) -> (usize, &'static str, &'static str, [u32; PARAMETERS]) {
        let place = UNITS.iter().position(|unit| unit.name() == self.name());
        (
            place.unwrap_or(UNITS.len()),
            self.name(),
            self.definition.formula(),
            self.parameters.map(f32::to_bits),
        )
    }
}

impl fmt::Display for Activation {
    /// `leaky_relu`, and with parameters that are not the defaults `leaky_relu(slope=0.2)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let changed = self.definition.parameters().iter().zip(self.parameters);
        let changed: Vec<String> = changed
            .filter(|(parameter, value)| parameter.default.to_bits() != value.to_bits())
            .map(|(parameter, value)| format!("{}={value}", parameter.name))
            .collect();
        match changed.is_empty() {
            true => f.pad(self.name()),
            false => f.pad(&format!("{}({})", self.name(), changed.join(", "))),
        }
    }
}

/// A name that is no activation's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown activation \"{0}\"")]
pub struct UnknownActivation(pub String);

impl FromStr for Activation {
    type Err = UnknownActivation;

    /// By the name of a unit, with its default parameters.
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let unit = UNITS.iter().find(|unit| unit.name() == name);
        unit.map(|unit| Self::new(*unit))
            .ok_or_else(|| UnknownActivation(name.to_owned()))
    }
}

#[cfg(test)]
mod tests;
