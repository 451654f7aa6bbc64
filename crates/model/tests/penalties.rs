//! Every penalty against PyTorch's numbers: on a core, in plain burn on every backend, and in double precision; and what
//! becomes of networks under them where algebra says it.

mod common;

use actlab_model::block::dense::{Role, lay_out};
use actlab_model::block::layer::Layer;
use actlab_model::engine::{Outcome, Recipe};
use actlab_model::network::norm::spectral_norm;
use actlab_model::penalty::{
    Kind, L1, Penalty, Rule, Spectral, SpectralDecoupled, SpectralNorm, Stepped, Strength, Weighed,
};
use burn::tensor::{Device, Tensor};
use common::tensors::{ROUNDING, assert_close, tensor, values, wide};
use common::training::{network, perceptron, trainers};
use pulp::Arch;
use serde_json::Value;

/// A weight before, and what PyTorch makes of it: its gradient of a penalty that is added to the loss, else what is left
/// of it.
struct Case {
    penalty: Penalty,
    learning_rate: f32,
    shape: [usize; 2],
    weight: Vec<f32>,
    /// Where the power iteration starts.
    right: Vec<f32>,
    expected: Vec<f64>,
}

fn cases() -> Vec<Case> {
    let all: Value = serde_json::from_str(include_str!("fixtures/penalties.json")).expect("JSON");
    let case = |case: &Value| {
        let number = |key: &str| case[key].as_f64().expect("a number");
        let list = |key: &str| -> Vec<f64> {
            let list = case[key].as_array().expect("a list");
            list.iter().map(|value| value.as_f64().expect("a number")).collect()
        };
        let single = |key: &str| list(key).into_iter().map(|value| value as f32).collect();
        let penalty: Penalty = case["name"].as_str().expect("a name").parse().expect("a penalty");
        Case {
            penalty: Penalty::new(penalty.rule(), number("coefficient") as f32),
            learning_rate: number("learning_rate") as f32,
            shape: ["inputs", "outputs"].map(|key| number(key) as usize),
            weight: single("weight"),
            right: single("right"),
            expected: list("expected"),
        }
    };
    all["penalties"].as_array().expect("a list").iter().map(case).collect()
}

/// With the weight by input, and by output where the layer is the last one.
fn on_a_core(case: &Case, is_output: bool) -> Vec<f32> {
    let [inputs, outputs] = case.shape;
    let role = Role {
        shape: case.shape,
        is_output,
        passes_back: false,
        trains: true,
    };
    let layer = lay_out([role]).remove(0);
    let mut parameters = vec![0.0; layer.end()];
    let weights = Layer {
        inputs,
        outputs,
        weight: case.weight.clone(),
        bias: vec![0.5; outputs],
    };
    layer.load(&weights, &mut parameters);
    let (mut kept, mut room) = (vec![0.0; layer.right_length()], vec![0.0; layer.left_length()]);
    kept[..outputs].copy_from_slice(&case.right);
    match case.penalty.rule().kind() {
        Kind::Added(rule) => {
            let mut gradient = vec![0.0; layer.end()];
            let of = Weighed {
                layer: &layer,
                parameters: &parameters,
                kept: &mut kept,
                room: &mut room,
            };
            rule.add_gradient(Arch::new(), case.penalty.coefficient, of, &mut gradient);
            let found = layer.store(&gradient);
            assert_eq!(found.bias, vec![0.0; outputs], "biases are none's business");
            found.weight
        }
        Kind::Applied(rule) => {
            let strength = Strength {
                coefficient: case.penalty.coefficient,
                learning_rate: case.learning_rate,
            };
            let of = Stepped {
                layer: &layer,
                parameters: &mut parameters,
                kept: &mut kept,
                room: &mut room,
            };
            rule.apply(Arch::new(), strength, of);
            let found = layer.store(&parameters);
            assert_eq!(found.bias, weights.bias, "biases are none's business");
            found.weight
        }
    }
}

