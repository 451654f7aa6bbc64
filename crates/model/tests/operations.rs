//! Every operation on every backend, against double precision and finite differences.

mod common;

use actlab_model::Activation;
use actlab_model::backend::activation::{self, Activations};
use actlab_model::backend::loss::{self, LossesOfStack};
use actlab_model::backend::spectral;
use actlab_model::loss::Loss;
use actlab_model::unit::{Formula, PARAMETERS};
use burn::tensor::Tensor;
use common::tensors::{ROUNDING, assert_close, assert_near, draws, tensor, values, wide};

/// A stack in which every network has another activation, with widths and samples that fill no vector evenly.
#[test]
fn activations_agree_with_double_precision() {
    let activations = common::activations();
    let networks = activations.len();
    for (name, device) in common::devices() {
        for (samples, width, scale) in [(7, 19, 1.0), (33, 1, 4.0), (1, 64, 40.0)] {
            let block = samples * width;
            let z = draws(1, networks * block, scale);
            let bias = draws(2, networks * width, scale);
            let upstream = draws(3, networks * block, 1.0);
            let device = device.clone().autodiff();
            let z_tensor = tensor(&z, [networks, samples, width], &device).require_grad();
            let bias_tensor = tensor(&bias, [networks, width], &device).require_grad();
            let y = activation::activate(
                z_tensor.clone(),
                bias_tensor.clone(),
                &Activations::new(&activations, &device),
            );
            let weighted = y.clone() * tensor(&upstream, [networks, samples, width], &device);
            let gradients = weighted.sum().backward();
            let y = values(y.inner());
            let dz = values(z_tensor.grad(&gradients).expect("a gradient"));
            let db = values(bias_tensor.grad(&gradients).expect("a gradient"));
            for (network, activation) in activations.iter().copied().enumerate() {
                let of = |values: &[f32], width: usize| wide(&values[network * width..][..width]);
                let what = format!("{activation} on {name} with {samples} x {width}");
                let z = of(&z, block);
                let bias = of(&bias, width);
                let upstream = of(&upstream, block);
                let off = |f: &dyn Fn(f64) -> f64| -> Vec<f64> {
                    let shifted = z.iter().enumerate().map(|(i, z)| z + bias[i % width]);
                    shifted.map(|x| off(f, x)).collect()
                };
                let expected = activation::reference::activate(&z, &bias, activation);
                let allowed = off(&|x| activation.value(x));
                assert_near(&what, &y[network * block..][..block], &expected, &allowed);
                let (dz_expected, db_expected) = activation::reference::backward(&z, &bias, activation, &upstream);
                let steep = off(&|x| activation.derivative(x)).into_iter().zip(&upstream);
                let allowed: Vec<f64> = steep.map(|(off, upstream)| off * upstream.abs().max(1.0)).collect();
                assert_near(&what, &dz[network * block..][..block], &dz_expected, &allowed);
                let mut sums = vec![0.0; width];
                for (i, (allowed, dz)) in allowed.iter().zip(&dz_expected).enumerate() {
                    sums[i % width] += allowed + dz.abs() * ROUNDING * samples as f64;
                }
                assert_near(&what, &db[network * width..][..width], &db_expected, &sums);
            }
        }
    }
}

/// How far off `f` may be at the sum of `z` and a bias: the sum is rounded before the activation sees it, and perhaps once
/// more what it is multiplied with there; and eight roundings of the argument and of what comes out.
fn off(f: &dyn Fn(f64) -> f64, x: f64) -> f64 {
    let shift = 2.0 * x.abs() / 16_777_216.0;
    let moved = |by: f64| (f(x + by) - f(x)).abs();
    moved(shift).max(moved(-shift)) + ROUNDING * (1.0 + x.abs() + f(x).abs())
}

