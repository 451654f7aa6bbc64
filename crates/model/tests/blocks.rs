//! Networks of blocks: joins, dropout, and activations that learn their parameters.

mod common;

use std::sync::Arc;

use actlab_model::Activation;
use actlab_model::engine::{Outcome, Recipe, Stack};
use actlab_model::network::architecture::{Architecture, Block, Join};
use actlab_model::network::batches::{Batches, Order};
use actlab_model::network::selection::{Keep, Selection};
use actlab_model::penalty::Penalty;
use actlab_model::random::{Random, Stream};
use actlab_model::unit::Formula;
use common::rules::trained;
use common::training::{Squares, bits, cpu_trainers, drift, perceptron, recipe, trainers};
use proptest::prelude::*;

/// Blocks in blocks; whatever is joined number by number ends in a layer of one width.
fn blocks() -> impl Strategy<Value = Block> {
    let width = || 1usize..24;
    let leaf = prop_oneof![
        3 => width().prop_map(Block::activated),
        1 => width().prop_map(Block::linear),
        1 => Just(Block::Dropout),
        1 => (1usize..9).prop_map(|frequencies| Block::Fourier { frequencies }),
        1 => Just(Block::Sequence(Vec::new())),
    ];
    leaf.prop_recursive(3, 12, 3, move |inner| {
        let branches = (prop::sample::select(Join::ALL.to_vec()), width());
        let several = prop::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            prop::collection::vec(inner, 1..4).prop_map(Block::Sequence),
            (branches, several).prop_map(|((join, width), branches)| {
                let few = if join == Join::Gate { 2 } else { branches.len() };
                let to_width = |branch| match join {
                    Join::Concatenation => branch,
                    _ => Block::Sequence(vec![branch, Block::activated(width)]),
                };
                let branches: Vec<Block> = branches.into_iter().take(few).map(to_width).collect();
                Block::parallel(join, branches)
            }),
        ]
    })
}

fn architectures() -> impl Strategy<Value = Architecture> {
    (1usize..3, blocks(), 1usize..3).prop_map(|(inputs, block, outputs)| {
        let block = Block::Sequence(vec![block, Block::linear(outputs)]);
        Architecture::new(inputs, block).expect("blocks that fit")
    })
}

/// Fixed and learned.
fn activations() -> Vec<Activation> {
    let parameters = [("a".to_owned(), 0.3), ("b".to_owned(), 2.0)];
    let waves = Activation::new(Formula::define("waves", "x + a*sin(b*x)", &parameters).expect("a formula"));
    let learn = |activation: Activation, name| activation.learn(name).expect("a parameter");
    let leaky = learn(common::unit("leaky_relu"), "slope");
    vec![
        common::unit("tanh"),
        learn(waves, "b"),
        leaky,
        common::unit("sigmoid"),
        learn(learn(waves, "a"), "b"),
    ]
}

/// What steps take of the samples: all, or a share of them.
fn shares() -> impl Strategy<Value = Option<(f64, Order)>> {
    prop::option::of((0.0..1.0, prop::sample::select(Order::ALL.to_vec())))
}

/// Networks of these seeds, in batches of a share of their samples. Steps of `member`s may have noise on their inputs and,
/// where they take all samples, new ones each.
fn stack(
    architecture: &Architecture,
    seeds: &[u64],
    samples: usize,
    share: Option<(f64, Order)>,
    steps: usize,
) -> Stack {
    let mut members: Vec<Recipe> = seeds.iter().map(|seed| member(*seed, architecture, samples)).collect();
    if share.is_none() {
        for network in members.iter_mut().filter(|network| network.seed % 3 == 0) {
            network.fresh = Some(Arc::new(Squares {
                seed: network.seed,
                inputs: architecture.inputs(),
                outputs: architecture.outputs(),
            }));
        }
    }
    let stack = Stack::new(architecture.clone(), samples, steps, members).expect("a stack");
    match share {
        None => stack,
        Some((share, order)) => {
            let size = 1 + (share * samples as f64) as usize;
            stack.with_batches(Batches { size, order }).expect("a batch")
        }
    }
}

/// The same networks, trained by Adam or AdamW on the mean squared error.
fn with_adam(stack: &Stack) -> Stack {
    let adam = |network: &Recipe| Recipe {
        optimizer: ["adam", "adamw"][network.seed as usize % 2].parse().expect("a rule"),
        loss: "mse".parse().expect("a loss"),
        ..network.clone()
    };
    let networks = stack.networks().iter().map(adam).collect();
    let with = Stack::new(stack.architecture().clone(), stack.samples(), stack.steps(), networks).expect("a stack");
    match stack.batches() {
        Some(batches) => with.with_batches(batches).expect("a batch"),
        None => with,
    }
}

