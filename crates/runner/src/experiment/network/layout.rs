//! From what was typed to the blocks of an architecture, and what of them is the network's own.

use actlab_model::Activation;
use actlab_model::block::fourier;
use actlab_model::network::architecture::{Architecture, ArchitectureError, Block, Join};
use actlab_model::network::weights::Weights;

use super::part::{Chain, Follows, Frequencies, Misfit, Part, word};

/// What a network is made of: what it shares with the others of its stack, and what is its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    /// How wide its input is.
    pub inputs: usize,
    /// All of it, the layer of the answer too.
    pub block: Block,
    /// The activation of every layer that one follows.
    pub activations: Vec<Activation>,
    /// Of every dropout the rate, where it says one.
    pub dropout: Vec<Option<f64>>,
    /// The layers of Fourier features, by their places among all layers.
    pub fourier: Vec<(usize, Frequencies)>,
}

impl Layout {
    /// The network's own frequencies, in place of those of its initial weights.
    pub fn set_frequencies(&self, weights: &mut Weights, seed: u64) {
        for (place, frequencies) in &self.fourier {
            let inputs = weights[*place].inputs;
            weights[*place] = match frequencies {
                Frequencies::Normal { count, scale } => fourier::normal(inputs, *count, *scale, seed, *place),
                Frequencies::Along(given) => fourier::along_inputs(inputs, given),
            };
        }
    }

    /// Of a perceptron with these sizes: inputs, hidden widths, outputs.
    ///
    /// # Errors
    /// If there are fewer than two sizes, or one is zero.
    pub fn perceptron(sizes: &[usize], activation: Activation) -> Result<Self, ArchitectureError> {
        let architecture = Architecture::perceptron_with_dropout(sizes)?;
        let program = architecture.program();
        Ok(Self {
            inputs: program.inputs(),
            activations: vec![activation; program.activations()],
            dropout: vec![None; program.dropouts()],
            fourier: Vec::new(),
            block: architecture.block().clone(),
        })
    }
}

/// Lays out a network whose layers all have their activations, between so many inputs and outputs. Where it does not end
/// in `out`, a linear layer follows; where it leaves nothing out itself, every activation is followed by a dropout.
pub fn layout(network: &Chain, inputs: usize, outputs: usize) -> Result<Layout, Misfit> {
    let mut builder = Builder {
        outputs,
        leaves_out: network.any(|part| matches!(part, Part::Dropout(_))),
        layers: 0,
        layout: Layout {
            inputs,
            block: Block::Sequence(Vec::new()),
            activations: Vec::new(),
            dropout: Vec::new(),
            fourier: Vec::new(),
        },
    };
    let (mut blocks, width) = builder.chain(network, inputs)?;
    let answers = network.0.iter().any(|placed| placed.part.answers());
    if !answers {
        blocks.push(Block::linear(outputs));
    } else if width != outputs {
        let last = &network.0[network.0.len() - 1];
        return Err(Misfit::new(
            &last.at,
            format!(
                "the network ends in {width} values, and the target has {outputs}: join what ends in out by sum, product or \
                 gate, or leave out away, and a linear layer follows by itself"
            ),
        ));
    }
    Ok(Layout {
        block: Block::Sequence(blocks),
        ..builder.layout
    })
}

struct Builder {
    outputs: usize,
    /// Whether the text says where values are left out.
    leaves_out: bool,
    layers: usize,
    layout: Layout,
}

impl Builder {
    /// The blocks of a chain that gets so many values, and how many it gives.
    fn chain(&mut self, chain: &Chain, inputs: usize) -> Result<(Vec<Block>, usize), Misfit> {
        let (mut blocks, mut width) = (Vec::new(), inputs);
        for placed in &chain.0 {
            match &placed.part {
                Part::Layer { width: wide, follows } => {
                    self.layers += 1;
                    width = *wide;
                    match follows {
                        Follows::Activation(activation) => self.activated(width, *activation, &mut blocks),
                        Follows::Nothing | Follows::Default => blocks.push(Block::linear(width)),
                    }
                }
                Part::Out => {
                    self.layers += 1;
                    width = self.outputs;
                    blocks.push(Block::linear(width));
                }
                Part::Skip => {}
                Part::Dropout(rate) => {
                    self.layout.dropout.push(*rate);
                    blocks.push(Block::Dropout);
                }
                Part::Fourier(of) => {
                    let frequencies = match of {
                        Frequencies::Normal { count, .. } => *count,
                        Frequencies::Along(given) => width * given.len(),
                    };
                    self.layout.fourier.push((self.layers, of.clone()));
                    self.layout.activations.push(fourier::activation());
                    self.layers += 1;
                    width = 2 * frequencies;
                    blocks.push(Block::Fourier { frequencies });
                }
                Part::Joined(join, branches) => {
                    let (block, wide) = self.joined(*join, branches, width)?;
                    width = wide;
                    blocks.push(block);
                }
            }
        }
        Ok((blocks, width))
    }

    fn activated(&mut self, width: usize, activation: Activation, blocks: &mut Vec<Block>) {
        self.layout.activations.push(activation);
        blocks.push(Block::activated(width));
        if !self.leaves_out {
            self.layout.dropout.push(None);
            blocks.push(Block::Dropout);
        }
    }

    fn joined(&mut self, join: Join, branches: &[Chain], inputs: usize) -> Result<(Block, usize), Misfit> {
        let (mut blocks, mut joined) = (Vec::new(), None);
        for branch in branches {
            let (of_branch, width) = self.chain(branch, inputs)?;
            blocks.push(Block::Sequence(of_branch));
            joined = Some(match joined {
                None => width,
                Some(first) => join
                    .width([first, width])
                    .ok_or_else(|| misfit(join, branch, first, width))?,
            });
        }
        Ok((Block::parallel(join, blocks), joined.unwrap_or(inputs)))
    }
}

/// A branch of another width than those before it.
fn misfit(join: Join, branch: &Chain, first: usize, width: usize) -> Misfit {
    let (start, end) = (&branch.0[0].at, &branch.0[branch.0.len() - 1].at);
    let passes = branch.0.iter().all(|placed| placed.part == Part::Skip);
    let instead = match passes {
        true => format!("instead of skip write \"{first} linear\", or make the other branches {width} wide"),
        false => format!("end it in \"-> {first} linear\", or put it beside the others with concat(..)"),
    };
    let join = word(join);
    Misfit::new(
        &(start.start..end.end),
        format!(
            "a {join} joins branches of one width: this one gives {width} values, those before it {first}; {instead}"
        ),
    )
}
