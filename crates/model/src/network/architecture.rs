//! What the networks of a stack share: inputs, blocks and widths. What an activated block's activation is, at which rate
//! a dropout leaves values out and what is learned is each network's own, see [`Recipe`](super::recipe::Recipe).

use super::program::{Program, compile};
use super::weights::{Weights, places};
use crate::block::fourier;
use crate::initialization::Initialization;
use crate::unit::Activation;

pub use super::program::ArchitectureError;
pub use crate::block::Block;
pub use crate::block::join::Join;

/// Inputs and blocks of a network, which fit each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Architecture {
    block: Block,
    program: Program,
}

impl Architecture {
    /// A network of `inputs` and a block, most often a sequence; its outputs are what the last block gives.
    ///
    /// # Errors
    /// If blocks do not fit each other: which, and why.
    pub fn new(inputs: usize, block: Block) -> Result<Self, ArchitectureError> {
        let program = compile(inputs, &block)?;
        Ok(Self { block, program })
    }

    /// The multi-layer perceptron of these `sizes`: inputs, hidden widths, outputs. An activation follows every hidden
    /// layer, the output is linear.
    ///
    /// # Errors
    /// If there are fewer than two sizes, or one is zero.
    pub fn perceptron(sizes: &[usize]) -> Result<Self, ArchitectureError> {
        Self::chain(sizes, |width| vec![Block::activated(width)])
    }

    /// As [`perceptron`](Self::perceptron), with a dropout after the activation of every hidden layer.
    ///
    /// # Errors
    /// As there.
    pub fn perceptron_with_dropout(sizes: &[usize]) -> Result<Self, ArchitectureError> {
        Self::chain(sizes, |width| vec![Block::activated(width), Block::Dropout])
    }

    fn chain(sizes: &[usize], hidden: impl Fn(usize) -> Vec<Block>) -> Result<Self, ArchitectureError> {
        let [inputs, widths @ .., outputs] = sizes else {
            return Err(ArchitectureError::Sizes(sizes.to_vec()));
        };
        let mut blocks: Vec<Block> = widths.iter().flat_map(|width| hidden(*width)).collect();
        blocks.push(Block::linear(*outputs));
        Self::new(*inputs, Block::Sequence(blocks))
    }

    /// What it is made of.
    pub fn block(&self) -> &Block {
        &self.block
    }

    /// What engines do.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// Width of a sample.
    pub fn inputs(&self) -> usize {
        self.program.inputs()
    }

    /// Width of an answer.
    pub fn outputs(&self) -> usize {
        self.program.outputs()
    }

    /// PyTorch's initial weights, which are the same whatever the activations are.
    pub fn initial_weights(&self, seed: u64) -> Weights {
        let identity = Activation::new(&crate::unit::Identity);
        let activations = vec![identity; self.program.activations()];
        self.initialized(Initialization::default(), &activations, seed)
    }

    /// Initial weights of a network with these activations; the frequencies of Fourier features are standard normal.
    ///
    /// # Panics
    /// If there are fewer than the architecture has.
    pub fn initialized(&self, initialization: Initialization, activations: &[Activation], seed: u64) -> Weights {
        let mut weights = initialization.layers(places(&self.program, activations), seed);
        for (place, layer) in weights.iter_mut().enumerate() {
            if !self.program.trains(place) {
                *layer = fourier::normal(layer.inputs, layer.outputs / 2, 1.0, seed, place);
            }
        }
        weights
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(block: Block) -> String {
        Architecture::new(2, block).expect_err("a misfit").to_string()
    }

    #[test]
    fn misfits_are_refused_where_they_are() {
        let sum =
            |branches: Vec<Block>| Block::Sequence(vec![Block::activated(3), Block::parallel(Join::Sum, branches)]);
        let cases = [
            (Block::Dropout, "the network has no dense layer"),
            (Block::Sequence(Vec::new()), "the network has no dense layer"),
            (Block::activated(0), "the network has a width of 0"),
            (
                Block::Sequence(vec![Block::linear(3), Block::linear(0)]),
                "block 1 has a width of 0",
            ),
            (
                sum(vec![Block::Sequence(Vec::new()), Block::linear(4)]),
                "block 1: the branches of a sum are of one width, not of 3 and, branch 1, of 4",
            ),
            (sum(vec![Block::linear(4)]), "block 1: a sum does not join 1 branches"),
            (
                Block::parallel(Join::Gate, vec![Block::linear(4); 3]),
                "the network: a gate does not join 3 branches",
            ),
            (
                sum(vec![
                    Block::linear(1),
                    Block::Sequence(vec![Block::Dropout, Block::linear(0)]),
                ]),
                "block 1, branch 1, block 1 has a width of 0",
            ),
        ];
        for (block, expected) in cases {
            let found = wrong(block);
            assert!(found.contains(expected), "{found}");
        }
        let inputs = Architecture::new(0, Block::linear(1)).expect_err("no inputs");
        assert!(inputs.to_string().contains("the input has a width of 0"), "{inputs}");
        for sizes in [&[][..], &[1]] {
            assert_eq!(
                Architecture::perceptron(sizes),
                Err(ArchitectureError::Sizes(sizes.to_vec()))
            );
        }
    }

    #[test]
    fn widths_follow_from_the_blocks() {
        let branches = [Block::linear(4), Block::activated(3), Block::Sequence(Vec::new())];
        let wide = Architecture::new(
            2,
            Block::Sequence(vec![Block::parallel(Join::Concatenation, branches), Block::linear(5)]),
        );
        let wide = wide.expect("an architecture");
        assert_eq!((wide.inputs(), wide.outputs()), (2, 5));
        assert_eq!(wide.program().layers(), [[2, 4], [2, 3], [9, 5]]);
        assert_eq!((wide.program().activations(), wide.program().dropouts()), (1, 0));
        let perceptron = Architecture::perceptron_with_dropout(&[1, 8, 6, 1]).expect("an architecture");
        assert_eq!(perceptron.program().layers(), [[1, 8], [8, 6], [6, 1]]);
        assert_eq!(
            (perceptron.program().activations(), perceptron.program().dropouts()),
            (2, 2)
        );
    }
}
