//! Schedules: what the learning rate is at each step. To add one, write it here and its line in `SHAPES`; experiment
//! files, help and tests follow.
//!
//! All are PyTorch's, advanced once a step, and may be warmed up to: `LinearLR(start_factor=1/warmup,
//! total_iters=warmup)` and then the schedule from its beginning, by `SequentialLR`. The rates are computed in double
//! precision from the step alone.

use std::fmt;
use std::panic::RefUnwindSafe;

use crate::setting::{Chosen, Listed, Setting, Values};

/// What becomes of the learning rate from the end of the warm-up to the last step.
pub trait Shape: fmt::Debug + Sync + RefUnwindSafe {
    /// What the user types.
    fn name(&self) -> &'static str;

    /// The formula, for people: `t` counts the steps from the end of the warm-up, of which there are `T`.
    fn formula(&self) -> &'static str;

    /// What it is in PyTorch.
    fn source(&self) -> &'static str;

    /// Its settings, [`WARMUP`] first.
    fn settings(&self) -> &'static [Setting];

    /// What the learning rate is multiplied with at a step, of so many.
    fn factor(&self, settings: &[f64], step: usize, steps: usize) -> f64;
}

/// The setting that all have: steps in which the rate rises to what it was set to.
pub const WARMUP: Setting = Setting::new("warmup", 0.0, Values::Whole(0));

/// All schedules, in the order in which lists show them.
static SHAPES: &[&dyn Shape] = &[&Constant, &Step, &Exponential, &Linear, &Cosine];

/// A schedule: its shape and its settings.
pub type Schedule = Chosen<dyn Shape>;

impl Schedule {
    /// Steps of its warm-up.
    pub fn warmup(&self) -> usize {
        self.values()[0] as usize
    }

    /// The learning rate at a step, counted from 0, of so many.
    pub fn rate(&self, learning_rate: f64, step: usize, steps: usize) -> f64 {
        let warmup = self.warmup();
        let factor = match step.checked_sub(warmup) {
            None => rising(1.0 / warmup as f64, 1.0, step, warmup),
            Some(after) => self.rule().factor(self.values(), after, steps.saturating_sub(warmup)),
        };
        learning_rate * factor
    }
}

impl Listed for dyn Shape {
    const WHAT: &'static str = "schedule";

    fn list() -> &'static [&'static Self] {
        SHAPES
    }

    fn name(&self) -> &'static str {
        Shape::name(self)
    }

    fn settings(&self) -> &'static [Setting] {
        Shape::settings(self)
    }

    fn check(&self, _: &[f64]) -> Result<(), String> {
        Ok(())
    }
}

/// From one factor to another in equal steps, then there.
fn rising(from: f64, to: f64, step: usize, steps: usize) -> f64 {
    match step < steps {
        true => from + (to - from) * step as f64 / steps as f64,
        false => to,
    }
}

/// The setting of where a schedule ends.
const TO: Setting = Setting::new("to", 0.0, Values::NotNegative);

/// The same rate at every step.
#[derive(Debug)]
pub struct Constant;

impl Shape for Constant {
    fn name(&self) -> &'static str {
        "constant"
    }

    fn formula(&self) -> &'static str {
        "1"
    }

    fn source(&self) -> &'static str {
        "no scheduler"
    }

    fn settings(&self) -> &'static [Setting] {
        &[WARMUP]
    }

    fn factor(&self, _: &[f64], _: usize, _: usize) -> f64 {
        1.0
    }
}

/// A drop every so many steps.
#[derive(Debug)]
pub struct Step;

impl Shape for Step {
    fn name(&self) -> &'static str {
        "step"
    }

    fn formula(&self) -> &'static str {
        "factor^floor(t / every)"
    }

    fn source(&self) -> &'static str {
        "StepLR(step_size=every, gamma=factor)"
    }

    fn settings(&self) -> &'static [Setting] {
        const {
            &[
                WARMUP,
                Setting::new("every", 500.0, Values::Whole(1)),
                Setting::new("factor", 0.1, Values::Positive),
            ]
        }
    }

    fn factor(&self, settings: &[f64], step: usize, _: usize) -> f64 {
        let (every, factor) = (settings[1] as usize, settings[2]);
        libm::pow(factor, (step / every) as f64)
    }
}