/// A network with its own activations, rates, penalties, noise and way to train, all of which follow from the seed.
fn member(seed: u64, architecture: &Architecture, samples: usize) -> Recipe {
    let activations = activations();
    let mut random = Random::new(seed, Stream::Test);
    let mut network = recipe(seed, activations[0], architecture, samples, 1.0);
    for (slot, layer) in architecture.program().slots() {
        let chosen = activations[random.below(activations.len())];
        if architecture.program().trains(layer) {
            network.activations[slot] = chosen;
        }
    }
    for rate in &mut network.dropout {
        *rate = [0.0, 0.1, 0.4][random.below(3)];
    }
    let coefficient = |penalty: Penalty| if penalty.name() == "spectral_norm" { 0.9 } else { 1e-2 };
    let penalties = Penalty::all(0.0).map(|penalty| {
        let coefficients = [0.0, 0.0, coefficient(penalty)];
        Penalty::new(penalty.rule(), coefficients[random.below(3)])
    });
    network.penalties = penalties.collect();
    network.learning_rate = 1e-3;
    network.input_noise = [0.0, 0.1][random.below(2)];
    trained(network, random.below(1000))
}

/// The same with weights that are chosen, and a training that may end early. Some have fewer samples to choose by.
fn selected(mut network: Recipe, architecture: &Architecture) -> Recipe {
    let seed = network.seed;
    let validation = recipe(seed + 1, common::unit("tanh"), architecture, 3 + seed as usize % 3, 1.0);
    network.selection = Selection {
        keep: Keep::ALL[seed as usize % 2],
        patience: seed as usize % 4,
        inputs: validation.inputs,
        targets: validation.targets,
    };
    network
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_network_of_blocks_ends_with_the_same_bits_alone_and_in_any_stack(
        architecture in architectures(), samples in 1usize..70, seeds in prop::collection::vec(0u64..1000, 1..6),
        share in shares()
    ) {
        let stack = |seeds: &[u64]| {
            let stack = stack(&architecture, seeds, samples, share, 12);
            let networks = stack.networks().iter().cloned().map(|network| selected(network, &architecture));
            let chosen = Stack::new(architecture.clone(), samples, 12, networks.collect()).expect("a stack");
            stack.batches().map_or(Ok(chosen.clone()), |batches| chosen.with_batches(batches)).expect("a batch")
        };
        for trainer in cpu_trainers() {
            let together = trainer.train_stack(&stack(&seeds));
            for (seed, outcome) in seeds.iter().zip(&together) {
                let alone = trainer.train_stack(&stack(&[*seed]));
                prop_assert_eq!(bits(&alone[0]), bits(outcome), "{} {}", trainer.name, seed);
                let ends = |outcome: &Outcome| (outcome.steps, outcome.weights_step, outcome.diverged_at);
                prop_assert_eq!(ends(&alone[0]), ends(outcome), "{} {}", trainer.name, seed);
            }
        }
    }

    /// As for perceptrons, whose 200 steps leave engines less than 1e-4 apart; these are 40. Adam and the mean squared
    /// error: what other rules leave them apart is told by `agreement.rs`.
    #[test]
    fn engines_agree_on_networks_of_blocks(
        architecture in architectures(), samples in 8usize..70, seed in 0u64..1000, share in shares()
    ) {
        let trainers = trainers();
        let stack = with_adam(&stack(&architecture, &[seed, seed + 1, seed + 2], samples, share, 40));
        let first = trainers[0].train_stack(&stack);
        for trainer in &trainers[1..] {
            let outcomes = trainer.train_stack(&stack);
            for (a, b) in first.iter().zip(&outcomes) {
                let worst = drift(a, b, &architecture);
                prop_assert!(worst < 1e-4, "{} and {}: {}", trainers[0].name, trainer.name, worst);
                for (a, b) in a.activations.iter().zip(&b.activations) {
                    for ((name, a), (_, b)) in a.learned_values().zip(b.learned_values()) {
                        prop_assert!((a - b).abs() < 1e-4, "{}: {} and {}", name, a, b);
                    }
                }
            }
        }
    }
}

