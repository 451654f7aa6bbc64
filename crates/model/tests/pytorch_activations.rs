//! Activations against PyTorch's numbers, or for those that it does not have against their formulas in its double
//! precision: at every kink and beside it, and from subnormal to huge arguments. `scripts/pytorch_fixtures.py` makes the
//! file.

mod common;

use std::collections::BTreeMap;

use actlab_model::Activation;
use actlab_model::backend::activation::{self, Activations};
use actlab_model::unit::{End, From, PARAMETERS};
use burn::tensor::Tensor;
use common::tensors::{tensor, values};
use pulp::Arch;
use serde_json::Value;

/// An activation with what it is to be at each argument.
struct Expected {
    activation: Activation,
    value: Vec<f64>,
    derivative: Vec<f64>,
    /// By the position of the parameter.
    by_parameter: BTreeMap<usize, Vec<f64>>,
}

fn numbers(of: &Value) -> Vec<f64> {
    let list = of.as_array().expect("a list").iter();
    list.map(|number| number.as_f64().expect("a number")).collect()
}

/// The arguments, and all activations there.
fn expected() -> (Vec<f64>, Vec<Expected>) {
    let all: Value = serde_json::from_str(include_str!("fixtures/activations.json")).expect("JSON");
    let one = |of: &Value| {
        let parameters = of["parameters"].as_object().expect("parameters");
        let unit = common::unit(of["name"].as_str().expect("a name")).fixed();
        let activation = parameters.iter().fold(unit, |activation, (name, value)| {
            let value = value.as_f64().expect("a number") as f32;
            activation.with(name, value).expect("a parameter")
        });
        let by_parameter = of["by_parameter"].as_object().expect("derivatives");
        let known = activation.definition().parameters();
        let place = |name: &str| known.iter().position(|known| known.name == name).expect("a parameter");
        Expected {
            activation,
            value: numbers(&of["value"]),
            derivative: numbers(&of["derivative"]),
            by_parameter: by_parameter
                .iter()
                .map(|(name, of)| (place(name), numbers(of)))
                .collect(),
        }
    };
    let activations = all["activations"].as_array().expect("a list");
    (numbers(&all["x"]), activations.iter().map(one).collect())
}

/// What a number is computed with.
#[derive(Clone, Copy)]
struct Precision {
    name: &'static str,
    /// Half of the distance from 1 to the next number.
    unit: f64,
    /// The smallest number with all its digits; what is smaller may be 0.
    smallest: f64,
    /// Up to here sines are what they should be, beyond they are between -1 and 1.
    turns: f64,
}

const DOUBLE: Precision = Precision {
    name: "double precision",
    unit: f64::EPSILON / 2.0,
    smallest: f64::MIN_POSITIVE,
    turns: 1e15,
};

const SINGLE: Precision = Precision {
    name: "single precision",
    unit: 1.0 / 16_777_216.0,
    smallest: f32::MIN_POSITIVE as f64,
    turns: 1e6,
};

/// As far as our own sine is exact on a GPU.
const GPU: Precision = Precision {
    name: "a GPU",
    turns: 1e4,
    ..SINGLE
};

/// How far off a number may be that is made by some eight roundings, of numbers as large as itself or as its `terms`: those
/// of values are as large as the argument, those of derivatives as 1. Where it repeats, it is also what it would be were
/// the product of frequency and argument rounded twice.
fn allowed(of: Precision, x: f64, truth: f64, terms: f64, repeats: Option<&dyn Fn(f64) -> f64>) -> f64 {
    let turned = repeats.map_or(0.0, |f| {
        let moved = |share: f64| (f(x * (1.0 + share * of.unit)) - f(x)).abs();
        moved(2.0).max(moved(-2.0))
    });
    8.0 * of.unit * (truth.abs() + terms) + turned + of.smallest
}

/// What the argument is multiplied with before a sine is taken of it.
fn frequency(activation: Activation) -> f64 {
    let of_parameter = activation.parameters().iter().map(|value| f64::from(value.abs()));
    of_parameter.fold(1.0, f64::max)
}

