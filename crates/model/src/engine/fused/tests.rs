//! What the fused engine promises beyond what every engine does.

use super::*;
use crate::activation::Activation;
use crate::init::{Random, Stream, Weights, initial_weights};
use crate::mlp::predict;
use crate::ops::cpu::archs;

fn network(sizes: &[usize], samples: usize, activation: Activation, seed: u64) -> Network {
    let mut random = Random::new(seed, Stream::Samples);
    let mut draws = |n: usize| (0..n).map(|_| random.normal() as f32).collect();
    Network {
        activation,
        learning_rate: 1e-2,
        spectral: 1e-2,
        initial: initial_weights(sizes, seed),
        seed,
        inputs: draws(samples * sizes[0]),
        targets: draws(samples * sizes[sizes.len() - 1]),
    }
}

fn stack(sizes: &[usize], samples: usize, steps: usize, networks: Vec<Network>) -> Stack {
    Stack {
        sizes: sizes.to_vec(),
        samples,
        steps,
        networks,
    }
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

/// Central differences of the error in double precision, of every weight and bias. The weights are `f32`, so the step
/// is one that they can take exactly, 2^-9 at most: it errs by h^2/6 of the third derivative, some 1e-5, but for the
/// kinked activations, which are linear between kinks; a kink within h of a sample shifts a difference by at most its
/// share of the samples. The engine's own rounding is of the order of 1e-6.
#[test]
fn gradients_are_the_slopes_of_the_error_in_double_precision() {
    let shapes: [(&[usize], usize); 5] = [
        (&[1, 9, 1], 70),
        (&[2, 17, 5, 1], 33),
        (&[3, 6, 12], 65),
        (&[2, 1], 5),
        (&[1, 4, 4, 2], 3),
    ];
    for (sizes, samples) in shapes {
        for activation in Activation::ALL {
            let network = network(sizes, samples, activation, 5);
            let mut training = Training::new(Arch::new(), &stack(sizes, samples, 1, vec![network.clone()]));
            training.load(&network);
            let loss = training.gradients(&network);
            let truth = error(&network.initial, &network);
            assert!(
                (f64::from(loss) - truth).abs() < 1e-5 * truth,
                "{sizes:?} {activation}: {loss} for {truth}"
            );
            let gradients: Weights = training
                .layers
                .iter()
                .map(|layer| layer.store(&training.gradient))
                .collect();
            let kinked = matches!(activation, Activation::Relu | Activation::LeakyRelu);
            let tolerance = if kinked { 5e-2 } else { 2e-4 };
            let h = 2f32.powi(-9);
            for (index, gradient) in gradients.iter().enumerate() {
                let weights = gradient.weight.len();
                for (place, found) in gradient.weight.iter().chain(&gradient.bias).enumerate() {
                    let shifted = |by: f32| {
                        let mut shifted = network.initial.clone();
                        let layer = &mut shifted[index];
                        let parameter = match place.checked_sub(weights) {
                            None => &mut layer.weight[place],
                            Some(bias) => &mut layer.bias[bias],
                        };
                        let before = *parameter;
                        *parameter += by;
                        (error(&shifted, &network), f64::from(shifted_by(before, by)))
                    };
                    let ((above, up), (below, down)) = (shifted(h), shifted(-h));
                    let slope = (above - below) / (up - down);
                    let off = (f64::from(*found) - slope).abs();
                    assert!(
                        off < tolerance,
                        "{sizes:?} {activation}, layer {index}, {place}: {found} for {slope}"
                    );
                }
            }
        }
    }
}

fn shifted_by(parameter: f32, by: f32) -> f32 {
    (parameter + by) - parameter
}

#[test]
fn every_vector_width_ends_with_the_same_bits() {
    let sizes = [2, 21, 17, 1];
    for activation in Activation::ALL {
        let stack = stack(&sizes, 70, 15, vec![network(&sizes, 70, activation, 3)]);
        let outcomes: Vec<_> = archs()
            .into_iter()
            .map(|arch| train_on(arch, &stack, &mut |_| ()))
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

/// What a network leaves behind in the memory that the next one uses is none of the next one's business.
#[test]
fn a_network_after_one_that_diverged_ends_as_if_it_were_alone() {
    let sizes = [1, 20, 20, 1];
    let good = network(&sizes, 40, Activation::Sigmoid, 1);
    let mut bad = network(&sizes, 40, Activation::Relu, 2);
    bad.learning_rate = 1e30;
    let after = train(&stack(&sizes, 40, 50, vec![bad, good.clone()]), &mut |_| ());
    let alone = train(&stack(&sizes, 40, 50, vec![good]), &mut |_| ());
    assert!(after[0].diverged_at.is_some());
    assert_eq!(bits(&after[1]), bits(&alone[0]));
}

#[test]
fn threads_that_train_at_once_do_not_disturb_each_other() {
    let sizes = [1, 17, 17, 1];
    let stacks: Vec<_> = Activation::ALL
        .into_iter()
        .map(|activation| stack(&sizes, 70, 20, vec![network(&sizes, 70, activation, 4)]))
        .collect();
    let alone: Vec<_> = stacks.iter().map(|stack| train(stack, &mut |_| ())).collect();
    let at_once: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = stacks
            .iter()
            .map(|stack| scope.spawn(|| train(stack, &mut |_| ())))
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
