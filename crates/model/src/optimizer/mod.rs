//! Optimisers: one file each, with the rule for one parameter once, over any [`Number`]. To add one, write its file and
//! its line in `rules!` below; engines, kernels, experiment files, help and tests follow.

pub mod clip;
mod kernels;
pub mod schedule;

use std::fmt;

use pulp::Arch;

use crate::number::Number;
use crate::setting::{Chosen, Kinds, Listed, Setting};
pub use kernels::State;
pub use schedule::Schedule;

/// How a parameter follows its gradient.
pub trait Rule: fmt::Debug + Sync + std::panic::RefUnwindSafe + 'static {
    /// What the user types.
    const NAME: &'static str;
    /// Who proposed it.
    const SOURCE: &'static str;
    /// Its settings beside the learning rate, each with its default, which is PyTorch's.
    const SETTINGS: &'static [Setting];
    /// How many numbers it keeps of the gradients of a parameter, at most [`KEPT`].
    const KEPT: usize;

    /// Whether the values of its settings go together; else what to change.
    fn check(_settings: &[f64]) -> Result<(), String> {
        Ok(())
    }

    /// The numbers of the step after those that `memory` knows of; at the first step it is [`MEMORY`].
    fn numbers(learning_rate: f64, settings: &[f64], memory: &mut Memory) -> Numbers;

    /// The parameter and what is kept of its gradients after a step; what it does not keep is of no meaning.
    fn update<N: Number>(state: [N; STATE], gradient: N, numbers: &[N; NUMBERS]) -> [N; STATE];
}

/// Numbers that are kept of the gradients of a parameter, at most.
pub const KEPT: usize = 3;

/// A parameter, and what is kept of its gradients.
pub const STATE: usize = 1 + KEPT;

/// The setting that draws parameters to zero, in the rules that have it.
pub const WEIGHT_DECAY: &str = "weight_decay";

/// Numbers of a step, at most.
pub const NUMBERS: usize = 9;

/// The numbers of one step of one network, of which each rule knows what they mean.
pub type Numbers = [f32; NUMBERS];

/// What a rule remembers from step to step of its numbers, in double precision.
pub type Memory = [f64; 2];

/// What it remembers at the beginning.
pub const MEMORY: Memory = [1.0; 2];

/// The gradient with that of an L2 penalty, which is what PyTorch's optimisers call weight decay. Without any it is the
/// gradient, whatever the parameter is.
#[inline(always)]
fn decayed<N: Number>(gradient: N, parameter: N, weight_decay: N) -> N {
    let with = N::mul_add(weight_decay, parameter, gradient);
    N::constant(0.0).if_less(weight_decay, with, gradient)
}

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
    sgd::Sgd
    rmsprop::RmsProp
}