impl Expected {
    /// `value(x)`, its derivative and those by parameters, against what they should be. The result is how much of what is
    /// allowed the worst of them takes.
    fn check(&self, x: &[f64], of: Precision, [value, derivative]: [&[f64]; 2], by: &BTreeMap<usize, Vec<f64>>) -> f64 {
        let activation = self.activation;
        let mut worst = 0f64;
        let mut close = |what: &str, x: f64, found: f64, truth: f64, allowed: f64| {
            let error = (found - truth).abs();
            assert!(
                error <= allowed,
                "{what} of {activation} at {x} in {}: {found} instead of {truth}, off by {error:e} > {allowed:e}",
                of.name
            );
            worst = worst.max(error / allowed);
        };
        for (i, x) in x.iter().copied().enumerate() {
            let overflows = |truth: f64| of.unit > DOUBLE.unit && truth.abs() > f64::from(f32::MAX);
            let turns = matches!(activation.ends()[0], End::Periodic { .. }) || activation.name() == "sinc";
            if turns && (x * frequency(activation)).abs() > of.turns {
                assert!(derivative[i].abs() <= activation.lipschitz() * (1.0 + 8.0 * of.unit));
                assert!((value[i] - x).abs() <= 4.0 + 8.0 * of.unit * x.abs() || value[i].abs() <= 1.0 + 8.0 * of.unit);
                continue;
            }
            let repeats =
                |f: &'_ dyn Fn(f64) -> f64, truth: f64, terms: f64| allowed(of, x, truth, terms, turns.then_some(f));
            let truth = self.value[i];
            match overflows(truth) {
                true => assert_eq!(value[i], f64::INFINITY, "{activation} at {x}"),
                false => {
                    let allowed = repeats(&|x| activation.value(x), truth, x.abs());
                    close("the value", x, value[i], truth, allowed);
                }
            }
            let truth = self.derivative[i];
            let allowed = repeats(&|x| activation.derivative(x), truth, 1.0);
            close("the derivative", x, derivative[i], truth, allowed);
            for (position, truth) in &self.by_parameter {
                let truth = truth[i];
                let allowed = repeats(&|x| activation.parameter_derivative(x, *position), truth, x.abs());
                close("the derivative by a parameter", x, by[position][i], truth, allowed);
            }
        }
        worst
    }
}

/// PyTorch rounds too, in double precision.
#[test]
fn references_are_pytorchs() {
    let (x, all) = expected();
    for expected in all {
        let activation = expected.activation;
        let value: Vec<f64> = x.iter().map(|x| activation.value(*x)).collect();
        let derivative: Vec<f64> = x.iter().map(|x| activation.derivative(*x)).collect();
        let by = |position: &usize| {
            x.iter()
                .map(|x| activation.parameter_derivative(*x, *position))
                .collect()
        };
        let by = expected.by_parameter.keys().map(|position| (*position, by(position)));
        let worst = expected.check(&x, DOUBLE, [&value, &derivative], &by.collect());
        println!("{activation}: {worst:.2} of what is allowed");
    }
}

fn wide(values: &[f32]) -> Vec<f64> {
    values.iter().copied().map(f64::from).collect()
}

/// What the fused engine calls.
#[test]
fn kernels_are_pytorchs() {
    let (x, all) = expected();
    let narrow: Vec<f32> = x.iter().map(|x| *x as f32).collect();
    for expected in all {
        let activation = expected.activation;
        let (mut value, mut kept) = (narrow.clone(), narrow.clone());
        activation.forward(Arch::new(), &mut value, &mut kept);
        let (mut derivative, mut bias) = (vec![1.0; x.len()], vec![0.0; x.len()]);
        let from = From {
            value: &value,
            kept: &kept,
        };
        activation.backward(Arch::new(), &mut derivative, from, &mut bias);
        let by = |position: &usize| {
            let mut slope = vec![0.0; x.len()];
            activation.parameter_slope(Arch::new(), *position, &narrow, &mut slope);
            (*position, wide(&slope))
        };
        let by = expected.by_parameter.keys().map(by).collect();
        let worst = expected.check(&x, SINGLE, [&wide(&value), &wide(&derivative)], &by);
        println!("{activation}: {worst:.2} of what is allowed");
    }
}

/// What the autodiff engine calls, on every backend: one stack with a network for each activation and argument.
#[test]
fn operations_are_pytorchs() {
    let (x, all) = expected();
    let networks = x.len() * all.len();
    let z: Vec<f32> = all.iter().flat_map(|_| x.iter().map(|x| *x as f32)).collect();
    let learning = all.iter().flat_map(|expected| {
        let known = expected.activation.definition().parameters().iter();
        let learning = known.fold(expected.activation, |activation, known| {
            activation.learn(known.name).expect("a parameter")
        });
        vec![learning; x.len()]
    });
    let learning: Vec<Activation> = learning.collect();
    for (name, device) in common::devices() {
        let device = device.autodiff();
        let activations = Activations::new(&learning, &device);
        let z = tensor(&z, [networks, 1, 1], &device).require_grad();
        let y = activation::activate(z.clone(), Tensor::zeros([networks, 1], &device), &activations);
        let gradients = y.clone().sum().backward();
        let (value, derivative) = (values(y.inner()), values(z.grad(&gradients).expect("a gradient")));
        let parameters = values(activations.parameters.grad(&gradients).expect("a gradient"));
        let of = if name == "wgpu" { GPU } else { SINGLE };
        for (place, expected) in all.iter().enumerate() {
            let own = place * x.len()..(place + 1) * x.len();
            let by = |position: &usize| {
                let of = own
                    .clone()
                    .map(|network| f64::from(parameters[network * PARAMETERS + position]));
                (*position, of.collect())
            };
            let by = expected.by_parameter.keys().map(by).collect();
            expected.check(
                &x,
                of,
                [&wide(&value[own.clone()]), &wide(&derivative[own.clone()])],
                &by,
            );
        }
    }
}