fn of_tensors(case: &Case, device: &Device) -> Vec<f32> {
    let [inputs, outputs] = case.shape;
    let coefficients = tensor(&[case.penalty.coefficient], [1], device);
    let mut kept = tensor(&case.right, [1, outputs], device);
    match case.penalty.rule().kind() {
        Kind::Added(rule) => {
            let weight = tensor(&case.weight, [1, inputs, outputs], &device.clone().autodiff()).require_grad();
            let penalty = rule.of_tensors(weight.clone(), coefficients, Some(&mut kept));
            values(weight.grad(&penalty.sum().backward()).expect("a gradient"))
        }
        Kind::Applied(rule) => {
            let weight: Tensor<3> = tensor(&case.weight, [1, inputs, outputs], device);
            let strength = Strength {
                coefficient: coefficients,
                learning_rate: tensor(&[case.learning_rate], [1], device),
            };
            values(rule.of_tensors(weight, strength, Some(&mut kept)))
        }
    }
}

fn in_double_precision(case: &Case) -> Vec<f64> {
    let (weight, mut kept) = (wide(&case.weight), wide(&case.right));
    let coefficient = f64::from(case.penalty.coefficient);
    match case.penalty.rule().kind() {
        Kind::Added(rule) => {
            let gradient = rule.reference(&weight, case.shape[1], &mut kept);
            gradient.iter().map(|gradient| coefficient * gradient).collect()
        }
        Kind::Applied(rule) => {
            let strength = Strength {
                coefficient,
                learning_rate: f64::from(case.learning_rate),
            };
            rule.reference(&weight, strength, &mut kept)
        }
    }
}

/// A power iteration adds up as many terms as a weight has rows and columns and divides by their lengths; left and right
/// vector and their product are three such numbers, of the size of the largest weight. PyTorch's are in double
/// precision.
#[test]
fn penalties_agree_with_pytorch() {
    let cases = cases();
    for penalty in Penalty::all(1.0) {
        assert!(
            cases.iter().any(|case| case.penalty.name() == penalty.name()),
            "{}",
            penalty.name()
        );
    }
    for case in &cases {
        let [inputs, outputs] = case.shape;
        let largest = wide(&case.weight).iter().fold(1f64, |largest, w| largest.max(w.abs()));
        let bound = 3.0 * ROUNDING * (inputs + outputs) as f64 * largest;
        let what = format!("{} of {inputs} x {outputs}", case.penalty.name());
        for (found, expected) in in_double_precision(case).iter().zip(&case.expected) {
            // Coefficients and weights are rounded to single precision before.
            assert!(
                (found - expected).abs() < ROUNDING * largest,
                "{what}: {found} for {expected}"
            );
        }
        for is_output in [false, true] {
            assert_close(&what, &on_a_core(case, is_output), &case.expected, bound);
        }
        for (name, device) in common::devices() {
            assert_close(
                &format!("{what} on {name}"),
                &of_tensors(case, &device),
                &case.expected,
                bound,
            );
        }
    }
}

/// A network of one layer whose error says nothing: only a penalty changes its weight.
fn without_error(penalty: &'static dyn Rule, coefficient: f32) -> Recipe {
    let mut recipe = network(4, common::unit("identity"), &[3, 1], 6, 1.0);
    recipe.inputs.fill(0.0);
    recipe.targets.fill(0.0);
    recipe.initial[0].weight = vec![0.6, -0.8, 0.5];
    recipe.initial[0].bias.fill(0.0);
    recipe.learning_rate = 1e-2;
    recipe.penalties = vec![Penalty::new(penalty, coefficient)];
    recipe
}

/// Beside the optimiser, a weight of one column is a factor of `1 - learning_rate lambda` smaller after each step,
/// rounded some four times. As a part of the loss, Adam divides lambda out again, but for its epsilon: each weight goes
/// down by the learning rate, whatever lambda is.
#[test]
fn adam_leaves_nothing_of_lambda_but_where_it_is_decoupled() {
    let (steps, rate) = (40, 1e-2f64);
    for trainer in trainers() {
        let ends = |penalty: &'static dyn Rule, coefficient| {
            let networks = vec![without_error(penalty, coefficient)];
            trainer.train(networks, &[3, 1], steps).remove(0).weights[0]
                .weight
                .clone()
        };
        for lambda in [0.5f32, 4.0] {
            let factor = (1.0 - rate * f64::from(lambda)).powi(steps as i32);
            let expected = [0.6, -0.8, 0.5].map(|weight| weight * factor);
            let found = ends(&SpectralDecoupled, lambda);
            assert_close(&trainer.name, &found, &expected, steps as f64 * ROUNDING);
        }
        let (weak, strong) = (ends(&Spectral, 0.05), ends(&Spectral, 5.0));
        // Epsilon is 1e-8 beside gradients of 0.01 or more, 1e-6 of a step.
        assert_close(
            &trainer.name,
            &weak,
            &wide(&strong),
            steps as f64 * rate * 1e-6 + steps as f64 * ROUNDING,
        );
        assert!((weak[0] - 0.2).abs() < 0.05, "{}: {weak:?}", trainer.name);
    }
}