/// What the program needs to know of a rule, whatever its type is.
pub trait Definition: fmt::Debug + Sync + std::panic::RefUnwindSafe {
    /// See [`Rule::NAME`].
    fn name(&self) -> &'static str;
    /// See [`Rule::SOURCE`].
    fn source(&self) -> &'static str;
    /// See [`Rule::SETTINGS`].
    fn settings(&self) -> &'static [Setting];
    /// See [`Rule::KEPT`].
    fn kept(&self) -> usize;
    /// See [`Rule::check`].
    fn check(&self, settings: &[f64]) -> Result<(), String>;
    /// See [`Rule::numbers`].
    fn numbers(&self, learning_rate: f64, settings: &[f64], memory: &mut Memory) -> Numbers;
    /// One step of all parameters of a network on a CPU.
    fn step(&self, arch: Arch, state: State<'_>, gradient: &[f32], numbers: &Numbers);
    /// See [`Rule::update`]; in double precision.
    fn reference(&self, state: [f64; STATE], gradient: f64, numbers: &[f64; NUMBERS]) -> [f64; STATE];
    /// See [`Rule::update`]; in a kernel of a GPU.
    #[cfg(feature = "wgpu")]
    fn trace<'kernel>(
        &self,
        state: [crate::number::traced::Traced<'kernel>; STATE],
        gradient: crate::number::traced::Traced<'kernel>,
        numbers: &[crate::number::traced::Traced<'kernel>; NUMBERS],
    ) -> [crate::number::traced::Traced<'kernel>; STATE];
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

    fn kept(&self) -> usize {
        R::KEPT
    }

    fn check(&self, settings: &[f64]) -> Result<(), String> {
        R::check(settings)
    }

    fn numbers(&self, learning_rate: f64, settings: &[f64], memory: &mut Memory) -> Numbers {
        R::numbers(learning_rate, settings, memory)
    }

    fn step(&self, arch: Arch, state: State<'_>, gradient: &[f32], numbers: &Numbers) {
        kernels::step::<R>(arch, state, gradient, numbers);
    }

    fn reference(&self, state: [f64; STATE], gradient: f64, numbers: &[f64; NUMBERS]) -> [f64; STATE] {
        R::update(state, gradient, numbers)
    }

    #[cfg(feature = "wgpu")]
    fn trace<'kernel>(
        &self,
        state: [crate::number::traced::Traced<'kernel>; STATE],
        gradient: crate::number::traced::Traced<'kernel>,
        numbers: &[crate::number::traced::Traced<'kernel>; NUMBERS],
    ) -> [crate::number::traced::Traced<'kernel>; STATE] {
        R::update(state, gradient, numbers)
    }
}

/// An optimiser: a rule and its settings.
pub type Optimizer = Chosen<dyn Definition>;

impl Listed for dyn Definition {
    const WHAT: &'static str = "optimizer";

    fn list() -> &'static [&'static Self] {
        RULES
    }

    fn name(&self) -> &'static str {
        Definition::name(self)
    }

    fn settings(&self) -> &'static [Setting] {
        Definition::settings(self)
    }

    fn check(&self, values: &[f64]) -> Result<(), String> {
        Definition::check(self, values)
    }
}

impl Optimizer {
    /// The same without weight decay: for parameters of activations, which are no weights. PyTorch's documentation of
    /// `PReLU` advises the same.
    pub fn without_weight_decay(self) -> Self {
        self.with(WEIGHT_DECAY, 0.0).unwrap_or(self)
    }

    /// The numbers of all steps at this rate, one after the other; they have no end.
    pub fn steps(self, learning_rate: f32) -> Steps {
        let constant = Schedule::new(&schedule::Constant);
        self.scheduled(learning_rate, constant, 0)
    }

    /// The numbers of all steps, of which there are so many, at what a schedule makes of a learning rate.
    pub fn scheduled(self, learning_rate: f32, schedule: Schedule, steps: usize) -> Steps {
        Steps {
            optimizer: self,
            learning_rate: f64::from(learning_rate),
            schedule,
            rate: f64::from(learning_rate),
            step: 0,
            steps,
            memory: MEMORY,
        }
    }
}

/// The numbers of the steps of a network.
#[derive(Debug, Clone)]
pub struct Steps {
    optimizer: Optimizer,
    learning_rate: f64,
    schedule: Schedule,
    /// Of the step whose numbers came last.
    rate: f64,
    step: usize,
    steps: usize,
    memory: Memory,
}

impl Steps {
    /// The numbers of the next step.
    pub fn advance(&mut self) -> Numbers {
        self.rate = self.schedule.rate(self.learning_rate, self.step, self.steps);
        self.step += 1;
        let rule = self.optimizer.rule();
        rule.numbers(self.rate, self.optimizer.values(), &mut self.memory)
    }

    /// The learning rate of the step whose numbers came last.
    pub fn learning_rate(&self) -> f32 {
        self.rate as f32
    }
}

/// The different rules of a stack.
pub type Rules = Kinds<dyn Definition>;

impl Rules {
    /// How many numbers any of them keeps of the gradients of a parameter.
    pub fn kept(&self) -> usize {
        self.list().iter().map(|rule| rule.kept()).max().unwrap_or(0)
    }
}
