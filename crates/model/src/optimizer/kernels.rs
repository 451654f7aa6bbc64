//! Rules on slices, for CPUs: each is compiled for every vector extension.

use std::marker::PhantomData;

use pulp::{Arch, Simd, WithSimd};

use super::{KEPT, Numbers, Rule};

/// The parameters of a network and what is kept of their gradients, updated in place.
#[derive(Debug)]
pub struct State<'a> {
    /// Weights and biases.
    pub parameter: &'a mut [f32],
    /// What is kept, each as long as the parameters. What the rule does not keep may have any length.
    pub kept: [&'a mut [f32]; KEPT],
}

struct Step<'a, R> {
    state: State<'a>,
    gradient: &'a [f32],
    numbers: &'a Numbers,
    rule: PhantomData<R>,
}

impl<R: Rule> WithSimd for Step<'_, R> {
    type Output = ();

    /// A loop for each number of things kept: the other things are zero, and nothing becomes of them.
    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let State {
            parameter,
            kept: [first, second, third],
        } = self.state;
        let numbers = *self.numbers;
        let state = parameter.iter_mut().zip(self.gradient);
        match R::KEPT {
            0 => {
                for (parameter, gradient) in state {
                    [*parameter, ..] = R::update([*parameter, 0.0, 0.0, 0.0], *gradient, &numbers);
                }
            }
            1 => {
                for ((parameter, gradient), first) in state.zip(first) {
                    [*parameter, *first, ..] = R::update([*parameter, *first, 0.0, 0.0], *gradient, &numbers);
                }
            }
            2 => {
                for (((parameter, gradient), first), second) in state.zip(first).zip(second) {
                    [*parameter, *first, *second, _] =
                        R::update([*parameter, *first, *second, 0.0], *gradient, &numbers);
                }
            }
            _ => {
                for ((((parameter, gradient), first), second), third) in state.zip(first).zip(second).zip(third) {
                    [*parameter, *first, *second, *third] =
                        R::update([*parameter, *first, *second, *third], *gradient, &numbers);
                }
            }
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
