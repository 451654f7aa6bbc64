//! An architecture as a list of operations: what every engine does, one after the other, and on the way back in
//! reverse. Each operation writes a buffer that nothing wrote before it, from buffers that are complete.

use thiserror::Error;

use crate::block::Block;
use crate::block::join::Join;

/// A place for the values that a part of the network gives, of each sample; the first is the network's input.
pub type Buffer = usize;

/// One step on the way through a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// A dense layer, and the activation that follows it.
    Dense {
        /// What it takes.
        input: Read,
        /// What it gives.
        output: Buffer,
        /// Which of the network's layers it is.
        layer: usize,
        /// Which of the network's activations follows, if any.
        activation: Option<usize>,
    },
    /// Two branches become one.
    Join {
        /// How.
        join: Join,
        /// The branches.
        inputs: [Read; 2],
        /// What becomes of them.
        output: Buffer,
    },
    /// Some values are left out.
    Dropout {
        /// Of these.
        input: Read,
        /// What is left.
        output: Buffer,
        /// Which of the network's dropouts it is.
        place: usize,
    },
}

/// A buffer that an operation reads, and what it does to the buffer's gradient on the way back. Of those that read a
/// buffer the last is the first on the way back: it writes the gradient, and the others add to it, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Read {
    /// What is read.
    pub buffer: Buffer,
    /// What becomes of its gradient.
    pub back: Back,
}

/// What an operation does on the way back to the gradient of a buffer that it read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Back {
    /// Nothing: no layer that trains has come before.
    Nothing,
    /// It writes the gradient.
    Writes,
    /// It adds its part to what is there.
    Adds,
}

impl Back {
    /// Whether it adds; none where there is no gradient.
    pub fn adds(self) -> Option<bool> {
        match self {
            Self::Nothing => None,
            Self::Writes => Some(false),
            Self::Adds => Some(true),
        }
    }
}

impl Operation {
    /// The buffer that it writes.
    pub fn output(&self) -> Buffer {
        match self {
            Self::Dense { output, .. } | Self::Join { output, .. } | Self::Dropout { output, .. } => *output,
        }
    }

    /// What it reads.
    pub fn reads(&self) -> &[Read] {
        match self {
            Self::Dense { input, .. } | Self::Dropout { input, .. } => std::slice::from_ref(input),
            Self::Join { inputs, .. } => inputs,
        }
    }

    fn reads_mut(&mut self) -> &mut [Read] {
        match self {
            Self::Dense { input, .. } | Self::Dropout { input, .. } => std::slice::from_mut(input),
            Self::Join { inputs, .. } => inputs,
        }
    }
}

/// The operations of a network, and what they work on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    operations: Vec<Operation>,
    /// Width of each buffer.
    widths: Vec<usize>,
    output: Buffer,
    /// `[inputs, outputs]` of each layer.
    layers: Vec<[usize; 2]>,
    /// Whether each layer trains.
    trains: Vec<bool>,
    activations: usize,
    dropouts: usize,
}

impl Program {
    /// The input's buffer.
    pub const INPUT: Buffer = 0;

    /// First to last.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// Width of each buffer.
    pub fn widths(&self) -> &[usize] {
        &self.widths
    }

    /// The buffer with the network's answer: what the last operation writes.
    pub fn output(&self) -> Buffer {
        self.output
    }

    /// Width of a sample.
    pub fn inputs(&self) -> usize {
        self.widths[Self::INPUT]
    }

    /// Width of an answer.
    pub fn outputs(&self) -> usize {
        self.widths[self.output]
    }

    /// `[inputs, outputs]` of each layer, first to last.
    pub fn layers(&self) -> &[[usize; 2]] {
        &self.layers
    }

    /// Whether a layer trains; those of [Fourier features](crate::block::fourier) do not.
    pub fn trains(&self, layer: usize) -> bool {
        self.trains[layer]
    }

    /// How many layers are followed by an activation.
    pub fn activations(&self) -> usize {
        self.activations
    }