/// A weight that two penalties hold, and a layer that three branches read: three gradients that meet. Where a neighbour
/// has a dropout is nothing to their sum, also where dropouts are all that reads a layer.
#[test]
fn gradients_that_meet_are_added_up_in_the_same_order_whatever_the_neighbours_do() {
    let branch = |blocks: Vec<Block>| Block::Sequence(blocks);
    let branches = [
        branch(vec![Block::Dropout, Block::activated(9)]),
        branch(vec![Block::Dropout, Block::Dropout, Block::activated(9)]),
        branch(vec![Block::activated(5), Block::activated(9)]),
    ];
    let of_layers = vec![
        Block::Dropout,
        Block::activated(9),
        Block::parallel(Join::Sum, branches),
    ];
    let dropouts = || {
        [
            Block::Dropout,
            Block::Dropout,
            branch(vec![Block::Dropout, Block::Dropout]),
        ]
    };
    let inner = Block::parallel(Join::Concatenation, dropouts());
    let of_dropouts = vec![
        Block::activated(9),
        Block::parallel(Join::Concatenation, dropouts()),
        Block::Dropout,
        inner,
    ];
    for blocks in [of_layers, of_dropouts] {
        let blocks = blocks.into_iter().chain([Block::linear(1)]).collect();
        let architecture = Architecture::new(2, Block::Sequence(blocks)).expect("blocks that fit");
        let places = architecture.program().dropouts();
        for trainer in cpu_trainers() {
            for seed in 0..16 {
                let mut network = recipe(seed, common::unit("tanh"), &architecture, 7, 1.0);
                network.penalties = Penalty::all(1e-2).collect();
                let alone = trainer.train_all(&architecture, vec![network.clone()], 12);
                for place in 0..places {
                    let mut neighbour = network.clone();
                    neighbour.dropout[place] = 0.4;
                    neighbour.dropout[(3 * place + 1) % places] = 0.4;
                    let together = trainer.train_all(&architecture, vec![network.clone(), neighbour], 12);
                    assert_eq!(bits(&alone[0]), bits(&together[0]), "{} {seed} {place}", trainer.name);
                }
            }
        }
    }
}

/// A rate of zero is no dropout at all, whatever its neighbours in the stack leave out.
#[test]
fn a_rate_of_zero_is_no_dropout() {
    let sizes = [1, 20, 20, 1];
    let with = Architecture::perceptron_with_dropout(&sizes).expect("sizes of a perceptron");
    for trainer in cpu_trainers() {
        for activation in common::activations() {
            let none = recipe(1, activation, &with, 70, 1.0);
            let mut neighbour = none.clone();
            neighbour.dropout.fill(0.5);
            let plain = recipe(1, activation, &perceptron(&sizes), 70, 1.0);
            let plain = trainer.train(vec![plain], &sizes, 20).remove(0);
            let found = trainer.train_all(&with, vec![none, neighbour], 20);
            assert_eq!(bits(&found[0]), bits(&plain), "{} {activation}", trainer.name);
            assert_ne!(bits(&found[1]), bits(&plain), "{} {activation}", trainer.name);
        }
    }
}

/// Without a hidden layer dropout regularises in closed form: the expected error of a line `w` on inputs that are left
/// out with probability p is that of ridge regression (Srivastava et al., section 9.1), least at
/// `w = x·y / (x·x / (1 - p))`, which is `1 - p` for the line `y = x`. The last step's weight wanders around it by the
/// size of the steps, so a mean over networks is compared: of 64, each of which is off by less than a tenth.
#[test]
fn dropout_on_inputs_is_ridge_regression() {
    let block = Block::Sequence(vec![Block::Dropout, Block::linear(1)]);
    let architecture = Architecture::new(1, block).expect("an architecture");
    let inputs: Vec<f32> = (0..100).map(|i| i as f32 / 50.0 - 0.99).collect();
    for trainer in trainers() {
        let networks = (0..64).map(|seed| Recipe {
            dropout: vec![0.3],
            learning_rate: 2e-3,
            ..Recipe::new(
                &architecture,
                common::unit("relu"),
                seed,
                inputs.clone(),
                inputs.clone(),
            )
        });
        let outcomes = trainer.train_all(&architecture, networks.collect(), 1500);
        let mean = outcomes.iter().map(|outcome| outcome.weights[0].weight[0]).sum::<f32>() / 64.0;
        assert!((mean - 0.7).abs() < 0.1 / 8.0, "{}: {mean}", trainer.name);
    }
}

