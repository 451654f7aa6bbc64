//! That engines compute what they say: they agree with each other, and with an implementation that shares nothing with
//! them.

mod common;

use actlab_model::Activation;
use actlab_model::engine::{Outcome, Recipe};
use actlab_model::random::{Random, Stream};
use common::rules::trained;
use common::training::{drift, magnified, network, perceptron, spectral, trainers};
use nalgebra::{DMatrix, DVector};

/// Training written once more, in double precision with a gradient by central differences of the definition and
/// singular vectors by products of `nalgebra`: nothing of it is shared with the engine but the initial weights and
/// where the power iterations start. Over 40 steps of Adam with a rate of 0.01 a parameter goes at most 0.4 far. Adam
/// divides a gradient by its size, so that what `f32` and the differences get wrong in it, some 1e-7 of the gradients
/// it is the sum of, counts in full where those cancel to a thousandth: 1e-4 of the way, 4e-5.
#[test]
fn training_agrees_with_a_second_implementation_in_double_precision() {
    const TOLERANCE: f64 = 4e-5;
    let sizes = [2, 5, 4, 1];
    for trainer in trainers() {
        let name = &trainer.name;
        for activation in [common::unit("tanh"), common::unit("sinu"), common::unit("sigmoid")] {
            for lambda in [0.0, 0.05] {
                let mut network = network(11, activation, &sizes, 12, 1.0);
                network.learning_rate = 0.01;
                network.penalties = spectral(lambda as f32);
                let expected = second_implementation(&network, 40, lambda);
                let outcome = &trainer.train(vec![network], &sizes, 40)[0];
                for (found, expected) in flat(outcome).iter().zip(expected) {
                    assert!(
                        (found - expected).abs() < TOLERANCE,
                        "{activation}, lambda {lambda} on {name}: {found} instead of {expected}"
                    );
                }
            }
        }
    }
}

fn flat(outcome: &Outcome) -> Vec<f64> {
    let values = outcome
        .weights
        .iter()
        .flat_map(|layer| layer.weight.iter().chain(&layer.bias));
    values.copied().map(f64::from).collect()
}

fn second_implementation(network: &Recipe, steps: i32, lambda: f64) -> Vec<f64> {
    let shapes: Vec<(usize, usize)> = network
        .initial
        .iter()
        .map(|layer| (layer.inputs, layer.outputs))
        .collect();
    let mut parameters: Vec<f64> = network
        .initial
        .iter()
        .flat_map(|layer| layer.weight.iter().chain(&layer.bias))
        .map(|p| f64::from(*p))
        .collect();
    let objective = |parameters: &[f64]| {
        let mut errors = 0.0;
        for (x, y) in network.inputs.chunks(shapes[0].0).zip(&network.targets) {
            let mut a: Vec<f64> = x.iter().copied().map(f64::from).collect();
            let mut at = 0;
            for (index, (inputs, outputs)) in shapes.iter().enumerate() {
                let bias = at + inputs * outputs;
                a = (0..*outputs)
                    .map(|j| {
                        (0..*inputs)
                            .map(|i| a[i] * parameters[at + i * outputs + j])
                            .sum::<f64>()
                            + parameters[bias + j]
                    })
                    .map(|z| {
                        if index + 1 < shapes.len() {
                            network.activations[0].value(z)
                        } else {
                            z
                        }
                    })
                    .collect();
                at = bias + outputs;
            }
            errors += (a[0] - f64::from(*y)).powi(2);
        }
        errors / network.targets.len() as f64
    };
    let mut random = Random::new(network.seed, Stream::Spectral);
    let mut right: Vec<DVector<f64>> = shapes
        .iter()
        .map(|(_, outputs)| DVector::from_fn(*outputs, |_, _| f64::from(random.normal() as f32)))
        .collect();
    let mut moments = vec![[0.0f64; 2]; parameters.len()];
    for t in 1..=steps {
        let h = 1e-6;
        let mut gradient: Vec<f64> = (0..parameters.len())
            .map(|i| {
                let mut shifted = parameters.clone();
                shifted[i] += h;
                let above = objective(&shifted);
                shifted[i] -= 2.0 * h;
                (above - objective(&shifted)) / (2.0 * h)
            })
            .collect();
        let mut at = 0;
        for ((inputs, outputs), right) in shapes.iter().zip(&mut right) {
            let size = inputs * outputs;
            let weight = DMatrix::from_row_slice(*inputs, *outputs, &parameters[at..at + size]);
            let left = (&weight * &*right).normalize();
            let sigma_right = weight.tr_mul(&left);
            *right = sigma_right.normalize();
            for i in 0..*inputs {
                for j in 0..*outputs {
                    gradient[at + i * outputs + j] += lambda * left[i] * sigma_right[j];
                }
            }
            at += size + outputs;
        }
        for ((p, [m, v]), g) in parameters.iter_mut().zip(&mut moments).zip(gradient) {
            *m = 0.9 * *m + 0.1 * g;
            *v = 0.999 * *v + 0.001 * g * g;
            let step = (*m / (1.0 - 0.9f64.powi(t))) / ((*v / (1.0 - 0.999f64.powi(t))).sqrt() + 1e-8);
            *p -= f64::from(network.learning_rate) * step;
        }
    }
    parameters
}

