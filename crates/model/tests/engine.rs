//! What training promises, with every engine on every backend.

mod common;

use std::ops::ControlFlow;

use actlab_model::engine::{Engine, Stack};
use actlab_model::network::norm::spectral_norm;
use common::training::{bits, cpu_trainers, network, perceptron, spectral, trainers};
use proptest::prelude::*;

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
        let zeros = |lambda| {
            let mut network = network(3, common::unit("identity"), &sizes, 40, 1.0);
            network.targets = network.inputs.chunks(3).map(|x| x.iter().sum()).collect();
            network.initial[0].weight.fill(0.0);
            network.learning_rate = 1e-2;
            network.penalties = spectral(lambda);
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
        Stack::new(perceptron(&sizes), 20, steps, networks.collect()).expect("a stack")
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
