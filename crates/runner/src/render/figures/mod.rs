//! The figures, as SVG: the paper's, and the error against the distance from the range.

pub mod activation;
mod chart;
mod distance;
mod fit;

use actlab_model::Activation;
use actlab_model::network::trained::TrainedNetwork;
use anyhow::Result;

use super::palette::Palette;
use crate::analysis::cells::Cell;
use crate::analysis::cells::activations;
use crate::analysis::ranking::{Ranking, ranking};
use crate::measure::errors::answers;
use crate::store::{Store, Stored, weights};

/// A figure with the name of its file.
#[derive(Debug)]
pub struct Figure {
    /// Without its extension.
    pub name: String,
    /// What it shows, in a sentence.
    pub caption: String,
    /// The picture.
    pub svg: String,
}

/// A trained network with all that its answers depend on.
pub struct Network<'a> {
    trial: &'a Stored,
    trained: TrainedNetwork,
}

impl<'a> Network<'a> {
    /// Reads its weights.
    pub fn new(store: &Store, trial: &'a Stored) -> Result<Self> {
        Ok(Self {
            trial,
            trained: weights::decode(&store.weights(&trial.id)?)?,
        })
    }

    /// For each output what it answers at these inputs; of networks of one input.
    pub fn answers(&self, x: &[f64]) -> Vec<Vec<f64>> {
        let points = x.iter().map(std::slice::from_ref);
        answers(&self.trained, &self.trial.scaling, points)
    }
}

/// All figures of a run; those of networks with several inputs cannot be drawn over a line, and are left out.
pub fn figures(store: &Store, trials: &[Stored]) -> Result<Vec<Figure>> {
    let palette = Palette::new(trials.iter().map(|trial| trial.settings.activation.to_string()));
    let mut rankings = ranking(trials);
    for ranking in &mut rankings {
        ranking.cells.retain(|cell| cell.settings().inputs.len() == 1);
    }
    rankings.retain(|ranking| !ranking.cells.is_empty());
    let mut figures = Vec::new();
    for activation in activations(trials.iter().map(|trial| trial.settings.activation)) {
        let best = best_networks(store, &rankings, activation)?;
        if !best.is_empty() {
            figures.push(fit::figure(activation, &best, &palette)?);
        }
    }
    for (position, ranking) in rankings.iter().enumerate() {
        figures.extend(distance::figure(store, position, ranking, &palette)?);
    }
    Ok(figures)
}

/// The network of an activation that stands for it, for each target that it has one for.
fn best_networks<'a>(store: &Store, rankings: &[Ranking<'a>], activation: Activation) -> Result<Vec<Network<'a>>> {
    let is_of = |cell: &&Cell<'a>| cell.settings().activation == activation;
    let best = rankings
        .iter()
        .filter_map(|ranking| ranking.cells.iter().find(is_of)?.shown());
    best.map(|trial| Network::new(store, trial)).collect()
}