    /// Of each activation its place among them, and the layer that it follows.
    pub fn slots(&self) -> impl Iterator<Item = (usize, usize)> {
        self.operations.iter().filter_map(|operation| match operation {
            Operation::Dense { layer, activation, .. } => activation.map(|slot| (slot, *layer)),
            Operation::Join { .. } | Operation::Dropout { .. } => None,
        })
    }

    /// How many dropouts there are.
    pub fn dropouts(&self) -> usize {
        self.dropouts
    }

    /// What the operations make of an input, one after the other, where `given` says what an operation gives of what it
    /// reads: numbers, bounds, lines, whatever goes through a network.
    pub fn fold<T: Default>(&self, input: T, given: impl Fn(&Operation, &[&T]) -> T) -> T {
        let mut buffers: Vec<T> = self.widths.iter().map(|_| T::default()).collect();
        buffers[Self::INPUT] = input;
        for operation in &self.operations {
            let reads = operation.reads();
            let read: Vec<&T> = reads.iter().map(|read| &buffers[read.buffer]).collect();
            buffers[operation.output()] = given(operation, &read);
            // Who writes the gradient on the way back is the last who reads on the way there.
            let for_the_last_time = reads.iter().filter(|read| read.back == Back::Writes);
            for_the_last_time.for_each(|read| buffers[read.buffer] = T::default());
        }
        buffers.swap_remove(self.output)
    }

    /// The same without the dropouts at these places: who read what they left reads what they got.
    pub fn without_dropouts(&self, at: impl Fn(usize) -> bool) -> Self {
        let mut instead: Vec<Buffer> = (0..self.widths.len()).collect();
        let mut operations = Vec::new();
        for mut operation in self.operations.iter().cloned() {
            for read in operation.reads_mut() {
                read.buffer = instead[read.buffer];
            }
            match operation {
                Operation::Dropout { input, output, place } if at(place) => instead[output] = input.buffer,
                other => operations.push(other),
            }
        }
        let mut program = Self {
            operations,
            output: instead[self.output],
            ..self.clone()
        };
        program.plan_the_way_back();
        program
    }

    /// Decides who writes the gradients of buffers, and who adds to them.
    fn plan_the_way_back(&mut self) {
        let mut learned = vec![false; self.widths.len()];
        for operation in &self.operations {
            let trains = matches!(operation, Operation::Dense { layer, .. } if self.trains[*layer]);
            let after_layers = operation.reads().iter().any(|read| learned[read.buffer]);
            learned[operation.output()] = trains || after_layers;
        }
        let mut written = vec![false; self.widths.len()];
        for operation in self.operations.iter_mut().rev() {
            for read in operation.reads_mut().iter_mut().rev() {
                read.back = match (learned[read.buffer], written[read.buffer]) {
                    (false, _) => Back::Nothing,
                    (true, false) => Back::Writes,
                    (true, true) => Back::Adds,
                };
                written[read.buffer] = true;
            }
        }
    }
}

/// What is no architecture, and where: `block 2, branch 1` is in the third block of a sequence, in its second branch.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ArchitectureError {
    /// A width is zero.
    #[error("{0} has a width of 0; the least is 1")]
    NoWidth(String),
    /// There is nothing to train.
    #[error("the network has no dense layer, and so nothing to train")]
    NoLayer,
    /// Too few branches, or too many.
    #[error("{place}: a {join} does not join {found} branches; a gate joins 2, others 2 or more", join = .join.name())]
    Branches {
        /// Where.
        place: String,
        /// What should join them.
        join: Join,
        /// So many there are.
        found: usize,
    },
    /// Branches that are joined number by number are not of one width.
    #[error("{place}: the branches of a {join} are of one width, not of {first} and, branch {branch}, of {width}",
        join = .join.name())]
    Widths {
        /// Where.
        place: String,
        /// What should join them.
        join: Join,
        /// Width of the branches before.
        first: usize,
        /// The branch that does not fit, counted from 0.
        branch: usize,
        /// Its width.
        width: usize,
    },
    /// Fewer than two sizes.
    #[error("layer sizes are the inputs, the hidden widths and the outputs, not {0:?}")]
    Sizes(Vec<usize>),
}

