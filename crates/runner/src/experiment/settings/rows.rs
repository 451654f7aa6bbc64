//! How many samples a trial trains on, what its steps take of them, and in how many it sees them all.

use actlab_model::network::batches::{Batches, Order};
use actlab_model::network::selection::Keep;

use super::Resolved;
use crate::experiment::range::Region;
use crate::experiment::target::{Data, Target};

impl Resolved {
    /// How many samples it trains on.
    pub fn sample_count(&self, target: &Target) -> usize {
        match target {
            Target::Function(_) => self.samples,
            Target::Data(data) => self.training_rows(self.rows_inside(data)),
        }
    }

    /// How many rows of data are in its range.
    fn rows_inside(&self, data: &Data) -> usize {
        let is_inside = |row: &&Vec<f64>| self.range.region(&row[..data.x.len()]) == Region::Inside;
        data.table.rows.iter().filter(is_inside).count()
    }

    /// Of the rows in the range a share is held out; of the others as many train as samples were asked for.
    pub fn training_rows(&self, inside: usize) -> usize {
        self.kept_rows(inside).min(self.samples)
    }

    /// How many of the rows in the range are not held out.
    pub fn kept_rows(&self, inside: usize) -> usize {
        (inside as f64 * (1.0 - self.holdout.unwrap_or(0.0))).floor() as usize
    }

    /// Its batches; none where a step takes all samples.
    pub fn batching(&self) -> Option<Batches> {
        (self.batch > 0).then_some(Batches {
            size: self.batch,
            order: self.batches,
        })
    }

    /// Steps that take as many samples as there are.
    pub fn steps_of_an_epoch(&self, target: &Target) -> usize {
        let of = |batches: Batches| batches.steps_of_an_epoch(self.sample_count(target));
        self.batching().map_or(1, of).max(1)
    }

    /// Whether its validation error decides which weights are kept, or when its training ends.
    pub fn has_chosen_weights(&self) -> bool {
        self.keep == Keep::Best || self.patience > 0
    }

    /// Whether it says how batches come to their samples, and has none.
    pub fn has_an_order_of_nothing(&self) -> bool {
        self.batch == 0 && self.batches != Order::default()
    }
}
