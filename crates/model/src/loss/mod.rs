//! Losses: one file each, with what one difference of prediction and target counts, and its derivative, over any
//! [`Number`]. The loss of a network is the mean over its samples and outputs. To add one, write its file and its line in
//! `rules!` below; engines, kernels, experiment files, help and tests follow.

mod kernels;

use std::fmt;
use std::panic::RefUnwindSafe;

use pulp::Arch;

use crate::number::Number;
use crate::setting::{Chosen, Kinds, Listed, Setting};

/// What a difference of prediction and target counts.
pub trait Rule: fmt::Debug + Sync + RefUnwindSafe + 'static {
    /// What the user types.
    const NAME: &'static str;
    /// The formula, for people; `d` is the difference.
    const FORMULA: &'static str;
    /// What it is in PyTorch, or who proposed it.
    const SOURCE: &'static str;
    /// Its settings, at most [`NUMBERS`].
    const SETTINGS: &'static [Setting];

    /// The sum so far, and what this difference counts.
    fn add<N: Number>(difference: N, numbers: &[N; NUMBERS], sum: N) -> N;

    /// The derivative of that by the difference.
    fn slope<N: Number>(difference: N, numbers: &[N; NUMBERS]) -> N;
}

/// Settings of a loss, at most.
pub const NUMBERS: usize = 1;

/// The settings of a loss as kernels read them.
pub type Numbers = [f32; NUMBERS];

/// Writes the modules of all losses, and the list of them.
macro_rules! rules {
    ($($module:ident::$rule:ident)*) => {
        $(
            #[doc = concat!("[`", stringify!($rule), "`].")]
            pub mod $module;
            pub use $module::$rule;
        )*

        /// All losses, in the order in which lists show them.
        static RULES: &[&dyn Definition] = &[$(&$rule),*];
    };
}

rules! {
    mse::Mse
    mae::Mae
    huber::Huber
}

/// What the program needs to know of a loss, whatever its type is.
pub trait Definition: fmt::Debug + Sync + RefUnwindSafe {
    /// See [`Rule::NAME`].
    fn name(&self) -> &'static str;
    /// See [`Rule::FORMULA`].
    fn formula(&self) -> &'static str;
    /// See [`Rule::SOURCE`].
    fn source(&self) -> &'static str;
    /// See [`Rule::SETTINGS`].
    fn settings(&self) -> &'static [Setting];
    /// What all differences count together, on a CPU.
    fn sum(&self, arch: Arch, prediction: &[f32], target: &[f32], numbers: &Numbers) -> f32;
    /// The slope at each difference, multiplied with `factor`, on a CPU.
    fn gradient(&self, arch: Arch, prediction: &[f32], target: &[f32], how: Scaled<'_>, gradient: &mut [f32]);
    /// What one difference counts, and its slope; in double precision.
    fn reference(&self, difference: f64, numbers: &[f64; NUMBERS]) -> [f64; 2];
    /// See [`Rule::add`]; in a kernel of a GPU.
    #[cfg(feature = "wgpu")]
    fn trace_add<'kernel>(
        &self,
        difference: crate::number::traced::Traced<'kernel>,
        numbers: &[crate::number::traced::Traced<'kernel>; NUMBERS],
        sum: crate::number::traced::Traced<'kernel>,
    ) -> crate::number::traced::Traced<'kernel>;
    /// See [`Rule::slope`]; in a kernel of a GPU.
    #[cfg(feature = "wgpu")]
    fn trace_slope<'kernel>(
        &self,
        difference: crate::number::traced::Traced<'kernel>,
        numbers: &[crate::number::traced::Traced<'kernel>; NUMBERS],
    ) -> crate::number::traced::Traced<'kernel>;
}

/// The settings of a loss, and what its slopes are multiplied with.
#[derive(Debug, Clone, Copy)]
pub struct Scaled<'a> {
    /// The settings.
    pub numbers: &'a Numbers,
    /// One over the values that the mean is of, or that times what the loss is multiplied with.
    pub factor: f32,
}

impl<R: Rule> Definition for R {
    fn name(&self) -> &'static str {
        R::NAME
    }

    fn formula(&self) -> &'static str {
        R::FORMULA
    }

    fn source(&self) -> &'static str {
        R::SOURCE
    }

    fn settings(&self) -> &'static [Setting] {
        R::SETTINGS
    }

    fn sum(&self, arch: Arch, prediction: &[f32], target: &[f32], numbers: &Numbers) -> f32 {
        kernels::sum::<R>(arch, prediction, target, numbers)
    }

    fn gradient(&self, arch: Arch, prediction: &[f32], target: &[f32], how: Scaled<'_>, gradient: &mut [f32]) {
        kernels::gradient::<R>(arch, prediction, target, how, gradient);
    }

    fn reference(&self, difference: f64, numbers: &[f64; NUMBERS]) -> [f64; 2] {
        [R::add(difference, numbers, 0.0), R::slope(difference, numbers)]
    }

    #[cfg(feature = "wgpu")]
    fn trace_add<'kernel>(
        &self,
        difference: crate::number::traced::Traced<'kernel>,
        numbers: &[crate::number::traced::Traced<'kernel>; NUMBERS],
        sum: crate::number::traced::Traced<'kernel>,
    ) -> crate::number::traced::Traced<'kernel> {
        R::add(difference, numbers, sum)
    }

    #[cfg(feature = "wgpu")]
    fn trace_slope<'kernel>(
        &self,
        difference: crate::number::traced::Traced<'kernel>,
        numbers: &[crate::number::traced::Traced<'kernel>; NUMBERS],
    ) -> crate::number::traced::Traced<'kernel> {
        R::slope(difference, numbers)
    }
}

/// A loss: a rule and its settings.
pub type Loss = Chosen<dyn Definition>;

impl Listed for dyn Definition {
    const WHAT: &'static str = "loss";

    fn list() -> &'static [&'static Self] {
        RULES
    }

    fn name(&self) -> &'static str {
        Definition::name(self)
    }

    fn settings(&self) -> &'static [Setting] {
        Definition::settings(self)
    }

    fn check(&self, _: &[f64]) -> Result<(), String> {
        Ok(())
    }
}

impl Loss {
    /// Its settings as kernels read them.
    pub fn numbers(&self) -> Numbers {
        let values = self.values();
        std::array::from_fn(|setting| values.get(setting).map_or(0.0, |value| *value as f32))
    }

    /// In double precision the loss of one network and the gradient of its predictions.
    pub fn reference(&self, prediction: &[f64], target: &[f64]) -> (f64, Vec<f64>) {
        let numbers = self.numbers().map(f64::from);
        let values = prediction.len() as f64;
        let of = prediction.iter().zip(target);
        let of = of.map(|(prediction, target)| self.rule().reference(prediction - target, &numbers));
        let (losses, slopes): (Vec<f64>, Vec<f64>) = of.map(|[loss, slope]| (loss, slope / values)).unzip();
        (losses.iter().sum::<f64>() / values, slopes)
    }
}

/// The different losses of a stack.
pub type Losses = Kinds<dyn Definition>;
