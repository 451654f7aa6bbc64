//! The gradients of both engines, of programs with every block, against differences of the error in double precision.

use burn::tensor::Device;

use super::{Gradient, Recipe, Stack, autodiff, fused};
use crate::block::dropout::{self, Masked};
use crate::device::{Choice, open};
use crate::loss::Loss;
use crate::network::architecture::{Architecture, Block, Join};
use crate::network::batches::{Batches, Order, Sampler};
use crate::network::noise::InputNoise;
use crate::network::trained::TrainedNetwork;
use crate::random::{Random, Stream};
use crate::unit::{Activation, Formula};

/// Programs with every join, blocks in blocks, values that several blocks read, and ends of every kind.
fn architectures() -> Vec<Architecture> {
    let identity = || Block::Sequence(Vec::new());
    let pair = |width| [Block::activated(width), Block::linear(width)];
    let mut blocks = vec![
        Block::activated(5),
        Block::Sequence(vec![
            Block::activated(9),
            Block::Dropout,
            Block::activated(4),
            Block::linear(12),
        ]),
        Block::Sequence(vec![Block::Dropout, Block::linear(6), Block::Dropout]),
        // Four readers of one value, among them a sum of the value with itself.
        Block::Sequence(vec![
            Block::activated(7),
            Block::parallel(Join::Sum, [identity(), identity(), Block::activated(7), Block::Dropout]),
            Block::linear(1),
        ]),
        // The square of a layer, and inputs that are read beside layers.
        Block::Sequence(vec![
            Block::parallel(Join::Concatenation, [identity(), Block::activated(3)]),
            Block::activated(18),
            Block::parallel(Join::Product, [identity(), identity()]),
            Block::linear(2),
        ]),
    ];
    for join in Join::ALL {
        let inner = Block::parallel(join, pair(17));
        let outer = Block::parallel(
            join,
            [
                Block::Sequence(vec![inner.clone(), Block::linear(4)]),
                Block::activated(4),
            ],
        );
        blocks.push(Block::Sequence(vec![Block::activated(6), inner]));
        blocks.push(Block::Sequence(vec![
            outer,
            Block::Dropout,
            Block::activated(3),
            Block::linear(1),
        ]));
    }
    let architecture = |block| Architecture::new(2, block).expect("an architecture");
    blocks.into_iter().map(architecture).collect()
}

/// Fixed and learned activations; the last has a kink.
fn activations() -> Vec<Activation> {
    let parameters = [("a".to_owned(), 0.3), ("b".to_owned(), 2.0)];
    let formula = Activation::new(Formula::define("waves", "x + a*sin(b*x)", &parameters).expect("a formula"));
    let learn = |activation: Activation, name| activation.learn(name).expect("a parameter");
    let leaky: Activation = "leaky_relu".parse().expect("a unit");
    vec![
        "tanh".parse().expect("a unit"),
        "sinu".parse().expect("a unit"),
        learn(formula, "b"),
        learn(learn(formula, "a"), "b"),
        learn("snake".parse().expect("a unit"), "a"),
        learn(leaky.with("slope", 0.25).expect("a parameter"), "slope"),
    ]
}

fn recipe(architecture: &Architecture, activation: Activation, samples: usize) -> Recipe {
    let mut random = Random::new(3, Stream::Samples);
    let mut draws = |n: usize| (0..n).map(|_| random.normal() as f32).collect();
    let (inputs, targets) = (
        draws(samples * architecture.inputs()),
        draws(samples * architecture.outputs()),
    );
    let mut recipe = Recipe::new(architecture, activation, 3, inputs, targets);
    recipe.dropout.iter_mut().step_by(2).for_each(|rate| *rate = 0.3);
    recipe
}

/// The error of the first step in double precision, dropouts included.
fn error(network: &TrainedNetwork, recipe: &Recipe, samples: usize) -> f64 {
    let x: Vec<f64> = recipe.inputs.iter().copied().map(f64::from).collect();
    let answers = network.values(&x, |place, values| {
        let width = values.len() / samples;
        let mut mask = vec![0.0; values.len()];
        let masked = Masked {
            seed: recipe.seed,
            place,
            step: 0,
            rate: recipe.dropout[place],
            width,
            samples,
        };
        masked.write(0, width, &mut mask);
        dropout::reference(&values, &mask)
    });
    let targets: Vec<f64> = recipe.targets.iter().copied().map(f64::from).collect();
    recipe.loss.reference(&answers, &targets).0
}

/// Central differences with steps of h, 2h and 4h, extrapolated to none (Richardson, 1911), and how far that may be off:
/// what an extrapolation from twice the steps is apart from it. `at` moves a parameter and says where it is then.
fn slope(at: impl Fn(f32) -> (f64, f64)) -> (f64, f64) {
    const H: f32 = 1.0 / 512.0;
    let central = |h: f32| {
        let ((right, above), (left, below)) = (at(h), at(-h));
        (above - below) / (right - left)
    };
    let [one, two, four] = [H, 2.0 * H, 4.0 * H].map(central);
    let (near, far) = ((4.0 * one - two) / 3.0, (4.0 * two - four) / 3.0);
    (near, (near - far).abs())
}

/// The same where there may be a kink: a central difference over a step so small that nothing bends, which lies between
/// those to the left and to the right. These are apart where a kink is crossed, and it is off by half of that.
fn slope_at_kinks(at: impl Fn(f32) -> (f64, f64)) -> (f64, f64) {
    const H: f32 = 1.0 / 65536.0;
    let [(left, below), (middle, here), (right, above)] = [-H, 0.0, H].map(at);
    let (before, after) = ((here - below) / (middle - left), (above - here) / (right - middle));
    (0.5 * (before + after), 0.5 * (before - after).abs())
}

