//! How trials are laid out for training: which share a stack, and how large a stack is.

use std::collections::{BTreeMap, HashMap};

use actlab_model::engine::{Recipe, Stack};
use actlab_model::network::architecture::{Architecture, Block};
use actlab_model::network::program::Operation;
use actlab_model::penalty::{L2, Penalty, Spectral};
use anyhow::Result;

use crate::experiment::grid::{Resolved, Trial};
use crate::experiment::target::Target;
use crate::samples::{Points, Samples, sample_count, samples};

/// Trials that train together.
#[derive(Debug, Clone)]
pub struct PlannedStack {
    /// What its networks share.
    pub architecture: Architecture,
    /// Training samples of each.
    pub samples: usize,
    /// Steps.
    pub steps: usize,
    /// At least one.
    pub trials: Vec<Trial>,
    /// Trials that learn from the same bits as one of those, and become the same network without training.
    pub twins: Vec<Trial>,
}

impl PlannedStack {
    /// Steps of all its networks.
    pub fn network_steps(&self) -> u64 {
        (self.steps * self.trials.len()) as u64
    }

    /// What one step of one network costs, in floating-point operations or what takes as long: 6 for each weight and
    /// sample (2 forward, 4 backward), more for each activation, and what a step costs however small the network is. Joins
    /// cost little beside the layers before them.
    /// For the bar, the size of stacks and their order only; the factors are from timing the fused engine at widths
    /// 16 to 256.
    pub fn work_per_step(&self) -> u64 {
        const ACTIVATION: usize = 50;
        const STEP: usize = 100_000;
        let layers = self.architecture.program().layers();
        let weights: usize = layers.iter().map(|[inputs, outputs]| inputs * outputs).sum();
        let units: usize = layers.iter().map(|[_, outputs]| outputs).sum();
        (self.samples * (6 * weights + ACTIVATION * units) + STEP) as u64
    }

    /// All trials that it makes networks of.
    pub fn all(&self) -> impl Iterator<Item = &Trial> {
        self.trials.iter().chain(&self.twins)
    }

    /// The twins of one of its trials.
    pub fn twins_of(&self, trial: &Trial) -> impl Iterator<Item = &Trial> {
        self.twins.iter().filter(|twin| twin.trained_as() == trial.trained_as())
    }

    /// The same in two stacks; none of one trial.
    pub fn halves(&self) -> Option<[Self; 2]> {
        let (first, second) = self.trials.split_at(self.trials.len() / 2);
        let half = |trials: &[Trial]| Self {
            trials: trials.to_vec(),
            twins: trials.iter().flat_map(|trial| self.twins_of(trial)).cloned().collect(),
            ..self.clone()
        };
        (!first.is_empty()).then(|| [half(first), half(second)])
    }

    /// The stack with the numbers of its networks, and each network's samples.
    pub fn build(&self, targets: &[Target]) -> Result<(Stack, Vec<Samples>)> {
        let samples = self
            .trials
            .iter()
            .map(|trial| samples(&targets[trial.target], &trial.settings));
        let samples: Vec<Samples> = samples.collect::<Result<_, _>>()?;
        let architecture = &self.architecture;
        let networks = self
            .trials
            .iter()
            .zip(&samples)
            .map(|(trial, samples)| recipe(architecture, trial, samples));
        let networks = networks.collect::<Result<_>>()?;
        let stack = Stack::new(architecture.clone(), self.samples, self.steps, networks)?;
        Ok((stack, samples))
    }
}

/// Every setting is named here, so that none can be forgotten: it becomes the network's, or it is said where else
/// it went.
fn recipe(architecture: &Architecture, trial: &Trial, samples: &Samples) -> Result<Recipe> {
    let Resolved {
        activation,
        spectral,
        l2,
        dropout,
        learning_rate,
        seed,
        optimizer,
        // These are in the samples.
        target: _,
        inputs: _,
        data: _,
        holdout: _,
        holdout_blocks: _,
        range: _,
        samples: _,
        noise: _,
        validation: _,
        standardize: _,
        // These are in the shape of the stack.
        hidden: _,
        steps: _,
    } = &trial.settings;
    let Points { x, y } = &samples.train;
    let scaling = &samples.scaling;
    let seed = seed.unwrap_or(0);
    let targets = y.iter().map(|y| scaling.scale_y(*y) as f32);
    let inputs = x.iter().flat_map(|x| scaling.scale_x(x)).map(|x| x as f32);
    let mut start = Recipe::new(architecture, *activation, seed, inputs.collect(), targets.collect());
    let layout = trial.settings.layout()?;
    layout.set_frequencies(&mut start.initial, seed);
    let rates = layout.dropout.iter().map(|rate| rate.unwrap_or(*dropout) as f32);
    Ok(Recipe {
        activations: layout.activations,
        optimizer: *optimizer,
        learning_rate: *learning_rate as f32,
        penalties: vec![Penalty::new(&Spectral, *spectral as f32), Penalty::new(&L2, *l2 as f32)],
        dropout: rates.collect(),
        ..start
    })
}

