//! What the fused engine promises beyond what every engine does.

use super::*;
use crate::engine::unobserved;
use crate::kernels::archs;
use crate::network::predict::predict;
use crate::network::random::{Random, Stream};
use crate::network::weights::{Weights, initial_weights};
use crate::optimizer::Adam;
use crate::unit::{Activation, Formula, Sigmoid};

/// All activations, and a formula.
fn activations() -> Vec<Activation> {
    let formula = Formula::define("wiggle", "x + 0.3*sin(4*x)", &[]).expect("a formula");
    Activation::all().chain([Activation::new(formula)]).collect()
}

fn network(sizes: &[usize], samples: usize, activation: Activation, seed: u64) -> Network {
    let mut random = Random::new(seed, Stream::Samples);
    let mut draws = |n: usize| (0..n).map(|_| random.normal() as f32).collect();
    Network {
        activation,
        optimizer: Optimizer::new(&Adam),
        learning_rate: 1e-2,
        spectral: 1e-2,
        initial: initial_weights(sizes, seed),
        seed,
        inputs: draws(samples * sizes[0]),
        targets: draws(samples * sizes[sizes.len() - 1]),
    }
}

fn stack(sizes: &[usize], samples: usize, steps: usize, networks: Vec<Network>) -> Stack {
    Stack::new(sizes.to_vec(), samples, steps, networks).expect("a stack")
}

/// Mean squared error in double precision.
fn error(weights: &Weights, network: &Network) -> f64 {
    let samples = network.inputs.chunks(weights[0].inputs);
    let targets = network.targets.chunks(weights[weights.len() - 1].outputs);
    let errors = samples.zip(targets).flat_map(|(x, y)| {
        let x: Vec<f64> = x.iter().copied().map(f64::from).collect();
        let output = predict(weights, network.activation, &x);
        output
            .into_iter()
            .zip(y)
            .map(|(p, y)| (p - f64::from(*y)).powi(2))
            .collect::<Vec<_>>()
    });
    errors.sum::<f64>() / network.targets.len() as f64
}

/// Central differences of the error in double precision, of every weight and bias, with a step h that `f32` weights can
/// take exactly. They err by a multiple of h^2, of which a third shows in what differences with a step of 2h are apart
/// from them; parameters that move a unit over the kink of its activation are left out, and are the fewer. The engine
/// itself adds so many numbers for each slope as there are samples and units on the way there and back, and rounds by
/// 2^-24 at each.
#[test]
fn gradients_are_the_slopes_of_the_error_in_double_precision() {
    let shapes: [(&[usize], usize); 5] = [
        (&[1, 9, 1], 70),
        (&[2, 17, 5, 1], 33),
        (&[3, 6, 12], 65),
        (&[2, 1], 5),
        (&[1, 4, 4, 2], 3),
    ];
    let h = 2f32.powi(-9);
    for (sizes, samples) in shapes {
        let rounding = (samples + 2 * sizes.iter().sum::<usize>()) as f64 / 16_777_216.0;
        for activation in activations() {
            let network = network(sizes, samples, activation, 5);
            let mut training = Training::new(Arch::new(), &stack(sizes, samples, 1, vec![network.clone()]));
            training.load(&network);
            let loss = training.gradients(&network);
            let truth = error(&network.initial, &network);
            assert!(
                (f64::from(loss) - truth).abs() < rounding * truth,
                "{sizes:?} {activation}: {loss} for {truth}"
            );
            let gradients: Weights = training
                .layers
                .iter()
                .map(|layer| layer.store(&training.gradient))
                .collect();
            let kinked = activation.derivative(1e-9) - activation.derivative(-1e-9) > 0.5;
            let (mut checked, mut left_out) = (0, 0);
            for (index, gradient) in gradients.iter().enumerate() {
                for (place, found) in gradient.weight.iter().chain(&gradient.bias).enumerate() {
                    let at = |by: f32| shifted(&network.initial, index, place, by);
                    if kinked && signs(&at(2.0 * h).1, &network) != signs(&at(-2.0 * h).1, &network) {
                        left_out += 1;
                        continue;
                    }
                    checked += 1;
                    let slope = |h: f32| {
                        let ((right, above), (left, below)) = (at(h), at(-h));
                        (error(&above, &network) - error(&below, &network)) / (right - left)
                    };
                    let (near, far) = (slope(h), slope(2.0 * h));
                    let tolerance = (near - far).abs() + rounding * truth.max(1.0);
                    assert!(
                        (f64::from(*found) - near).abs() < tolerance,
                        "{sizes:?} {activation}, layer {index}, {place}: {found} for {near}, which errs by {tolerance}"
                    );
                }
            }
            assert!(left_out < checked, "{sizes:?} {activation}: {left_out} left out");
        }
    }
}

