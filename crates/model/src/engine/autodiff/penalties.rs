//! The penalties of the networks of a stack.

use std::collections::BTreeMap;

use burn::tensor::{Device, Tensor, TensorData};

use super::{Recipe, Stack};
use crate::network::program::Program;
use crate::penalty::{Added, Applied, Penalty, Strength};

/// The penalties that any network of a stack has, in an order that does not depend on whose they are.
pub struct Penalties {
    /// What is added to the loss.
    pub added: Vec<OfStack<dyn Added>>,
    /// What is applied to the weights after a step.
    pub applied: Vec<OfStack<dyn Applied>>,
}

impl Penalties {
    /// Those of a stack.
    pub fn of(stack: &Stack, device: &Device) -> Self {
        Self {
            added: of_stack(stack, device, Penalty::added),
            applied: of_stack(stack, device, Penalty::applied),
        }
    }
}

/// A penalty of the networks of a stack.
pub struct OfStack<R: ?Sized + 'static> {
    rule: &'static R,
    /// `[networks]`; 0 for a network without it.
    coefficients: Tensor<1>,
    /// For each layer `[networks, outputs]`, where anything is kept.
    kept: Option<Vec<Tensor<2>>>,
}

/// The penalties of one kind.
fn of_stack<R: ?Sized>(
    stack: &Stack,
    device: &Device,
    kind: impl Fn(Penalty) -> Option<&'static R>,
) -> Vec<OfStack<R>> {
    let networks = stack.networks();
    let all = networks.iter().flat_map(|network| &network.penalties);
    let penalties: BTreeMap<_, _> = all
        .filter(|penalty| penalty.coefficient != 0.0)
        .map(|penalty| (penalty.place(), *penalty))
        .collect();
    let of_stack = penalties.into_values().filter_map(|penalty| {
        let rule = kind(penalty)?;
        let coefficient = |network: &Recipe| -> f32 {
            let own = network.penalties.iter().find(|own| own.name() == penalty.name());
            own.map_or(0.0, |own| own.coefficient)
        };
        let coefficients: Vec<f32> = networks.iter().map(coefficient).collect();
        let start = networks
            .iter()
            .map(|network| penalty.rule().start(network.seed, &network.outputs()));
        let start: Option<Vec<_>> = start.collect();
        Some(OfStack {
            rule,
            coefficients: Tensor::from_data(TensorData::new(coefficients, [networks.len()]), device),
            kept: start.map(|start| by_layer(&start, device)),
        })
    });
    of_stack.collect()
}

impl OfStack<dyn Added> {
    /// Advances what is kept, and returns the penalty of each network, `[networks]`: of all its layers that train.
    ///
    /// - `weights`: for each layer `[networks, inputs, outputs]`
    pub fn of(&mut self, weights: &[Tensor<3>], program: &Program) -> Tensor<1> {
        let trained = weights.iter().enumerate().filter(|(index, _)| program.trains(*index));
        let penalties = trained.map(|(index, weight)| {
            let kept = self.kept.as_mut().map(|kept| &mut kept[index]);
            self.rule.of_tensors(weight.clone(), self.coefficients.clone(), kept)
        });
        penalties
            .reduce(|sum, penalty| sum + penalty)
            .expect("a network has layers")
    }
}

impl OfStack<dyn Applied> {
    /// Advances what is kept, and returns the weight of a layer, `[networks, inputs, outputs]`, as it is after a step.
    ///
    /// - `learning_rates`: `[networks]`, of the step
    /// - `alive`: `[networks]`, 0 for a network that keeps what it has, else 1
    pub fn apply(
        &mut self,
        layer: usize,
        weight: Tensor<3>,
        learning_rates: &Tensor<1>,
        alive: &Tensor<1>,
    ) -> Tensor<3> {
        let [networks, inputs, outputs] = weight.dims();
        let strength = Strength {
            coefficient: self.coefficients.clone(),
            learning_rate: learning_rates.clone(),
        };
        let kept = self.kept.as_mut().map(|kept| &mut kept[layer]);
        let changed = self.rule.of_tensors(weight.clone(), strength, kept);
        let keeps = (self.coefficients.clone() * alive.clone()).equal_elem(0.0);
        let keeps = keeps.reshape([networks, 1, 1]).expand([networks, inputs, outputs]);
        changed.mask_where(keeps, weight)
    }
}

/// The vectors that each network has for each layer, as `[networks, outputs]` for each layer.
pub fn by_layer(networks: &[Vec<Vec<f32>>], device: &Device) -> Vec<Tensor<2>> {
    let layers = (0..networks[0].len()).map(|layer| {
        let values: Vec<f32> = networks
            .iter()
            .flat_map(|vectors| vectors[layer].iter().copied())
            .collect();
        let width = values.len() / networks.len();
        Tensor::from_data(TensorData::new(values, [networks.len(), width]), device)
    });
    layers.collect()
}
