//! Activations: one file each, with its formula and its derivative once, over any [`Number`]. To add one, write its file
//! and its line in `units!` below; engines, kernels, experiment files, help, colours and tests follow.

mod activation;
pub mod formula;
mod kernels;
mod units;

use std::fmt;

use pulp::Arch;

use crate::number::{Dual, Number};
pub use activation::{Activation, UnknownActivation};
pub use formula::Formula;
pub(crate) use kernels::apply_slope;
pub use units::Units;

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

    /// Why there is no such activation with these parameters; none where there is.
    fn refuses(_: &[f64]) -> Option<&'static str> {
        None
    }

    /// What the derivative is computed from, with these parameters.
    fn slope_from(_: &[f32]) -> Slope {
        Slope::OfArgument
    }

    /// `g(x)`.
    fn value<N: Number>(x: N, parameters: &[N]) -> N;

    /// `g'(x)`, where the value is `y`; where it is [of the value](Slope::OfValue), `y` stands for both. At a kink it is
    /// PyTorch's: the derivative on the left, or 0.
    fn slope<N: Number>(x: N, y: N, parameters: &[N]) -> N;

    /// The Lipschitz constant, `max |g'|`; infinite where there is none.
    fn lipschitz(parameters: &[f64]) -> f64;

    /// What it is far to the left and far to the right of the origin.
    fn ends(parameters: &[f64]) -> [End; 2];

    /// Its smallest value and its largest, or what it approaches there; infinite where there is none.
    fn range(_: &[f64]) -> [f64; 2] {
        [f64::NEG_INFINITY, f64::INFINITY]
    }

    /// What keeps the size of values that go through it, as PyTorch's `torch.nn.init.calculate_gain` has it; 1 where that
    /// has none.
    fn gain(_: &[f64]) -> f64 {
        1.0
    }
}

/// A number that an activation depends on.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// What the user types.
    pub name: &'static str,
    /// Where nothing is typed.
    pub default: f32,
    /// Whether it is learned where nothing is typed.
    pub learned: bool,
}

impl Parameter {
    /// One that keeps its value, unless the user says otherwise.
    pub const fn fixed(name: &'static str, default: f32) -> Self {
        let learned = false;
        Self { name, default, learned }
    }

    /// One that is learned, unless the user says otherwise.
    pub const fn learned(name: &'static str, default: f32) -> Self {
        let learned = true;
        Self { name, default, learned }
    }
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
        Self::line(0.0, intercept)
    }

    /// The line that is approached.
    pub const fn line(slope: f64, intercept: f64) -> Self {
        Self::Line { slope, intercept }
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

        /// All units, in the order in which results list them: new ones come last, so that looks stay.
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
    elu::Elu
    selu::Selu
    celu::Celu
    gelu::Gelu
    gelu_tanh::GeluTanh
    silu::Silu
    mish::Mish
    softsign::Softsign
    hardtanh::Hardtanh
    relu6::Relu6
    prelu::Prelu
    hardshrink::Hardshrink
    softshrink::Softshrink
    tanhshrink::Tanhshrink
    hardsigmoid::Hardsigmoid
    hardswish::Hardswish
    snake::Snake
    x_plus_sin::XPlusSin
    sine::Sine
    cosine::Cosine
    gaussian::Gaussian
    sinc::Sinc
    square::Square
    abs::Abs
}

/// Units that are as old as formulas: no formula has one of their names. Those that came later leave theirs to formulas
/// of experiments that were there before them.
const AS_OLD_AS_FORMULAS: usize = 7;

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
    /// See [`Unit::refuses`].
    fn refuses(&self, parameters: &[f64]) -> Option<&'static str>;
    /// The derivative by the parameter `which` on a CPU: `slope <- dg/dp(z)`.
    fn parameter_slope(&self, arch: Arch, parameters: &[f32], which: usize, z: &[f32], slope: &mut [f32]);
    /// The derivative by the parameter `which` in double precision.
    fn parameter_reference(&self, x: f64, parameters: &[f64], which: usize) -> f64;
    /// Value and derivative in double precision.
    fn reference(&self, x: f64, parameters: &[f64]) -> [f64; 2];
    /// See [`Unit::lipschitz`].
    fn lipschitz(&self, parameters: &[f64]) -> f64;
    /// See [`Unit::ends`].
    fn ends(&self, parameters: &[f64]) -> [End; 2];
    /// See [`Unit::range`].
    fn range(&self, parameters: &[f64]) -> [f64; 2];
    /// See [`Unit::gain`].
    fn gain(&self, _: &[f64]) -> f64 {
        1.0
    }
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
    /// The derivative by the parameter `which` in a kernel of a GPU.
    #[cfg(feature = "wgpu")]
    fn parameter_trace<'kernel>(
        &self,
        x: crate::number::traced::Traced<'kernel>,
        parameters: &[crate::number::traced::Traced<'kernel>],
        which: usize,
    ) -> crate::number::traced::Traced<'kernel>;
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

    fn refuses(&self, parameters: &[f64]) -> Option<&'static str> {
        U::refuses(parameters)
    }

    fn parameter_slope(&self, arch: Arch, parameters: &[f32], which: usize, z: &[f32], slope: &mut [f32]) {
        kernels::parameter_slope::<U>(arch, parameters, which, z, slope);
    }

    fn parameter_reference(&self, x: f64, parameters: &[f64], which: usize) -> f64 {
        by_parameter::<U, _>(x, parameters, which)
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

    fn gain(&self, parameters: &[f64]) -> f64 {
        U::gain(parameters)
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

    #[cfg(feature = "wgpu")]
    fn parameter_trace<'kernel>(
        &self,
        x: crate::number::traced::Traced<'kernel>,
        parameters: &[crate::number::traced::Traced<'kernel>],
        which: usize,
    ) -> crate::number::traced::Traced<'kernel> {
        by_parameter::<U, _>(x, parameters, which)
    }
}

/// The derivative of a unit by a parameter: its one formula, of numbers that know their derivative.
fn by_parameter<U: Unit, N: Number>(x: N, parameters: &[N], which: usize) -> N {
    let parameters = kernels::duals(parameters, which);
    U::value(Dual::fixed(x), &parameters[..U::PARAMETERS.len()]).slope
}

#[cfg(test)]
mod tests;
