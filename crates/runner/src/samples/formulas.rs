//! Whether activations that the user writes as formulas have values where networks meet them first.

use actlab_model::Activation;

use super::samples;
use crate::error::InputError;
use crate::experiment::Experiment;
use crate::experiment::target::Target;
use crate::experiment::trial::Trial;

/// Parts of what a formula is looked at on; an even number, so that 0 is the end of two of them.
const PARTS: usize = 2000;

/// What the user may not expect of formulas, each once.
///
/// # Errors
/// If one is not finite at something that a first layer may give it at the start.
pub fn check(experiment: &Experiment) -> Result<Vec<String>, InputError> {
    let is_formula = |activation: &&Activation| !activation.is_unit();
    let formulas: Vec<Activation> = experiment
        .settings
        .activation
        .values
        .iter()
        .filter(is_formula)
        .copied()
        .collect();
    if formulas.is_empty() {
        return Ok(Vec::new());
    }
    let reach = reach(experiment)?;
    let mut notes = Vec::new();
    for formula in formulas {
        let note = Look { formula, reach }.note();
        notes.extend(note.map_err(|error| experiment.error_at("network.activation", error))?);
    }
    Ok(notes)
}

/// How far from 0 the numbers are that first layers give their activations at the start, at most: weights and biases begin
/// within 1/√n for n inputs.
fn reach(experiment: &Experiment) -> Result<f64, InputError> {
    let targets = &experiment.settings.targets.values;
    let mut known: Vec<(usize, String, bool)> = Vec::new();
    let mut reach = 0f64;
    for trial in &experiment.trials {
        let kind = (
            trial.target,
            trial.settings.range.to_string(),
            trial.settings.standardize,
        );
        if !known.contains(&kind) {
            known.push(kind);
            reach = reach.max(reach_of(&targets[trial.target], trial)?);
        }
    }
    Ok(reach)
}

fn reach_of(target: &Target, trial: &Trial) -> Result<f64, InputError> {
    let samples = samples(target, &trial.settings)?;
    let inputs = trial.settings.inputs.len() as f64;
    let size = |x: &Vec<f64>| {
        let scaled = samples.scaling.scale_x(x).into_iter();
        (scaled.map(f64::abs).sum::<f64>() + 1.0) / inputs.sqrt()
    };
    Ok(samples.train.x.iter().map(size).fold(0.0, f64::max))
}

/// A formula, between -reach and reach.
struct Look {
    formula: Activation,
    reach: f64,
}

impl Look {
    fn at(&self, part: usize) -> f64 {
        self.reach * (2.0 * part as f64 / PARTS as f64 - 1.0)
    }

    /// A word about where it is steep, jumps or is flat, if it does.
    fn note(&self) -> Result<Option<String>, InputError> {
        let points: Vec<f64> = (0..=PARTS).map(|part| self.at(part)).collect();
        if let Some(x) = points.iter().find(|x| !self.formula.value(**x).is_finite()) {
            return Err(self.not_finite(*x));
        }
        if let Some(x) = points.iter().find(|x| !self.formula.derivative(**x).is_finite()) {
            return Ok(Some(self.says(format!(
                "has no finite derivative at x = {x}: training may diverge there"
            ))));
        }
        for pair in points.windows(2).filter(|pair| self.is_steep(pair[0], pair[1])) {
            if let Some(x) = self.pole(pair[0], pair[1]) {
                return Err(self.not_finite(x));
            }
            if let Some(x) = self.jump(pair[0], pair[1]) {
                let jumps = format!("jumps at x = {x:.6}, which its derivative does not see");
                return Ok(Some(self.says(jumps)));
            }
        }
        let is_flat = points.iter().all(|x| self.formula.derivative(*x) == 0.0);
        Ok(is_flat.then(|| self.says("has the derivative 0: layers before it learn nothing".to_owned())))
    }

