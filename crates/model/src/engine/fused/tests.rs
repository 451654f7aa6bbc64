//! What the fused engine promises beyond what every engine does.

use super::*;
use crate::engine::unobserved;
use crate::kernels::archs;
use crate::loss::Loss;
use crate::network::architecture::{Architecture, Block, Join};
use crate::network::trained::TrainedNetwork;
use crate::network::weights::Weights;
use crate::penalty::Penalty;
use crate::random::{Random, Stream};
use crate::unit::{Activation, Formula, Sigmoid};

/// All activations, and a formula.
fn activations() -> Vec<Activation> {
    let formula = Formula::define("wiggle", "x + 0.3*sin(4*x)", &[]).expect("a formula");
    Activation::all().chain([Activation::new(formula)]).collect()
}

fn perceptron(sizes: &[usize]) -> Architecture {
    Architecture::perceptron(sizes).expect("sizes of a perceptron")
}

fn network(architecture: &Architecture, samples: usize, activation: Activation, seed: u64) -> Recipe {
    let mut random = Random::new(seed, Stream::Samples);
    let mut draws = |n: usize| (0..n).map(|_| random.normal() as f32).collect();
    let (inputs, targets) = (
        draws(samples * architecture.inputs()),
        draws(samples * architecture.outputs()),
    );
    Recipe {
        learning_rate: 1e-2,
        penalties: vec![Penalty::new(&Spectral, 1e-2)],
        ..Recipe::new(architecture, activation, seed, inputs, targets)
    }
}

fn stack(architecture: &Architecture, samples: usize, steps: usize, networks: Vec<Recipe>) -> Stack {
    Stack::new(architecture.clone(), samples, steps, networks).expect("a stack")
}

/// Mean squared error of a perceptron in double precision.
fn error(weights: &Weights, network: &Recipe) -> f64 {
    let trained = TrainedNetwork::perceptron(
        weights.clone(),
        network.activations.first().copied().unwrap_or_else(identity),
    );
    let x: Vec<f64> = network.inputs.iter().copied().map(f64::from).collect();
    let answers = trained.predict_all(&x);
    let errors = answers
        .iter()
        .zip(&network.targets)
        .map(|(p, y)| (p - f64::from(*y)).powi(2));
    errors.sum::<f64>() / network.targets.len() as f64
}