/// The same share of the rate at every step.
#[derive(Debug)]
pub struct Exponential;

impl Shape for Exponential {
    fn name(&self) -> &'static str {
        "exponential"
    }

    fn formula(&self) -> &'static str {
        "factor^t"
    }

    fn source(&self) -> &'static str {
        "ExponentialLR(gamma=factor)"
    }

    fn settings(&self) -> &'static [Setting] {
        const { &[WARMUP, Setting::new("factor", 0.999, Values::Positive)] }
    }

    fn factor(&self, settings: &[f64], step: usize, _: usize) -> f64 {
        libm::pow(settings[1], step as f64)
    }
}

/// In equal steps to a share of the rate.
#[derive(Debug)]
pub struct Linear;

impl Shape for Linear {
    fn name(&self) -> &'static str {
        "linear"
    }

    fn formula(&self) -> &'static str {
        "1 + (to - 1) t/T"
    }

    fn source(&self) -> &'static str {
        "LinearLR(start_factor=1, end_factor=to, total_iters=T)"
    }

    fn settings(&self) -> &'static [Setting] {
        &[WARMUP, TO]
    }

    fn factor(&self, settings: &[f64], step: usize, steps: usize) -> f64 {
        rising(1.0, settings[1], step, steps)
    }
}

/// Half a cosine to a share of the rate (Loshchilov & Hutter, ICLR 2017), without restarts.
#[derive(Debug)]
pub struct Cosine;

impl Shape for Cosine {
    fn name(&self) -> &'static str {
        "cosine"
    }

    fn formula(&self) -> &'static str {
        "to + (1 - to) (1 + cos(pi t/T))/2"
    }

    fn source(&self) -> &'static str {
        "CosineAnnealingLR(T_max=T, eta_min=to*learning_rate)"
    }

    fn settings(&self) -> &'static [Setting] {
        &[WARMUP, TO]
    }

    fn factor(&self, settings: &[f64], step: usize, steps: usize) -> f64 {
        let to = settings[1];
        let part = step as f64 / steps.max(1) as f64;
        to + (1.0 - to) * 0.5 * (1.0 + libm::cos(std::f64::consts::PI * part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(text: &str, settings: &[(&str, f64)]) -> Schedule {
        let start: Schedule = text.parse().expect("a schedule");
        let with = |schedule: Schedule, (name, value): &(&str, f64)| schedule.with(name, *value).expect("a setting");
        settings.iter().fold(start, with)
    }

    #[test]
    fn schedules_begin_with_the_rate_and_end_where_they_say() {
        for schedule in Schedule::all() {
            assert_eq!(schedule.rate(0.3, 0, 1000), 0.3, "{schedule}");
            assert_eq!(Listed::settings(schedule.rule())[0], WARMUP);
            assert!(!schedule.rule().formula().is_empty() && !schedule.rule().source().is_empty());
        }
        assert_eq!(schedule("constant", &[]).rate(1e-3, 999, 1000), 1e-3);
        assert_eq!(schedule("linear", &[("to", 0.25)]).rate(2.0, 1000, 1000), 0.5);
        assert_eq!(schedule("cosine", &[("to", 0.25)]).rate(2.0, 1000, 1000), 0.5);
        assert_eq!(schedule("cosine", &[]).rate(2.0, 500, 1000), 1.0);
        let step = schedule("step", &[("every", 10.0), ("factor", 0.5)]);
        assert_eq!([0, 9, 10, 20].map(|t| step.rate(1.0, t, 100)), [1.0, 1.0, 0.5, 0.25]);
    }

    #[test]
    fn warm_ups_rise_to_the_rate_and_hand_over() {
        let schedule = schedule("linear", &[("warmup", 4.0), ("to", 0.0)]);
        let rates: Vec<f64> = (0..8).map(|t| schedule.rate(1.0, t, 8)).collect();
        assert_eq!(rates, [0.25, 0.4375, 0.625, 0.8125, 1.0, 0.75, 0.5, 0.25]);
    }
}
