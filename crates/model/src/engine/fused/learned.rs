//! The parameters of activations that are learned: few numbers, which follow their gradient as weights do, by the same
//! rule, but without weight decay. A network that learns none has nothing here, and does nothing for it.

use pulp::Arch;

use crate::block::dense::Dense;
use crate::kernels::aligned::Aligned;
use crate::kernels::cpu as kernels;
use crate::network::program::{Operation, Program};
use crate::network::recipe::Recipe;
use crate::optimizer::{KEPT, Optimizer, State, Steps};
use crate::unit::Activation;

/// The learned parameters of a network.
pub struct Learned {
    places: Vec<Place>,
    value: Vec<f32>,
    /// What the optimiser keeps of the gradients.
    kept: [Vec<f32>; KEPT],
    gradient: Vec<f32>,
    optimizer: Optimizer,
    numbers: Steps,
}

/// One of them.
struct Place {
    /// Which of the network's activations it is of.
    slot: usize,
    /// Which of that activation's parameters it is.
    position: usize,
    /// For a block of samples the derivatives of the activation by it.
    slopes: Aligned,
}

impl Learned {
    /// Those of a network, for blocks of so many samples and so many steps.
    pub fn new(network: &Recipe, program: &Program, layers: &[Dense], block: usize, steps: usize) -> Self {
        let activations = &network.activations;
        let optimizer = network.optimizer.without_weight_decay();
        let slots = program.operations().iter().filter_map(|operation| match operation {
            Operation::Dense {
                layer,
                activation: Some(slot),
                ..
            } => Some((*slot, layers[*layer].width())),
            _ => None,
        });
        let places = slots.flat_map(|(slot, width)| {
            activations[slot].learned().map(move |position| Place {
                slot,
                position,
                slopes: Aligned::zeros(block * width),
            })
        });
        let places: Vec<Place> = places.collect();
        let value = places
            .iter()
            .map(|place| activations[place.slot].parameters()[place.position]);
        let zeros = vec![0.0; places.len()];
        Self {
            value: value.collect(),
            kept: std::array::from_fn(|_| zeros.clone()),
            gradient: zeros,
            places,
            optimizer,
            numbers: network.steps_of(optimizer, steps),
        }
    }

    /// At the beginning of a step.
    pub fn clear_gradient(&mut self) {
        self.gradient.fill(0.0);
    }

    /// Keeps the derivatives of an activation by its learned parameters at `z`, what the layer gave it.
    pub fn forward(&mut self, arch: Arch, slot: usize, activation: Activation, z: &[f32], layer: &Dense) {
        for place in self.places.iter_mut().filter(|place| place.slot == slot) {
            let slopes = &mut place.slopes[..z.len()];
            activation.parameter_slope(arch, place.position, z, slopes);
            layer.clear_padding(slopes);
        }
    }

    /// Adds to the gradients, from that of what the activation gave.
    pub fn backward(&mut self, arch: Arch, slot: usize, gradient: &[f32]) {
        let places = self.places.iter().zip(&mut self.gradient);
        for (place, sum) in places.filter(|(place, _)| place.slot == slot) {
            *sum += kernels::dot(arch, gradient, &place.slopes[..gradient.len()]);
        }
    }

    /// The gradients, one for each parameter.
    pub fn gradient(&mut self) -> &mut [f32] {
        &mut self.gradient
    }

    /// Of each parameter the activation's slot, its position there and its gradient.
    #[cfg(test)]
    pub fn gradients(&self) -> impl Iterator<Item = (usize, usize, f32)> {
        let places = self.places.iter().zip(&self.gradient);
        places.map(|(place, gradient)| (place.slot, place.position, *gradient))
    }

    /// One step, after which the activations have the new values.
    pub fn update(&mut self, arch: Arch, activations: &mut [Activation]) {
        if self.places.is_empty() {
            return;
        }
        let state = State {
            parameter: &mut self.value,
            kept: self.kept.each_mut().map(Vec::as_mut_slice),
        };
        let numbers = self.numbers.advance();
        self.optimizer.rule().step(arch, state, &self.gradient, &numbers);
        for (place, value) in self.places.iter().zip(&self.value) {
            activations[place.slot].set(place.position, *value);
        }
    }
}
