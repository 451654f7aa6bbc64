//! Networks that train together, checked once: engines rely on every slice having the length that the sizes say.

use thiserror::Error;

use super::architecture::Architecture;
use super::recipe::Recipe;

/// Networks that train together: the same architecture, the same number of samples, the same number of steps.
#[derive(Debug, Clone)]
pub struct Stack {
    architecture: Architecture,
    samples: usize,
    steps: usize,
    networks: Vec<Recipe>,
}

/// What no engine can train.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum StackError {
    /// There is no network.
    #[error("a stack has at least one network")]
    Empty,
    /// There is no sample.
    #[error("a network trains on at least one sample")]
    NoSamples,
    /// More steps than are counted.
    #[error("a network trains for at most {most} steps, not {0}", most = Stack::MOST_STEPS)]
    Steps(usize),
    /// A network has more or fewer numbers than the architecture of the stack says.
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
    /// A dropout leaves out what is no share.
    #[error("network {network} of the stack has a dropout rate of {rate}; rates are from 0 to below 1")]
    Rate {
        /// Its position, counted from 0.
        network: usize,
        /// The rate.
        rate: f32,
    },
    /// What does not train would be learned.
    #[error(
        "network {network} of the stack learns a parameter of the sine of its Fourier features, which do not train"
    )]
    Fixed {
        /// Its position, counted from 0.
        network: usize,
    },
    /// A rule is named twice.
    #[error("network {network} of the stack has the penalty {penalty} twice; add up the coefficients")]
    Penalty {
        /// Its position, counted from 0.
        network: usize,
        /// The name of the rule.
        penalty: &'static str,
    },
}

impl Stack {
    /// The most steps: what a 32-bit integer counts, the widest that every backend has.
    pub const MOST_STEPS: usize = i32::MAX as usize - 1;

    /// A stack of these networks.
    ///
    /// - `samples`: of each network
    /// - `steps`: of the optimiser, each over all samples
    ///
    /// # Errors
    /// If a network is not of this architecture, or there is nothing to train.
    pub fn new(
        architecture: Architecture,
        samples: usize,
        steps: usize,
        networks: Vec<Recipe>,
    ) -> Result<Self, StackError> {
        if networks.is_empty() {
            return Err(StackError::Empty);
        }
        if samples == 0 {
            return Err(StackError::NoSamples);
        }
        if steps > Self::MOST_STEPS {
            return Err(StackError::Steps(steps));
        }
        for (position, network) in networks.iter().enumerate() {
            check(network, position, &architecture, samples)?;
        }
        Ok(Self {
            architecture,
            samples,
            steps,
            networks,
        })
    }

    /// What its networks share.
    pub fn architecture(&self) -> &Architecture {
        &self.architecture
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
    pub fn networks(&self) -> &[Recipe] {
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
            architecture: self.architecture.clone(),
            networks: networks.to_vec(),
            ..*self
        })
    }
}

