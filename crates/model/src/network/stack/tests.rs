//! What stacks refuse.

use std::sync::Arc;

use super::*;
use crate::block::Block;
use crate::loss::Loss;
use crate::network::batches::Order;
use crate::network::selection::Keep;
use crate::network::source::Source;
use crate::penalty::{L2, Penalty, Spectral};
use crate::unit::{Activation, Tanh};

fn perceptron() -> Architecture {
    Architecture::perceptron_with_dropout(&[2, 5, 3]).expect("an architecture")
}

fn network() -> Recipe {
    Recipe::new(&perceptron(), Activation::new(&Tanh), 0, vec![0.0; 8], vec![0.0; 12])
}

fn refused(change: impl Fn(&mut Recipe)) -> Option<StackError> {
    let mut second = network();
    change(&mut second);
    Stack::new(perceptron(), 4, 10, vec![network(), second]).err()
}

#[test]
fn what_does_not_fit_the_stack_is_refused_by_name() {
    type Change = dyn Fn(&mut Recipe);
    assert_eq!(refused(|_| ()), None);
    let cases: [(&Change, _); 10] = [
        (&|n| n.inputs.truncate(7), ("training inputs", 7, 8)),
        (&|n| n.targets.push(0.0), ("training targets", 13, 12)),
        (&|n| n.initial.truncate(1), ("layers", 1, 2)),
        (&|n| n.initial[1].inputs = 4, ("inputs of a layer", 4, 5)),
        (&|n| n.initial[0].weight.truncate(9), ("weights of a layer", 9, 10)),
        (&|n| n.initial[0].bias.clear(), ("biases of a layer", 0, 5)),
        (&|n| n.activations.clear(), ("activations", 0, 1)),
        (&|n| n.dropout.push(0.5), ("dropout rates", 2, 1)),
        (&|n| n.selection.targets = vec![0.0; 4], ("validation targets", 4, 3)),
        (&|n| n.selection.targets = vec![0.0; 6], ("validation inputs", 0, 4)),
    ];
    for (change, (what, found, expected)) in cases {
        let error = StackError::Length {
            network: 1,
            what,
            found,
            expected,
        };
        assert_eq!(refused(change), Some(error));
    }
}

#[test]
fn rates_are_shares_and_penalties_are_named_once() {
    for rate in [-0.1, 1.0] {
        let error = StackError::Rate { network: 1, rate };
        assert_eq!(refused(|network| network.dropout[0] = rate), Some(error));
    }
    assert!(matches!(
        refused(|network| network.dropout[0] = f32::NAN),
        Some(StackError::Rate { .. })
    ));
    let with = |penalties: [Penalty; 2]| refused(move |network| network.penalties = penalties.to_vec());
    assert_eq!(with([Penalty::new(&L2, 0.1), Penalty::new(&Spectral, 0.1)]), None);
    let twice = StackError::Penalty {
        network: 1,
        penalty: "l2",
    };
    assert_eq!(with([Penalty::new(&L2, 0.1), Penalty::new(&L2, 0.2)]), Some(twice));
}

#[test]
fn settings_that_their_rules_do_not_take_are_refused() {
    type Change = dyn Fn(&mut Recipe);
    let cases: [(&Change, &str); 4] = [
        (
            &|n| n.optimizer = n.optimizer.with("beta1", 1.5).expect("a setting"),
            "beta1 of adam",
        ),
        (
            &|n| n.schedule = n.schedule.with("warmup", 0.5).expect("a setting"),
            "warmup of constant",
        ),
        (
            &|n| {
                n.loss = "huber"
                    .parse::<Loss>()
                    .expect("a loss")
                    .with("delta", 0.0)
                    .expect("a setting")
            },
            "delta of huber",
        ),
        (&|n| n.clip = f32::NAN, "norm of its gradient"),
    ];
    for (change, what) in cases {
        let error = refused(change).expect("refused").to_string();
        assert!(
            error.starts_with("network 1 of the stack") && error.contains(what),
            "{error}"
        );
    }
}

#[test]
fn batches_are_of_samples_that_are_there() {
    let stack = || Stack::new(perceptron(), 4, 10, vec![network()]).expect("a stack");
    let batches = |size| Batches {
        size,
        order: Order::Shuffled,
    };
    for size in [0, 5] {
        let error = StackError::Batch { size, samples: 4 };
        assert_eq!(stack().with_batches(batches(size)).err(), Some(error));
    }
    let batched = stack().with_batches(batches(3)).expect("a batch");
    assert_eq!((batched.samples(), batched.samples_of_a_step()), (4, 3));
    assert_eq!(batched.chunks(1).next().expect("a network").batches(), Some(batches(3)));
    let drawn = Recipe {
        fresh: Some(Arc::new(Zeros)),
        ..network()
    };
    let fresh = Stack::new(perceptron(), 4, 10, vec![network(), drawn]).expect("a stack");
    assert_eq!(fresh.with_batches(batches(3)).err(), Some(StackError::BatchOfFresh(1)));
}

#[derive(Debug)]
struct Zeros;

impl Source for Zeros {
    fn draw(&self, _: usize, inputs: &mut [f32], targets: &mut [f32]) {
        inputs.fill(0.0);
        targets.fill(0.0);
    }
}

#[test]
fn noise_is_a_deviation_and_who_selects_has_samples_to_select_by() {
    for deviation in [-0.1, f32::INFINITY] {
        let error = StackError::Noise { network: 1, deviation };
        assert_eq!(refused(|network| network.input_noise = deviation), Some(error));
    }
    assert!(matches!(
        refused(|network| network.input_noise = f32::NAN),
        Some(StackError::Noise { .. })
    ));
    let none = Some(StackError::NoValidation(1));
    assert_eq!(refused(|network| network.selection.keep = Keep::Best), none);
    assert_eq!(refused(|network| network.selection.patience = 1), none);
}

#[test]
fn what_does_not_train_learns_nothing() {
    let blocks = vec![Block::Fourier { frequencies: 2 }, Block::activated(3)];
    let architecture = Architecture::new(1, Block::Sequence(blocks)).expect("an architecture");
    let leaky: Activation = "leaky_relu".parse().expect("a unit");
    let learned = leaky.learn("slope").expect("a parameter");
    let mut network = Recipe::new(&architecture, learned, 0, vec![0.0], vec![0.0; 3]);
    let stack = |network: Recipe| Stack::new(architecture.clone(), 1, 1, vec![network]).err();
    assert_eq!(stack(network.clone()), None);
    network.activations[0] = learned;
    assert_eq!(stack(network), Some(StackError::Fixed { network: 0 }));
}

#[test]
fn what_is_nothing_to_train_is_refused() {
    let error = |samples, steps, networks| Stack::new(perceptron(), samples, steps, networks).err();
    assert_eq!(error(4, 1, Vec::new()), Some(StackError::Empty));
    assert_eq!(error(0, 1, vec![network()]), Some(StackError::NoSamples));
    let many = Stack::MOST_STEPS + 1;
    assert_eq!(error(4, many, vec![network()]), Some(StackError::Steps(many)));
    assert_eq!(error(4, many - 1, vec![network()]), None);
}