    /// Whether it changes between two points by more than its derivatives there say, or the other way, or very much.
    fn is_steep(&self, a: f64, b: f64) -> bool {
        let change = self.formula.value(b) - self.formula.value(a);
        let [left, right] = [a, b].map(|x| self.formula.derivative(x) * (b - a));
        let most = left.abs().max(right.abs());
        let against = left * right > 0.0 && left * change < 0.0;
        change.abs() > 2.0 * most + 1e-9 * (1.0 + self.formula.value(a).abs()) || against || most > 1.0
    }

    /// Where between two points it grows beyond all bounds, by halving towards the larger value.
    fn pole(&self, mut a: f64, mut b: f64) -> Option<f64> {
        const BEYOND: f64 = 1e9;
        let size = |x: f64| self.formula.value(x).abs();
        let start = 1.0 + size(a).max(size(b));
        for _ in 0..45 {
            let middle = 0.5 * (a + b);
            let value = size(middle);
            if !value.is_finite() || value > BEYOND * start {
                return Some(middle);
            }
            if size(a) > size(b) { b = middle } else { a = middle }
        }
        None
    }

    /// Where between two points it jumps, by halving towards the larger change.
    fn jump(&self, mut a: f64, mut b: f64) -> Option<f64> {
        let change = |a: f64, b: f64| (self.formula.value(b) - self.formula.value(a)).abs();
        let start = change(a, b);
        for _ in 0..35 {
            let middle = 0.5 * (a + b);
            if change(a, middle) > change(middle, b) {
                b = middle
            } else {
                a = middle
            }
        }
        (change(a, b) > 0.25 * start && start > 0.0).then_some(b)
    }

    fn says(&self, what: String) -> String {
        format!(
            "the formula \"{}\" of {} {what}",
            self.formula.definition().formula(),
            self.formula
        )
    }

    fn not_finite(&self, x: f64) -> InputError {
        let Self { formula, reach } = self;
        InputError::new(format!(
            "{}; a first layer may give it anything from {:.3} to {reach:.3} at the start: write it so that it is finite \
             there, as ln(1 + abs(x)) for ln(x)",
            self.says(format!("is {} at x = {x:.6}", formula.value(x))),
            -reach
        ))
    }
}

#[cfg(test)]
mod tests {
    use actlab_model::unit::Formula;

    use super::*;

    fn note(text: &str) -> Result<Option<String>, String> {
        let formula = Activation::new(Formula::define("mine", text, &[]).expect("a formula"));
        Look { formula, reach: 2.75 }.note().map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_finite_and_smooth_or_kinked_is_taken_without_a_word() {
        for text in [
            "x^3",
            "x/(1+x^2)",
            "sign(x)*ln(1+abs(x))",
            "x + 0.3*sin(4*x)",
            "abs(x)",
            "exp(x^3)",
            "1e6*x",
            "sin(200*x)",
        ] {
            assert_eq!(note(text), Ok(None), "{text}");
        }
    }

    #[test]
    fn what_has_no_value_somewhere_is_refused() {
        for text in [
            "ln(x)",
            "sqrt(x)",
            "1/x",
            "tan(x)",
            "1/(x-0.7001)^2",
            "x/(x - 1.2345)",
            "asin(x)",
        ] {
            let error = note(text).expect_err(text);
            assert!(error.contains(text) && error.contains("-2.750 to 2.750"), "{error}");
        }
    }

    #[test]
    fn what_jumps_or_has_no_derivative_is_spoken_of() {
        for (text, said) in [
            ("floor(x)", "jumps at x = "),
            ("x + sign(x - 0.3)", "jumps at x = 0.3"),
            ("cbrt(x)", "no finite derivative at x = 0"),
            ("sqrt(abs(x))", "no finite derivative at x = 0"),
            ("3 + 0*x", "the derivative 0"),
        ] {
            let note = note(text).expect(text).expect(text);
            assert!(note.contains(said), "{text}: {note}");
        }
    }
}
