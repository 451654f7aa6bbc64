//! How trials are laid out for training: which share a stack, and how large a stack is.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use actlab_model::engine::{Recipe, Stack};
use actlab_model::network::architecture::{Architecture, Block};
use actlab_model::network::batches::{Batches, Order};
use actlab_model::network::program::Operation;
use actlab_model::network::selection::{Keep, Selection};
use actlab_model::network::source::Source;
use actlab_model::penalty::{L1, L2, Penalty, Spectral, SpectralDecoupled, SpectralNorm};
use anyhow::Result;

use crate::experiment::target::Target;
use crate::experiment::trial::{Resolved, Trial};
use crate::samples::{Fresh, Points, Samples, VALIDATION, samples};

/// Trials that train together.
#[derive(Debug, Clone)]
pub struct PlannedStack {
    /// What its networks share.
    pub architecture: Architecture,
    /// Training samples of each.
    pub samples: usize,
    /// Steps.
    pub steps: usize,
    /// What a step takes of the samples; none where it takes all.
    pub batches: Option<Batches>,
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

    /// Samples of a step.
    fn samples_of_a_step(&self) -> usize {
        self.batches.map_or(self.samples, |batches| batches.size)
    }

    /// Samples that go through its networks together. A GPU has to have room for what records are computed of, all samples
    /// and those that weights are chosen by; on a CPU these are rare enough to leave the cache.
    fn samples_at_once(&self, place: Place) -> usize {
        let chosen = self.trials.iter().filter(|trial| trial.settings.has_chosen_weights());
        let validation = chosen.map(|trial| trial.settings.validation).max();
        match place {
            Place::Gpu { .. } => self.samples.max(validation.unwrap_or(0)),
            Place::Core | Place::Cache { .. } => self.samples_of_a_step(),
        }
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
        (self.samples_of_a_step() * (6 * weights + ACTIVATION * units) + STEP) as u64
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
            .map(|(trial, samples)| recipe(architecture, &trial.settings, &targets[trial.target], samples));
        let networks = networks.collect::<Result<_>>()?;
        let stack = Stack::new(architecture.clone(), self.samples, self.steps, networks)?;
        let stack = match self.batches {
            Some(batches) => stack.with_batches(batches)?,
            None => stack,
        };
        Ok((stack, samples))
    }
}

/// A network as it starts: its architecture and what it trains from.
pub fn start(settings: &Resolved, target: &Target, samples: &Samples) -> Result<(Architecture, Recipe)> {
    let (inputs, block) = shape(settings)?;
    let architecture = Architecture::new(inputs, block)?;
    let recipe = recipe(&architecture, settings, target, samples)?;
    Ok((architecture, recipe))
}

/// Every setting is named here, so that none can be forgotten: it becomes the network's, or it is said where else
/// it went.
fn recipe(architecture: &Architecture, settings: &Resolved, target: &Target, samples: &Samples) -> Result<Recipe> {
    let Resolved {
        activation,
        spectral,
        l2,
        l1,
        spectral_decoupled,
        spectral_norm,
        dropout,
        initialization,
        learning_rate,
        seed,
        optimizer,
        schedule,
        clip,
        loss,
        input_noise,
        keep,
        patience,
        fresh,
        // These are in the samples.
        target: _,
        inputs: _,
        outputs: _,
        data: _,
        holdout: _,
        holdout_blocks: _,
        range: _,
        sampling: _,
        sample_seed: _,
        samples: _,
        noise: _,
        validation: _,
        standardize: _,
        // These are in the shape of the stack.
        hidden: _,
        steps: _,
        batch: _,
        batches: _,
    } = settings;
    let seed = seed.unwrap_or(0);
    let (inputs, targets) = seen(&samples.train, samples);
    let start = Recipe::new(architecture, *activation, seed, inputs, targets);
    let penalty = |rule, coefficient: &f64| Penalty::new(rule, *coefficient as f32);
    let layout = settings.layout()?;
    let mut initial = architecture.initialized(*initialization, &layout.activations, seed);
    layout.set_frequencies(&mut initial, seed);
    let rates = layout.dropout.iter().map(|rate| rate.unwrap_or(*dropout) as f32);
    Ok(Recipe {
        initial,
        dropout: rates.collect(),
        activations: layout.activations,
        optimizer: *optimizer,
        learning_rate: *learning_rate as f32,
        schedule: *schedule,
        clip: *clip as f32,
        loss: *loss,
        penalties: vec![
            penalty(&Spectral, spectral),
            penalty(&L2, l2),
            penalty(&L1, l1),
            penalty(&SpectralDecoupled, spectral_decoupled),
            penalty(&SpectralNorm, spectral_norm),
        ],
        fresh: match target {
            Target::Function(function) if *fresh => Some(source(Fresh::new(function, settings, &samples.scaling))),
            Target::Function(_) | Target::Data(_) => None,
        },
        input_noise: *input_noise as f32,
        selection: selection(*keep, *patience, samples),
        ..start
    })
}

