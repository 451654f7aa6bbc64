//! What keeps weights small: one file each, with what it does on a core, in plain burn and in double precision. Some are
//! [added](Added) to the loss, and the optimiser makes of their gradient what it makes of that of the error; others are
//! [applied](Applied) to the weights themselves after each of its steps. To add one, write its file and its line in
//! `rules!` below; both engines and the tests over all penalties follow.
//!
//! Penalties are of weights. Biases are none's business, nor are the parameters of activations that are learned: drawn to
//! zero, they would become another activation.

use std::fmt;
use std::str::FromStr;

use burn::tensor::Tensor;
use pulp::Arch;

use crate::block::dense::Dense;

/// A penalty of the weight of each layer of a network. Its coefficient, `lambda`, says how strong it is; 0 is none.
pub trait Rule: fmt::Debug + Sync + std::panic::RefUnwindSafe {
    /// What it is called.
    fn name(&self) -> &'static str;

    /// The formula, for people; `lambda` is the coefficient.
    fn formula(&self) -> &'static str;

    /// Who proposed it.
    fn source(&self) -> &'static str;

    /// What is kept of each layer of a network from step to step, as it is before the first: as many numbers for each as
    /// the layer has outputs, or none where nothing is kept.
    ///
    /// - `seed`: of the network
    /// - `outputs`: of each layer
    fn start(&self, _seed: u64, _outputs: &[usize]) -> Option<Vec<Vec<f32>>> {
        None
    }

    /// What it acts on.
    fn kind(&self) -> Kind;
}