/// Where the stacks will train.
#[derive(Debug, Clone, Copy)]
pub enum Place {
    /// On a core of the CPU, one network after the other.
    Core,
    /// On this many cores of the CPU, with a stack's values in the cache of each.
    Cache {
        /// How many.
        cores: usize,
    },
    /// One stack after the other, each in one batched program.
    Gpu {
        /// Bytes of the largest tensor that it takes.
        largest_tensor: u64,
    },
}

/// What a core does before it stores what it has, see [`PlannedStack::work_per_step`]: some 0.3 seconds' work, so that
/// a killed run loses little, and storing costs little.
const CORE_WORK: u64 = 30_000_000_000;

/// Networks of a stack on a core: however fast they train, their samples and results wait in memory.
const CORE_NETWORKS: usize = 256;

/// What a stack's activations and gradients may take of a core's cache. The autodiff engine holds some four tensors
/// of each layer's width; measured at widths 16 to 64, stacks that stay within the second-level cache are the fastest.
const CACHE: usize = 512 << 10;

/// What they may take of a GPU's memory, of which its interface does not tell how much there is. A stack that is too
/// large for a device all the same is trained in halves.
const GPU_MEMORY: usize = 1 << 30;

/// Networks of a stack on a GPU: enough to fill one, few enough that a killed run loses little.
const GPU_NETWORKS: usize = 4096;

/// Lays out trials for training, the longest stacks first, so that no core waits long at the end.
pub fn plan(trials: Vec<Trial>, targets: &[Target], place: Place) -> Result<Vec<PlannedStack>> {
    let (trials, mut twins) = apart(trials);
    let mut groups: BTreeMap<(Shape, usize, usize), Vec<Trial>> = BTreeMap::new();
    for trial in trials {
        let samples = sample_count(&targets[trial.target], &trial.settings);
        groups
            .entry((shape(&trial.settings)?, samples, trial.settings.steps))
            .or_default()
            .push(trial);
    }
    let mut stacks: Vec<PlannedStack> = Vec::new();
    for (((inputs, block), samples, steps), trials) in groups {
        let shape = PlannedStack {
            architecture: Architecture::new(inputs, block)?,
            samples,
            steps,
            trials,
            twins: Vec::new(),
        };
        let size = stack_size(&shape, place);
        let chunks = shape.trials.chunks(size).map(<[Trial]>::to_vec);
        stacks.extend(chunks.map(|trials| {
            PlannedStack {
                architecture: shape.architecture.clone(),
                samples,
                steps,
                twins: trials
                    .iter()
                    .filter_map(|trial| twins.remove(trial.trained_as()))
                    .flatten()
                    .collect(),
                trials,
            }
        }));
    }
    stacks.sort_by_key(|stack| std::cmp::Reverse(stack.work_per_step() * stack.network_steps()));
    Ok(stacks)
}

/// What networks have in common that share a stack: how wide their input is, and their blocks.
type Shape = (usize, Block);

fn shape(settings: &Resolved) -> Result<Shape> {
    let layout = settings.layout()?;
    Ok((layout.inputs, layout.block))
}

/// The widths of what some operations of a program write.
fn widths(architecture: &Architecture, of: fn(&Operation) -> bool) -> impl Iterator<Item = usize> {
    let program = architecture.program();
    let written = program.operations().iter().filter(move |operation| of(operation));
    written.map(|operation| program.widths()[operation.output()])
}

/// The first of those that are trained once, and by what they are [trained as](Trial::trained_as) the others.
fn apart(trials: Vec<Trial>) -> (Vec<Trial>, HashMap<String, Vec<Trial>>) {
    let mut twins: HashMap<String, Vec<Trial>> = HashMap::new();
    let mut first = Vec::new();
    for trial in trials {
        match twins.get_mut(trial.trained_as()) {
            Some(twins) => twins.push(trial),
            None => {
                twins.insert(trial.trained_as().to_owned(), Vec::new());
                first.push(trial);
            }
        }
    }
    (first, twins)
}

fn stack_size(stack: &PlannedStack, place: Place) -> usize {
    let program = stack.architecture.program();
    // What a dropout leaves takes no room of its own where its rate is 0, as it mostly is.
    let kept = |operation: &Operation| !matches!(operation, Operation::Dropout { .. });
    let kept: Vec<usize> = std::iter::once(program.inputs())
        .chain(widths(&stack.architecture, kept))
        .collect();
    let bytes = 4 * 4 * stack.samples * kept.iter().sum::<usize>();
    match place {
        Place::Core => {
            let networks = CORE_WORK / (stack.work_per_step() * stack.steps as u64).max(1);
            usize::try_from(networks)
                .unwrap_or(CORE_NETWORKS)
                .clamp(1, CORE_NETWORKS)
        }
        Place::Cache { cores } => (CACHE / bytes.max(1))
            .min(stack.trials.len().div_ceil(cores))
            .clamp(1, 64),
        Place::Gpu { largest_tensor } => {
            let values = kept.iter().map(|width| width * stack.samples);
            let weights = program.layers().iter().map(|[inputs, outputs]| inputs * outputs);
            let largest = values.chain(weights).max().unwrap_or(0);
            let by_tensor = largest_tensor / (4 * largest as u64).max(1);
            let by_tensor = usize::try_from(by_tensor).unwrap_or(usize::MAX);
            (GPU_MEMORY / bytes.max(1)).min(by_tensor).clamp(1, GPU_NETWORKS)
        }
    }
}
