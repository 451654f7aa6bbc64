//! A network as text, which is understood as the same network again.

use actlab_model::Activation;

use super::part::{Chain, Follows, Frequencies, Part, word};

pub fn chain(chain: &Chain) -> String {
    let parts: Vec<String> = chain.0.iter().map(|placed| part(&placed.part)).collect();
    parts.join(" -> ")
}

fn part(part: &Part) -> String {
    match part {
        Part::Layer { width, follows } => match follows {
            Follows::Nothing => format!("{width} linear"),
            Follows::Default => width.to_string(),
            Follows::Activation(of) => format!("{width} {}", activation(*of)),
        },
        Part::Out => "out".to_owned(),
        Part::Skip => "skip".to_owned(),
        Part::Dropout(None) => "dropout".to_owned(),
        Part::Dropout(Some(rate)) => format!("dropout({rate})"),
        Part::Fourier(frequencies) => fourier(frequencies),
        Part::Joined(join, branches) => {
            let branches: Vec<String> = branches.iter().map(chain).collect();
            format!("{}({})", word(*join), branches.join(", "))
        }
    }
}

fn fourier(frequencies: &Frequencies) -> String {
    match frequencies {
        Frequencies::Normal { count, scale } if *scale == 1.0 => format!("fourier({count})"),
        Frequencies::Normal { count, scale } => format!("fourier({count}, scale={scale})"),
        Frequencies::Along(given) => {
            let given: Vec<String> = given.iter().map(f64::to_string).collect();
            format!("fourier(frequencies=[{}])", given.join(", "))
        }
    }
}

/// `relu`, `leaky_relu(slope=0.2 learned)`, `{x + sin(x)}`, `wiggle{x + a*sin(x)}(a=0.3)`.
fn activation(of: Activation) -> String {
    if of.name().parse() == Ok(of) {
        return of.name().to_owned();
    }
    let formula = of.definition().formula();
    let name = match of.name() {
        name if Activation::all().any(|unit| (unit.name(), unit.definition().formula()) == (name, formula)) => {
            name.to_owned()
        }
        name if name == nameless(formula) => name.to_owned(),
        name => format!("{}{{{formula}}}", quoted(name)),
    };
    let learned: Vec<&str> = of.learned_values().map(|(name, _)| name).collect();
    let parameters = of.definition().parameters().iter().zip(of.parameters());
    let parameters: Vec<String> = parameters
        .map(|(parameter, value)| {
            let mark = if learned.contains(&parameter.name) {
                " learned"
            } else {
                ""
            };
            format!("{}={value}{mark}", parameter.name)
        })
        .collect();
    match parameters.is_empty() {
        true => name,
        false => format!("{name}({})", parameters.join(", ")),
    }
}

/// The name of a formula that has none.
pub fn nameless(formula: &str) -> String {
    format!("{{{formula}}}")
}

/// In quotes where it is no plain word.
fn quoted(name: &str) -> String {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    match plain && name.starts_with(|c: char| !c.is_ascii_digit()) {
        true => name.to_owned(),
        false => serde_json::json!(name).to_string(),
    }
}
