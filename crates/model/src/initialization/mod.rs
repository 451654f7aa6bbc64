//! Where weights and biases start from: one file each, with the distribution of a layer's weights. To add one, write its
//! file and its line in `rules!` below; experiment files, help, documentation and the tests over all of them follow.

mod bias;

use std::fmt;
use std::str::FromStr;

use crate::block::layer::Layer;
use crate::random::{Random, Stream};
use crate::unit::Activation;

pub use bias::Bias;

/// What the weights of a layer are drawn from.
pub trait Rule: fmt::Debug + Sync + std::panic::RefUnwindSafe {
    /// What the user types.
    fn name(&self) -> &'static str;

    /// The formula, for people; `n` are the inputs of the layer and `m` its outputs, `U(a)` is uniform in ±a, and `N(s)`
    /// normal with mean 0 and standard deviation s.
    fn formula(&self) -> &'static str;

    /// Who proposed it.
    fn source(&self) -> &'static str;

    /// Its numbers, each with its default; the first is [`GAIN`].
    fn settings(&self) -> &'static [Setting] {
        &[GAIN]
    }

    /// The distribution of the weights of a layer, whose `settings` are in the order of [`settings`](Self::settings).
    fn weight(&self, place: &Place, settings: &[f64]) -> Distribution;

    /// Whether it is made for networks of this activation.
    ///
    /// # Errors
    /// If it is not: why, and what to take instead.
    fn fits(&self, _: Activation) -> Result<(), String> {
        Ok(())
    }
}

/// A number of an initialisation, which is above 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// What the user types.
    pub name: &'static str,
    /// Where nothing is typed.
    pub default: f64,
}

/// What all weights are multiplied with.
pub const GAIN: Setting = Setting {
    name: "gain",
    default: 1.0,
};

/// Settings of an initialisation, at most.
pub const SETTINGS: usize = 2;

/// A dense layer as an initialisation sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Width of what it takes.
    pub inputs: usize,
    /// Width of what it gives.
    pub outputs: usize,
    /// Whether no layer has come before.
    pub is_first: bool,
    /// What follows it; a linear layer has nothing.
    pub activation: Option<Activation>,
    /// The same, and after a linear layer the last activation before it, if there is one.
    pub latest: Option<Activation>,
}

impl Place {
    /// The [gain](Activation::gain) of the activation that follows, 1 of a linear layer.
    fn gain(&self) -> f64 {
        self.activation.map_or(1.0, Activation::gain)
    }
}

/// What numbers are drawn from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Distribution {
    /// Uniform from minus to plus this bound.
    Uniform(f64),
    /// Normal with mean 0 and this standard deviation.
    Normal(f64),
}

impl Distribution {
    /// Its standard deviation.
    pub fn deviation(self) -> f64 {
        match self {
            Self::Uniform(bound) => bound / 3f64.sqrt(),
            Self::Normal(deviation) => deviation,
        }
    }

    fn draw(self, random: &mut Random, count: usize) -> Vec<f32> {
        match self {
            Self::Uniform(bound) => {
                let uniform = |_| bound as f32 * (2.0 * random.uniform_f32() - 1.0);
                (0..count).map(uniform).collect()
            }
            Self::Normal(deviation) => (0..count).map(|_| (deviation * random.normal()) as f32).collect(),
        }
    }
}

/// Writes the modules of all initialisations, and the list of them.
macro_rules! rules {
    ($($module:ident::$rule:ident)*) => {
        $(
            #[doc = concat!("[`", stringify!($rule), "`].")]
            pub mod $module;
            pub use $module::$rule;
        )*

        /// All initialisations, in the order in which lists show them.
        static RULES: &[&dyn Rule] = &[$(&$rule),*];
    };
}

rules! {
    pytorch::Pytorch
    xavier_uniform::XavierUniform
    xavier_normal::XavierNormal
    kaiming_uniform::KaimingUniform
    kaiming_normal::KaimingNormal
    lecun_uniform::LecunUniform
    lecun_normal::LecunNormal
    siren::Siren
}

/// Where a network starts from: the distribution of its weights with its settings, and that of its biases.
#[derive(Debug, Clone, Copy)]
pub struct Initialization {
    rule: &'static dyn Rule,
    settings: [f64; SETTINGS],
    /// Of all layers.
    pub bias: Bias,
}

impl Initialization {
    /// All rules with their default settings, and the biases of PyTorch.
    pub fn all() -> impl Iterator<Item = Self> + Clone {
        RULES.iter().map(|rule| Self::new(*rule))
    }

    /// A rule with its default settings, and the biases of PyTorch.
    pub fn new(rule: &'static dyn Rule) -> Self {
        let mut settings = [0.0; SETTINGS];
        for (value, setting) in settings.iter_mut().zip(rule.settings()) {
            *value = setting.default;
        }
        Self {
            rule,
            settings,
            bias: Bias::Pytorch,
        }
    }

    /// The same with another value of a setting. None where it has no such setting.
    pub fn with(mut self, setting: &str, value: f64) -> Option<Self> {
        let position = self.rule.settings().iter().position(|known| known.name == setting)?;
        self.settings[position] = value;
        Some(self)
    }

    /// The same with other biases.
    pub fn with_bias(self, bias: Bias) -> Self {
        Self { bias, ..self }
    }

