use actlab_model::Activation;
use actlab_model::network::weights::{Layer, initial_weights};

use super::*;
use crate::experiment::test_settings;
use crate::measure::errors::answer;

fn class_of(f: impl Fn(f64) -> f64) -> Class {
    let distances: Vec<f64> = (0..POINTS)
        .map(|i| 1.1 + 8.9 * i as f64 / (POINTS - 1) as f64)
        .collect();
    look(&distances, &distances.iter().map(|t| f(*t)).collect::<Vec<_>>(), 1.0).class
}

#[test]
fn hand_made_functions_are_of_their_class() {
    type Function = fn(f64) -> f64;
    let cases: [(&str, Class, Function); 14] = [
        ("0", Class::Constant, |_| 0.0),
        ("7", Class::Constant, |_| 7.0),
        ("tanh x from 5 on", Class::Constant, |x| (x + 4.0).tanh()),
        ("3 x", Class::Affine, |x| 3.0 * x),
        ("1 - 0.1 x, with a ripple", Class::Affine, |x| {
            1.0 - 0.1 * x + 0.01 * (9.0 * x).sin()
        }),
        ("x^2", Class::Polynomial, |x| x * x),
        ("x^3 - 9 x^2", Class::Polynomial, |x| x.powi(3) - 9.0 * x * x),
        ("sin 3 x", Class::Periodic, |x| (3.0 * x).sin()),
        ("2 + sin 5 x + cos 2 x", Class::Periodic, |x| {
            2.0 + (5.0 * x).sin() + (2.0 * x).cos()
        }),
        ("e^x", Class::Divergent, |x| x.exp()),
        ("e^(x^2), which overflows", Class::Divergent, |x| (x * x * 20.0).exp()),
        ("1/(x - x)", Class::Divergent, |x| 1.0 / (x - x)),
        ("x sin 3 x", Class::Other, |x| x * (3.0 * x).sin()),
        ("sin x^2", Class::Other, |x| (x * x).sin()),
    ];
    for (name, class, f) in cases {
        assert_eq!(class_of(f), class, "{name}");
    }
}

fn one_layer(activation: Activation, w: [f32; 3], b: [f32; 3], v: [f32; 3]) -> (TrainedNetwork, Resolved) {
    let layer = |inputs, outputs, weight: &[f32], bias: &[f32]| Layer {
        inputs,
        outputs,
        weight: weight.to_vec(),
        bias: bias.to_vec(),
    };
    let mut settings = test_settings("x^2", vec![[-1.0, 1.0]]);
    settings.activation = activation;
    let weights = vec![layer(1, 3, &w, &b), layer(3, 1, &v, &[0.5])];
    (TrainedNetwork::perceptron(weights, activation), settings)
}

const PLAIN: fn() -> Scaling = || Scaling {
    x_mean: vec![0.0],
    x_std: vec![1.0],
    y_mean: 0.0,
    y_std: 1.0,
};

/// With its last kink inside of the range, a network of one layer of ReLU or leaky ReLU is exactly a line outside.
#[test]
fn piecewise_linear_networks_are_lines_beyond_their_last_kink() {
    for activation in [
        Activation::new(&actlab_model::unit::Relu),
        Activation::new(&actlab_model::unit::LeakyRelu),
    ] {
        let (network, settings) = one_layer(activation, [1.0, -2.0, 0.5], [0.3, 0.4, -0.5], [1.0, 0.7, -0.2]);
        let far = far_field(&network, &settings, &PLAIN(), 1.0, 10.0);
        assert_eq!(far.class, Class::Affine, "{activation}");
        for ray in &far.rays {
            assert!((1.0 - ray.line_r2).abs() < 1e-12, "{activation}: {}", ray.line_r2);
        }
    }
}

/// f(±∞) = c ± Σ v sign(w), reached to 1e-6 where every |w x + b| exceeds 7.
#[test]
fn saturating_networks_are_constants() {
    let (network, settings) = one_layer(
        Activation::new(&actlab_model::unit::Tanh),
        [9.0, -8.0, 10.0],
        [0.5, 0.2, -1.0],
        [1.0, 0.25, -0.5],
    );
    let far = far_field(&network, &settings, &PLAIN(), 1.0, 10.0);
    assert_eq!(far.class, Class::Constant);
    for (x, sign) in [(-10.0, -1.0), (10.0, 1.0)] {
        let limit = 0.5 + sign * (1.0 - 0.25 - 0.5);
        assert!((answer(&network, &settings, &PLAIN(), &[x]) - limit).abs() < 1e-6);
    }
    // As slow as this one is, it is not yet a constant ten half-widths out, but beside a target that varies far more.
    let (network, settings) = one_layer(Activation::new(&actlab_model::unit::Tanh), [0.1; 3], [0.0; 3], [1.0; 3]);
    assert_ne!(
        far_field(&network, &settings, &PLAIN(), 1.0, 10.0).class,
        Class::Constant
    );
    assert_eq!(
        far_field(&network, &settings, &PLAIN(), 1e3, 10.0).class,
        Class::Constant
    );
}

#[test]
fn networks_of_sines_are_bounded_and_oscillate() {
    let v = [1.0, 0.25, -0.5];
    let (network, settings) = one_layer(
        Activation::new(&actlab_model::unit::Sinu),
        [3.0, 5.0, 2.0],
        [0.5, 0.2, -1.0],
        v,
    );
    let far = far_field(&network, &settings, &PLAIN(), 1.0, 10.0);
    assert_eq!(far.class, Class::Periodic);
    assert!(far.oscillates());
    let bound = 0.5 + v.iter().map(|v| f64::from(v.abs())).sum::<f64>();
    assert!((0..1000).all(|i| answer(&network, &settings, &PLAIN(), &[f64::from(i)]).abs() <= bound));
    let (line, settings) = one_layer(Activation::new(&actlab_model::unit::Relu), [1.0; 3], [0.0; 3], [1.0; 3]);
    assert!(!far_field(&line, &settings, &PLAIN(), 1.0, 10.0).oscillates());
}

#[test]
fn the_sides_of_a_network_are_judged_together() {
    // A single ReLU: a constant on the left, a line on the right.
    let (network, settings) = one_layer(
        Activation::new(&actlab_model::unit::Relu),
        [1.0, 0.0, 0.0],
        [0.0; 3],
        [1.0, 0.0, 0.0],
    );
    let far = far_field(&network, &settings, &PLAIN(), 1.0, 10.0);
    assert_eq!(
        far.rays.iter().map(|ray| ray.class).collect::<Vec<_>>(),
        [Class::Constant, Class::Affine]
    );
    assert_eq!(far.class, Class::Affine);
    assert_eq!(Class::Periodic.and(Class::Affine), Class::Other);
    assert_eq!(Class::Divergent.and(Class::Affine), Class::Divergent);
}

#[test]
fn with_several_inputs_there_are_rays_in_many_directions() {
    let mut settings = test_settings("x1*x2", vec![[-1.0, 1.0]]);
    settings.range.0 = vec![vec![[-1.0, 1.0]]; 2];
    settings.activation = Activation::new(&actlab_model::unit::Identity);
    let scaling = Scaling {
        x_mean: vec![0.0; 2],
        x_std: vec![1.0; 2],
        y_mean: 0.0,
        y_std: 1.0,
    };
    let network = TrainedNetwork::perceptron(initial_weights(&[2, 8, 1], 3), settings.activation);
    let far = far_field(&network, &settings, &scaling, 1.0, 10.0);
    assert_eq!((far.class, far.rays.len()), (Class::Affine, RAYS));
}