/// Engines and backends round in different orders, and Adam, which divides gradients by their size, hands the
/// rounding errors of a small gradient on at full size. Over 200 steps that leaves two runs of one network less than
/// 1e-4 apart: in their loss on the way, relative to the loss that they start with (a loss near zero is a difference
/// of numbers that agree, of which rounding leaves nothing), in their spectral norms, and in their output at the end,
/// relative to the largest. That is at the usual learning rate of 1e-3: at a rate of 4e-3 a trajectory can be chaotic,
/// so that two runs which agree to 1e-7 for 150 steps are 25 times further apart every 12 steps from there on.
///
/// In one network of a few hundred a gradient passes through zero on the way, where rounding decides the sign of a whole
/// step of Adam. So the median of three networks is held to a tenth of that, and each to the hundredth by which one step
/// may move what a network answers. For steep activations see `magnified`.
#[test]
fn all_engines_and_backends_agree_after_200_steps() {
    const TOLERANCE: f64 = 1e-5;
    const OF_A_STEP: f64 = 1e-2;
    let trainers = trainers();
    let activations: Vec<Activation> = common::activations()
        .into_iter()
        .flat_map(|activation| [activation; 3])
        .collect();
    // A width that fills no vector, two inputs, two outputs, one layer, none; samples that fill no block.
    let shapes: [&[usize]; 5] = [&[1, 32, 32, 1], &[2, 21, 17, 1], &[1, 40, 12], &[1, 5, 1], &[3, 1]];
    for (sizes, samples) in shapes.into_iter().zip([64, 150, 65, 9, 7]) {
        for lambda in [0.0, 1e-2] {
            let networks = activations.iter().enumerate().map(|(seed, activation)| Recipe {
                penalties: spectral(lambda),
                learning_rate: 1e-3,
                ..network(seed as u64, *activation, sizes, samples, 1.0)
            });
            let networks: Vec<_> = networks.collect();
            let first = trainers[0].train(networks.clone(), sizes, 200);
            for trainer in &trainers[1..] {
                let outcomes = trainer.train(networks.clone(), sizes, 200);
                let pairs = first.iter().zip(&outcomes).zip(&activations);
                let drifts: Vec<(Activation, f64)> = pairs
                    .map(|((a, b), activation)| (*activation, drift(a, b, &perceptron(sizes))))
                    .collect();
                for of in drifts.chunk_by(|a, b| a.0 == b.0) {
                    let activation = of[0].0;
                    let mut found: Vec<f64> = of.iter().map(|(_, drift)| *drift).collect();
                    found.sort_by(f64::total_cmp);
                    let drift = found[1];
                    let magnified = magnified(activation, sizes.len() - 2);
                    let what = format!(
                        "{sizes:?} {activation} lambda {lambda}, {} and {}",
                        trainers[0].name, trainer.name
                    );
                    println!("{what}: {drift:e}");
                    assert!(drift < TOLERANCE.max(magnified), "{what}: {found:?}");
                    assert!(found[2] < OF_A_STEP.max(magnified), "{what}: {found:?}");
                }
            }
        }
    }
}

