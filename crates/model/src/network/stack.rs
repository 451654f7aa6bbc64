//! Networks that train together, checked once: engines rely on every slice having the length that the sizes say.

use thiserror::Error;

use super::architecture::Architecture;
use super::batches::Batches;
use super::recipe::Recipe;

/// Networks that train together: the same architecture, the same number of samples, the same number of steps, batches of
/// the same size.
#[derive(Debug, Clone)]
pub struct Stack {
    architecture: Architecture,
    samples: usize,
    steps: usize,
    batches: Option<Batches>,
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
    /// A setting is none that its rule takes.
    #[error("network {network} of the stack cannot train: {what}")]
    Setting {
        /// Its position, counted from 0.
        network: usize,
        /// What is wrong, and what to change.
        what: String,
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
    /// A batch has no sample, or more than there are.
    #[error("a batch has from 1 to all of the {samples} samples, not {size}")]
    Batch {
        /// So many it should have.
        size: usize,
        /// So many there are.
        samples: usize,
    },
    /// Samples are drawn for each step, and chosen from these.
    #[error("network {0} of the stack draws its samples afresh for each step: it has no batches of them")]
    BatchOfFresh(usize),
    /// Noise on inputs is no deviation.
    #[error("network {network} of the stack has noise of {deviation} on its inputs; it is finite and not negative")]
    Noise {
        /// Its position, counted from 0.
        network: usize,
        /// The deviation.
        deviation: f32,
    },
    /// The validation error decides something, and there is none.
    #[error("network {0} of the stack is chosen or ended by its validation error, and has no validation samples")]
    NoValidation(usize),
}

impl Stack {
    /// The most steps: what a 32-bit integer counts, the widest that every backend has.
    pub const MOST_STEPS: usize = i32::MAX as usize - 1;

    /// A stack of these networks.
    ///
    /// - `samples`: of each network
    /// - `steps`: of the optimiser, each over all samples; see [`with_batches`](Self::with_batches)
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
            batches: None,
            networks,
        })
    }

    /// The same with steps over some of the samples.
    ///
    /// # Errors
    /// If a batch is larger than the samples, or if these are drawn afresh for each step.
    pub fn with_batches(self, batches: Batches) -> Result<Self, StackError> {
        let (size, samples) = (batches.size, self.samples);
        if !(1..=samples).contains(&size) {
            return Err(StackError::Batch { size, samples });
        }
        if let Some(fresh) = self.networks.iter().position(|network| network.fresh.is_some()) {
            return Err(StackError::BatchOfFresh(fresh));
        }
        Ok(Self {
            batches: Some(batches),
            ..self
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

    /// What a step takes of the samples; none where it takes all.
    pub fn batches(&self) -> Option<Batches> {
        self.batches
    }

    /// Samples of a step, at most.
    pub fn samples_of_a_step(&self) -> usize {
        self.batches.map_or(self.samples, |batches| batches.size)
    }

    /// Whether a step of a network sees its samples otherwise than they are: only some, or with noise. Its loss is then
    /// not that of all samples, which is computed where it is recorded.
    pub(crate) fn alters(&self, network: &Recipe) -> bool {
        self.batches.is_some() || network.input_noise > 0.0
    }

    /// Steps of the optimiser.
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
    settings(network).map_err(|what| StackError::Setting {
        network: position,
        what,
    })?;
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
    )?;
    let deviation = network.input_noise;
    if !(deviation.is_finite() && deviation >= 0.0) {
        return Err(StackError::Noise {
            network: position,
            deviation,
        });
    }
    let selection = &network.selection;
    if selection.is_used() && selection.targets.is_empty() {
        return Err(StackError::NoValidation(position));
    }
    let validation = selection.targets.len() / architecture.outputs();
    length(
        "validation targets",
        selection.targets.len(),
        validation * architecture.outputs(),
    )?;
    length(
        "validation inputs",
        selection.inputs.len(),
        validation * architecture.inputs(),
    )
}

/// Whether the numbers of a network's rules are such as these take; else what to change.
fn settings(network: &Recipe) -> Result<(), String> {
    network.optimizer.check()?;
    network.schedule.check()?;
    network.loss.check()?;
    match network.clip.is_finite() && network.clip >= 0.0 {
        true => Ok(()),
        false => Err(format!(
            "the largest norm of its gradient is a number that is not negative, not {}; 0 is none",
            network.clip
        )),
    }
}

#[cfg(test)]
mod tests;
