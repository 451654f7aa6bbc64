//! What is looked at of a network while it trains: its loss, now and then its spectral norms, and the validation error.

use super::feeder::Set;
use super::{Recipe, Stack, Training};
use crate::engine::history::{Record, power_iterations, recorded};
use crate::network::selection::{Keep, Verdict, Watch};

impl Training {
    /// The records that a training of so many steps fills in.
    pub(super) fn blank_history(&self, steps: usize) -> Vec<Record> {
        let blank = |step| Record {
            step,
            loss: f32::NAN,
            sigma: vec![f32::NAN; self.layers.len()],
        };
        (0..=steps).filter(|step| recorded(*step, steps)).map(blank).collect()
    }

    /// The loss before a step, and its gradient where the step is done: of the samples of the step, or, where these are not
    /// all as they are and it is recorded, of all.
    pub(super) fn loss(&mut self, network: &Recipe, stack: &Stack, step: usize) -> f32 {
        if !stack.alters(network) {
            return self.gradients(network, step);
        }
        let loss = match step == stack.steps() {
            false => self.gradients(network, step),
            true => {
                self.feeder.begin(step);
                0.0
            }
        };
        match loss.is_finite() && recorded(step, stack.steps()) {
            true => self.error(network, Set::Training),
            false => loss,
        }
    }

    /// Looks at the validation error, where anything depends on it; whether the training ends.
    pub(super) fn select(&mut self, network: &Recipe, watch: &mut Watch, step: usize) -> bool {
        if !network.selection.is_used() {
            return false;
        }
        let error = self.error(network, Set::Validation);
        let Verdict { improved, ends } = watch.see(step, error);
        if improved && network.selection.keep == Keep::Best {
            self.best.copy_from_slice(&self.parameters);
            self.own.best.copy_from_slice(&self.own.activations);
        }
        ends
    }

    /// Writes down what is known of a network before a step.
    pub(super) fn record(&mut self, record: &mut Record, loss: f32) {
        record.loss = loss;
        let layers = self.layers.iter().zip(&mut self.right);
        for ((layer, right), sigma) in layers.zip(&mut record.sigma) {
            let left = &mut self.left[..layer.left_length()];
            for _ in 0..power_iterations(record.step, [layer.inputs, layer.outputs]) {
                *sigma = layer.power_iteration(self.arch, &self.parameters, left, right);
            }
        }
    }
}
