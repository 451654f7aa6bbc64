//! No step of the fused engine allocates.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

mod common;

use actlab_model::engine::{Network, Stack, fused, unobserved};
use actlab_model::network::weights::initial_weights;
use actlab_model::optimizer::Adam;
use actlab_model::{Activation, Optimizer};

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

fn allocations(activation: Activation, spectral: f32, steps: usize) -> usize {
    let sizes = vec![1, 24, 24, 1];
    let inputs: Vec<f32> = (0..100).map(|i| i as f32 / 50.0 - 1.0).collect();
    let network = Network {
        activation,
        optimizer: Optimizer::new(&Adam),
        learning_rate: 1e-3,
        spectral,
        initial: initial_weights(&sizes, 0),
        seed: 0,
        targets: inputs.iter().map(|x| x * x).collect(),
        inputs,
    };
    let stack = Stack::new(sizes, 100, steps, vec![network]).expect("a stack");
    let before = ALLOCATIONS.get();
    fused::train(&stack, &mut unobserved);
    ALLOCATIONS.get() - before
}

/// 128 steps and 1280 steps are recorded equally often, so they differ by 1152 steps and nothing else.
#[test]
fn no_step_of_the_fused_engine_allocates() {
    for activation in common::activations() {
        for spectral in [0.0, 1e-2] {
            let few = allocations(activation, spectral, 128);
            assert!(few > 0, "the counter counts");
            assert_eq!(
                few,
                allocations(activation, spectral, 1280),
                "{activation}, lambda {spectral}"
            );
        }
    }
}