fn identity() -> Activation {
    Activation::new(&crate::unit::Identity)
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
        // Differences with these steps see SIREN's frequency as nothing but noise: here it has a twelfth of it.
        let slower = |activation: Activation| activation.with("omega", 2.5).unwrap_or(activation);
        for activation in activations().into_iter().map(slower) {
            let architecture = perceptron(sizes);
            let network = network(&architecture, samples, activation, 5);
            let stack = stack(&architecture, samples, 1, vec![network.clone()]);
            let mut training = Training::new(Arch::new(), &stack);
            training.load(&network, &stack);
            let loss = training.gradients(&network, 0);
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
            let kinks = kinks(activation);
            let (mut checked, mut left_out) = (0, 0);
            for (index, gradient) in gradients.iter().enumerate() {
                for (place, found) in gradient.weight.iter().chain(&gradient.bias).enumerate() {
                    let at = |by: f32| shifted(&network.initial, index, place, by);
                    let sides = |by: f32| sides(&at(by).1, &network, &kinks);
                    if !kinks.is_empty() && sides(2.0 * h) != sides(-2.0 * h) {
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

/// Where an activation has kinks: of all units they are at thousandths.
fn kinks(activation: Activation) -> Vec<f64> {
    let bends = |x: &f64| (activation.derivative(x + 1e-9) - activation.derivative(x - 1e-9)).abs() > 1e-5;
    (-8000..=8000).map(|i| f64::from(i) / 1000.0).filter(bends).collect()
}

/// How many kinks every hidden unit is beyond at every sample: it is so with the network that ends there.
fn sides(weights: &Weights, network: &Recipe, kinks: &[f64]) -> Vec<usize> {
    let x: Vec<f64> = network.inputs.iter().copied().map(f64::from).collect();
    let hidden = 1..weights.len();
    let units = hidden.flat_map(|depth| {
        let first = TrainedNetwork::perceptron(weights[..depth].to_vec(), network.activations[0]);
        first.predict_all(&x)
    });
    units.map(|z| kinks.iter().filter(|kink| z > **kink).count()).collect()
}

/// The same network by each optimiser and loss, clipped.
fn trained(network: &Recipe) -> Vec<Recipe> {
    let optimizers = Optimizer::all().map(|optimizer| Recipe {
        optimizer,
        clip: 0.1,
        ..network.clone()
    });
    let losses = Loss::all().map(|loss| Recipe {
        loss,
        ..network.clone()
    });
    optimizers.chain(losses).collect()
}

#[test]
fn every_vector_width_ends_with_the_same_bits() {
    for (of, activation) in activations().into_iter().flat_map(|activation| {
        [perceptron(&[2, 21, 17, 1]), everything()].map(|architecture| (architecture, activation))
    }) {
        let mut network = network(&of, 70, activation, 3);
        network.dropout.fill(0.2);
        let stack = stack(&of, 70, 15, trained(&network));
        let outcomes: Vec<_> = archs()
            .into_iter()
            .map(|arch| train_on(arch, &stack, &mut unobserved))
            .collect();
        for other in &outcomes[1..] {
            for (one, other) in outcomes[0].iter().zip(other) {
                assert_eq!(bits(one), bits(other), "{activation}");
            }
        }
    }
}

/// Every block inside of others, at widths that fill no vector.
fn everything() -> Architecture {
    let residual = Block::parallel(
        Join::Sum,
        [Block::Sequence(Vec::new()), Block::activated(21), Block::Dropout],
    );
    let gate = Block::parallel(Join::Gate, [Block::activated(5), Block::linear(5)]);
    let product = Block::parallel(Join::Product, [Block::linear(19), Block::activated(19)]);
    let wide = Block::parallel(Join::Concatenation, [gate, Block::Fourier { frequencies: 3 }, product]);
    let blocks = vec![Block::activated(21), residual, wide, Block::Dropout, Block::linear(2)];
    Architecture::new(2, Block::Sequence(blocks)).expect("an architecture")
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
        let architecture = &perceptron(sizes);
        let good = network(architecture, 40, Activation::new(&Sigmoid), 1);
        let alone = train(&stack(architecture, 40, 50, vec![good.clone()]), &mut unobserved);
        for wild in activations() {
            for exponent in 2..=38 {
                let mut bad = network(architecture, 40, wild, 2);
                bad.learning_rate = 10f32.powi(exponent);
                let after = train(&stack(architecture, 40, 50, vec![bad, good.clone()]), &mut unobserved);
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
    let architecture = perceptron(&[1, 17, 17, 1]);
    let stacks: Vec<_> = activations()
        .into_iter()
        .map(|activation| stack(&architecture, 70, 20, vec![network(&architecture, 70, activation, 4)]))
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

/// A slope that is infinite at zero, where padding is, times a gradient of zero is no number: it must not get into the
/// padding of a weight, which the power iteration reads.
#[test]
fn padding_stays_empty_where_an_activation_is_infinitely_steep() {
    let formula = Formula::define("root", "abs(x)^0.5", &[]).expect("a formula");
    let architecture = perceptron(&[1, 20, 20, 1]);
    let network = network(&architecture, 40, Activation::new(formula), 1);
    assert!(network.activations[0].derivative(0.0).is_nan() || network.activations[0].derivative(0.0).is_infinite());
    let outcome = &train(&stack(&architecture, 40, 20, vec![network]), &mut unobserved)[0];
    assert_eq!(outcome.diverged_at, None);
}