/// Each network has another activation, of which some learn parameters, and some have parameters that they do not learn:
/// of these the gradient is exactly zero.
#[test]
fn gradients_of_learned_parameters_agree_with_double_precision() {
    let parameters = [("a".to_owned(), 0.3), ("b".to_owned(), 2.0)];
    let waves = Activation::new(Formula::define("waves", "x + a*sin(b*x)", &parameters).expect("a formula"));
    let leaky = common::unit("leaky_relu");
    let learn = |activation: Activation, name| activation.learn(name).expect("a parameter");
    let activations = [
        learn(waves, "b"),
        leaky,
        learn(learn(waves, "b"), "a"),
        common::unit("tanh"),
        learn(leaky, "slope"),
        common::unit("prelu"),
        learn(common::unit("snake"), "a"),
        learn(common::unit("silu"), "beta"),
    ];
    let (samples, width) = (33, 19);
    let block = samples * width;
    let z = draws(1, activations.len() * block, 1.0);
    let bias = draws(2, activations.len() * width, 1.0);
    let upstream = draws(3, activations.len() * block, 1.0);
    for (name, device) in common::devices() {
        let device = device.autodiff();
        let shape = [activations.len(), samples, width];
        let of_stack = Activations::new(&activations, &device);
        let bias_tensor = tensor(&bias, [activations.len(), width], &device);
        let y = activation::activate(tensor(&z, shape, &device), bias_tensor, &of_stack);
        let gradients = (y * tensor(&upstream, shape, &device)).sum().backward();
        let found = values(of_stack.parameters.grad(&gradients).expect("a gradient"));
        for (network, activation) in activations.iter().copied().enumerate() {
            let of = |values: &[f32], length: usize| wide(&values[network * length..][..length]);
            let (z, bias, upstream) = (of(&z, block), of(&bias, width), of(&upstream, block));
            for position in 0..PARAMETERS {
                let found = found[network * PARAMETERS + position];
                if !activation.learned().any(|learned| learned == position) {
                    assert_eq!(found, 0.0, "{activation} on {name}");
                    continue;
                }
                let expected = activation::reference::parameter_backward(&z, &bias, activation, position, &upstream);
                // A term for each value, none larger than eight, rounded once: a derivative is at most as large as its argument.
                assert_close(
                    &format!("{activation} on {name}"),
                    &[found],
                    &[expected],
                    block as f64 * ROUNDING,
                );
            }
        }
    }
}

/// The activation, if it has no kink: none at a thousandth, which all kinks are at. The sine of SIREN bends too much for
/// differences of single precision; here it has a twelfth of its frequency.
fn smooth(activation: Activation) -> Option<Activation> {
    let bends = |x: f64| (activation.derivative(x + 1e-9) - activation.derivative(x - 1e-9)).abs();
    let kinked = (-8000..=8000).any(|i| bends(f64::from(i) / 1000.0) > 1e-5);
    (!kinked).then(|| activation.with("omega", 2.5).unwrap_or(activation))
}

/// The hand-written gradient against central differences of the operation itself. With a step h of 2^-8 the
/// differences err by h^2/6 |g'''| <= 5e-5, since no third derivative is above 19.2, the formula's, and by the rounding
/// of two values of up to 8, 2^-21 / 2h = 6e-5; of larger values by as much more.
#[test]
fn gradients_of_activations_are_slopes() {
    let h = 1.0 / 256.0;
    for (name, device) in common::devices() {
        let smooth: Vec<Activation> = common::activations().into_iter().filter_map(smooth).collect();
        assert!(smooth.len() > 15, "{smooth:?}");
        let (samples, width) = (16, 5);
        let shape = [smooth.len(), samples, width];
        let z = draws(4, smooth.len() * samples * width, 1.5);
        let zero = tensor(&vec![0.0; smooth.len() * width], [smooth.len(), width], &device);
        let at = |shift: f32| {
            let z: Vec<f32> = z.iter().map(|z| z + shift).collect();
            values(activation::activate(
                tensor(&z, shape, &device),
                zero.clone(),
                &Activations::new(&smooth, &device),
            ))
        };
        let (above, below) = (at(h), at(-h));
        let slopes: Vec<f64> = above
            .iter()
            .zip(&below)
            .map(|(a, b)| (f64::from(*a) - f64::from(*b)) / (2.0 * f64::from(h)))
            .collect();
        let autodiff = device.clone().autodiff();
        let z = tensor(&z, shape, &autodiff).require_grad();
        let y = activation::activate(z.clone(), zero.autodiff(), &Activations::new(&smooth, &autodiff));
        let dz = values(z.grad(&y.sum().backward()).expect("a gradient"));
        let bounds = above.iter().map(|y| 1.1e-4 * f64::from(y.abs() / 8.0).max(1.0));
        assert_near(name, &dz, &slopes, &bounds.collect::<Vec<_>>());
    }
}

