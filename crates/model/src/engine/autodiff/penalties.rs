//! The penalties of the networks of a stack.

use std::collections::BTreeMap;

use burn::tensor::{Device, Tensor, TensorData};

use super::{Recipe, Stack};
use crate::network::module::Linear;
use crate::network::program::Program;
use crate::penalty::Rule;

/// A penalty of the networks of a stack.
pub struct OfStack {
    rule: &'static dyn Rule,
    /// `[networks]`; 0 for a network without it.
    coefficients: Tensor<1>,
    /// For each layer `[networks, outputs]`, where anything is kept.
    kept: Option<Vec<Tensor<2>>>,
}

/// The penalties that any network of the stack has, in an order that does not depend on whose they are.
pub fn of_stack(stack: &Stack, device: &Device) -> Vec<OfStack> {
    let networks = stack.networks();
    let all = networks.iter().flat_map(|network| &network.penalties);
    let rules: BTreeMap<_, _> = all
        .filter(|penalty| penalty.coefficient != 0.0)
        .map(|penalty| (penalty.name(), penalty.rule()))
        .collect();
    let of_stack = rules.into_iter().map(|(name, rule)| {
        let coefficient = |network: &Recipe| -> f32 {
            let own = network.penalties.iter().find(|own| own.name() == name);
            own.map_or(0.0, |own| own.coefficient)
        };
        let coefficients: Vec<f32> = networks.iter().map(coefficient).collect();
        let start = networks
            .iter()
            .map(|network| rule.start(network.seed, &network.outputs()));
        let start: Option<Vec<_>> = start.collect();
        OfStack {
            rule,
            coefficients: Tensor::from_data(TensorData::new(coefficients, [networks.len()]), device),
            kept: start.map(|start| by_layer(&start, device)),
        }
    });
    of_stack.collect()
}

impl OfStack {
    /// Advances what is kept, and returns the penalty of each network, `[networks]`: of all its layers that train.
    pub fn of(&mut self, layers: &[Linear], program: &Program) -> Tensor<1> {
        let trained = layers.iter().enumerate().filter(|(index, _)| program.trains(*index));
        let penalties = trained.map(|(index, layer)| {
            let kept = self.kept.as_mut().map(|kept| &mut kept[index]);
            self.rule
                .of_tensors(layer.weight.val(), self.coefficients.clone(), kept)
        });
        penalties
            .reduce(|sum, penalty| sum + penalty)
            .expect("a network has layers")
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
