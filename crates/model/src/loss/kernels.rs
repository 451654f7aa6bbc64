//! Losses on slices, for CPUs: each is compiled for every vector extension.

use std::marker::PhantomData;

use pulp::{Arch, Simd, WithSimd};

use super::{Numbers, Rule, Scaled};
use crate::number::sums;

struct Sum<'a, R> {
    prediction: &'a [f32],
    target: &'a [f32],
    numbers: &'a Numbers,
    rule: PhantomData<R>,
}

impl<R: Rule> WithSimd for Sum<'_, R> {
    type Output = f32;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> f32 {
        let term = Counted::<R> {
            numbers: *self.numbers,
            rule: PhantomData,
        };
        sums::sum(self.prediction, self.target, term)
    }
}

/// What the difference of a pair counts.
struct Counted<R> {
    numbers: Numbers,
    rule: PhantomData<R>,
}

impl<R> Clone for Counted<R> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Counted<R> {}

impl<R: Rule> sums::Term for Counted<R> {
    #[inline(always)]
    fn add(self, prediction: f32, target: f32, sum: f32) -> f32 {
        R::add(prediction - target, &self.numbers, sum)
    }
}

/// See [`Definition::sum`](super::Definition::sum).
pub fn sum<R: Rule>(arch: Arch, prediction: &[f32], target: &[f32], numbers: &Numbers) -> f32 {
    arch.dispatch(Sum::<R> {
        prediction,
        target,
        numbers,
        rule: PhantomData,
    })
}

struct Gradient<'a, R> {
    prediction: &'a [f32],
    target: &'a [f32],
    how: Scaled<'a>,
    gradient: &'a mut [f32],
    rule: PhantomData<R>,
}

impl<R: Rule> WithSimd for Gradient<'_, R> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Scaled { numbers, factor } = self.how;
        let numbers = *numbers;
        let values = self.gradient.iter_mut().zip(self.prediction).zip(self.target);
        for ((gradient, prediction), target) in values {
            *gradient = factor * R::slope(*prediction - *target, &numbers);
        }
    }
}

/// See [`Definition::gradient`](super::Definition::gradient).
pub fn gradient<R: Rule>(arch: Arch, prediction: &[f32], target: &[f32], how: Scaled<'_>, gradient: &mut [f32]) {
    arch.dispatch(Gradient::<R> {
        prediction,
        target,
        how,
        gradient,
        rule: PhantomData,
    });
}
