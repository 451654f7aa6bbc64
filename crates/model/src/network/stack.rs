//! Networks that train together, checked once: engines rely on every slice having the length that the sizes say.

use thiserror::Error;

use super::random::{Random, Stream};
use super::weights::Weights;
use crate::optimizer::Optimizer;
use crate::unit::Activation;

/// One network of a stack: everything that may differ between neighbours.
#[derive(Debug, Clone)]
pub struct Network {
    /// Activation of the hidden layers.
    pub activation: Activation,
    /// What it is trained by.
    pub optimizer: Optimizer,
    /// Step size of the optimiser.
    pub learning_rate: f32,
    /// Coefficient lambda of the spectral penalty; 0 is none.
    pub spectral: f32,
    /// Weights to start from.
    pub initial: Weights,
    /// Seed of the power iteration's first vectors.
    pub seed: u64,
    /// Training inputs, `[samples, inputs]`.
    pub inputs: Vec<f32>,
    /// Training targets, `[samples, outputs]`.
    pub targets: Vec<f32>,
}

impl Network {
    /// Where the power iterations of its layers start: for each layer as many numbers as it has outputs.
    pub(crate) fn right_vectors(&self) -> Vec<Vec<f32>> {
        let mut random = Random::new(self.seed, Stream::Spectral);
        let mut draw = |width| (0..width).map(|_| random.normal() as f32).collect();
        self.initial.iter().map(|layer| draw(layer.outputs)).collect()
    }

    /// Whether its values are those of such a stack; `position` is its own there.
    fn check(&self, position: usize, sizes: &[usize], samples: usize) -> Result<(), StackError> {
        let length = |what, found, expected| match found == expected {
            true => Ok(()),
            false => Err(StackError::Length {
                network: position,
                what,
                found,
                expected,
            }),
        };
        length("layers", self.initial.len(), sizes.len() - 1)?;
        for (layer, pair) in self.initial.iter().zip(sizes.windows(2)) {
            length("inputs of a layer", layer.inputs, pair[0])?;
            length("outputs of a layer", layer.outputs, pair[1])?;
            length("weights of a layer", layer.weight.len(), pair[0] * pair[1])?;
            length("biases of a layer", layer.bias.len(), pair[1])?;
        }
        length("training inputs", self.inputs.len(), samples * sizes[0])?;
        length("training targets", self.targets.len(), samples * sizes[sizes.len() - 1])
    }
}

/// Networks that train together: the same layer sizes, the same number of samples, the same number of steps.
#[derive(Debug, Clone)]
pub struct Stack {
    sizes: Vec<usize>,
    samples: usize,
    steps: usize,
    networks: Vec<Network>,
}

/// What no engine can train.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StackError {
    /// There is no network.
    #[error("a stack has at least one network")]
    Empty,
    /// Fewer than two sizes, or one that is zero.
    #[error("layer sizes are the inputs, the hidden widths and the outputs, each at least 1, not {0:?}")]
    Sizes(Vec<usize>),
    /// There is no sample.
    #[error("a network trains on at least one sample")]
    NoSamples,
    /// More steps than are counted.
    #[error("a network trains for at most {most} steps, not {0}", most = Stack::MOST_STEPS)]
    Steps(usize),
    /// A network has more or fewer numbers than the sizes of the stack say.
    #[error("network {network} of the stack has {found} {what} instead of {expected}")]
    Length {
        /// Its position, counted from 0.
        network: usize,
        /// What there is too much or too little of.
        what: &'static str,
        /// So many there are.
        found: usize,
        /// So many there should be.
        expected: usize,
    },
}

impl Stack {
    /// The most steps: what a 32-bit integer counts, the widest that every backend has.
    pub const MOST_STEPS: usize = i32::MAX as usize - 1;

    /// A stack of these networks.
    ///
    /// - `sizes`: inputs, hidden widths, outputs
    /// - `samples`: of each network
    /// - `steps`: of the optimiser, each over all samples
    ///
    /// # Errors
    /// If a network does not have the sizes that the stack says, or there is nothing to train.
    pub fn new(sizes: Vec<usize>, samples: usize, steps: usize, networks: Vec<Network>) -> Result<Self, StackError> {
        if networks.is_empty() {
            return Err(StackError::Empty);
        }
        if sizes.len() < 2 || sizes.contains(&0) {
            return Err(StackError::Sizes(sizes));
        }
        if samples == 0 {
            return Err(StackError::NoSamples);
        }
        if steps > Self::MOST_STEPS {
            return Err(StackError::Steps(steps));
        }
        for (position, network) in networks.iter().enumerate() {
            network.check(position, &sizes, samples)?;
        }
        Ok(Self {
            sizes,
            samples,
            steps,
            networks,
        })
    }

