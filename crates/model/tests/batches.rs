//! What happens to the samples during training: batches, noise on inputs, samples that are drawn afresh, and weights that
//! are chosen by a validation error.

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use actlab_model::Activation;
use actlab_model::engine::{Outcome, Recipe, Stack};
use actlab_model::network::architecture::{Architecture, Block};
use actlab_model::network::batches::{Batches, Order, Sampler};
use actlab_model::network::selection::{Keep, Selection};
use actlab_model::network::source::Source;
use common::training::{Squares, bits, drift, magnified, network, perceptron, trainers};

fn batched(architecture: &Architecture, networks: Vec<Recipe>, steps: usize, batches: Batches) -> Stack {
    let samples = networks[0].inputs.len() / architecture.inputs();
    let stack = Stack::new(architecture.clone(), samples, steps, networks).expect("a stack");
    stack.with_batches(batches).expect("a batch")
}

/// But for the order in which sums are added up, as between two engines, and so by their bounds: the median of three
/// networks is within 1e-4, and each within what one step of Adam may move where rounding decides its sign; see
/// `agreement.rs`.
#[test]
fn a_shuffled_batch_of_all_samples_is_a_full_batch() {
    const OF_A_STEP: f64 = 1e-2;
    let (sizes, samples) = ([2, 20, 20, 1], 70);
    let architecture = perceptron(&sizes);
    for trainer in trainers() {
        // SIREN's sines, 30 times as steep, make of rounding what they like.
        let calm = |activation: Activation| activation.with("omega", 2.5).unwrap_or(activation);
        for activation in common::activations().into_iter().map(calm) {
            let three = || {
                (3..6)
                    .map(|seed| network(seed, activation, &sizes, samples, 1.0))
                    .collect()
            };
            let order = Order::Shuffled;
            let batches = Batches { size: samples, order };
            let shuffled = trainer.train_stack(&batched(&architecture, three(), 100, batches));
            let full = trainer.train(three(), &sizes, 100);
            let pairs = full.iter().zip(&shuffled);
            let mut found: Vec<f64> = pairs.clone().map(|(a, b)| drift(a, b, &architecture)).collect();
            found.sort_by(f64::total_cmp);
            let magnified = magnified(activation, 2);
            let what = format!("{} {activation}: {found:?}", trainer.name);
            assert!(
                found[1] < magnified.max(1e-4) && found[2] < magnified.max(OF_A_STEP),
                "{what}"
            );
            // A network of which nothing comes through a shrink adds up zeros, in whatever order.
            let differ = pairs.clone().any(|(a, b)| bits(a) != bits(b));
            assert!(differ, "{what}: in another order");
        }
    }
}

/// The first step over a batch is the first step over these samples alone, to the bit; gradients of batches are compared with
/// differences in double precision beside the engines.
#[test]
fn a_step_is_over_the_samples_of_its_batch() {
    let (sizes, samples) = ([1, 12, 1], 100);
    let architecture = perceptron(&sizes);
    for trainer in trainers() {
        for order in Order::ALL {
            let whole = network(4, common::unit("tanh"), &sizes, samples, 1.0);
            let batches = Batches { size: 80, order };
            let mut sampler = Sampler::new(batches, whole.seed, samples);
            sampler.begin(0);
            let of = |values: &[f32]| sampler.rows().iter().map(|row| values[*row]).collect::<Vec<_>>();
            let part = Recipe {
                inputs: of(&whole.inputs),
                targets: of(&whole.targets),
                ..whole.clone()
            };
            let batch = &trainer.train_stack(&batched(&architecture, vec![whole], 1, batches))[0];
            let alone = &trainer.train(vec![part], &sizes, 1)[0];
            assert_eq!(batch.weights, alone.weights, "{} {order}", trainer.name);
        }
    }
}

/// The recorded loss is that of all samples as they are, whatever a step has seen of them: where nothing moves, it stays.
#[test]
fn records_are_of_all_samples_without_noise_and_without_dropout() {
    let architecture = Architecture::perceptron_with_dropout(&[1, 16, 1]).expect("sizes of a perceptron");
    for trainer in trainers() {
        let mut altered = network(2, common::unit("tanh"), &[1, 16, 1], 30, 1.0);
        altered.learning_rate = 0.0;
        altered.dropout = vec![0.0];
        let full = trainer.train_all(&architecture, vec![altered.clone()], 8).remove(0);
        altered.input_noise = 0.5;
        altered.dropout = vec![0.5];
        let order = Order::Drawn;
        let stack = batched(&architecture, vec![altered.clone()], 8, Batches { size: 7, order });
        let noisy = trainer.train_all(&architecture, vec![altered], 8);
        for outcome in trainer.train_stack(&stack).iter().chain(&noisy) {
            assert_eq!(outcome.history.len(), 9, "{}", trainer.name);
            for (record, expected) in outcome.history.iter().zip(&full.history) {
                // Added up in blocks of another size: 30 samples, a rounding for each.
                let off = (record.loss / expected.loss - 1.0).abs();
                assert!(off < 30.0 * f32::EPSILON, "{}: {off}", trainer.name);
            }
        }
    }
}

