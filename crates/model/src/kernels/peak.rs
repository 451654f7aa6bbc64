//! What products alone reach on a device: the bound of every engine.

use std::time::{Duration, Instant};

use burn::tensor::{Device, Tensor};
use pulp::Arch;

use crate::device::Opened;
use crate::kernels::product::{Left, Start, product};

/// How long the peak is measured for, in rounds of which the fastest counts.
const ROUND: Duration = Duration::from_millis(100);
const ROUNDS: usize = 5;

/// Rows, depth and columns of the product: large enough for the registers to be busy, small enough for a core's cache.
const SHAPE: [usize; 3] = [256, 128, 128];

/// Products that a GPU does at once.
const BATCH: usize = 1024;

/// Floating-point operations per second of `f32` products, on so many cores of a CPU or in one batch on a GPU.
pub fn product_peak(opened: &Opened, threads: usize) -> f64 {
    let round = |_| match opened.cpu {
        true => std::thread::scope(|scope| {
            let cores: Vec<_> = (0..threads).map(|_| scope.spawn(core)).collect();
            cores
                .into_iter()
                .map(|core| core.join().expect("a product does not panic"))
                .sum()
        }),
        false => batch(&opened.device),
    };
    (0..ROUNDS).map(round).fold(0.0, f64::max)
}

fn rate(mut work: impl FnMut(), products: usize) -> f64 {
    work();
    let (mut done, started) = (0, Instant::now());
    while started.elapsed() < ROUND {
        work();
        done += products;
    }
    (2 * done * SHAPE.iter().product::<usize>()) as f64 / started.elapsed().as_secs_f64()
}

fn core() -> f64 {
    let [rows, depth, columns] = SHAPE;
    let left = vec![1.0; rows * depth];
    let right = vec![1.0; depth * columns];
    let mut result = vec![0.0; rows * columns];
    let work = || {
        let left = Left::rows(&left, depth);
        product(Arch::new(), &mut result, Start::Zero, left, &right, SHAPE);
        std::hint::black_box(&mut result);
    };
    rate(work, 1)
}

fn batch(device: &Device) -> f64 {
    let [rows, depth, columns] = SHAPE;
    let left = Tensor::<3>::ones([BATCH, rows, depth], device);
    let right = Tensor::<3>::ones([BATCH, depth, columns], device);
    // Reading a number back waits for the product.
    let work = || drop(left.clone().matmul(right.clone()).slice([0..1, 0..1, 0..1]).into_data());
    rate(work, BATCH)
}