    /// What it is, without its settings.
    pub fn rule(self) -> &'static dyn Rule {
        self.rule
    }

    /// The name that the user types.
    pub fn name(self) -> &'static str {
        self.rule.name()
    }

    /// Its settings, those of the biases aside, and their values.
    pub fn settings(&self) -> impl Iterator<Item = (&'static Setting, f64)> {
        self.rule.settings().iter().zip(self.settings)
    }

    /// The distribution of the weights of a layer.
    pub fn weight(self, place: &Place) -> Distribution {
        self.rule.weight(place, &self.settings)
    }

    /// Weights and biases of the layers of a network, first to last: with a seed always the same. The weights are the same
    /// whatever the biases are, and those of two distributions of one kind, uniform or normal, differ in their size alone.
    pub fn layers(self, places: impl IntoIterator<Item = Place>, seed: u64) -> Vec<Layer> {
        let mut random = Random::new(seed, Stream::Weights);
        let mut of_biases = Random::part(seed, Stream::Weights, 1, 0);
        let layer = |place: Place| {
            let weight = self.weight(&place).draw(&mut random, place.inputs * place.outputs);
            // Drawn whatever becomes of them, so that the next layer's weights do not depend on it.
            let uniform = Bias::of_pytorch(place.inputs).draw(&mut random, place.outputs);
            Layer {
                inputs: place.inputs,
                outputs: place.outputs,
                weight,
                bias: match self.bias {
                    Bias::Pytorch => uniform,
                    Bias::Zero => vec![0.0; place.outputs],
                    Bias::Normal(deviation) => Distribution::Normal(deviation).draw(&mut of_biases, place.outputs),
                },
            }
        };
        places.into_iter().map(layer).collect()
    }
}

impl Default for Initialization {
    /// PyTorch's.
    fn default() -> Self {
        Self::new(&Pytorch)
    }
}

impl PartialEq for Initialization {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name() && self.settings == other.settings && self.bias == other.bias
    }
}

impl fmt::Display for Initialization {
    /// `kaiming_normal`, with what is not the default `kaiming_normal(gain=2, bias=zero)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let special = self.settings().filter(|(setting, value)| setting.default != *value);
        let special = special.map(|(setting, value)| format!("{}={value}", setting.name));
        let bias = (self.bias != Bias::Pytorch).then(|| format!("bias={}", self.bias));
        let special: Vec<String> = special.chain(bias).collect();
        match special.is_empty() {
            true => f.pad(self.name()),
            false => f.pad(&format!("{}({})", self.name(), special.join(", "))),
        }
    }
}

impl FromStr for Initialization {
    type Err = String;

    /// By the name of a rule, with its default settings.
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let rule = RULES.iter().find(|rule| rule.name() == name);
        rule.map(|rule| Self::new(*rule))
            .ok_or_else(|| format!("there is no initialization \"{name}\""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unit::Tanh;

    #[test]
    fn names_lead_back_to_the_initialization() {
        for initialization in Initialization::all() {
            assert_eq!(initialization.name().parse(), Ok(initialization));
            let rule = initialization.rule();
            assert!(!rule.source().is_empty() && !rule.formula().is_empty());
            assert!(rule.settings()[0] == GAIN && rule.settings().len() <= SETTINGS);
        }
        assert!("kaiming".parse::<Initialization>().is_err());
        let special = Initialization::new(&XavierNormal)
            .with("gain", 2.0)
            .map(|of| of.with_bias(Bias::Zero));
        assert_eq!(
            special.map(|of| of.to_string()),
            Some("xavier_normal(gain=2, bias=zero)".to_owned())
        );
        assert!(Initialization::default().with("omega", 2.0).is_none());
    }

    fn layers(initialization: Initialization, seed: u64) -> Vec<Layer> {
        let place = |inputs, outputs, activation| Place {
            inputs,
            outputs,
            is_first: inputs == 2,
            activation,
            latest: Some(Activation::new(&Tanh)),
        };
        initialization.layers([place(2, 8, Some(Activation::new(&Tanh))), place(8, 1, None)], seed)
    }

    #[test]
    fn weights_are_their_seeds_alone_and_biases_change_no_weight() {
        for initialization in Initialization::all() {
            let first = layers(initialization, 7);
            assert_eq!(first, layers(initialization, 7));
            assert_ne!(first, layers(initialization, 8));
            for bias in [Bias::Zero, Bias::Normal(0.5)] {
                let other = layers(initialization.with_bias(bias), 7);
                for (a, b) in first.iter().zip(&other) {
                    assert_eq!(a.weight, b.weight, "{initialization}, {bias}");
                    assert_ne!(a.bias, b.bias, "{initialization}, {bias}");
                }
            }
        }
    }

    #[test]
    fn the_gain_multiplies_all_weights() {
        for initialization in Initialization::all() {
            let twice = initialization.with("gain", 2.0).expect("every rule has one");
            for (one, two) in layers(initialization, 3).iter().zip(layers(twice, 3)) {
                let double: Vec<f32> = one.weight.iter().map(|weight| 2.0 * weight).collect();
                assert_eq!(double, two.weight, "{initialization}");
                assert_eq!(one.bias, two.bias, "{initialization}");
            }
        }
    }
}
