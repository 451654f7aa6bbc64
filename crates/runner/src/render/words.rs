//! Numbers and kinds as a person reads them.

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

/// "12 % lower \[8.0, 17\]": what the logarithm of a ratio is as a change.
pub fn change(log_ratio: Estimate) -> String {
    let Estimate { median, low, high, .. } = log_ratio;
    let percent = |change: f64| match 100.0 * change {
        0.0 => "0".to_owned(),
        // What is next to nothing has no sign, but is not nothing.
        change if change.abs() < 0.005 => "0.00".to_owned(),
        change if change.abs() < 0.095 => format!("{change:.2}"),
        change if change.abs() < 9.95 => format!("{change:.1}"),
        change => format!("{change:.0}"),
    };
    let (direction, low, high, median) = match median > 0.0 {
        true => ("higher", low.exp_m1(), high.exp_m1(), median.exp_m1()),
        false => ("lower", -high.exp_m1(), -low.exp_m1(), -median.exp_m1()),
    };
    format!(
        "{} % {direction} [{}, {}]",
        percent(median),
        percent(low),
        percent(high)
    )
}

/// "97.85 %": what an interval covers.
pub fn coverage(estimate: Estimate) -> String {
    format!("{:.2} %", 100.0 * estimate.coverage)
}

/// A probability of two digits.
pub fn probability(p: f64) -> String {
    match p {
        p if p < 1e-3 => "< 0.001".to_owned(),
        p if p < 0.0995 => format!("{p:.3}"),
        p => format!("{p:.2}"),
    }
}

/// Three significant digits at most: "0.05", "0.0167".
pub fn significant(number: f64) -> String {
    let text = short(number);
    match text.contains('.') && !text.contains('e') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// "10, 20 and 40 seeds".
pub fn enumeration(seeds: &[usize]) -> String {
    let words: Vec<String> = seeds.iter().map(usize::to_string).collect();
    match words.split_last() {
        Some((last, [])) => format!("{last} seeds"),
        Some((last, others)) => format!("{} and {last} seeds", others.join(", ")),
        None => String::new(),
    }
}

/// Whether a cell learned.
pub fn learned(learned: Option<bool>) -> &'static str {
    match learned {
        Some(true) => "yes",
        Some(false) => "did not learn",
        None => "not known",
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

/// A paragraph in lines of a terminal's usual width.
pub fn wrapped(text: &str) -> String {
    const WIDTH: usize = 110;
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.len() - 1;
        if !lines[last].is_empty() && lines[last].chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(word.to_owned());
        } else {
            let space = if lines[last].is_empty() { "" } else { " " };
            lines[last] += &format!("{space}{word}");
        }
    }
    lines.join("\n")
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
}