/// Every loss in one stack. Errors relative to the largest value: each difference, its loss and its slope round a
/// handful of times.
#[test]
fn losses_agree_with_double_precision() {
    let wide_huber = "huber".parse::<Loss>().expect("a loss").with("delta", 0.3);
    let losses: Vec<Loss> = Loss::all().chain(wide_huber).collect();
    let networks = losses.len();
    for (name, device) in common::devices() {
        for (samples, outputs) in [(1, 1), (257, 1), (40, 3)] {
            let block = samples * outputs;
            let shape = [networks, samples, outputs];
            let (p, t) = (draws(5, networks * block, 2.0), draws(6, networks * block, 2.0));
            let device = device.clone().autodiff();
            let prediction = tensor(&p, shape, &device).require_grad();
            let of_stack = LossesOfStack::new(&losses, &device);
            let loss = loss::error(prediction.clone(), tensor(&t, shape, &device), &of_stack);
            let weights: Vec<f32> = (1..=networks).map(|i| i as f32).collect();
            let gradients = (loss.clone() * tensor(&weights, [networks], &device)).sum().backward();
            let gradient = values(prediction.grad(&gradients).expect("a gradient"));
            let loss = values(loss.inner());
            for (network, rule) in losses.iter().enumerate() {
                let (p, t) = (
                    wide(&p[network * block..][..block]),
                    wide(&t[network * block..][..block]),
                );
                let what = format!("{rule} on {name} with {samples} x {outputs}");
                let (expected, slopes) = rule.reference(&p, &t);
                assert_close(
                    &what,
                    &loss[network..=network],
                    &[expected],
                    expected * ROUNDING * (1.0 + block as f64 / 8.0),
                );
                let weight = (network + 1) as f64;
                let expected: Vec<f64> = slopes.iter().map(|g| g * weight).collect();
                let largest = expected.iter().fold(0f64, |largest, g| largest.max(g.abs()));
                assert_close(
                    &what,
                    &gradient[network * block..][..block],
                    &expected,
                    largest * ROUNDING,
                );
            }
        }
    }
}

#[test]
fn power_iterations_and_penalties_agree_with_double_precision() {
    for (name, device) in common::devices() {
        // The last is more than the shared memory of any GPU holds.
        for (networks, rows, columns) in [(1, 1, 1), (4, 3, 70), (3, 130, 17), (1, 40_000, 3)] {
            let size = rows * columns;
            let w = draws(7, networks * size, 0.5);
            let start = draws(8, networks * columns, 1.0);
            let lambda: Vec<f32> = (0..networks).map(|i| i as f32 * 0.1).collect();
            let autodiff = device.clone().autodiff();
            let weight = tensor(&w, [networks, rows, columns], &autodiff).require_grad();
            let triple =
                spectral::power_iteration(weight.clone().inner(), tensor(&start, [networks, columns], &device));
            let penalty = spectral::penalty(weight.clone(), triple.clone(), tensor(&lambda, [networks], &device));
            let gradient = values(weight.grad(&penalty.clone().sum().backward()).expect("a gradient"));
            let (left, right) = (values(triple.left), values(triple.right));
            let (sigma, penalty) = (values(triple.sigma), values(penalty.inner()));
            // Sums of `rows` and of `columns` terms, then divided by their length.
            let bound = ROUNDING * (rows + columns) as f64;
            for network in 0..networks {
                let what = format!("{name} with {networks} x {rows} x {columns}");
                let weight = wide(&w[network * size..][..size]);
                let start = wide(&start[network * columns..][..columns]);
                let (l, r, s) = spectral::reference::power_iteration(&weight, &start);
                assert_close(&what, &left[network * rows..][..rows], &l, bound);
                assert_close(&what, &right[network * columns..][..columns], &r, bound);
                assert_close(&what, &sigma[network..=network], &[s], bound * s);
                let lambda = f64::from(lambda[network]);
                assert_close(
                    &what,
                    &penalty[network..=network],
                    &[0.5 * lambda * s * s],
                    2.0 * bound * lambda * s * s,
                );
                let expected = spectral::reference::backward(lambda, s, &l, &r);
                assert_close(
                    &what,
                    &gradient[network * size..][..size],
                    &expected,
                    3.0 * bound * lambda * s,
                );
            }
        }
    }
}

/// After enough iterations the gradient is that of `lambda/2 sigma^2` itself: central differences of the exact
/// largest singular value. The vectors have converged, (s2/s1)^(2 * 200) < 1e-9 here; what is left is the rounding of
/// one iteration, of two products and two lengths of `rows` or `columns` terms each, which the iterations before it
/// add to as a geometric series of (s2/s1)^2. The differences err by some 1e-16 / 1e-6.
#[test]
fn gradients_of_penalties_are_slopes_of_the_squared_spectral_norm() {
    let (rows, columns) = (4, 3);
    let w = draws(9, rows * columns, 1.0);
    let half_square = |w: &[f64]| {
        let mut right = vec![1.0; columns];
        let mut sigma = 0.0;
        for _ in 0..10_000 {
            (_, right, sigma) = spectral::reference::power_iteration(w, &right);
        }
        0.5 * sigma * sigma
    };
    let h = 1e-6;
    let slopes: Vec<f64> = (0..rows * columns)
        .map(|i| {
            let at = |shift: f64| {
                let mut w = wide(&w);
                w[i] += shift;
                half_square(&w)
            };
            (at(h) - at(-h)) / (2.0 * h)
        })
        .collect();
    let singular = nalgebra::DMatrix::from_row_slice(rows, columns, &wide(&w)).singular_values();
    let ratio = singular[1] / singular[0];
    let rounding = 2.0 * (rows + columns) as f64 / 16_777_216.0;
    let bound = rounding * singular[0] / (1.0 - ratio * ratio);
    for (name, device) in common::devices() {
        let weight = tensor(&w, [1, rows, columns], &device.clone().autodiff()).require_grad();
        let mut right = Tensor::ones([1, columns], &device);
        let mut triple = spectral::power_iteration(weight.clone().inner(), right);
        for _ in 0..200 {
            right = triple.right;
            triple = spectral::power_iteration(weight.clone().inner(), right);
        }
        let penalty = spectral::penalty(weight.clone(), triple, Tensor::ones([1], &device));
        let gradient = values(weight.grad(&penalty.sum().backward()).expect("a gradient"));
        assert_close(name, &gradient, &slopes, bound);
    }
}