/// Between two records, where no loss of all samples is there to tell.
#[test]
fn a_batch_whose_loss_is_no_number_is_divergence() {
    let (sizes, samples) = ([1, 16, 1], 40);
    let architecture = perceptron(&sizes);
    for trainer in trainers() {
        let good = network(1, common::unit("tanh"), &sizes, samples, 1.0);
        let mut bad = network(7, common::unit("relu"), &sizes, samples, 1.0);
        bad.learning_rate = 1e12;
        let order = Order::Shuffled;
        let batches = Batches { size: 8, order };
        let outcomes = trainer.train_stack(&batched(&architecture, vec![bad, good.clone()], 6400, batches));
        let step = outcomes[0].diverged_at.expect("it diverges");
        assert!((1..100).contains(&step), "{}: {step}", trainer.name);
        assert_eq!((outcomes[0].history.len(), outcomes[0].weights_step), (1, step));
        let alone = trainer.train_stack(&batched(&architecture, vec![good], 6400, batches));
        assert_eq!(outcomes[1].diverged_at, None);
        if trainer.name != "autodiff on wgpu" {
            assert_eq!(bits(&outcomes[1]), bits(&alone[0]), "{}", trainer.name);
        }
    }
}

/// Noise of variance s^2 on the inputs of a line adds n s^2 w^2 to the expected sum of its squared errors (Bishop, 1995),
/// as ridge regression does: the least is at w = x·y / (x·x + n s^2), which is made 0.7 here. The last step's weight wanders
/// around it by the size of the steps, so a mean over networks is compared: of 64, each of which is off by less than a
/// tenth.
#[test]
fn noise_on_inputs_is_ridge_regression() {
    let architecture = Architecture::new(1, Block::linear(1)).expect("an architecture");
    let inputs: Vec<f32> = (0..100).map(|i| i as f32 / 50.0 - 0.99).collect();
    let mean_square = inputs.iter().map(|x| x * x).sum::<f32>() / 100.0;
    let input_noise = (mean_square * (1.0 / 0.7 - 1.0)).sqrt();
    for trainer in trainers() {
        let networks = (0..64).map(|seed| Recipe {
            input_noise,
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

/// A source that counts, and remembers the last step it was asked for.
#[derive(Debug)]
struct Counted {
    squares: Squares,
    asked: AtomicUsize,
    last: AtomicUsize,
}

impl Source for Counted {
    fn draw(&self, step: usize, inputs: &mut [f32], targets: &mut [f32]) {
        self.asked.fetch_add(1, Relaxed);
        self.last.store(step, Relaxed);
        self.squares.draw(step, inputs, targets);
    }
}

/// The first step is over the recipe's own samples, every later one over those of the source; what is recorded is the error
/// on the samples of its step.
#[test]
fn every_step_asks_for_its_own_samples() {
    let sizes = [1, 16, 1];
    let architecture = perceptron(&sizes);
    for trainer in trainers() {
        for input_noise in [0.0, 0.1] {
            let source = Arc::new(Counted {
                squares: Squares {
                    seed: 1,
                    inputs: 1,
                    outputs: 1,
                },
                asked: AtomicUsize::new(0),
                last: AtomicUsize::new(0),
            });
            let mut fresh = network(5, common::unit("tanh"), &sizes, 40, 1.0);
            fresh.input_noise = input_noise;
            fresh.learning_rate = 0.0;
            fresh.fresh = Some(source.clone());
            let stack = Stack::new(architecture.clone(), 40, 20, vec![fresh.clone()]).expect("a stack");
            let outcome = trainer.train_stack(&stack).remove(0);
            assert_eq!((source.asked.load(Relaxed), source.last.load(Relaxed)), (20, 20));
            let trained = outcome.network(&architecture);
            for record in &outcome.history {
                let (mut x, mut y) = (fresh.inputs.clone(), fresh.targets.clone());
                if record.step > 0 {
                    source.draw(record.step, &mut x, &mut y);
                }
                let errors = x.iter().zip(&y).map(|(x, y)| {
                    let answer = trained.predict(&[f64::from(*x)])[0];
                    (answer - f64::from(*y)).powi(2)
                });
                let truth = errors.sum::<f64>() / 40.0;
                // As many roundings as there are samples and values on the way.
                let rounding = (40.0 + 2.0 * 18.0) / 16_777_216.0;
                assert!(
                    (f64::from(record.loss) - truth).abs() < rounding * truth.max(1.0),
                    "{}",
                    trainer.name
                );
            }
        }
    }
}

/// A line that learns y = x from w = 0, and is validated on y = x / 2: its error is least where w passes 0.5. Adam goes by
/// its rate, 0.01, in each of so few steps, and a record comes after every 10th: the best one is at the step 50.
fn line(keep: Keep, patience: usize) -> (Architecture, Recipe) {
    let architecture = Architecture::new(1, Block::linear(1)).expect("an architecture");
    let inputs: Vec<f32> = (0..40).map(|i| i as f32 / 20.0 - 0.975).collect();
    let mut line = Recipe::new(&architecture, common::unit("relu"), 0, inputs.clone(), inputs.clone());
    line.initial[0].weight.fill(0.0);
    line.initial[0].bias.fill(0.0);
    line.learning_rate = 0.01;
    line.selection = Selection {
        keep,
        patience,
        targets: inputs.iter().map(|x| x / 2.0).collect(),
        inputs,
    };
    (architecture, line)
}

fn weight(outcome: &Outcome) -> f32 {
    outcome.weights[0].weight[0]
}

#[test]
fn the_best_weights_are_kept_and_training_ends_when_patience_does() {
    for trainer in trainers() {
        let name = &trainer.name;
        let of = |keep, patience| line(keep, patience).1;
        let (architecture, _) = line(Keep::Last, 0);
        let networks = vec![
            of(Keep::Last, 0),
            of(Keep::Best, 0),
            of(Keep::Last, 3),
            of(Keep::Best, 3),
        ];
        let outcomes = trainer.train_all(&architecture, networks.clone(), 640);
        let ends: Vec<_> = outcomes
            .iter()
            .map(|end| (end.steps, end.weights_step, end.history.len()))
            .collect();
        assert_eq!(
            ends,
            [(640, 640, 65), (640, 50, 65), (80, 80, 9), (80, 50, 9)],
            "{name}"
        );
        assert!((weight(&outcomes[0]) - 1.0).abs() < 0.01, "{name}");
        // The same as trainings of so many steps leave; on a GPU engines are 1e-4 apart.
        let off = if name.contains("wgpu") { 1e-4 } else { 0.0 };
        for (steps, ends) in [(50, [&outcomes[1], &outcomes[3]]), (80, [&outcomes[2], &outcomes[2]])] {
            let plain = &trainer.train_all(&architecture, vec![of(Keep::Last, 0)], steps)[0];
            for end in ends {
                assert!((weight(end) - weight(plain)).abs() <= off, "{name}: {}", weight(end));
                assert_eq!(end.diverged_at, None, "{name}");
            }
        }
        assert!((weight(&outcomes[1]) - 0.5).abs() < 0.05, "{name}");
        // Where all have ended, nobody trains on.
        let ended = trainer.train_all(&architecture, vec![of(Keep::Best, 3), of(Keep::Last, 3)], 640);
        assert_eq!((ended[0].steps, ended[1].steps), (80, 80), "{name}");
        assert_eq!(
            (weight(&ended[0]), weight(&ended[1])),
            (weight(&outcomes[3]), weight(&outcomes[2]))
        );
    }
}

/// Weights are chosen with what activations had learned at the time.
#[test]
fn what_activations_have_learned_is_kept_with_the_weights() {
    let architecture = Architecture::new(1, Block::activated(1)).expect("an architecture");
    let learning = common::unit("leaky_relu").learn("slope").expect("a parameter");
    let inputs: Vec<f32> = (0..40).map(|i| i as f32 / 20.0 - 0.975).collect();
    for trainer in trainers() {
        let recipe = |keep| {
            let mut network = Recipe::new(&architecture, learning, 0, inputs.clone(), inputs.clone());
            network.initial[0].weight.fill(1.0);
            network.initial[0].bias.fill(0.0);
            network.learning_rate = 0.01;
            network.selection = Selection {
                keep,
                patience: 0,
                inputs: inputs.clone(),
                targets: inputs.iter().map(|x| if *x < 0.0 { 0.3 * x } else { *x }).collect(),
            };
            network
        };
        let outcomes = trainer.train_all(&architecture, vec![recipe(Keep::Best), recipe(Keep::Last)], 640);
        let slopes: Vec<f32> = outcomes
            .iter()
            .map(|outcome| outcome.activations[0].parameters()[0])
            .collect();
        // The slope goes from 0.01 to 1, by some 0.01 a step, and is looked at after every 10th.
        assert!(
            (slopes[0] - 0.3).abs() < 0.1 && (slopes[1] - 1.0).abs() < 0.05,
            "{}: {slopes:?}",
            trainer.name
        );
        assert!(outcomes[0].weights_step < 100, "{}", trainer.name);
    }
}
