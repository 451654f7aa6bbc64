//! No step of the fused engine allocates.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::Arc;

mod common;

use actlab_model::Activation;
use actlab_model::engine::{Recipe, Stack, fused, unobserved};
use actlab_model::network::architecture::{Architecture, Block, Join};
use actlab_model::network::batches::{Batches, Order};
use actlab_model::network::selection::{Keep, Selection};
use actlab_model::penalty::Penalty;
use common::training::Squares;

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: everything is handed to the system's allocator as it comes; counting allocates nothing, since the counter is
// a constant-initialised thread local without a destructor.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.with(|allocations| allocations.set(allocations.get() + 1));
        // SAFETY: the caller keeps the promises that the system's allocator asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What a step trains on.
#[derive(Debug, Clone, Copy)]
enum Fed {
    All,
    Batches(Order),
    Fresh,
}

/// Trained in another way for each number.
fn allocations(
    architecture: &Architecture,
    activation: Activation,
    coefficient: f32,
    (fed, way): (Fed, usize),
    steps: usize,
) -> usize {
    let inputs: Vec<f32> = (0..100).map(|i| i as f32 / 50.0 - 1.0).collect();
    let targets = inputs.iter().map(|x| x * x).collect();
    let mut network = Recipe {
        penalties: Penalty::all(coefficient).collect(),
        ..Recipe::new(architecture, activation, 0, inputs, targets)
    };
    network.dropout.fill(0.1);
    if !matches!(fed, Fed::All) {
        network.input_noise = 0.1;
        network.selection = Selection {
            keep: Keep::Best,
            patience: 100,
            inputs: network.inputs.clone(),
            targets: network.targets.clone(),
        };
    }
    if let Fed::Fresh = fed {
        network.fresh = Some(Arc::new(Squares {
            seed: 0,
            inputs: 1,
            outputs: 1,
        }));
    }
    let network = common::rules::trained(network, way);
    let mut stack = Stack::new(architecture.clone(), 100, steps, vec![network]).expect("a stack");
    if let Fed::Batches(order) = fed {
        stack = stack.with_batches(Batches { size: 70, order }).expect("a batch");
    }
    let before = ALLOCATIONS.get();
    fused::train(&stack, &mut unobserved);
    ALLOCATIONS.get() - before
}

/// Every join, in a row and inside of each other, and dropouts.
fn everything() -> Architecture {
    let pair = || [Block::activated(24), Block::linear(24)];
    let joined = Join::ALL.map(|join| Block::parallel(join, pair()));
    let nested = Block::parallel(
        Join::Sum,
        [Block::Sequence(Vec::new()), Block::Sequence(pair().to_vec())],
    );
    let blocks = joined
        .into_iter()
        .chain([Block::linear(24), nested, Block::Dropout, Block::linear(1)]);
    Architecture::new(1, Block::Sequence(blocks.collect())).expect("an architecture")
}

/// 128 steps and 1280 steps are recorded equally often, so they differ by 1152 steps and nothing else.
#[test]
fn no_step_of_the_fused_engine_allocates() {
    let perceptron = Architecture::perceptron(&[1, 24, 24, 1]).expect("sizes of a perceptron");
    let learning = common::unit("leaky_relu").learn("slope").expect("a parameter");
    let mut way = 0;
    for architecture in [perceptron, everything()] {
        for activation in common::activations().into_iter().chain([learning]) {
            let orders = Order::ALL.map(Fed::Batches);
            let fed = [(0.0, Fed::All), (1e-2, Fed::All), (0.0, Fed::Fresh)];
            for (coefficient, fed) in fed.into_iter().chain(orders.map(|order| (0.0, order))) {
                let few = allocations(&architecture, activation, coefficient, (fed, way), 128);
                assert!(few > 0, "the counter counts");
                assert_eq!(
                    few,
                    allocations(&architecture, activation, coefficient, (fed, way), 1280),
                    "{activation}, coefficient {coefficient}, {fed:?}, way {way}"
                );
                way += 1;
            }
        }
    }
}