/// Every number that is found, with the one that it should be and how far that may be off.
fn compared(found: &Gradient, network: &TrainedNetwork, recipe: &Recipe, samples: usize) -> Vec<[f64; 3]> {
    let kinked = network
        .activations
        .iter()
        .any(|activation| activation.name() == "leaky_relu");
    let slope = |at: &dyn Fn(f32) -> (f64, f64)| if kinked { slope_at_kinks(at) } else { slope(at) };
    let mut compared = Vec::new();
    for (index, layer) in found.weights.iter().enumerate() {
        for (place, gradient) in layer.weight.iter().chain(&layer.bias).enumerate() {
            let (slope, off) = slope(&|by| {
                let mut network = network.clone();
                let layer = &mut network.weights[index];
                let parameter = match place.checked_sub(layer.weight.len()) {
                    None => &mut layer.weight[place],
                    Some(bias) => &mut layer.bias[bias],
                };
                *parameter += by;
                (f64::from(*parameter), error(&network, recipe, samples))
            });
            compared.push([f64::from(*gradient), slope, off]);
        }
    }
    for (slot, position, gradient) in &found.learned {
        let (slope, off) = slope(&|by| {
            let mut network = network.clone();
            let value = network.activations[*slot].parameters()[*position] + by;
            network.activations[*slot].set(*position, value);
            (f64::from(value), error(&network, recipe, samples))
        });
        compared.push([f64::from(*gradient), slope, off]);
    }
    compared
}

/// What the first step of a stack sees of a network's samples: a recipe with these alone, and how many they are.
fn seen(recipe: &Recipe, stack: &Stack) -> (Recipe, usize) {
    let (inputs, outputs) = (stack.architecture().inputs(), stack.architecture().outputs());
    let rows = match stack.batches() {
        None => (0..stack.samples()).collect(),
        Some(batches) => {
            let mut sampler = Sampler::new(batches, recipe.seed, stack.samples());
            sampler.begin(0);
            sampler.rows().to_vec()
        }
    };
    let of = |values: &[f32], width: usize| -> Vec<f32> {
        let row = |row: &usize| values[row * width..][..width].to_vec();
        rows.iter().flat_map(row).collect()
    };
    let mut seen = Recipe {
        inputs: of(&recipe.inputs, inputs),
        targets: of(&recipe.targets, outputs),
        ..recipe.clone()
    };
    let noise = InputNoise {
        seed: recipe.seed,
        step: 0,
        deviation: recipe.input_noise,
        width: inputs,
        samples: rows.len(),
    };
    noise.add(0, inputs, &mut seen.inputs);
    (seen, rows.len())
}

/// An engine adds as many numbers for each slope as there are samples and values on the way there and back, and rounds
/// by 2^-24 at each; the values are of the size of the error, or of one. Where a step moves a value over a kink, the
/// differences say themselves that they are far off: that must be rare.
#[test]
fn gradients_are_the_slopes_of_the_error_in_double_precision() {
    let all = 70;
    // Of two, one is over all samples, and one over some of them with noise on their inputs.
    let mut turn = [false, true].into_iter().cycle();
    let devices = Choice::compiled().filter_map(|choice| Some((choice, open(choice).ok()?.device)));
    let devices: Vec<(Choice, Device)> = devices.collect();
    for architecture in architectures() {
        for (index, activation) in activations().into_iter().enumerate() {
            // The mean absolute error has a kink at each sample that an answer crosses, which no difference sees through.
            let losses: Vec<Loss> = Loss::all().filter(|loss| loss.name() != "mae").collect();
            let mut recipe = recipe(&architecture, activation, all);
            recipe.loss = losses[index % losses.len()];
            let batched = turn.next().expect("there is always another turn");
            recipe.input_noise = if batched { 0.3 } else { 0.0 };
            let mut stack = Stack::new(architecture.clone(), all, 1, vec![recipe.clone()]).expect("a stack");
            if batched {
                let (size, order) = (66, Order::Shuffled);
                stack = stack.with_batches(Batches { size, order }).expect("a batch");
            }
            let (recipe, samples) = seen(&recipe, &stack);
            let network = TrainedNetwork {
                architecture: architecture.clone(),
                weights: recipe.initial.clone(),
                activations: recipe.activations.clone(),
            };
            let truth = error(&network, &recipe, samples);
            let values = samples + 2 * architecture.program().widths().iter().sum::<usize>();
            let rounding = values as f64 / 16_777_216.0 * truth.max(1.0);
            let by_engine = devices
                .iter()
                .map(|(choice, device)| (choice.to_string(), autodiff::gradient(&stack, device)));
            for (name, found) in by_engine.chain([("fused".to_owned(), fused::gradient(&stack))]) {
                let what = format!("{name}, {activation}, {:?}", architecture.block());
                assert!(
                    (f64::from(found.loss) - truth).abs() < rounding,
                    "{what}: {} for {truth}",
                    found.loss
                );
                let compared = compared(&found, &network, &recipe, samples);
                for [gradient, slope, off] in &compared {
                    assert!(
                        (gradient - slope).abs() < off + rounding,
                        "{what}: {gradient} for {slope}, off by {off}"
                    );
                }
                let unsure = compared.iter().filter(|[_, _, off]| *off > 1e-3).count();
                assert!(
                    3 * unsure < compared.len(),
                    "{what}: {unsure} of {} tell nothing",
                    compared.len()
                );
            }
        }
    }
}
