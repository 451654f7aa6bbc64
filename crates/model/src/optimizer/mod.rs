//! Optimisers: one file each, with the rule for one parameter once, over any [`Number`]. To add one, write its file and
//! its line in `rules!` below; engines, kernels, experiment files, help and tests follow.

mod kernels;

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use pulp::Arch;

use crate::number::Number;
pub use kernels::State;

/// How a parameter follows its gradient.
pub trait Rule: fmt::Debug + Sync + std::panic::RefUnwindSafe + 'static {
    /// What the user types.
    const NAME: &'static str;
    /// Who proposed it.
    const SOURCE: &'static str;
    /// Its settings beside the learning rate, each with its default, which is PyTorch's.
    const SETTINGS: &'static [Setting];

    /// The numbers of the step after those that `memory` knows of; at the first step it is [`MEMORY`].
    fn numbers(learning_rate: f64, settings: &[f64], memory: &mut Memory) -> Numbers;

    /// The parameter and what is kept of its gradients, `[parameter, first, second]`, after a step.
    fn update<N: Number>(state: [N; 3], gradient: N, numbers: &[N; NUMBERS]) -> [N; 3];
}

/// A setting of an optimiser.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// What the user types.
    pub name: &'static str,
    /// Where nothing is typed.
    pub default: f64,
}

/// Settings of an optimiser, at most.
pub const SETTINGS: usize = 4;

/// The setting that draws parameters to zero beside their gradient, in the rules that have it.
pub const WEIGHT_DECAY: &str = "weight_decay";

/// Numbers of a step, at most.
pub const NUMBERS: usize = 8;

/// The numbers of one step of one network, of which each rule knows what they mean.
pub type Numbers = [f32; NUMBERS];

/// What a rule remembers from step to step of its numbers, in double precision.
pub type Memory = [f64; 2];

/// What it remembers at the beginning.
pub const MEMORY: Memory = [1.0; 2];

/// Writes the modules of all rules, and the list of them.
macro_rules! rules {
    ($($module:ident::$rule:ident)*) => {
        $(
            #[doc = concat!("[`", stringify!($rule), "`].")]
            pub mod $module;
            pub use $module::$rule;
        )*

        /// All rules, in the order in which lists show them.
        static RULES: &[&dyn Definition] = &[$(&$rule),*];
    };
}

rules! {
    adam::Adam
    adamw::AdamW
}

/// What the program needs to know of a rule, whatever its type is.
pub trait Definition: fmt::Debug + Sync + std::panic::RefUnwindSafe {
    /// See [`Rule::NAME`].
    fn name(&self) -> &'static str;
    /// See [`Rule::SOURCE`].
    fn source(&self) -> &'static str;
    /// See [`Rule::SETTINGS`].
    fn settings(&self) -> &'static [Setting];
    /// See [`Rule::numbers`].
    fn numbers(&self, learning_rate: f64, settings: &[f64], memory: &mut Memory) -> Numbers;
    /// One step of all parameters of a network on a CPU.
    fn step(&self, arch: Arch, state: State<'_>, gradient: &[f32], numbers: &Numbers);
    /// See [`Rule::update`]; in double precision.
    fn reference(&self, state: [f64; 3], gradient: f64, numbers: &[f64; NUMBERS]) -> [f64; 3];
    /// See [`Rule::update`]; in a kernel of a GPU.
    #[cfg(feature = "wgpu")]
    fn trace<'kernel>(
        &self,
        state: [crate::number::traced::Traced<'kernel>; 3],
        gradient: crate::number::traced::Traced<'kernel>,
        numbers: &[crate::number::traced::Traced<'kernel>; NUMBERS],
    ) -> [crate::number::traced::Traced<'kernel>; 3];
}

impl<R: Rule> Definition for R {
    fn name(&self) -> &'static str {
        R::NAME
    }

    fn source(&self) -> &'static str {
        R::SOURCE
    }

    fn settings(&self) -> &'static [Setting] {
        R::SETTINGS
    }

    fn numbers(&self, learning_rate: f64, settings: &[f64], memory: &mut Memory) -> Numbers {
        R::numbers(learning_rate, settings, memory)
    }

    fn step(&self, arch: Arch, state: State<'_>, gradient: &[f32], numbers: &Numbers) {
        kernels::step::<R>(arch, state, gradient, numbers);
    }

