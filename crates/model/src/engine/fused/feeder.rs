//! The samples of a network on their way into the program: rows of all of them as they lie, or, where a step takes some or
//! with noise, a block of rows that is gathered when its turn comes.

use std::sync::Arc;

use super::Stack;
use crate::block::dense::pad;
use crate::kernels::aligned::Aligned;
use crate::network::batches::Sampler;
use crate::network::noise::InputNoise;
use crate::network::program::Program;
use crate::network::recipe::Recipe;
use crate::network::source::Source;

/// Samples that go through the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Set {
    /// All that the network trains on; where they are drawn afresh, those of the step.
    Training,
    /// A block of a step, as it was [taken](Feeder::take).
    Taken,
    /// Those that weights are chosen by.
    Validation,
}

/// Some samples of a set, one after the other.
#[derive(Debug, Clone, Copy)]
pub struct Rows {
    /// Which samples they are of.
    pub set: Set,
    /// The first of them.
    pub first: usize,
    /// How many they are.
    pub count: usize,
}

/// Samples, each padded to the stride of its buffer.
struct Table {
    inputs: Aligned,
    targets: Aligned,
}

impl Table {
    fn of(samples: usize, [inputs, targets]: [usize; 2]) -> Self {
        Self {
            inputs: Aligned::zeros(samples * inputs),
            targets: Aligned::zeros(samples * targets),
        }
    }
}

/// The samples of a network.
pub struct Feeder {
    /// Of a sample's inputs and targets.
    widths: [usize; 2],
    strides: [usize; 2],
    training: Table,
    taken: Table,
    validation: Table,
    own: Own,
}

/// What is of the network that trains, and of no other.
#[derive(Default)]
struct Own {
    seed: u64,
    /// Samples of a step, at most.
    samples: usize,
    noise: f32,
    /// Which samples a step takes; none where it takes all.
    sampler: Option<Sampler>,
    source: Option<Arc<dyn Source>>,
    /// What the source draws, without padding.
    drawn: [Vec<f32>; 2],
    step: usize,
}

impl Feeder {
    /// Room for the samples of a stack, which go through the program in blocks.
    pub fn new(stack: &Stack, strides: &[usize], block: usize) -> Self {
        let program = stack.architecture().program();
        let strides = [Program::INPUT, program.output()].map(|buffer| strides[buffer]);
        let networks = stack.networks().iter();
        let altered = networks.clone().any(|network| stack.alters(network));
        let validation = networks.filter(|network| network.selection.is_used());
        let validation = validation.map(|network| network.selection.targets.len() / program.outputs());
        Self {
            widths: [program.inputs(), program.outputs()],
            training: Table::of(stack.samples(), strides),
            taken: Table::of(if altered { block } else { 0 }, strides),
            validation: Table::of(validation.max().unwrap_or(0), strides),
            strides,
            own: Own::default(),
        }
    }

    /// Takes the samples of a network, and leaves nothing of those of another.
    pub fn load(&mut self, network: &Recipe, stack: &Stack) {
        let Self {
            widths,
            strides,
            training,
            taken,
            validation,
            own,
        } = self;
        for table in [&mut *training, taken, &mut *validation] {
            table.inputs.fill(0.0);
            table.targets.fill(0.0);
        }
        pad(&network.inputs, widths[0], strides[0], &mut training.inputs);
        pad(&network.targets, widths[1], strides[1], &mut training.targets);
        let selection = &network.selection;
        if selection.is_used() {
            pad(&selection.inputs, widths[0], strides[0], &mut validation.inputs);
            pad(&selection.targets, widths[1], strides[1], &mut validation.targets);
        }
        let batches = stack.batches();
        let room = |width: usize| vec![0.0; network.fresh.as_ref().map_or(0, |_| stack.samples() * width)];
        *own = Own {
            seed: network.seed,
            samples: stack.samples_of_a_step(),
            noise: network.input_noise,
            sampler: batches.map(|batches| Sampler::new(batches, network.seed, stack.samples())),
            source: network.fresh.clone(),
            drawn: widths.map(room),
            step: 0,
        };
    }

    /// Makes the samples of a step ready, and says how many they are.
    pub fn begin(&mut self, step: usize) -> usize {
        let Self {
            widths,
            strides,
            training,
            own,
            ..
        } = self;
        own.step = step;
        if let Some(source) = own.source.as_ref().filter(|_| step > 0) {
            let [inputs, targets] = &mut own.drawn;
            source.draw(step, inputs, targets);
            pad(inputs, widths[0], strides[0], &mut training.inputs);
            pad(targets, widths[1], strides[1], &mut training.targets);
        }
        match &mut own.sampler {
            Some(sampler) => sampler.begin(step),
            None => own.samples,
        }
    }

    /// Some samples of the step that began last.
    pub fn take(&mut self, first: usize, count: usize) -> Rows {
        let Self {
            widths,
            strides,
            training,
            taken,
            own,
            ..
        } = self;
        if own.sampler.is_none() && own.noise == 0.0 {
            let set = Set::Training;
            return Rows { set, first, count };
        }
        let rows = own.sampler.as_ref().map(Sampler::rows);
        for place in 0..count {
            let row = rows.map_or(first + place, |rows| rows[first + place]);
            let tables = [
                (&training.inputs, &mut taken.inputs),
                (&training.targets, &mut taken.targets),
            ];
            for ((from, to), stride) in tables.into_iter().zip(*strides) {
                to[place * stride..][..stride].copy_from_slice(&from[row * stride..][..stride]);
            }
        }
        if own.noise > 0.0 {
            let noise = InputNoise {
                seed: own.seed,
                step: own.step,
                deviation: own.noise,
                width: widths[0],
                samples: own.samples,
            };
            noise.add(first, strides[0], &mut taken.inputs[..count * strides[0]]);
        }
        let set = Set::Taken;
        Rows { set, first, count }
    }

    /// The inputs of some samples, `[rows, stride]`.
    pub fn inputs(&self, rows: Rows) -> &[f32] {
        let (table, first) = self.table(rows);
        &table.inputs[first * self.strides[0]..][..rows.count * self.strides[0]]
    }

    /// The targets of some samples, `[rows, stride]`.
    pub fn targets(&self, rows: Rows) -> &[f32] {
        let (table, first) = self.table(rows);
        &table.targets[first * self.strides[1]..][..rows.count * self.strides[1]]
    }

    fn table(&self, rows: Rows) -> (&Table, usize) {
        match rows.set {
            Set::Training => (&self.training, rows.first),
            Set::Validation => (&self.validation, rows.first),
            Set::Taken => (&self.taken, 0),
        }
    }
}
