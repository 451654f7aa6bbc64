//! Rules on slices, for CPUs: each is compiled for every vector extension.

use std::marker::PhantomData;

use pulp::{Arch, Simd, WithSimd};

use super::{Numbers, Rule};

/// The parameters of a network and what is kept of their gradients, all of one length, updated in place.
#[derive(Debug)]
pub struct State<'a> {
    /// Weights and biases.
    pub parameter: &'a mut [f32],
    /// The first thing kept.
    pub first: &'a mut [f32],
    /// The second.
    pub second: &'a mut [f32],
}

struct Step<'a, R> {
    state: State<'a>,
    gradient: &'a [f32],
    numbers: &'a Numbers,
    rule: PhantomData<R>,
}

impl<R: Rule> WithSimd for Step<'_, R> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let State {
            parameter,
            first,
            second,
        } = self.state;
        let numbers = *self.numbers;
        let state = parameter.iter_mut().zip(first).zip(second);
        for (((parameter, first), second), gradient) in state.zip(self.gradient) {
            [*parameter, *first, *second] = R::update([*parameter, *first, *second], *gradient, &numbers);
        }
    }
}

/// See [`Definition::step`](super::Definition::step).
pub fn step<R: Rule>(arch: Arch, state: State<'_>, gradient: &[f32], numbers: &Numbers) {
    arch.dispatch(Step::<R> {
        state,
        gradient,
        numbers,
        rule: PhantomData,
    });
}