/// `y = x` for positive x, else `0.6 x`, is a network of one unit of that slope; half of the samples are below zero.
#[test]
fn a_learned_slope_finds_the_one_that_made_the_data() {
    let architecture = Architecture::new(1, Block::activated(1)).expect("an architecture");
    let truth = common::unit("leaky_relu").with("slope", 0.6).expect("a parameter");
    let learning = common::unit("leaky_relu")
        .with("slope", 0.1)
        .and_then(|leaky| leaky.learn("slope"));
    let inputs: Vec<f32> = (0..100).map(|i| i as f32 / 50.0 - 0.99).collect();
    let targets: Vec<f32> = inputs.iter().map(|x| truth.value(f64::from(*x)) as f32).collect();
    for trainer in trainers() {
        let mut network = Recipe::new(
            &architecture,
            learning.expect("a parameter"),
            0,
            inputs.clone(),
            targets.clone(),
        );
        network.initial[0].weight[0] = 0.8;
        network.learning_rate = 1e-2;
        network.optimizer = "adamw"
            .parse::<actlab_model::Optimizer>()
            .expect("a rule")
            .without_weight_decay();
        let outcome = &trainer.train_all(&architecture, vec![network.clone()], 2000)[0];
        let slope = outcome.activations[0].parameters()[0];
        assert!((slope - 0.6).abs() < 1e-3, "{}: {slope}", trainer.name);
        let trained = outcome.network(&architecture);
        assert!((trained.predict(&[-0.5])[0] + 0.3).abs() < 1e-3, "{}", trainer.name);
        assert!((trained.predict(&[0.5])[0] - 0.5).abs() < 1e-3, "{}", trainer.name);
    }
}

/// Decoupled weight decay takes a share off weights at every step, whatever their gradient is, but not off what
/// activations learn: of data that say nothing of the slope, as those do that are never negative, it stays.
#[test]
fn learned_parameters_do_not_decay() {
    let architecture = Architecture::new(1, Block::activated(1)).expect("an architecture");
    let learning = common::unit("leaky_relu")
        .with("slope", 0.5)
        .and_then(|leaky| leaky.learn("slope"));
    let inputs: Vec<f32> = (1..=40).map(|i| i as f32 / 40.0).collect();
    for trainer in trainers() {
        let mut network = Recipe::new(
            &architecture,
            learning.expect("a parameter"),
            0,
            inputs.clone(),
            inputs.clone(),
        );
        network.initial[0].weight[0] = 1.0;
        network.initial[0].bias[0] = 0.1;
        network.optimizer = "adamw".parse().expect("a rule");
        network.optimizer = network.optimizer.with("weight_decay", 0.5).expect("a setting");
        network.penalties = Penalty::all(0.1).collect();
        let outcome = &trainer.train_all(&architecture, vec![network], 50)[0];
        assert_eq!(outcome.activations[0].parameters(), [0.5], "{}", trainer.name);
        assert_ne!(outcome.weights[0].weight[0], 1.0, "{}", trainer.name);
    }
}

/// Gradients, decay and penalties leave the frequencies of Fourier features alone, before layers that train and after.
#[test]
fn frequencies_do_not_train() {
    let fourier = || Block::Fourier { frequencies: 4 };
    let blocks = vec![fourier(), Block::activated(6), fourier(), Block::linear(1)];
    let architecture = Architecture::new(1, Block::Sequence(blocks)).expect("an architecture");
    for trainer in trainers() {
        let mut network = recipe(3, common::unit("tanh"), &architecture, 40, 1.0);
        network.optimizer = "adamw".parse().expect("a rule");
        network.optimizer = network.optimizer.with("weight_decay", 0.5).expect("a setting");
        network.penalties = Penalty::all(0.1).collect();
        let outcome = &trainer.train_all(&architecture, vec![network.clone()], 50)[0];
        for (place, (before, after)) in network.initial.iter().zip(&outcome.weights).enumerate() {
            let trains = architecture.program().trains(place);
            assert_eq!(before != after, trains, "{}: layer {place}", trainer.name);
        }
    }
}

#[test]
fn what_is_left_out_differs_from_step_to_step() {
    let architecture = Architecture::perceptron_with_dropout(&[1, 16, 1]).expect("sizes of a perceptron");
    for trainer in cpu_trainers() {
        let mut network = recipe(2, common::unit("tanh"), &architecture, 30, 1.0);
        network.dropout.fill(0.5);
        network.learning_rate = 0.0;
        let stack = Stack::new(architecture.clone(), 30, 8, vec![network]).expect("a stack");
        let outcomes = trainer
            .engine
            .train(&stack, &trainer.device, &mut actlab_model::engine::unobserved);
        let losses: Vec<u32> = outcomes.expect("a device that is well")[0]
            .history
            .iter()
            .map(|record| record.loss.to_bits())
            .collect();
        let different: std::collections::BTreeSet<u32> = losses.iter().copied().collect();
        assert_eq!(different.len(), losses.len(), "{}: {losses:?}", trainer.name);
    }
}