/// Every optimiser, schedule and loss, clipped and not, in one stack: for as many steps, within the same bound. The rates
/// are those at which each is stable: RMSprop and the mean absolute error, whose steps do not become shorter where the
/// error does, hand rounding on as Adam does.
#[test]
fn engines_and_backends_agree_however_they_train() {
    const TOLERANCE: f64 = 1e-4;
    let sizes = [1, 24, 24, 1];
    let trainers = trainers();
    let ways: Vec<Recipe> = (0..60)
        .map(|way| {
            let start = network(way as u64, common::unit("tanh"), &sizes, 70, 1.0);
            let network = trained(start, way);
            let learning_rate = if network.optimizer.name() == "sgd" { 1e-2 } else { 1e-4 };
            Recipe {
                learning_rate,
                ..network
            }
        })
        .collect();
    let first = trainers[0].train(ways.clone(), &sizes, 200);
    for trainer in &trainers[1..] {
        let outcomes = trainer.train(ways.clone(), &sizes, 200);
        for ((a, b), way) in first.iter().zip(&outcomes).zip(&ways) {
            let worst = drift(a, b, &perceptron(&sizes));
            let Recipe {
                optimizer,
                schedule,
                loss,
                clip,
                ..
            } = way;
            let what = format!("{optimizer}, {schedule}, {loss}, clip {clip}");
            println!("{what}, {} and {}: {worst:e}", trainers[0].name, trainer.name);
            assert!(worst < TOLERANCE, "{what}, {}: {worst}", trainer.name);
        }
    }
}

/// The gradient of the first step is `2 (p - y)/n` times the last layer's inputs and so on: it is as long as the limit
/// after clipping, so that plain descent goes as far as the rate times that, to the roundings of a sum of squares.
#[test]
fn a_clipped_step_is_as_long_as_the_limit() {
    let sizes = [1, 24, 24, 1];
    for trainer in trainers() {
        for (scale, clip, length) in [(100.0, 0.5, Some(0.5)), (1.0, 1e4, None)] {
            let start = Recipe {
                optimizer: "sgd".parse().expect("a rule"),
                learning_rate: 1e-2,
                penalties: Vec::new(),
                clip,
                ..network(3, common::unit("tanh"), &sizes, 70, scale)
            };
            let free = Recipe {
                clip: 0.0,
                ..start.clone()
            };
            let moved = |network: &Recipe| {
                let after = &trainer.train(vec![network.clone()], &sizes, 1)[0];
                let before = network
                    .initial
                    .iter()
                    .flat_map(|layer| layer.weight.iter().chain(&layer.bias));
                let squares = flat(after).into_iter().zip(before);
                squares
                    .map(|(after, before)| (after - f64::from(*before)).powi(2))
                    .sum::<f64>()
                    .sqrt()
            };
            let expected = length.map_or_else(|| moved(&free), |length| 1e-2 * length);
            let found = moved(&start);
            // Parameters are below one, and each is rounded once: some 700 of them by 2^-25, in any direction.
            assert!(
                (found - expected).abs() < 1e-6,
                "{}: {found} instead of {expected}",
                trainer.name
            );
        }
    }
}

/// A head of one output and a stack of many are where batched products are known to go wrong. A tenth of the steps for
/// which two engines may drift 1e-4 apart, a tenth of the drift; on a CPU it is the same bits, which is tested above.
#[test]
fn a_network_ends_the_same_in_a_stack_of_one_and_of_a_thousand() {
    let sizes = [1, 8, 8, 1];
    let activations = common::activations();
    let every = |seed: usize| activations[seed % activations.len()];
    let make = |seed: u64| network(seed, every(seed as usize), &sizes, 16, 1.0);
    for trainer in trainers() {
        let many = trainer.train((0..1000).map(make).collect(), &sizes, 20);
        for seed in [0, 1, 499, 998, 999] {
            let one = trainer.train(vec![make(seed as u64)], &sizes, 20);
            let worst = drift(&one[0], &many[seed], &perceptron(&sizes));
            assert!(worst < 1e-5, "{}, network {seed}: {worst}", trainer.name);
        }
    }
}