/// The program of a network of so many `inputs`.
///
/// # Errors
/// If blocks do not fit each other.
pub(super) fn compile(inputs: usize, block: &Block) -> Result<Program, ArchitectureError> {
    if inputs == 0 {
        return Err(ArchitectureError::NoWidth("the input".to_owned()));
    }
    let mut program = Program {
        operations: Vec::new(),
        widths: vec![inputs],
        output: Program::INPUT,
        layers: Vec::new(),
        trains: Vec::new(),
        activations: 0,
        dropouts: 0,
    };
    program.output = program.add(block, Program::INPUT, &Place::default())?;
    if !program.trains.contains(&true) {
        return Err(ArchitectureError::NoLayer);
    }
    program.plan_the_way_back();
    Ok(program)
}

impl Program {
    /// Adds the operations of a block that reads `input`; the buffer that it gives.
    fn add(&mut self, block: &Block, input: Buffer, place: &Place) -> Result<Buffer, ArchitectureError> {
        let read = |buffer| Read {
            buffer,
            back: Back::Nothing,
        };
        match block {
            Block::Dense { width: 0, .. } => Err(ArchitectureError::NoWidth(place.to_string())),
            Block::Dense { width, activated } => Ok(self.add_layer(read(input), *width, *activated, true)),
            Block::Fourier { frequencies: 0 } => Err(ArchitectureError::NoWidth(place.to_string())),
            Block::Fourier { frequencies } => Ok(self.add_layer(read(input), 2 * frequencies, true, false)),
            Block::Sequence(blocks) => {
                let mut blocks = blocks.iter().enumerate();
                blocks.try_fold(input, |input, (index, block)| {
                    self.add(block, input, &place.inside("block", index))
                })
            }
            Block::Dropout => {
                self.dropouts += 1;
                Ok(self.push(self.widths[input], |output, program| Operation::Dropout {
                    input: read(input),
                    output,
                    place: program.dropouts - 1,
                }))
            }
            Block::Parallel { branches, join } if !join.takes(branches.len()) => Err(ArchitectureError::Branches {
                place: place.to_string(),
                join: *join,
                found: branches.len(),
            }),
            Block::Parallel { branches, join } => {
                let mut joined = self.add(&branches[0], input, &place.inside("branch", 0))?;
                for (index, branch) in branches.iter().enumerate().skip(1) {
                    let branch = self.add(branch, input, &place.inside("branch", index))?;
                    let [first, width] = [joined, branch].map(|buffer| self.widths[buffer]);
                    let width = join.width([first, width]).ok_or_else(|| ArchitectureError::Widths {
                        place: place.to_string(),
                        join: *join,
                        first,
                        branch: index,
                        width,
                    })?;
                    joined = self.push(width, |output, _| Operation::Join {
                        join: *join,
                        inputs: [joined, branch].map(read),
                        output,
                    });
                }
                Ok(joined)
            }
        }
    }

    fn add_layer(&mut self, input: Read, width: usize, activated: bool, trains: bool) -> Buffer {
        self.layers.push([self.widths[input.buffer], width]);
        self.trains.push(trains);
        let activation = activated.then_some(self.activations);
        self.activations += usize::from(activated);
        self.push(width, |output, program| Operation::Dense {
            input,
            output,
            layer: program.layers.len() - 1,
            activation,
        })
    }

    /// Adds an operation that writes a new buffer of this width; the buffer.
    fn push(&mut self, width: usize, operation: impl FnOnce(Buffer, &Self) -> Operation) -> Buffer {
        let output = self.widths.len();
        self.widths.push(width);
        let operation = operation(output, self);
        self.operations.push(operation);
        output
    }
}

/// Where a block is among the others.
#[derive(Debug, Clone, Default)]
struct Place(Vec<String>);

impl Place {
    fn inside(&self, what: &str, index: usize) -> Self {
        Self([self.0.clone(), vec![format!("{what} {index}")]].concat())
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0.is_empty() {
            true => f.write_str("the network"),
            false => f.write_str(&self.0.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests;