fn source(fresh: Fresh) -> Arc<dyn Source> {
    Arc::new(fresh)
}

/// Inputs and targets as a network sees them.
fn seen(points: &Points, samples: &Samples) -> (Vec<f32>, Vec<f32>) {
    let scaling = &samples.scaling;
    let inputs = points.x.iter().flat_map(|x| scaling.scale_x(x)).map(|x| x as f32);
    let targets = points.y.iter().flat_map(|y| scaling.scale_y(y)).map(|y| y as f32);
    (inputs.collect(), targets.collect())
}

/// What is made of the validation error, with the points that it is of.
fn selection(keep: Keep, patience: usize, samples: &Samples) -> Selection {
    let selection = Selection {
        keep,
        patience,
        ..Selection::default()
    };
    let validation = samples.regions.iter().find(|(region, _)| region == VALIDATION);
    match validation.filter(|_| selection.is_used()) {
        None => selection,
        Some((_, points)) => {
            let (inputs, targets) = seen(points, samples);
            Selection {
                inputs,
                targets,
                ..selection
            }
        }
    }
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

/// What trials share that train together: their shape, samples, steps and batches.
type Group = (Shape, usize, usize, Option<(usize, Order)>);

/// Lays out trials for training, the longest stacks first, so that no core waits long at the end.
pub fn plan(trials: Vec<Trial>, targets: &[Target], place: Place) -> Result<Vec<PlannedStack>> {
    let (trials, mut twins) = apart(trials);
    let mut groups: BTreeMap<Group, Vec<Trial>> = BTreeMap::new();
    for trial in trials {
        let settings = &trial.settings;
        let samples = settings.sample_count(&targets[trial.target]);
        let batches = settings.batching().map(|batches| (batches.size, batches.order));
        groups
            .entry((shape(settings)?, samples, settings.steps, batches))
            .or_default()
            .push(trial);
    }
    let mut stacks: Vec<PlannedStack> = Vec::new();
    for (((inputs, block), samples, steps, batches), trials) in groups {
        let shape = PlannedStack {
            architecture: Architecture::new(inputs, block)?,
            samples,
            steps,
            batches: batches.map(|(size, order)| Batches { size, order }),
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
                batches: shape.batches,
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
    let samples = stack.samples_at_once(place);
    let program = stack.architecture.program();
    // What a dropout leaves takes no room of its own where its rate is 0, as it mostly is.
    let kept = |operation: &Operation| !matches!(operation, Operation::Dropout { .. });
    let kept: Vec<usize> = std::iter::once(program.inputs())
        .chain(widths(&stack.architecture, kept))
        .collect();
    let bytes = 4 * 4 * samples * kept.iter().sum::<usize>();
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
            let values = kept.iter().map(|width| width * samples);
            let weights = program.layers().iter().map(|[inputs, outputs]| inputs * outputs);
            let largest = values.chain(weights).max().unwrap_or(0);
            let by_tensor = largest_tensor / (4 * largest as u64).max(1);
            let by_tensor = usize::try_from(by_tensor).unwrap_or(usize::MAX);
            (GPU_MEMORY / bytes.max(1)).min(by_tensor).clamp(1, GPU_NETWORKS)
        }
    }
}
