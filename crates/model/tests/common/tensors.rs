//! Tensors of random numbers, and how near two results are.
//!
//! Error bounds. The operations compute in `f32`, so a result may differ from the exact one by a few times 2^-24 of the
//! largest number that went into it: [`ROUNDING`] allows eight such roundings for element-wise work (the polynomials'
//! stated errors are within it), and for sums one rounding more for each term.

use actlab_model::random::{Random, Stream};
use burn::tensor::{Device, Tensor, TensorData};

pub const ROUNDING: f64 = 8.0 / 16_777_216.0;

pub fn draws(seed: u64, n: usize, scale: f64) -> Vec<f32> {
    let mut random = Random::new(seed, Stream::Samples);
    (0..n).map(|_| (random.normal() * scale) as f32).collect()
}

pub fn tensor<const D: usize>(values: &[f32], shape: [usize; D], device: &Device) -> Tensor<D> {
    Tensor::from_data(TensorData::new(values.to_vec(), shape), device)
}

pub fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_into_vec().expect("floats")
}

pub fn wide(values: &[f32]) -> Vec<f64> {
    values.iter().copied().map(f64::from).collect()
}

#[track_caller]
pub fn assert_close(what: &str, found: &[f32], expected: &[f64], bound: f64) {
    assert_near(what, found, expected, &vec![bound; expected.len()]);
}

/// With a bound for each.
#[track_caller]
pub fn assert_near(what: &str, found: &[f32], expected: &[f64], bounds: &[f64]) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (i, ((found, expected), bound)) in found.iter().zip(expected).zip(bounds).enumerate() {
        let error = (f64::from(*found) - expected).abs();
        assert!(
            error <= *bound,
            "{what}, element {i}: {found} instead of {expected}, off by {error:e} > {bound:e}"
        );
    }
}
