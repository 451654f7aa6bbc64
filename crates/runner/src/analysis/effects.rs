//! Which axes of a sweep matter.

use std::collections::HashMap;

use super::columns::setting;
use crate::statistics::main_effects;
use crate::store::Stored;

/// For each axis the share of the variance of the logarithm of the error in a region that it explains by itself.
pub fn effects(trials: &[Stored], axes: &[String], region: &str) -> Vec<f64> {
    let logarithm = |trial: &Stored| {
        let error = trial.error(region)?.nrmse?;
        (error.is_finite() && error > 0.0).then_some(error.log10())
    };
    let (of, values): (Vec<&Stored>, Vec<f64>) = trials
        .iter()
        .filter_map(|trial| Some((trial, logarithm(trial)?)))
        .unzip();
    let levels = |axis: &String| {
        let mut names: HashMap<String, usize> = HashMap::new();
        let level = |trial: &&Stored| {
            let next = names.len();
            *names.entry(setting(trial, axis)).or_insert(next)
        };
        of.iter().map(level).collect()
    };
    let levels: Vec<Vec<usize>> = axes.iter().map(levels).collect();
    main_effects(&levels, &values)
}
