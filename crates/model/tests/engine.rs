//! What training promises, with every engine on every backend.

mod common;

use std::ops::ControlFlow;

use actlab_model::engine::{Engine, Network, Outcome, Stack};
use actlab_model::network::norm::spectral_norm;
use actlab_model::network::predict::predict;
use actlab_model::network::random::{Random, Stream};
use actlab_model::network::weights::initial_weights;
use actlab_model::optimizer::Adam;
use actlab_model::{Activation, Optimizer};
use burn::tensor::Device;
use nalgebra::{DMatrix, DVector};
use proptest::prelude::*;

/// A network that learns `x^2` or, with a `scale`, something as large as it likes.
fn network(seed: u64, activation: Activation, sizes: &[usize], samples: usize, scale: f32) -> Network {
    let mut random = Random::new(seed, Stream::Samples);
    let inputs: Vec<f32> = (0..samples * sizes[0])
        .map(|_| 2.0 * random.uniform_f32() - 1.0)
        .collect();
    let targets = inputs
        .chunks(sizes[0])
        .map(|x| scale * x.iter().map(|x| x * x).sum::<f32>())
        .collect();
    Network {
        activation,
        optimizer: Optimizer::new(&Adam),
        learning_rate: 1e-3 * (1.0 + (seed % 5) as f32),
        spectral: [0.0, 1e-2, 0.0, 1e-1][seed as usize % 4],
        initial: initial_weights(sizes, seed),
        seed,
        inputs,
        targets,
    }
}

/// What can train here: an engine, and the device that it trains on.
struct Trainer {
    name: String,
    engine: Engine,
    device: Device,
}

impl Trainer {
    fn train(&self, networks: Vec<Network>, sizes: &[usize], steps: usize) -> Vec<Outcome> {
        let samples = networks[0].inputs.len() / sizes[0];
        let (mut told, total) = (0, steps * networks.len());
        let stack = Stack::new(sizes.to_vec(), samples, steps, networks).expect("a stack");
        let outcomes = self.engine.train(&stack, &self.device, &mut |steps| {
            told += steps;
            ControlFlow::Continue(())
        });
        let outcomes = outcomes.expect("the device is well");
        assert_eq!(told, total, "{}: every step is told of", self.name);
        outcomes
    }
}

