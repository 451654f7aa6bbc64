//! Each kernel of the fused engine by itself, at the shapes of a block of 64 samples: `cargo bench -p actlab-model`.

use actlab_model::engine::{Recipe, Stack, fused, unobserved};
use actlab_model::kernels::cpu as kernels;
use actlab_model::kernels::product::{Left, Start, product};
use actlab_model::network::architecture::Architecture;
use actlab_model::optimizer::{Adam, State};
use actlab_model::unit::{From, Tanh};
use actlab_model::{Activation, Optimizer};
use divan::Bencher;
use divan::counter::ItemsCount;
use pulp::Arch;

const WIDTHS: [usize; 3] = [16, 64, 256];
const ROWS: usize = 64;

fn main() {
    divan::main();
}

/// Numbers between -2 and 2.
fn numbers(n: usize) -> Vec<f32> {
    (0..n).map(|i| 2.0 * (i as f32 * 0.37).sin()).collect()
}

/// Items are floating-point operations: divan prints them per second.
#[divan::bench(args = WIDTHS)]
fn product_forward(bencher: Bencher, width: usize) {
    let (value, weight, bias) = (numbers(ROWS * width), numbers(width * width), numbers(width));
    let mut result = vec![0.0; ROWS * width];
    bencher
        .counter(ItemsCount::new(2 * ROWS * width * width))
        .bench_local(|| {
            let left = Left::rows(&value, width);
            product(
                Arch::new(),
                &mut result,
                Start::Row(&bias),
                left,
                &weight,
                [ROWS, width, width],
            );
        });
}

#[divan::bench(args = WIDTHS)]
fn product_of_the_weight_gradient(bencher: Bencher, width: usize) {
    let (value, gradient) = (numbers(ROWS * width), numbers(ROWS * width));
    let mut result = vec![0.0; width * width];
    bencher
        .counter(ItemsCount::new(2 * ROWS * width * width))
        .bench_local(|| {
            let left = Left::transposed(&value, width);
            product(
                Arch::new(),
                &mut result,
                Start::Result,
                left,
                &gradient,
                [width, ROWS, width],
            );
        });
}

/// Items are numbers.
#[divan::bench(args = Activation::all())]
fn activate(bencher: Bencher, activation: Activation) {
    let values = numbers(ROWS * 64);
    let (mut z, mut kept) = (values.clone(), values.clone());
    bencher.counter(ItemsCount::new(values.len())).bench_local(|| {
        z.copy_from_slice(&values);
        activation.forward(Arch::new(), &mut z, &mut kept);
    });
}

#[divan::bench(args = Activation::all())]
fn activate_backward(bencher: Bencher, activation: Activation) {
    let value = numbers(ROWS * 64);
    let (mut gradient, mut bias) = (value.clone(), vec![0.0; 64]);
    bencher.counter(ItemsCount::new(value.len())).bench_local(|| {
        let from = From {
            value: &value,
            kept: &value,
        };
        activation.backward(Arch::new(), &mut gradient, from, &mut bias);
    });
}

#[divan::bench(args = WIDTHS)]
fn power_iteration(bencher: Bencher, width: usize) {
    let weight = numbers(width * width);
    let (mut left, mut right) = (numbers(width), numbers(width));
    bencher
        .counter(ItemsCount::new(weight.len()))
        .bench_local(|| kernels::power_iteration(Arch::new(), &weight, &mut left, &mut right));
}

#[divan::bench(args = WIDTHS)]
fn add_outer_product(bencher: Bencher, width: usize) {
    let (left, right) = (numbers(width), numbers(width));
    let mut sum = numbers(width * width);
    bencher.counter(ItemsCount::new(sum.len())).bench_local(|| {
        kernels::add_outer_product(Arch::new(), &mut sum, 1e-3, &left, &right);
    });
}

#[divan::bench(args = WIDTHS)]
fn transpose(bencher: Bencher, width: usize) {
    let from = numbers(width * width);
    let mut to = from.clone();
    bencher.counter(ItemsCount::new(from.len())).bench_local(|| {
        kernels::transpose(Arch::new(), &from, width, &mut to, width, width);
    });
}

#[divan::bench(args = WIDTHS)]
fn adam(bencher: Bencher, width: usize) {
    let gradient = numbers(width * width);
    let (mut parameter, mut first, mut second) = (gradient.clone(), gradient.clone(), vec![1.0; gradient.len()]);
    let optimizer = Optimizer::new(&Adam);
    let numbers = optimizer.steps(1e-3).advance();
    bencher.counter(ItemsCount::new(gradient.len())).bench_local(|| {
        let state = State {
            parameter: &mut parameter,
            kept: [&mut first, &mut second, &mut []],
        };
        optimizer.rule().step(Arch::new(), state, &gradient, &numbers);
    });
}

#[divan::bench(args = WIDTHS)]
fn narrow(bencher: Bencher, width: usize) {
    let (value, weight) = (numbers(ROWS * width), numbers(width));
    let mut result = vec![0.0; ROWS];
    bencher.counter(ItemsCount::new(value.len())).bench_local(|| {
        kernels::narrow(Arch::new(), &value, &weight, &[0.5], &mut result);
    });
}

/// Items are steps: 256 of a network 1-H-H-1 on 256 points.
#[divan::bench(args = WIDTHS, sample_count = 10)]
fn whole_steps(bencher: Bencher, width: usize) {
    let architecture = Architecture::perceptron(&[1, width, width, 1]).expect("sizes of a perceptron");
    let inputs: Vec<f32> = (0..256).map(|i| i as f32 / 128.0 - 1.0).collect();
    let targets = inputs.iter().map(|x| x * x).collect();
    let network = Recipe::new(&architecture, Activation::new(&Tanh), 0, inputs, targets);
    let stack = Stack::new(architecture, 256, 256, vec![network]).expect("a stack");
    bencher
        .counter(ItemsCount::new(256usize))
        .bench_local(|| fused::train(&stack, &mut unobserved));
}
