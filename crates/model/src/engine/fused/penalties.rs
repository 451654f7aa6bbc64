//! The penalties of the network that trains.

use super::{Training, begin, by_layer};
use crate::block::dense::Dense;
use crate::kernels::aligned::Aligned;
use crate::network::recipe::Recipe;
use crate::penalty::{Added, Applied, Penalty, Stepped, Strength, Weighed};

/// The penalties of a network, in the order in which they act.
#[derive(Default)]
pub struct Penalties {
    added: Vec<OfNetwork<dyn Added>>,
    applied: Vec<OfNetwork<dyn Applied>>,
}

/// One of them.
struct OfNetwork<R: ?Sized + 'static> {
    rule: &'static R,
    coefficient: f32,
    /// Of each layer.
    kept: Vec<Aligned>,
}

impl Penalties {
    /// Those of a network.
    pub fn of(network: &Recipe, layers: &[Dense]) -> Self {
        let mut penalties: Vec<&Penalty> = network.penalties.iter().collect();
        penalties.retain(|penalty| penalty.coefficient != 0.0);
        penalties.sort_by_key(|penalty| penalty.place());
        Self {
            added: of_network(&penalties, network, layers, Penalty::added),
            applied: of_network(&penalties, network, layers, Penalty::applied),
        }
    }
}

/// The penalties of one kind.
fn of_network<R: ?Sized>(
    penalties: &[&Penalty],
    network: &Recipe,
    layers: &[Dense],
    kind: impl Fn(Penalty) -> Option<&'static R>,
) -> Vec<OfNetwork<R>> {
    let of_kind = penalties
        .iter()
        .filter_map(|penalty| Some((*penalty, kind(**penalty)?)));
    let of_network = |(penalty, rule): (&Penalty, _)| {
        let start = penalty.rule().start(network.seed, &network.outputs());
        let mut kept = by_layer(layers, |layer| match start {
            Some(_) => layer.right_length(),
            None => 0,
        });
        begin(&mut kept, &start.unwrap_or_default());
        OfNetwork {
            rule,
            coefficient: penalty.coefficient,
            kept,
        }
    };
    of_kind.map(of_network).collect()
}

impl Training {
    /// Adds the gradients of penalties to that of the loss.
    pub(super) fn add_penalties(&mut self) {
        for penalty in &mut self.own.penalties.added {
            let layers = self.layers.iter().zip(&mut penalty.kept);
            for (layer, kept) in layers.filter(|(layer, _)| layer.trains) {
                let of = Weighed {
                    layer,
                    parameters: &self.parameters,
                    kept,
                    room: &mut self.left[..layer.left_length()],
                };
                penalty
                    .rule
                    .add_gradient(self.arch, penalty.coefficient, of, &mut self.gradient);
            }
        }
    }

    /// Changes the weights as penalties ask for after a step.
    pub(super) fn apply_penalties(&mut self, learning_rate: f32) {
        for penalty in &mut self.own.penalties.applied {
            let strength = Strength {
                coefficient: penalty.coefficient,
                learning_rate,
            };
            let layers = self.layers.iter().zip(&mut penalty.kept);
            for (layer, kept) in layers.filter(|(layer, _)| layer.trains) {
                let of = Stepped {
                    layer,
                    parameters: &mut self.parameters,
                    kept,
                    room: &mut self.left[..layer.left_length()],
                };
                penalty.rule.apply(self.arch, strength, of);
            }
        }
    }
}
