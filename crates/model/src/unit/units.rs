//! What the networks of a stack choose from.

use std::hash::{Hash, Hasher};

use super::Definition;

/// The different units and formulas of a stack, which a kernel for a GPU chooses from.
#[derive(Debug, Clone, Default)]
pub struct Units(Vec<&'static dyn Definition>);

impl Units {
    /// The units and formulas, in the order of their codes.
    pub fn list(&self) -> &[&'static dyn Definition] {
        &self.0
    }

    /// The code of a unit, which is in the list from now on.
    pub(crate) fn code(&mut self, unit: &'static dyn Definition) -> usize {
        let same = |known: &&'static dyn Definition| (known.name(), known.formula()) == (unit.name(), unit.formula());
        let known = self.0.iter().position(same);
        known.unwrap_or_else(|| {
            self.0.push(unit);
            self.0.len() - 1
        })
    }

    fn identities(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.0.iter().map(|unit| (unit.name(), unit.formula()))
    }
}

impl PartialEq for Units {
    fn eq(&self, other: &Self) -> bool {
        self.identities().eq(other.identities())
    }
}

impl Eq for Units {}

impl Hash for Units {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identities().for_each(|identity| identity.hash(state));
    }
}
