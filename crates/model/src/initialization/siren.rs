use super::{Distribution, GAIN, Place, Rule, Setting};
use crate::unit::{Activation, Sinu};

/// For networks of sines, `sin(omega (W x + b))`: what goes into a sine is normal with a variance near 1 in every layer
/// but the first, which spreads the inputs over several periods.
#[derive(Debug)]
pub struct Siren;

/// Where the activation says nothing of its frequency.
const OMEGA: Setting = Setting {
    name: "omega",
    default: 30.0,
};

/// The frequency of an activation that has one: its parameter of that name, and 1 of `sin(x)`.
fn frequency(activation: Activation) -> Option<f64> {
    let parameter = activation.parameter(OMEGA.name).map(|omega| f64::from(omega).abs());
    let sine = (activation.name() == Activation::new(&Sinu).name()).then_some(1.0);
    parameter.or(sine).filter(|omega| *omega > 0.0)
}

impl Rule for Siren {
    fn name(&self) -> &'static str {
        "siren"
    }

    fn formula(&self) -> &'static str {
        "U(gain / n) in the first layer, then U(gain sqrt(6 / n) / omega)"
    }

    fn source(&self) -> &'static str {
        "Sitzmann et al., NeurIPS 2020"
    }

    fn settings(&self) -> &'static [Setting] {
        &[GAIN, OMEGA]
    }

    fn weight(&self, place: &Place, settings: &[f64]) -> Distribution {
        let [gain, omega] = [settings[0], settings[1]];
        let omega = place.latest.and_then(frequency).unwrap_or(omega);
        let inputs = place.inputs as f64;
        Distribution::Uniform(match place.is_first {
            true => gain / inputs,
            false => gain * (6.0 / inputs).sqrt() / omega,
        })
    }

    fn fits(&self, activation: Activation) -> Result<(), String> {
        match frequency(activation).is_some() || activation.is_formula() {
            true => Ok(()),
            false => Err(format!(
                "{} is for sines, and {activation} is none; take {} for it, or another that looks at the activation",
                self.name(),
                super::KaimingUniform.name()
            )),
        }
    }
}
