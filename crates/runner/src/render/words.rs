//! Numbers and kinds as a person reads them.

use actlab_model::Activation;

use crate::measure::far_field::Ending;
use crate::statistics::Estimate;

/// Three significant digits.
pub fn short(number: f64) -> String {
    match number.abs() {
        _ if !number.is_finite() => number.to_string(),
        0.0 => "0".to_owned(),
        1e-3..1e4 => {
            let digits = (2 - number.abs().log10().floor() as i32).clamp(0, 6);
            format!("{number:.*}", digits as usize)
        }
        _ => format!("{number:.2e}"),
    }
}

/// `0.12 [0.1, 0.2]`.
pub fn interval(estimate: Option<Estimate>) -> String {
    estimate.map_or_else(
        || "-".to_owned(),
        |estimate| {
            format!(
                "{} [{}, {}]",
                short(estimate.median),
                short(estimate.low),
                short(estimate.high)
            )
        },
    )
}

/// `-12.0 %`, with a sign.
pub fn percent(change: f64) -> String {
    let change = 100.0 * change;
    if change.abs() < 0.05 {
        "0 %".to_owned()
    } else {
        format!("{change:+.1} %")
    }
}

/// What networks end in.
pub fn ending(ending: Ending) -> &'static str {
    match ending {
        Ending::Line => "a straight line",
        Ending::Constant => "a constant",
        Ending::Bounded => "something bounded that does not settle",
        Ending::Band => "something that does not settle about a straight line",
        Ending::Undetermined => "undetermined",
        Ending::Unknown => "unknown",
    }
}

/// A number of half-widths, of two digits.
pub fn distance(distance: f64) -> String {
    if distance < 9.95 {
        format!("{distance:.1}")
    } else {
        format!("{distance:.0}")
    }
}

/// `relu = tanh`.
pub fn tied(activations: &[Activation]) -> String {
    let names: Vec<String> = activations.iter().map(Activation::to_string).collect();
    names.join(" = ")
}

/// Of a verdict that there is too little for.
pub const TOO_FEW: &str = "not enough seeds";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_digits() {
        for (number, text) in [
            (0.0, "0"),
            (1.0, "1.00"),
            (0.01234, "0.0123"),
            (123.4, "123"),
            (1e-5, "1.00e-5"),
            (f64::INFINITY, "inf"),
        ] {
            assert_eq!(short(number), text);
        }
    }

    #[test]
    fn changes_have_a_sign() {
        for (change, text) in [(-0.123, "-12.3 %"), (0.5, "+50.0 %"), (-0.0001, "0 %")] {
            assert_eq!(percent(change), text);
        }
    }
}
