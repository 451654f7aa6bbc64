//! What is known by a name and has numbers that can be set, each by a name of its own: optimisers, schedules, losses.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::panic::RefUnwindSafe;
use std::str::FromStr;

/// A number of something that is known by a name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setting {
    /// What the user types.
    pub name: &'static str,
    /// Where nothing is typed.
    pub default: f64,
    /// Which values there are.
    pub values: Values,
}

impl Setting {
    /// A setting with its default.
    pub const fn new(name: &'static str, default: f64, values: Values) -> Self {
        Self { name, default, values }
    }
}

/// Which values a setting takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Values {
    /// From 0 to below 1.
    Share,
    /// Above 0, and as an `f32` too.
    Positive,
    /// 0 or more.
    NotNegative,
    /// Whole numbers from this one on.
    Whole(u32),
    /// 0 is no, 1 is yes.
    Switch,
}

impl Values {
    /// Whether this is one of them.
    pub fn takes(self, value: f64) -> bool {
        let single = value as f32;
        match self {
            Self::Share => (0.0..1.0).contains(&value) && single < 1.0,
            Self::Positive => single.is_finite() && single > 0.0,
            Self::NotNegative => single.is_finite() && value >= 0.0,
            Self::Whole(from) => value == value.trunc() && (f64::from(from)..=f64::from(i32::MAX)).contains(&value),
            Self::Switch => value == 0.0 || value == 1.0,
        }
    }

    /// In words, as after "expected".
    pub fn words(self) -> String {
        match self {
            Self::Share => "a share from 0 to below 1".to_owned(),
            Self::Positive => "a number above 0".to_owned(),
            Self::NotNegative => "a number that is not negative".to_owned(),
            Self::Whole(from) => format!("a whole number from {from}"),
            Self::Switch => "true or false".to_owned(),
        }
    }
}

/// Settings of one thing, at most.
pub const SETTINGS: usize = 5;

/// What there is a list of.
pub trait Listed: fmt::Debug + Sync + RefUnwindSafe + 'static {
    /// What one of the list is.
    const WHAT: &'static str;

    /// All of them, in the order in which lists show them.
    fn list() -> &'static [&'static Self];

    /// What the user types.
    fn name(&self) -> &'static str;

    /// Its settings, at most [`SETTINGS`].
    fn settings(&self) -> &'static [Setting];

    /// Whether values, each of which its setting takes, go together; else what to change.
    fn check(&self, values: &[f64]) -> Result<(), String>;
}

/// One of a list, with the values of its settings.
pub struct Chosen<D: ?Sized + 'static> {
    rule: &'static D,
    values: [f64; SETTINGS],
}

impl<D: Listed + ?Sized> Chosen<D> {
    /// All there are, with their default settings.
    pub fn all() -> impl Iterator<Item = Self> + Clone {
        D::list().iter().map(|rule| Self::new(*rule))
    }

    /// This one, with its default settings.
    pub fn new(rule: &'static D) -> Self {
        let mut values = [0.0; SETTINGS];
        for (value, setting) in values.iter_mut().zip(rule.settings()) {
            *value = setting.default;
        }
        Self { rule, values }
    }

    /// The same with another value of a setting. None where it has no such setting.
    pub fn with(mut self, setting: &str, value: f64) -> Option<Self> {
        let position = self.rule.settings().iter().position(|known| known.name == setting)?;
        self.values[position] = value;
        Some(self)
    }

    /// What it is, without its settings.
    pub fn rule(self) -> &'static D {
        self.rule
    }

    /// The name that the user types.
    pub fn name(self) -> &'static str {
        self.rule.name()
    }

    /// The value of each setting.
    pub fn values(&self) -> &[f64] {
        &self.values[..self.rule.settings().len()]
    }

    /// The settings that have not their default, with their values.
    pub fn special(&self) -> impl Iterator<Item = (&'static Setting, f64)> {
        let values = self.rule.settings().iter().zip(self.values);
        values.filter(|(setting, value)| *value != setting.default)
    }

    /// Whether there is such a one; else what to change.
    pub fn check(&self) -> Result<(), String> {
        let name = self.rule.name();
        for (setting, value) in self.rule.settings().iter().zip(self.values) {
            if !setting.values.takes(value) {
                return Err(format!(
                    "{} of {name} is {}, not {value}",
                    setting.name,
                    setting.values.words()
                ));
            }
        }
        self.rule.check(self.values())
    }
}

impl<D: ?Sized> Clone for Chosen<D> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<D: ?Sized> Copy for Chosen<D> {}

impl<D: Listed + ?Sized> fmt::Debug for Chosen<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl<D: Listed + ?Sized> PartialEq for Chosen<D> {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name() && self.values == other.values
    }
}

impl<D: Listed + ?Sized> fmt::Display for Chosen<D> {
    /// `sgd`, and with settings that are not the defaults `sgd(momentum=0.9, nesterov=true)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let special = self.special().map(|(setting, value)| match setting.values {
            Values::Switch => format!("{}={}", setting.name, value == 1.0),
            _ => format!("{}={value}", setting.name),
        });
        let special: Vec<String> = special.collect();
        match special.is_empty() {
            true => f.pad(self.name()),
            false => f.pad(&format!("{}({})", self.name(), special.join(", "))),
        }
    }
}

impl<D: Listed + ?Sized> FromStr for Chosen<D> {
    type Err = String;

    /// By its name, with its default settings.
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let rule = D::list().iter().find(|rule| rule.name() == name);
        rule.map(|rule| Self::new(*rule))
            .ok_or_else(|| format!("there is no {} \"{name}\"", D::WHAT))
    }
}

/// The different ones of a stack, which a kernel for a GPU chooses from.
pub struct Kinds<D: ?Sized + 'static>(Vec<&'static D>);

impl<D: Listed + ?Sized> Kinds<D> {
    /// The different ones of these, and for each of these which it is.
    pub fn of(chosen: &[Chosen<D>]) -> (Self, Vec<i32>) {
        let mut kinds: Vec<&'static D> = Vec::new();
        let codes = chosen.iter().map(|chosen| {
            let known = kinds.iter().position(|kind| kind.name() == chosen.name());
            known.unwrap_or_else(|| {
                kinds.push(chosen.rule());
                kinds.len() - 1
            }) as i32
        });
        let codes = codes.collect();
        (Self(kinds), codes)
    }

    /// In the order of their codes.
    pub fn list(&self) -> &[&'static D] {
        &self.0
    }

    fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|kind| kind.name())
    }
}

impl<D: ?Sized> Clone for Kinds<D> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<D: Listed + ?Sized> fmt::Debug for Kinds<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

impl<D: Listed + ?Sized> PartialEq for Kinds<D> {
    fn eq(&self, other: &Self) -> bool {
        self.names().eq(other.names())
    }
}

impl<D: Listed + ?Sized> Eq for Kinds<D> {}

impl<D: Listed + ?Sized> Hash for Kinds<D> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.names().for_each(|name| name.hash(state));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `f32` makes of a number decides: it trains.
    #[test]
    fn numbers_that_are_none_in_single_precision_are_none() {
        assert!(!Values::Positive.takes(1e-50) && Values::Positive.takes(1e-30));
        assert!(!Values::Share.takes(1.0 - 1e-12) && Values::Share.takes(0.999));
        assert!(!Values::NotNegative.takes(1e39) && !Values::NotNegative.takes(f64::NAN));
        assert!(!Values::Whole(1).takes(1.5) && !Values::Whole(1).takes(0.0) && Values::Whole(0).takes(0.0));
    }
}