/// What a penalty acts on.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// The loss.
    Added(&'static dyn Added),
    /// The weights, after each step of the optimiser.
    Applied(&'static dyn Applied),
}

/// A penalty that is a number for the weight of each layer, which the coefficient multiplies before it is added to the loss.
pub trait Added: Rule {
    /// Adds the gradient for the weight of one layer to that of the loss.
    fn add_gradient(&self, arch: Arch, coefficient: f32, of: Weighed<'_>, gradient: &mut [f32]);

    /// The penalty of one layer of each network, `[networks]`, and the next `kept`.
    ///
    /// - `weight`: `[networks, inputs, outputs]`
    /// - `coefficients`: `[networks]`; where it is 0, the penalty and its gradient are exactly 0, whatever the weight is
    /// - `kept`: `[networks, outputs]`, where anything is kept
    fn of_tensors(&self, weight: Tensor<3>, coefficients: Tensor<1>, kept: Option<&mut Tensor<2>>) -> Tensor<1>;

    /// In double precision the gradient of the penalty of `weight: [inputs, outputs]` at a coefficient of 1.
    fn reference(&self, weight: &[f64], outputs: usize, kept: &mut Vec<f64>) -> Vec<f64>;
}

/// A penalty that changes weights after each step of the optimiser, whatever that has made of the gradient.
pub trait Applied: Rule {
    /// Changes the weight of one layer.
    fn apply(&self, arch: Arch, strength: Strength<f32>, of: Stepped<'_>);

    /// The weight of one layer of each network after it, `[networks, inputs, outputs]`, and the next `kept`; of a network
    /// whose coefficient is 0 nobody looks at it.
    ///
    /// - `weight`: `[networks, inputs, outputs]`
    /// - `strength`: `[networks]` each
    /// - `kept`: `[networks, outputs]`, where anything is kept
    fn of_tensors(&self, weight: Tensor<3>, strength: Strength<Tensor<1>>, kept: Option<&mut Tensor<2>>) -> Tensor<3>;

    /// In double precision the weight, `[inputs, outputs]`, after it.
    fn reference(&self, weight: &[f64], strength: Strength<f64>, kept: &mut Vec<f64>) -> Vec<f64>;
}

/// How strongly weights are changed after a step.
#[derive(Debug, Clone, Copy)]
pub struct Strength<N> {
    /// Of the penalty.
    pub coefficient: N,
    /// Of the step.
    pub learning_rate: N,
}

/// A layer on a core.
#[derive(Debug)]
pub struct Weighed<'a> {
    /// Where its weight lies.
    pub layer: &'a Dense,
    /// Of its network.
    pub parameters: &'a [f32],
    /// What is kept of it: as long as the [right vector](Dense::right_length), or empty.
    pub kept: &'a mut [f32],
    /// Room for its [left vector](Dense::left_length).
    pub room: &'a mut [f32],
}

/// A layer on a core whose weight may change.
#[derive(Debug)]
pub struct Stepped<'a> {
    /// Where its weight lies.
    pub layer: &'a Dense,
    /// Of its network.
    pub parameters: &'a mut [f32],
    /// What is kept of it: as long as the [right vector](Dense::right_length), or empty.
    pub kept: &'a mut [f32],
    /// Room for its [left vector](Dense::left_length).
    pub room: &'a mut [f32],
}

/// Writes the modules of all penalties, and the list of them.
macro_rules! rules {
    ($($module:ident::$rule:ident)*) => {
        $(
            #[doc = concat!("[`", stringify!($rule), "`].")]
            pub mod $module;
            pub use $module::$rule;
        )*

        /// All penalties, in the order in which lists show them.
        static RULES: &[&dyn Rule] = &[$(&$rule),*];
    };
}

// In the order in which they act: the bound of the spectral norm is the last, and holds.
rules! {
    spectral::Spectral
    l2::L2
    l1::L1
    spectral_decoupled::SpectralDecoupled
    spectral_norm::SpectralNorm
}

/// A penalty of a network: a rule and its coefficient.
#[derive(Debug, Clone, Copy)]
pub struct Penalty {
    rule: &'static dyn Rule,
    /// What it is multiplied with; 0 is none.
    pub coefficient: f32,
}

impl Penalty {
    /// All rules, with this coefficient.
    pub fn all(coefficient: f32) -> impl Iterator<Item = Self> + Clone {
        RULES.iter().map(move |rule| Self::new(*rule, coefficient))
    }

    /// A rule with a coefficient.
    pub fn new(rule: &'static dyn Rule, coefficient: f32) -> Self {
        Self { rule, coefficient }
    }

    /// What it is, without its coefficient.
    pub fn rule(self) -> &'static dyn Rule {
        self.rule
    }

    /// What it is called.
    pub fn name(self) -> &'static str {
        self.rule.name()
    }

    /// What is added to the loss, if it is that.
    pub fn added(self) -> Option<&'static dyn Added> {
        match self.rule.kind() {
            Kind::Added(rule) => Some(rule),
            Kind::Applied(_) => None,
        }
    }

    /// What is applied to the weights, if it is that.
    pub fn applied(self) -> Option<&'static dyn Applied> {
        match self.rule.kind() {
            Kind::Added(_) => None,
            Kind::Applied(rule) => Some(rule),
        }
    }

    /// Its place among all penalties: where a network has several, they act in this order.
    pub(crate) fn place(self) -> usize {
        RULES.iter().take_while(|rule| rule.name() != self.name()).count()
    }
}

impl PartialEq for Penalty {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name() && self.coefficient == other.coefficient
    }
}

impl FromStr for Penalty {
    type Err = String;

    /// By the name of a rule, with a coefficient of 1.
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let rule = RULES.iter().find(|rule| rule.name() == name);
        rule.map(|rule| Self::new(*rule, 1.0))
            .ok_or_else(|| format!("there is no penalty \"{name}\""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_the_penalty() {
        for penalty in Penalty::all(1.0) {
            assert_eq!(penalty.name().parse(), Ok(penalty));
            assert!(!penalty.rule().source().is_empty() && penalty.rule().formula().contains("lambda"));
        }
        assert!("l3".parse::<Penalty>().is_err());
    }
}