/// Of weights that overflow the power iteration finds no number: it must not get into a network without a penalty.
#[test]
fn a_network_without_a_penalty_gets_no_gradient_even_from_weights_that_overflow() {
    for (name, device) in common::devices() {
        let w = [vec![3e38f32; 4], vec![1.0; 4]].concat();
        let weight = tensor(&w, [2, 2, 2], &device.clone().autodiff()).require_grad();
        let triple = spectral::power_iteration(weight.clone().inner(), Tensor::ones([2, 2], &device));
        let sigma = values(triple.sigma.clone());
        assert!(!sigma[0].is_finite() && sigma[1].is_finite(), "{name}: {sigma:?}");
        let penalty = spectral::penalty(weight.clone(), triple, tensor(&[0.0, 0.0], [2], &device));
        let gradient = values(weight.grad(&penalty.clone().sum().backward()).expect("a gradient"));
        assert!(gradient.iter().all(|g| *g == 0.0), "{name}: {gradient:?}");
        assert_eq!(values(penalty.inner()), [0.0, 0.0], "{name}");
    }
}

/// A matrix of zeros has no singular vectors: the iteration stays where it is, and finds those of what comes next.
#[test]
fn a_power_iteration_survives_a_matrix_of_zeros() {
    for (name, device) in common::devices() {
        for [rows, columns] in [[3, 5], [40_000, 3]] {
            let start = draws(12, columns, 1.0);
            let right = tensor(&start, [1, columns], &device);
            let zeros = Tensor::<3>::zeros([1, rows, columns], &device);
            let triple = spectral::power_iteration(zeros, right);
            assert_eq!(values(triple.sigma), [0.0], "{name}");
            assert_eq!(values(triple.right.clone()), start, "{name}");
            let w = draws(13, rows * columns, 1.0);
            let found = spectral::power_iteration(tensor(&w, [1, rows, columns], &device), triple.right);
            let (_, _, sigma) = spectral::reference::power_iteration(&wide(&w), &wide(&start));
            let bound = ROUNDING * (rows + columns) as f64 * sigma;
            assert_close(name, &values(found.sigma), &[sigma], bound);
        }
    }
}

#[test]
fn what_is_finite_is_told_by_its_bits() {
    let cases = [
        0.0,
        -0.0,
        1.0,
        f32::MAX,
        f32::MIN,
        1e-45,
        f32::INFINITY,
        f32::NEG_INFINITY,
        f32::NAN,
        -f32::NAN,
    ];
    for (name, device) in common::devices() {
        let found = values(loss::finite(tensor(&cases, [cases.len()], &device)));
        assert_eq!(found, cases.map(|x| f32::from(u8::from(x.is_finite()))), "{name}");
    }
}

/// More networks than a GPU dispatches cubes in one direction.
#[test]
fn there_may_be_more_networks_than_65_535() {
    let networks = 70_000;
    let numbers: Vec<f32> = (0..networks).map(|network| 1.0 + (network % 1000) as f32).collect();
    for (name, device) in common::devices() {
        let prediction = tensor(&numbers, [networks, 1, 1], &device);
        let of_stack = LossesOfStack::new(&vec!["mse".parse().expect("a loss"); networks], &device);
        let losses = values(loss::error(prediction.clone(), prediction.zeros_like(), &of_stack));
        assert!(
            losses
                .iter()
                .zip(&numbers)
                .all(|(loss, number)| *loss == number * number),
            "{name}"
        );
        let triple = spectral::power_iteration(prediction, Tensor::ones([networks, 1], &device));
        let sigma = wide(&values(triple.sigma));
        assert!(
            sigma
                .iter()
                .zip(wide(&numbers))
                .all(|(sigma, number)| (sigma / number - 1.0).abs() <= ROUNDING),
            "{name}"
        );
    }
}