/// A parameter of a layer, its weights first, then its biases, moved `by` so much: what it becomes, and the weights.
fn shifted(weights: &Weights, layer: usize, place: usize, by: f32) -> (f64, Weights) {
    let mut weights = weights.clone();
    let layer = &mut weights[layer];
    let parameter = match place.checked_sub(layer.weight.len()) {
        None => &mut layer.weight[place],
        Some(bias) => &mut layer.bias[bias],
    };
    *parameter += by;
    (f64::from(*parameter), weights)
}

/// On which side of zero every hidden unit is at every sample: it is so with the network that ends there.
fn signs(weights: &Weights, network: &Network) -> Vec<bool> {
    let hidden = 1..weights.len();
    let units = hidden.flat_map(|depth| {
        let samples = network.inputs.chunks(weights[0].inputs);
        samples.flat_map(move |x| {
            let x: Vec<f64> = x.iter().copied().map(f64::from).collect();
            predict(&weights[..depth].to_vec(), network.activation, &x)
        })
    });
    units.map(|z| z > 0.0).collect()
}

#[test]
fn every_vector_width_ends_with_the_same_bits() {
    let sizes = [2, 21, 17, 1];
    for activation in activations() {
        let stack = stack(&sizes, 70, 15, vec![network(&sizes, 70, activation, 3)]);
        let outcomes: Vec<_> = archs()
            .into_iter()
            .map(|arch| train_on(arch, &stack, &mut unobserved))
            .collect();
        for other in &outcomes[1..] {
            assert_eq!(bits(&outcomes[0][0]), bits(&other[0]), "{activation}");
        }
    }
}

fn bits(outcome: &Outcome) -> Vec<u32> {
    let parameters = outcome
        .weights
        .iter()
        .flat_map(|layer| layer.weight.iter().chain(&layer.bias));
    let records = outcome
        .history
        .iter()
        .flat_map(|record| record.sigma.iter().chain([&record.loss]));
    parameters.chain(records).map(|value| value.to_bits()).collect()
}

/// What a network leaves behind in the memory that the next one uses is none of the next one's business. The sine is
/// what leaves the most: at some rates its loss is still finite while a gradient is not, infinity times the zeros of
/// the padding is no number, and the next network's power iteration would read it.
#[test]
fn a_network_after_one_that_diverged_ends_as_if_it_were_alone() {
    for sizes in [&[1, 20, 20, 1][..], &[1, 17, 19, 21, 1], &[2, 9, 5, 12, 9]] {
        let good = network(sizes, 40, Activation::new(&Sigmoid), 1);
        let alone = train(&stack(sizes, 40, 50, vec![good.clone()]), &mut unobserved);
        for wild in activations() {
            for exponent in 2..=38 {
                let mut bad = network(sizes, 40, wild, 2);
                bad.learning_rate = 10f32.powi(exponent);
                let after = train(&stack(sizes, 40, 50, vec![bad, good.clone()]), &mut unobserved);
                assert_eq!(bits(&after[1]), bits(&alone[0]), "{sizes:?}, {wild} at 1e{exponent}");
                // Not even a bounded activation bears such an output weight.
                assert!(
                    exponent < 20 || after[0].diverged_at.is_some(),
                    "{sizes:?}, {wild} at 1e{exponent}"
                );
            }
        }
    }
}

#[test]
fn threads_that_train_at_once_do_not_disturb_each_other() {
    let sizes = [1, 17, 17, 1];
    let stacks: Vec<_> = activations()
        .into_iter()
        .map(|activation| stack(&sizes, 70, 20, vec![network(&sizes, 70, activation, 4)]))
        .collect();
    let alone: Vec<_> = stacks.iter().map(|stack| train(stack, &mut unobserved)).collect();
    let at_once: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = stacks
            .iter()
            .map(|stack| scope.spawn(|| train(stack, &mut unobserved)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("no panic"))
            .collect()
    });
    for (alone, at_once) in alone.iter().zip(&at_once) {
        assert_eq!(bits(&alone[0]), bits(&at_once[0]));
    }
}