    /// Inputs, hidden widths, outputs.
    pub fn sizes(&self) -> &[usize] {
        &self.sizes
    }

    /// Samples of each network.
    pub fn samples(&self) -> usize {
        self.samples
    }

    /// Steps of the optimiser, each over all samples.
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// At least one.
    pub fn networks(&self) -> &[Network] {
        &self.networks
    }

    /// Other `steps` for the same networks.
    ///
    /// # Errors
    /// If they are too many.
    pub fn set_steps(&mut self, steps: usize) -> Result<(), StackError> {
        if steps > Self::MOST_STEPS {
            return Err(StackError::Steps(steps));
        }
        self.steps = steps;
        Ok(())
    }

    /// The same networks in stacks of at most `size`, which is not 0.
    pub fn chunks(&self, size: usize) -> impl Iterator<Item = Self> {
        self.networks.chunks(size).map(|networks| Self {
            sizes: self.sizes.clone(),
            networks: networks.to_vec(),
            ..*self
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::weights::initial_weights;

    fn network(sizes: &[usize], samples: usize) -> Network {
        Network {
            activation: Activation::new(&crate::unit::Tanh),
            optimizer: Optimizer::new(&crate::optimizer::Adam),
            learning_rate: 1e-3,
            spectral: 0.0,
            initial: initial_weights(sizes, 0),
            seed: 0,
            inputs: vec![0.0; samples * sizes[0]],
            targets: vec![0.0; samples * sizes[sizes.len() - 1]],
        }
    }

    #[test]
    fn what_does_not_fit_the_stack_is_refused_by_name() {
        type Change = dyn Fn(&mut Network);
        let sizes = [2, 5, 3];
        let refused = |change: &Change| {
            let mut second = network(&sizes, 4);
            change(&mut second);
            match Stack::new(sizes.to_vec(), 4, 10, vec![network(&sizes, 4), second]) {
                Err(StackError::Length {
                    network,
                    what,
                    found,
                    expected,
                }) => Some((network, what, found, expected)),
                _ => None,
            }
        };
        assert_eq!(refused(&|_| ()), None);
        let cases: [(&Change, _); 6] = [
            (&|n| n.inputs.truncate(7), (1, "training inputs", 7, 8)),
            (&|n| n.targets.push(0.0), (1, "training targets", 13, 12)),
            (&|n| n.initial.truncate(1), (1, "layers", 1, 2)),
            (&|n| n.initial[1].inputs = 4, (1, "inputs of a layer", 4, 5)),
            (&|n| n.initial[0].weight.truncate(9), (1, "weights of a layer", 9, 10)),
            (&|n| n.initial[0].bias.clear(), (1, "biases of a layer", 0, 5)),
        ];
        for (change, expected) in cases {
            assert_eq!(refused(change), Some(expected));
        }
    }

    #[test]
    fn what_is_nothing_to_train_is_refused() {
        let one = || vec![network(&[1, 1], 1)];
        let error =
            |sizes: &[usize], samples, steps, networks| Stack::new(sizes.to_vec(), samples, steps, networks).err();
        assert_eq!(error(&[1, 1], 1, 1, Vec::new()), Some(StackError::Empty));
        assert_eq!(error(&[1], 1, 1, one()), Some(StackError::Sizes(vec![1])));
        assert_eq!(error(&[1, 0, 1], 1, 1, one()), Some(StackError::Sizes(vec![1, 0, 1])));
        assert_eq!(error(&[1, 1], 0, 1, one()), Some(StackError::NoSamples));
        let many = Stack::MOST_STEPS + 1;
        assert_eq!(error(&[1, 1], 1, many, one()), Some(StackError::Steps(many)));
        assert_eq!(error(&[1, 1], 1, many - 1, one()), None);
    }
}