fn trainers_on(devices: Vec<(&'static str, Device)>) -> Vec<Trainer> {
    let fused = devices
        .iter()
        .find(|(name, _)| *name != "wgpu")
        .map(|(_, device)| Trainer {
            name: Engine::Fused.to_string(),
            engine: Engine::Fused,
            device: device.clone(),
        });
    let autodiff = devices.into_iter().map(|(name, device)| Trainer {
        name: format!("{} on {name}", Engine::Autodiff),
        engine: Engine::Autodiff,
        device,
    });
    autodiff.chain(fused).collect()
}

fn trainers() -> Vec<Trainer> {
    trainers_on(common::devices())
}

fn cpu_trainers() -> Vec<Trainer> {
    trainers_on(common::cpu_devices())
}

fn bits(outcome: &Outcome) -> Vec<u32> {
    let weights = outcome
        .weights
        .iter()
        .flat_map(|layer| layer.weight.iter().chain(&layer.bias));
    weights
        .chain(
            outcome
                .history
                .iter()
                .flat_map(|record| record.sigma.iter().chain([&record.loss])),
        )
        .map(|value| value.to_bits())
        .collect()
}

/// Sizes, samples, and for each network its seed and activation.
fn stacks() -> impl Strategy<Value = (Vec<usize>, usize, Vec<(u64, usize)>)> {
    let sizes = (1usize..3, prop::collection::vec(1usize..40, 0..3))
        .prop_map(|(inputs, hidden)| [vec![inputs], hidden, vec![1]].concat());
    let networks = prop::collection::vec((0u64..1000, 0usize..common::activations().len()), 1..9);
    (sizes, 1usize..70, networks)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_network_ends_with_the_same_bits_alone_and_in_any_stack((sizes, samples, members) in stacks()) {
        let make = |(seed, activation): &(u64, usize)| {
            network(*seed, common::activations()[*activation], &sizes, samples, 1.0)
        };
        for trainer in cpu_trainers() {
            let together = trainer.train(members.iter().map(make).collect(), &sizes, 12);
            for (member, outcome) in members.iter().zip(&together) {
                let alone = trainer.train(vec![make(member)], &sizes, 12);
                prop_assert_eq!(bits(&alone[0]), bits(outcome), "{} {:?}", trainer.name, member);
            }
        }
    }
}

#[test]
fn stacks_that_train_on_several_threads_at_once_end_with_the_same_bits() {
    let sizes = [1, 24, 24, 1];
    for trainer in cpu_trainers() {
        let stack = |first: u64| {
            (first..first + 4)
                .map(|seed| network(seed, common::unit("tanh"), &sizes, 50, 1.0))
                .collect()
        };
        let one_by_one: Vec<_> = (0..4).flat_map(|i| trainer.train(stack(4 * i), &sizes, 30)).collect();
        let at_once: Vec<_> = std::thread::scope(|scope| {
            let trainer = &trainer;
            let threads: Vec<_> = (0..4)
                .map(|i| scope.spawn(move || trainer.train(stack(4 * i), &sizes, 30)))
                .collect();
            threads
                .into_iter()
                .flat_map(|thread| thread.join().expect("no panic"))
                .collect()
        });
        for (a, b) in one_by_one.iter().zip(&at_once) {
            assert_eq!(bits(a), bits(b), "{}", trainer.name);
        }
    }
}

/// A network whose targets are cubes on [-20, 20], not standardised, under a learning rate of the size that
/// gradient descent is given diverges at once; its neighbours do not notice.
#[test]
fn a_diverging_network_is_recorded_and_disturbs_no_neighbour() {
    let sizes = [1, 16, 1];
    for trainer in trainers() {
        let name = &trainer.name;
        let good = |seed| network(seed, common::unit("relu"), &sizes, 40, 1.0);
        let mut bad = good(7);
        bad.inputs = (0..40).map(|i| i as f32 - 20.0).collect();
        bad.targets = bad.inputs.iter().map(|x| x.powi(3)).collect();
        bad.learning_rate = 1e12;
        let with = trainer.train(vec![good(1), bad, good(2)], &sizes, 100);
        let without = trainer.train(vec![good(1), good(2)], &sizes, 100);
        let step = with[1]
            .diverged_at
            .unwrap_or_else(|| panic!("{name}: it did not diverge: {:?}", with[1].history));
        assert!((1..100).contains(&step), "{name}: {step}");
        assert!(
            with[1]
                .history
                .iter()
                .all(|record| record.step < step && record.loss.is_finite()),
            "{name}"
        );
        for (a, b) in [(&with[0], &without[0]), (&with[2], &without[1])] {
            assert_eq!(a.diverged_at, None, "{name}");
            assert_eq!(bits(a), bits(b), "{name}");
        }
    }
}

/// The penalty of a matrix of zeros is zero, but not for good. Without hidden layers nothing but the penalty keeps the
/// weight from growing to that of the targets.
#[test]
fn a_network_that_starts_from_zeros_is_regularised_all_the_same() {
    let sizes = [3, 1];
    for trainer in trainers() {
        let name = &trainer.name;
        let zeros = |spectral| {
            let mut network = network(3, common::unit("identity"), &sizes, 40, 1.0);
            network.targets = network.inputs.chunks(3).map(|x| x.iter().sum()).collect();
            network.initial[0].weight.fill(0.0);
            network.learning_rate = 1e-2;
            network.spectral = spectral;
            network
        };
        let outcomes = trainer.train(vec![zeros(0.0), zeros(10.0)], &sizes, 300);
        let norms: Vec<f64> = outcomes
            .iter()
            .map(|outcome| spectral_norm(&outcome.weights[0]))
            .collect();
        // By algebra: the targets' weight is (1, 1, 1); with lambda of 10 beside a variance of 1/3 it is less than a
        // tenth of that.
        assert!(norms[0] > 1.5 && norms[1] < 0.18, "{name}: {norms:?}");
        for (outcome, norm) in outcomes.iter().zip(norms) {
            let recorded = outcome.history[outcome.history.len() - 1].sigma[0];
            // A matrix of one column has one singular value: the record is it, but for eight roundings.
            assert!(
                (f64::from(recorded) / norm - 1.0).abs() < 8.0 / 16_777_216.0,
                "{name}: {recorded} for {norm}"
            );
        }
    }
}

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
                network.spectral = lambda as f32;
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

fn second_implementation(network: &Network, steps: i32, lambda: f64) -> Vec<f64> {
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
                            network.activation.value(z)
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
#[test]
fn all_engines_and_backends_agree_after_200_steps() {
    const TOLERANCE: f64 = 1e-4;
    let trainers = trainers();
    // A width that fills no vector, two inputs, two outputs, one layer, none; samples that fill no block.
    let shapes: [&[usize]; 5] = [&[1, 32, 32, 1], &[2, 21, 17, 1], &[1, 40, 12], &[1, 5, 1], &[3, 1]];
    for (sizes, samples) in shapes.into_iter().zip([64, 150, 65, 9, 7]) {
        for spectral in [0.0, 1e-2] {
            let networks = common::activations().into_iter().enumerate().map(|(seed, activation)| {
                let mut network = network(seed as u64, activation, sizes, samples, 1.0);
                network.targets = network
                    .targets
                    .iter()
                    .flat_map(|y| vec![*y; sizes[sizes.len() - 1]])
                    .collect();
                Network {
                    spectral,
                    learning_rate: 1e-3,
                    ..network
                }
            });
            let networks: Vec<_> = networks.collect();
            let first = trainers[0].train(networks.clone(), sizes, 200);
            for trainer in &trainers[1..] {
                let outcomes = trainer.train(networks.clone(), sizes, 200);
                for ((a, b), activation) in first.iter().zip(&outcomes).zip(common::activations()) {
                    let worst = drift(a, b, activation);
                    let pair = format!("{} and {}", trainers[0].name, trainer.name);
                    println!("{sizes:?} {activation} lambda {spectral}, {pair}: {worst:e}");
                    assert!(
                        worst < TOLERANCE,
                        "{sizes:?} {activation} lambda {spectral}, {pair}: {worst}"
                    );
                }
            }
        }
    }
}

/// The largest difference of all that.
fn drift(a: &Outcome, b: &Outcome, activation: Activation) -> f64 {
    assert_eq!(a.history.len(), b.history.len());
    let start = a.history[0].loss;
    let mut worst = 0f64;
    for (a, b) in a.history.iter().zip(&b.history) {
        assert_eq!(a.step, b.step);
        let sigmas = a.sigma.iter().zip(&b.sigma).map(|(a, b)| (a - b).abs() / a);
        let off = sigmas.fold((a.loss - b.loss).abs() / start, f32::max);
        worst = worst.max(f64::from(off));
    }
    let outputs = |outcome: &Outcome| -> Vec<f64> {
        let point = |i: i32| vec![f64::from(i) * 0.02; outcome.weights[0].inputs];
        (-100..=100)
            .flat_map(|i| predict(&outcome.weights, activation, &point(i)))
            .collect()
    };
    let (a, b) = (outputs(a), outputs(b));
    let scale = a.iter().fold(0f64, |scale, y| scale.max(y.abs()));
    a.iter()
        .zip(&b)
        .fold(worst, |worst, (a, b)| worst.max((a - b).abs() / scale))
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
            let worst = drift(&one[0], &many[seed], every(seed));
            assert!(worst < 1e-5, "{}, network {seed}: {worst}", trainer.name);
        }
    }
}

