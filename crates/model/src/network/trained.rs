//! A trained network, and what it answers: on the host, in double precision, the same bits on every machine.

use pulp::Arch;

use super::architecture::Architecture;
use super::program::Operation;
use super::weights::Weights;
use crate::block::dense;
use crate::block::join::Join;
use crate::unit::Activation;

/// All that the answers of a network depend on.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainedNetwork {
    /// Its blocks.
    pub architecture: Architecture,
    /// The weights of its layers.
    pub weights: Weights,
    /// The activation of every layer that one follows, with the values that their parameters have learned.
    pub activations: Vec<Activation>,
}

impl TrainedNetwork {
    /// The perceptron with these weights and one activation after every hidden layer.
    ///
    /// # Panics
    /// If there is no layer, or one of no width.
    pub fn perceptron(weights: Weights, activation: Activation) -> Self {
        let sizes = weights.iter().take(1).map(|layer| layer.inputs);
        let sizes: Vec<usize> = sizes.chain(weights.iter().map(|layer| layer.outputs)).collect();
        let architecture = Architecture::perceptron(&sizes).expect("layers of a perceptron");
        Self {
            activations: vec![activation; architecture.program().activations()],
            architecture,
            weights,
        }
    }

    /// The answer to one sample. No dropout leaves anything out.
    ///
    /// # Panics
    /// If `x` is not as long as the network has inputs.
    pub fn predict(&self, x: &[f64]) -> Vec<f64> {
        assert_eq!(x.len(), self.architecture.inputs(), "a value for each input");
        self.predict_all(x)
    }

    /// The answers, `[samples, outputs]` for `x: [samples, inputs]`: for a sample the same, whatever is asked with it.
    ///
    /// # Panics
    /// If `x` is no whole number of samples.
    pub fn predict_all(&self, x: &[f64]) -> Vec<f64> {
        self.values(x, |_, values| values)
    }

    /// The answers, where `dropped` says what each dropout, by its place, leaves of values, `[samples, width]`.
    pub(crate) fn values(&self, x: &[f64], dropped: impl Fn(usize, Vec<f64>) -> Vec<f64>) -> Vec<f64> {
        let program = self.architecture.program();
        program.fold(x.to_vec(), |operation, read| match operation {
            Operation::Dense { layer, activation, .. } => {
                let mut z = dense::reference(Arch::new(), &self.weights[*layer], read[0]);
                if let Some(activation) = activation.map(|slot| self.activations[slot]) {
                    z.iter_mut().for_each(|z| *z = activation.value(*z));
                }
                z
            }
            Operation::Join { join, inputs, .. } => {
                let widths = inputs.map(|read| program.widths()[read.buffer]);
                join.reference(read[0], read[1], widths)
            }
            Operation::Dropout { place, .. } => dropped(*place, read[0].clone()),
        })
    }

    /// An upper bound of how fast an answer can change, from the spectral norms of its layers, `norms`: a layer is at most
    /// as steep as its norm, what follows each other multiplies, and branches add up, or by the root of their squares
    /// where they stay beside each other. In units of the network's output per unit of its input. None where nobody
    /// knows one, as of a formula, or of a product, which is as steep as its branches are large.
    pub fn lipschitz_bound(&self, norms: &[f64]) -> Option<f64> {
        let program = self.architecture.program();
        program.fold(Some(1.0), |operation, read| match operation {
            Operation::Dense { layer, activation, .. } => {
                let steepest = activation.map_or(1.0, |slot| self.activations[slot].lipschitz());
                let bound = (*read[0])? * norms[*layer] * steepest;
                steepest.is_finite().then_some(bound)
            }
            Operation::Join { join, .. } => {
                let (a, b): (f64, f64) = ((*read[0])?, (*read[1])?);
                match join {
                    Join::Sum => Some(a + b),
                    Join::Concatenation => Some(a.hypot(b)),
                    Join::Product | Join::Gate => None,
                }
            }
            Operation::Dropout { .. } => *read[0],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::architecture::Block;
    use crate::network::norm::spectral_norm;
    use crate::network::weights::initial_weights;

    fn no_slope_exceeds_the_bound(network: &TrainedNetwork) {
        let norms: Vec<f64> = network.weights.iter().map(spectral_norm).collect();
        let bound = network.lipschitz_bound(&norms).expect("a bound");
        for i in -1000..1000 {
            let (a, b) = (f64::from(i) * 0.01, f64::from(i + 1) * 0.01);
            let (left, right) = (network.predict(&[a]), network.predict(&[b]));
            let rise = left
                .iter()
                .zip(&right)
                .map(|(left, right)| (right - left).powi(2))
                .sum::<f64>()
                .sqrt();
            assert!(
                rise <= bound * (b - a) * (1.0 + 1e-12),
                "{:?} at {a}",
                network.activations
            );
        }
    }

    #[test]
    fn no_slope_exceeds_the_lipschitz_bound() {
        for activation in Activation::all().filter(|activation| activation.lipschitz().is_finite()) {
            let weights = initial_weights(&[1, 16, 16, 1], 5);
            no_slope_exceeds_the_bound(&TrainedNetwork::perceptron(weights, activation));
            for join in [Join::Sum, Join::Concatenation] {
                let branches = [Block::activated(4), Block::linear(4)];
                let architecture = Architecture::new(1, Block::parallel(join, branches)).expect("an architecture");
                no_slope_exceeds_the_bound(&TrainedNetwork {
                    weights: architecture.initial_weights(7),
                    activations: vec![activation],
                    architecture,
                });
            }
        }
    }

    #[test]
    fn products_have_no_bound() {
        let branches = [Block::linear(1), Block::linear(1)];
        let architecture = Architecture::new(1, Block::parallel(Join::Product, branches)).expect("an architecture");
        let network = TrainedNetwork {
            weights: architecture.initial_weights(7),
            activations: Vec::new(),
            architecture,
        };
        assert_eq!(network.lipschitz_bound(&[1.0, 1.0]), None);
    }
}
