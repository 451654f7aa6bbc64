//! Every optimiser on every backend, against double precision and what was published.

mod common;

use actlab_model::Optimizer;
use actlab_model::backend::optimizer::{self, State, Step};
use actlab_model::optimizer::{NUMBERS, Numbers, Rules, STATE};
use burn::tensor::{Device, Tensor, TensorData};
use common::tensors::{ROUNDING, assert_close, draws, tensor, values, wide};

/// What steps of these optimisers, with these learning rates, do to their networks.
fn step_of(optimizers: &[Optimizer], numbers: &[Numbers], device: &Device) -> Step {
    let (rules, codes) = Rules::of(optimizers);
    let networks = [optimizers.len()];
    Step {
        numbers: tensor(&numbers.concat(), [networks[0], NUMBERS], device),
        codes: Tensor::from_data(TensorData::new(codes, networks), device),
        rules,
    }
}

fn rule(name: &str) -> Optimizer {
    name.parse().expect("an optimizer")
}

/// The moments after one step of Adam are `1 - beta` times the gradient and its square, by definition: rounded where
/// `1 - beta` is rounded, where the gradient is squared and where they are multiplied, by 2^-24 each.
#[test]
fn moments_have_the_size_of_their_definition() {
    let gradient = draws(14, 64, 1.0);
    for (name, device) in common::devices() {
        let adam = rule("adam");
        let step = step_of(&[adam], &[adam.steps(1.0).advance()], &device);
        let state = State::new(Tensor::<2>::zeros([1, 64], &device), &step.rules);
        let state = optimizer::step(
            state,
            tensor(&gradient, [1, 64], &device),
            Tensor::ones([1], &device),
            step,
        );
        let close = |found: Vec<f32>, expected: &dyn Fn(f64) -> f64| {
            for (found, gradient) in found.iter().zip(wide(&gradient)) {
                let off = (f64::from(*found) / expected(gradient) - 1.0).abs();
                assert!(off <= 3.0 / 16_777_216.0, "{name}: off by {off:e} of itself");
            }
        };
        let [first, second, _] = state.kept;
        close(values(first), &|gradient| 0.1 * gradient);
        close(values(second), &|gradient| 0.001 * gradient * gradient);
    }
}

/// The steps of Adam as they are published, in double precision.
fn adam_as_published(state: &mut [f64; STATE], gradient: f64, rate: f64, t: i32) {
    let [parameter, first, second, _] = state;
    *first = 0.9 * *first + 0.1 * gradient;
    *second = 0.999 * *second + 0.001 * gradient * gradient;
    let (first, second) = (*first / (1.0 - 0.9f64.powi(t)), *second / (1.0 - 0.999f64.powi(t)));
    *parameter -= rate * first / (second.sqrt() + 1e-8);
}

/// Every optimiser in the same stack, 50 steps from the same state, against its own rule in double precision, which for
/// Adam is that of the paper; each step rounds a handful of times, relative to the step of at most ten times the rate.
#[test]
fn optimizers_agree_with_double_precision_and_leave_the_dead_alone() {
    let optimizers: Vec<Optimizer> = Optimizer::all().chain([rule("adam"), rule("adam")]).collect();
    let (networks, size, steps) = (optimizers.len(), 37, 50);
    for (name, device) in common::devices() {
        let start = draws(10, networks * size, 1.0);
        let rates: Vec<f32> = (0..networks).map(|i| [1e-3f32, 1e-2, 1e-1][i % 3]).collect();
        let mut alive = vec![1.0; networks];
        alive[networks - 1] = 0.0;
        let alive_tensor = tensor(&alive, [networks], &device);
        let parameter = tensor(&start, [networks, size], &device);
        let mut state = State::new(parameter, &Rules::of(&optimizers).0);
        let mut expected: Vec<[f64; STATE]> = start.iter().map(|p| [f64::from(*p), 0.0, 0.0, 0.0]).collect();
        let mut published = expected[..size].to_vec();
        let mut sequences: Vec<_> = optimizers
            .iter()
            .zip(&rates)
            .map(|(of, rate)| of.steps(*rate))
            .collect();
        for t in 1..=steps {
            let gradient = draws(100 + t, networks * size, 1.0);
            let numbers: Vec<Numbers> = sequences.iter_mut().map(|sequence| sequence.advance()).collect();
            let step = step_of(&optimizers, &numbers, &device);
            state = optimizer::step(
                state,
                tensor(&gradient, [networks, size], &device),
                alive_tensor.clone(),
                step,
            );
            for (i, gradient) in gradient.iter().enumerate() {
                let network = i / size;
                if alive[network] > 0.0 {
                    let numbers = numbers[network].map(f64::from);
                    let rule = optimizers[network].rule();
                    expected[i] = rule.reference(expected[i], f64::from(*gradient), &numbers);
                }
                if network == 0 {
                    adam_as_published(&mut published[i], f64::from(*gradient), f64::from(rates[0]), t as i32);
                }
            }
        }
        let parameter = values(state.parameter);
        let bound =
            |expected: &[f64]| steps as f64 * ROUNDING * expected.iter().fold(1f64, |most, p| most.max(p.abs()));
        for network in 0..networks {
            let range = network * size..(network + 1) * size;
            let expected: Vec<f64> = expected[range.clone()].iter().map(|state| state[0]).collect();
            let bound = if alive[network] > 0.0 { bound(&expected) } else { 0.0 };
            let what = format!("{}, network {network} on {name}", optimizers[network]);
            assert_close(&what, &parameter[range], &expected, bound);
        }
        assert_eq!(optimizers[0].name(), "adam");
        let published: Vec<f64> = published.iter().map(|state| state[0]).collect();
        assert_close(name, &parameter[..size], &published, bound(&published));
    }
}