    fn reference(&self, state: [f64; 3], gradient: f64, numbers: &[f64; NUMBERS]) -> [f64; 3] {
        R::update(state, gradient, numbers)
    }

    #[cfg(feature = "wgpu")]
    fn trace<'kernel>(
        &self,
        state: [crate::number::traced::Traced<'kernel>; 3],
        gradient: crate::number::traced::Traced<'kernel>,
        numbers: &[crate::number::traced::Traced<'kernel>; NUMBERS],
    ) -> [crate::number::traced::Traced<'kernel>; 3] {
        R::update(state, gradient, numbers)
    }
}

/// An optimiser: a rule and its settings.
#[derive(Debug, Clone, Copy)]
pub struct Optimizer {
    rule: &'static dyn Definition,
    settings: [f64; SETTINGS],
}

impl Optimizer {
    /// All rules with their default settings.
    pub fn all() -> impl Iterator<Item = Self> + Clone {
        RULES.iter().map(|rule| Self::new(*rule))
    }

    /// A rule with its default settings.
    pub fn new(rule: &'static dyn Definition) -> Self {
        let mut settings = [0.0; SETTINGS];
        for (value, setting) in settings.iter_mut().zip(rule.settings()) {
            *value = setting.default;
        }
        Self { rule, settings }
    }

    /// The same with another value of a setting. None where it has no such setting.
    pub fn with(mut self, setting: &str, value: f64) -> Option<Self> {
        let position = self.rule.settings().iter().position(|known| known.name == setting)?;
        self.settings[position] = value;
        Some(self)
    }

    /// The same without weight decay: for parameters of activations, which are no weights. PyTorch's documentation of
    /// `PReLU` advises the same.
    pub fn without_weight_decay(self) -> Self {
        self.with(WEIGHT_DECAY, 0.0).unwrap_or(self)
    }

    /// What it is, without its settings.
    pub fn rule(self) -> &'static dyn Definition {
        self.rule
    }

    /// The name that the user types.
    pub fn name(self) -> &'static str {
        self.rule.name()
    }

    /// The numbers of all steps, one after the other; they have no end.
    pub fn steps(self, learning_rate: f32) -> Steps {
        Steps {
            optimizer: self,
            learning_rate: f64::from(learning_rate),
            memory: MEMORY,
        }
    }
}

/// The numbers of the steps of a network.
#[derive(Debug, Clone)]
pub struct Steps {
    optimizer: Optimizer,
    learning_rate: f64,
    memory: Memory,
}

impl Steps {
    /// The numbers of the next step.
    pub fn advance(&mut self) -> Numbers {
        let Optimizer { rule, settings } = &self.optimizer;
        rule.numbers(self.learning_rate, settings, &mut self.memory)
    }

    /// The learning rate of the step whose numbers came last.
    pub fn learning_rate(&self) -> f32 {
        self.learning_rate as f32
    }
}

impl PartialEq for Optimizer {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name() && self.settings == other.settings
    }
}

impl fmt::Display for Optimizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Optimizer {
    type Err = String;

    /// By the name of a rule, with its default settings.
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let rule = RULES.iter().find(|rule| rule.name() == name);
        rule.map(|rule| Self::new(*rule))
            .ok_or_else(|| format!("there is no optimizer \"{name}\""))
    }
}

/// The different rules of a stack, which a kernel for a GPU chooses from.
#[derive(Debug, Clone, Default)]
pub struct Rules(Vec<&'static dyn Definition>);

impl Rules {
    /// The different rules of these optimisers, and for each of them which it is.
    pub fn of(optimizers: &[Optimizer]) -> (Self, Vec<i32>) {
        let mut rules: Vec<&'static dyn Definition> = Vec::new();
        let codes = optimizers.iter().map(|optimizer| {
            let known = rules.iter().position(|rule| rule.name() == optimizer.name());
            known.unwrap_or_else(|| {
                rules.push(optimizer.rule);
                rules.len() - 1
            }) as i32
        });
        let codes = codes.collect();
        (Self(rules), codes)
    }

    /// The rules, in the order of their codes.
    pub fn list(&self) -> &[&'static dyn Definition] {
        &self.0
    }

    fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|rule| rule.name())
    }
}

impl PartialEq for Rules {
    fn eq(&self, other: &Self) -> bool {
        self.names().eq(other.names())
    }
}

impl Eq for Rules {}

impl Hash for Rules {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.names().for_each(|name| name.hash(state));
    }
}
