//! The activations of a network, which results call it by.

use std::fmt;
use std::sync::Mutex;

use actlab_model::Activation;

/// Different activations, in the order in which results list them: of most networks one. As cheap to copy as that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mixture(&'static [Activation]);

/// All mixtures that there ever were: as many as the user types.
static MIXTURES: Mutex<Vec<&'static [Activation]>> = Mutex::new(Vec::new());

impl Mixture {
    /// Of these, each once.
    pub fn new(activations: impl IntoIterator<Item = Activation>) -> Self {
        let mut of: Vec<Activation> = activations.into_iter().collect();
        of.sort();
        of.dedup();
        let mut mixtures = MIXTURES.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let known = mixtures.iter().find(|known| **known == of.as_slice()).copied();
        Self(known.unwrap_or_else(|| {
            let new: &'static [Activation] = of.leak();
            mixtures.push(new);
            new
        }))
    }

    /// The activation, where there is only one.
    pub fn single(self) -> Option<Activation> {
        match self.0 {
            [activation] => Some(*activation),
            _ => None,
        }
    }

    /// Each of them.
    pub fn each(self) -> &'static [Activation] {
        self.0
    }

    /// Whether any of them learns a parameter.
    pub fn learns(self) -> bool {
        self.0.iter().any(|activation| activation.learned().next().is_some())
    }

    /// The names, without parameters.
    pub fn names(self) -> String {
        self.shown(|activation| activation.name().to_owned())
    }

    fn shown(self, name: impl Fn(&Activation) -> String) -> String {
        self.0.iter().map(name).collect::<Vec<_>>().join(" + ")
    }
}

impl From<Activation> for Mixture {
    fn from(activation: Activation) -> Self {
        Self::new([activation])
    }
}

impl fmt::Display for Mixture {
    /// `relu`, or `relu + sinu`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.shown(Activation::to_string))
    }
}
