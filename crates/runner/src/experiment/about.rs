//! Which networks of an experiment a published value is about.

use super::published::{DRAW, Place, Published, Quantity, Statistic};
use super::settings::columns;
use super::trial::Resolved;

impl Published {
    /// Whether it is about a network of these settings.
    pub fn is_about(&self, settings: &Resolved) -> bool {
        self.of
            .iter()
            .all(|(column, value)| same(&settings.text(column), value))
    }
}

/// Whether a value as results show it is what was typed: the same text, or the same number.
fn same(shown: &str, typed: &str) -> bool {
    shown == typed || matches!((shown.parse::<f64>(), typed.parse::<f64>()), (Ok(a), Ok(b)) if a == b)
}

/// Why a published value cannot be compared with the networks of an experiment, and what to type instead.
pub fn misfit<'t>(published: &Published, trials: impl Iterator<Item = &'t Resolved> + Clone) -> Option<String> {
    if let Some((column, value)) = unmatched(published, trials.clone()) {
        let mut there: Vec<String> = trials.map(|settings| settings.text(column)).collect();
        there.sort();
        there.dedup();
        return Some(format!(
            "this is about no network: none has {column} = {value}. There is {}; leave all published values out with \
             --set published=[]",
            there.join(", ")
        ));
    }
    let about: Vec<&Resolved> = trials.filter(|settings| published.is_about(settings)).collect();
    let Some(first) = about.first() else {
        return Some("this is about no network: none has all values of \"where\" at once".to_owned());
    };
    let mixed: Vec<&str> = columns()
        .into_iter()
        .filter(|column| *column != DRAW && about.iter().any(|other| other.text(column) != first.text(column)))
        .collect();
    if !mixed.is_empty() {
        return Some(format!(
            "this is about networks that differ in {}: say in \"where\" which are meant, so that it is about networks that \
             differ in their seeds alone",
            mixed.join(", ")
        ));
    }
    let inputs = first.inputs.len();
    let at = match &published.quantity {
        Quantity::Prediction(at) => Some(at),
        _ => None,
    };
    let with = match &published.statistic {
        Statistic::Covariance(with) => Some(with),
        _ => None,
    };
    if let Some(point) = at.into_iter().chain(with).find(|point| point.len() != inputs) {
        return Some(format!(
            "a point of this network has {inputs} numbers, one for each of {}, not {}",
            first.inputs.join(", "),
            point.len()
        ));
    }
    match published.quantity {
        Quantity::Slope if inputs > 1 => Some("a slope is of networks of one input; use r2".to_owned()),
        Quantity::Error(_, Place::Interval(_)) if first.data.is_some() => {
            Some("the truth of data is known at its rows alone: write region = \"far\" in place of over".to_owned())
        }
        _ => None,
    }
}

/// The first setting whose value no network has.
fn unmatched<'p, 't>(
    published: &'p Published,
    trials: impl Iterator<Item = &'t Resolved> + Clone,
) -> Option<&'p (String, String)> {
    let has = |(column, value): &&(String, String)| trials.clone().any(|settings| same(&settings.text(column), value));
    published.of.iter().find(|setting| !has(setting))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::network::Hidden;
    use crate::experiment::settings::SampleSeed;
    use crate::experiment::test_settings;

    fn about(of: &[(&str, &str)]) -> Published {
        Published {
            quantity: Quantity::Prediction(vec![1.0]),
            statistic: Statistic::Mean,
            of: of
                .iter()
                .map(|(column, value)| (column.to_string(), value.to_string()))
                .collect(),
            value: Some(1.0),
            interval: [0.5, 1.5],
            source: "a paper".to_owned(),
        }
    }

    /// Two sizes, each with two seeds and two draws of the samples.
    fn trials() -> Vec<Resolved> {
        let mut trials = Vec::new();
        for (hidden, seed, draw) in (0..8).map(|i| (i & 1, (i >> 1) & 1, i >> 2)) {
            let mut settings = test_settings("x", vec![[-1.0, 1.0]]);
            settings.hidden = Hidden::Widths(vec![8 + hidden]);
            settings.seed = Some(seed as u64);
            settings.sample_seed = SampleSeed::Shared(draw as u64);
            trials.push(settings);
        }
        trials
    }

    #[test]
    fn a_value_is_about_networks_that_differ_in_their_seeds_alone() {
        let trials = trials();
        assert_eq!(
            misfit(&about(&[("hidden", "8"), ("learning_rate", "1e-3")]), trials.iter()),
            None
        );
        for (of, part) in [
            (&[("hidden", "10")][..], "none has hidden = 10. There is 8, 9"),
            (&[("activation", "tanh")], "differ in hidden"),
            (&[("hidden", "8"), ("target", "x^2")], "target = x^2"),
        ] {
            let error = misfit(&about(of), trials.iter()).expect("a misfit");
            assert!(error.contains(part), "{error}");
        }
        let two = Published {
            quantity: Quantity::Prediction(vec![1.0, 2.0]),
            ..about(&[("hidden", "8")])
        };
        assert!(misfit(&two, trials.iter()).is_some_and(|error| error.contains("has 1 numbers")));
    }
}
