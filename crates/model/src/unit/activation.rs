//! An activation: a unit or a formula with the values of its parameters, of which some may be learned.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use pulp::Arch;

use super::{COUNT, Definition, End, From, PARAMETERS, UNITS, Unit};

/// An activation: a unit or a formula, and its parameters. A parameter is fixed, or starts at its value and is learned
/// with the weights, one value for each layer that the activation follows: PyTorch's `PReLU(num_parameters=1)`.
#[derive(Debug, Clone, Copy)]
pub struct Activation {
    definition: &'static dyn Definition,
    parameters: [f32; PARAMETERS],
    learned: [bool; PARAMETERS],
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
        let (mut parameters, mut learned) = ([0.0; PARAMETERS], [false; PARAMETERS]);
        for (place, parameter) in definition.parameters().iter().enumerate() {
            parameters[place] = parameter.default;
            learned[place] = parameter.learned;
        }
        Self {
            definition,
            parameters,
            learned,
        }
    }

    /// The same with another value of a parameter. None where it has no such parameter.
    pub fn with(mut self, parameter: &str, value: f32) -> Option<Self> {
        self.parameters[self.position(parameter)?] = value;
        Some(self)
    }

    /// The same, with a parameter that is learned from its value on. None where it has no such parameter.
    pub fn learn(mut self, parameter: &str) -> Option<Self> {
        self.learned[self.position(parameter)?] = true;
        Some(self)
    }

    /// The same, with all parameters fixed.
    pub fn fixed(mut self) -> Self {
        self.learned = [false; PARAMETERS];
        self
    }

    /// Whether the parameters that are learned are those of which nothing needs to be typed.
    pub fn learns_as_defined(self) -> bool {
        let known = self.definition.parameters().iter().zip(self.learned);
        known.into_iter().all(|(known, learned)| known.learned == learned)
    }

    /// Whether it is a unit, and no formula.
    pub fn is_unit(self) -> bool {
        self.place() < UNITS.len()
    }

    /// Its place in the list of units; formulas come after it.
    fn place(self) -> usize {
        let same =
            |unit: &&'static dyn Definition| (unit.name(), unit.formula()) == (self.name(), self.definition.formula());
        UNITS.iter().position(same).unwrap_or(UNITS.len())
    }

    /// Why there is no such activation with these parameters; none where there is.
    pub fn refuses(self) -> Option<&'static str> {
        self.definition.refuses(&self.precise())
    }

    fn position(self, parameter: &str) -> Option<usize> {
        let mut parameters = self.definition.parameters().iter();
        parameters.position(|known| known.name == parameter)
    }

    /// The positions of the parameters that are learned.
    pub fn learned(self) -> impl Iterator<Item = usize> + Clone {
        (0..PARAMETERS).filter(move |position| self.learned[*position])
    }

    /// The names and the values of the parameters that are learned.
    pub fn learned_values(self) -> impl Iterator<Item = (&'static str, f32)> + Clone {
        let name = move |position: usize| self.definition.parameters()[position].name;
        self.learned()
            .map(move |position| (name(position), self.parameters[position]))
    }

    /// Another value of the parameter at a position.
    pub(crate) fn set(&mut self, position: usize, value: f32) {
        self.parameters[position] = value;
    }

    /// What it is, without its parameters.
    pub fn definition(self) -> &'static dyn Definition {
        self.definition
    }

    /// The values of its parameters.
    pub fn parameters(&self) -> &[f32] {
        &self.parameters[..self.definition.parameters().len()]
    }

    /// The value of a parameter by its name. None where it has no such parameter.
    pub fn parameter(self, name: &str) -> Option<f32> {
        self.position(name).map(|position| self.parameters[position])
    }

    /// Whether it is a formula of the user's own.
    pub fn is_formula(self) -> bool {
        UNITS.iter().all(|unit| unit.name() != self.name())
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

    /// `g'(x)` in double precision. At a kink it is PyTorch's: the derivative on the left, or 0.
    pub fn derivative(self, x: f64) -> f64 {
        self.definition.reference(x, &self.precise())[1]
    }

    /// `dg/dp(x)` by the parameter at a position, in double precision.
    pub fn parameter_derivative(self, x: f64, position: usize) -> f64 {
        self.definition
            .parameter_reference(x, &self.precise()[..self.parameters().len()], position)
    }

    /// The Lipschitz constant, `max |g'|`; infinite where there is none.
    pub fn lipschitz(self) -> f64 {
        self.definition.lipschitz(&self.precise())
    }

    /// What keeps the size of values that go through it, see [`Unit::gain`].
    pub fn gain(self) -> f64 {
        self.definition.gain(&self.precise())
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

    /// The derivative by the parameter at a position on a CPU, see [`Definition::parameter_slope`].
    pub fn parameter_slope(self, arch: Arch, position: usize, z: &[f32], slope: &mut [f32]) {
        self.definition
            .parameter_slope(arch, self.parameters(), position, z, slope);
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
    fn identity(&self) -> (usize, &'static str, &'static str, [u32; PARAMETERS], [bool; PARAMETERS]) {
        (
            self.place(),
            self.name(),
            self.definition.formula(),
            self.parameters.map(f32::to_bits),
            self.learned,
        )
    }
}

impl fmt::Display for Activation {
    /// `leaky_relu`, with parameters that are not the defaults `leaky_relu(slope=0.2)`, and with parameters that are
    /// learned `leaky_relu(slope=0.2 learned)`. Of formulas, which have no defaults, all parameters, and where a unit has
    /// the same name `snake(formula, a=2)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_unit = self.is_unit();
        let namesake = !is_unit && UNITS.iter().any(|unit| unit.name() == self.name());
        let mut notes: Vec<String> = namesake.then(|| "formula".to_owned()).into_iter().collect();
        let known = self.definition.parameters().iter();
        for ((known, value), learned) in known.zip(self.parameters).zip(self.learned) {
            let mark = match (known.learned, learned) {
                (false, true) => " learned",
                (true, false) => " fixed",
                _ => "",
            };
            let usual = is_unit && known.default.to_bits() == value.to_bits();
            if !usual || !mark.is_empty() {
                notes.push(format!("{}={value}{mark}", known.name));
            }
        }
        match notes.is_empty() {
            true => f.pad(self.name()),
            false => f.pad(&format!("{}({})", self.name(), notes.join(", "))),
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