/// `y = a x` on inputs of ±1 that are orthogonal to each other: the least of `(w - a)^2 + lambda |w|` in each weight is the
/// soft threshold of a at lambda/2 (Tibshirani, 1996, section 2.2). Around a kink Adam goes to and fro by its steps.
#[test]
fn l1_is_a_soft_threshold() {
    let truth = [0.9f32, -0.5, 0.1];
    let inputs = [[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]].concat();
    let inputs: Vec<f32> = inputs.into_iter().map(|x: i8| f32::from(x)).collect();
    for trainer in trainers() {
        let mut recipe = network(0, common::unit("identity"), &[3, 1], 4, 1.0);
        recipe.inputs = inputs.clone();
        let answer = |x: &[f32]| x.iter().zip(truth).map(|(x, a)| x * a).sum::<f32>();
        recipe.targets = inputs.chunks(3).map(answer).collect();
        recipe.learning_rate = 1e-3;
        recipe.penalties = vec![Penalty::new(&L1, 0.4)];
        let outcome = trainer.train(vec![recipe], &[3, 1], 4000).remove(0);
        assert_close(&trainer.name, &outcome.weights[0].weight, &[0.7, -0.3, 0.0], 3e-3);
    }
}

/// The bound is kept by what one power iteration a step finds of the norm, from below: weights of 20 x 20 that move by 1e-3
/// each turn its vectors by less than 0.03, and what these are off by counts squared.
#[test]
fn no_spectral_norm_stays_above_its_bound() {
    let sizes = [2, 20, 20, 1];
    let bound = 0.7;
    for trainer in trainers() {
        let recipe = |bound| Recipe {
            penalties: vec![Penalty::new(&SpectralNorm, bound)],
            learning_rate: 1e-3,
            ..network(3, common::unit("tanh"), &sizes, 40, 5.0)
        };
        let networks = vec![recipe(0.0), recipe(bound), recipe(100.0)];
        let outcomes = trainer.train_all(&perceptron(&sizes), networks, 400);
        let norms = outcomes
            .iter()
            .map(|outcome| outcome.weights.iter().map(spectral_norm).collect::<Vec<f64>>());
        let norms: Vec<Vec<f64>> = norms.collect();
        assert!(
            norms[0].iter().all(|norm| *norm > 1.2 * f64::from(bound)),
            "{}: {norms:?}",
            trainer.name
        );
        for norm in &norms[1] {
            assert!(
                (norm / f64::from(bound) - 1.0).abs() < 1e-2,
                "{}: {norms:?}",
                trainer.name
            );
        }
        assert_eq!(
            outcomes[0].weights, outcomes[2].weights,
            "{}: a bound that none exceeds",
            trainer.name
        );
    }
}

/// A network whose loss is no number any more stays as it is, however long its neighbour trains.
#[test]
fn penalties_leave_a_diverged_network_alone() {
    let sizes = [1, 6, 1];
    for trainer in trainers() {
        let recipe = |learning_rate| Recipe {
            penalties: Penalty::all(0.5).collect(),
            learning_rate,
            ..network(2, common::unit("identity"), &sizes, 10, 1.0)
        };
        let mut wild = recipe(1e30);
        wild.penalties.retain(|penalty| penalty.name() != "spectral_norm");
        let ends = |steps| {
            let networks = vec![wild.clone(), recipe(1e-3)];
            trainer.train_all(&perceptron(&sizes), networks, steps).remove(0)
        };
        let (early, late) = (ends(20), ends(60));
        let step = early.diverged_at.expect("such a step is too long");
        assert_eq!(late.diverged_at, Some(step), "{}", trainer.name);
        let bits = |outcome: &Outcome| -> Vec<u32> {
            let layers = outcome.weights.iter();
            layers
                .flat_map(|layer| layer.weight.iter().map(|weight| weight.to_bits()))
                .collect()
        };
        assert_eq!(bits(&early), bits(&late), "{}", trainer.name);
    }
}