/// Whether a network, by its `position` in the stack, has what the architecture asks for.
fn check(network: &Recipe, position: usize, architecture: &Architecture, samples: usize) -> Result<(), StackError> {
    let length = |what, found, expected| match found == expected {
        true => Ok(()),
        false => Err(StackError::Length {
            network: position,
            what,
            found,
            expected,
        }),
    };
    let program = architecture.program();
    length("layers", network.initial.len(), program.layers().len())?;
    for (layer, [inputs, outputs]) in network.initial.iter().zip(program.layers()) {
        length("inputs of a layer", layer.inputs, *inputs)?;
        length("outputs of a layer", layer.outputs, *outputs)?;
        length("weights of a layer", layer.weight.len(), inputs * outputs)?;
        length("biases of a layer", layer.bias.len(), *outputs)?;
    }
    length("activations", network.activations.len(), program.activations())?;
    length("dropout rates", network.dropout.len(), program.dropouts())?;
    let learns = |slot: usize| network.activations[slot].learned().next().is_some();
    if program
        .slots()
        .any(|(slot, layer)| !program.trains(layer) && learns(slot))
    {
        return Err(StackError::Fixed { network: position });
    }
    if let Some(rate) = network.dropout.iter().find(|rate| !(0.0..1.0).contains(*rate)) {
        return Err(StackError::Rate {
            network: position,
            rate: *rate,
        });
    }
    for (index, penalty) in network.penalties.iter().enumerate() {
        if network.penalties[..index]
            .iter()
            .any(|other| other.name() == penalty.name())
        {
            return Err(StackError::Penalty {
                network: position,
                penalty: penalty.name(),
            });
        }
    }
    length("training inputs", network.inputs.len(), samples * architecture.inputs())?;
    length(
        "training targets",
        network.targets.len(),
        samples * architecture.outputs(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::Block;
    use crate::penalty::{L2, Penalty, Spectral};
    use crate::unit::{Activation, Tanh};

    fn perceptron() -> Architecture {
        Architecture::perceptron_with_dropout(&[2, 5, 3]).expect("an architecture")
    }

    fn network() -> Recipe {
        Recipe::new(&perceptron(), Activation::new(&Tanh), 0, vec![0.0; 8], vec![0.0; 12])
    }

    fn refused(change: impl Fn(&mut Recipe)) -> Option<StackError> {
        let mut second = network();
        change(&mut second);
        Stack::new(perceptron(), 4, 10, vec![network(), second]).err()
    }

    #[test]
    fn what_does_not_fit_the_stack_is_refused_by_name() {
        type Change = dyn Fn(&mut Recipe);
        assert_eq!(refused(|_| ()), None);
        let cases: [(&Change, _); 8] = [
            (&|n| n.inputs.truncate(7), ("training inputs", 7, 8)),
            (&|n| n.targets.push(0.0), ("training targets", 13, 12)),
            (&|n| n.initial.truncate(1), ("layers", 1, 2)),
            (&|n| n.initial[1].inputs = 4, ("inputs of a layer", 4, 5)),
            (&|n| n.initial[0].weight.truncate(9), ("weights of a layer", 9, 10)),
            (&|n| n.initial[0].bias.clear(), ("biases of a layer", 0, 5)),
            (&|n| n.activations.clear(), ("activations", 0, 1)),
            (&|n| n.dropout.push(0.5), ("dropout rates", 2, 1)),
        ];
        for (change, (what, found, expected)) in cases {
            let error = StackError::Length {
                network: 1,
                what,
                found,
                expected,
            };
            assert_eq!(refused(change), Some(error));
        }
    }

    #[test]
    fn rates_are_shares_and_penalties_are_named_once() {
        for rate in [-0.1, 1.0] {
            let error = StackError::Rate { network: 1, rate };
            assert_eq!(refused(|network| network.dropout[0] = rate), Some(error));
        }
        assert!(matches!(
            refused(|network| network.dropout[0] = f32::NAN),
            Some(StackError::Rate { .. })
        ));
        let with = |penalties: [Penalty; 2]| refused(move |network| network.penalties = penalties.to_vec());
        assert_eq!(with([Penalty::new(&L2, 0.1), Penalty::new(&Spectral, 0.1)]), None);
        let twice = StackError::Penalty {
            network: 1,
            penalty: "l2",
        };
        assert_eq!(with([Penalty::new(&L2, 0.1), Penalty::new(&L2, 0.2)]), Some(twice));
    }

    #[test]
    fn what_does_not_train_learns_nothing() {
        let blocks = vec![Block::Fourier { frequencies: 2 }, Block::activated(3)];
        let architecture = Architecture::new(1, Block::Sequence(blocks)).expect("an architecture");
        let leaky: Activation = "leaky_relu".parse().expect("a unit");
        let learned = leaky.learn("slope").expect("a parameter");
        let mut network = Recipe::new(&architecture, learned, 0, vec![0.0], vec![0.0; 3]);
        let stack = |network: Recipe| Stack::new(architecture.clone(), 1, 1, vec![network]).err();
        assert_eq!(stack(network.clone()), None);
        network.activations[0] = learned;
        assert_eq!(stack(network), Some(StackError::Fixed { network: 0 }));
    }

    #[test]
    fn what_is_nothing_to_train_is_refused() {
        let error = |samples, steps, networks| Stack::new(perceptron(), samples, steps, networks).err();
        assert_eq!(error(4, 1, Vec::new()), Some(StackError::Empty));
        assert_eq!(error(0, 1, vec![network()]), Some(StackError::NoSamples));
        let many = Stack::MOST_STEPS + 1;
        assert_eq!(error(4, many, vec![network()]), Some(StackError::Steps(many)));
        assert_eq!(error(4, many - 1, vec![network()]), None);
    }
}