#[test]
fn training_learns() {
    let sizes = [1, 32, 1];
    for trainer in trainers() {
        let name = &trainer.name;
        let mut pupil = network(0, common::unit("tanh"), &sizes, 64, 1.0);
        pupil.learning_rate = 1e-2;
        let outcome = &trainer.train(vec![pupil], &sizes, 500)[0];
        let (first, last) = (&outcome.history[0], &outcome.history[outcome.history.len() - 1]);
        assert_eq!((first.step, last.step), (0, 500));
        assert!(
            last.loss < 1e-2 * first.loss,
            "{name}: from {} to {}",
            first.loss,
            last.loss
        );
    }
}

/// The observer breaks at the third record: of the first network with the fused engine, which trains one after the
/// other, of all with the autodiff engine.
#[test]
fn who_watches_may_end_a_training() {
    let sizes = [1, 9, 1];
    let stack = |steps| {
        let networks = (0..3).map(|seed| network(seed, common::unit("tanh"), &sizes, 20, 1.0));
        Stack::new(sizes.to_vec(), 20, steps, networks.collect()).expect("a stack")
    };
    for trainer in trainers() {
        let mut told = 0;
        let ended = trainer.engine.train(&stack(640), &trainer.device, &mut |_| {
            told += 1;
            if told < 3 {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        });
        let ended = ended.expect("the device is well");
        assert_eq!(
            (told, ended[0].steps, ended[0].history.len()),
            (3, 20, 3),
            "{}",
            trainer.name
        );
        let others = if trainer.engine == Engine::Fused { 0 } else { 20 };
        assert!(
            ended[1..]
                .iter()
                .all(|outcome| outcome.steps == others && outcome.diverged_at.is_none())
        );
        let short = trainer.train(stack(20).networks().to_vec(), &sizes, 20);
        assert_eq!(short[0].steps, 20);
        if trainer.engine == Engine::Fused {
            assert_eq!(bits(&short[0])[..28], bits(&ended[0])[..28], "the same twenty steps");
        }
    }
}
