use actlab_model::Activation;
use actlab_model::network::weights::{Layer, initial_weights};
use actlab_model::unit::{Identity, LeakyRelu, Relu, Sinu, Tanh};

use super::*;
use crate::experiment::test_settings;
use crate::measure::errors::answer;

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

const PLAIN: fn() -> Scaling = || Scaling::none(1, 1);

fn look((network, settings): &(TrainedNetwork, Resolved), scale: f64) -> FarField {
    far_fields(network, settings, &PLAIN(), &[scale], 10.0).far
}

fn from(far: &FarField) -> f64 {
    let settled = far.settled().and_then(Settled::distance);
    settled.unwrap_or_else(|| panic!("{:?}", far.settled()))
}

/// With its last kink inside of the range, a network of one layer of ReLU or leaky ReLU is exactly a line outside.
#[test]
fn piecewise_linear_networks_are_lines_beyond_their_last_kink() {
    for activation in [Activation::new(&Relu), Activation::new(&LeakyRelu)] {
        let network = one_layer(activation, [1.0, -2.0, 0.5], [0.3, 0.4, -0.5], [1.0, 0.7, -0.2]);
        let far = look(&network, 1.0);
        assert_eq!((far.ending(), from(&far)), (Ending::Line, 1.0), "{activation}");
        assert_eq!(far.fits[0].classes, [Class::Affine; 3], "{activation}");
        assert_eq!(far.swings, None);
        let [left, right] = far.rays[..] else {
            panic!("two rays")
        };
        for (ray, side) in [(left, -1.0), (right, 1.0)] {
            let Asymptote::Line { slope, intercept } = ray.asymptote else {
                panic!("{ray:?}");
            };
            let found = answer(&network.0, &PLAIN(), &[side * 7.0])[0];
            assert!((found - 7.0 * slope - intercept).abs() < 1e-12, "{activation}");
        }
    }
}

/// The kink at 20 half-widths of one unit of three, outside of its range: the bend of a chord of which one percent is
/// reached at 20/1.09 or later, since the other units take their part of the rise. It is on the right alone.
#[test]
fn the_latest_kink_says_where_a_network_settles() {
    let network = one_layer(
        Activation::new(&Relu),
        [1.0, -2.0, 0.5],
        [0.3, 0.4, -10.0],
        [0.1, 0.7, 3.0],
    );
    let far = look(&network, 1.0);
    assert!((from(&far) - 20.0).abs() < 2.0, "{:?}", far.rays);
    assert_eq!(far.rays[0].settled, Some(Settled::From(1.0)));
    // And in the units of the range, which is four times as wide here.
    let mut wide = network;
    wide.1.range.0[0] = vec![[-4.0, 4.0]];
    assert!((from(&look(&wide, 1.0)) - 5.0).abs() < 0.5);
}

/// f(±∞) = c ± Σ v sign(w), reached to 1e-6 where every |w x + b| exceeds 7.
#[test]
fn saturating_networks_are_constants() {
    let network = one_layer(
        Activation::new(&Tanh),
        [9.0, -8.0, 10.0],
        [0.5, 0.2, -1.0],
        [1.0, 0.25, -0.5],
    );
    let far = look(&network, 1.0);
    assert_eq!(
        (far.ending(), far.class(10.0)),
        (Ending::Constant, Some(Class::Constant))
    );
    assert_eq!(from(&far), 1.0);
    for (x, sign) in [(-10.0, -1.0), (10.0, 1.0)] {
        let limit = 0.5 + sign * (1.0 - 0.25 - 0.5);
        assert!((answer(&network.0, &PLAIN(), &[x])[0] - limit).abs() < 1e-6);
    }
    // As slow as this one is, it is not yet a constant ten half-widths out, but beside a target that varies far more.
    let slow = one_layer(Activation::new(&Tanh), [0.02; 3], [0.0; 3], [1.0; 3]);
    let far = look(&slow, 1.0);
    assert_ne!(far.class(10.0), Some(Class::Constant));
    assert_eq!((far.ending(), far.settled()), (Ending::Constant, Some(Settled::Beyond)));
    assert_eq!(look(&slow, 1e3).class(10.0), Some(Class::Constant));
}

#[test]
fn networks_of_sines_are_bounded_and_swing() {
    let network = one_layer(
        Activation::new(&Sinu),
        [3.0, 5.0, 2.0],
        [0.5, 0.2, -1.0],
        [1.0, 0.25, -0.5],
    );
    let far = look(&network, 1.0);
    assert_eq!(
        (far.ending(), far.class(10.0)),
        (Ending::Bounded, Some(Class::Periodic))
    );
    assert_eq!(far.settled(), None);
    let swings = far.swings.expect("swings");
    // The strongest of its waves turns 3/pi times in a half-width.
    assert!(
        (swings.turns - 3.0 / std::f64::consts::PI).abs() < 0.5 && swings.growth < 1.5,
        "{swings:?}"
    );
    let Asymptote::Band { slope: 0.0, low, high } = far.rays[1].asymptote else {
        panic!("{:?}", far.rays);
    };
    assert_eq!((low, high), (0.5 - 1.75, 0.5 + 1.75));
}

/// What a fit of waves cannot say: t + sin 5t goes up and down, and away.
#[test]
fn a_wave_on_a_line_is_not_bounded() {
    let formula = actlab_model::unit::Formula::define("wavy", "x + sin(5*x)", &[]).expect("a formula");
    let network = one_layer(Activation::new(formula), [1.0, 0.0, 0.0], [0.0; 3], [1.0, 0.0, 0.0]);
    let far = look(&network, 1.0);
    assert_eq!(far.ending(), Ending::Unknown);
    assert!(far.rays.iter().all(|ray| !ray.asymptote.is_bounded()));
    assert!(
        far.fits
            .iter()
            .flat_map(|fit| fit.classes)
            .all(|class| class != Class::Periodic)
    );
    let swings = far.swings.expect("swings");
    // From 8.9 half-widths to 90 the line alone rises ten times as far.
    assert!(swings.growth > 5.0 && swings.turns > 1.0, "{swings:?}");
}

#[test]
fn the_sides_of_a_network_are_judged_together() {
    // A single ReLU: a constant on the left, a line on the right.
    let network = one_layer(Activation::new(&Relu), [1.0, 0.0, 0.0], [0.0; 3], [1.0, 0.0, 0.0]);
    let far = look(&network, 1.0);
    let constant = Asymptote::Line {
        slope: 0.0,
        intercept: 0.5,
    };
    assert_eq!(far.rays[0].asymptote, constant);
    assert_eq!((far.ending(), far.class(10.0)), (Ending::Line, Some(Class::Affine)));
    assert_eq!(far.slope, 1.0);
}

#[test]
fn with_several_inputs_there_are_rays_in_many_directions() {
    let mut settings = test_settings("x1*x2", vec![[-1.0, 1.0]]);
    settings.range.0 = vec![vec![[-1.0, 1.0]]; 2];
    settings.activation = Activation::new(&Identity);
    let scaling = Scaling::none(2, 1);
    let network = TrainedNetwork::perceptron(initial_weights(&[2, 8, 1], 3), settings.activation);
    let far = far_fields(&network, &settings, &scaling, &[1.0], 10.0).far;
    assert_eq!(
        (far.ending(), far.class(10.0), far.rays.len()),
        (Ending::Line, Some(Class::Affine), RAYS)
    );
    assert_eq!(from(&far), 1.0);
}

#[test]
fn another_distance_is_looked_at_beside_the_usual_ones() {
    let network = one_layer(Activation::new(&Relu), [1.0; 3], [0.0; 3], [1.0; 3]);
    let far = far_fields(&network.0, &network.1, &PLAIN(), &[1.0], 7.0).far;
    let distances: Vec<f64> = far.fits.iter().map(|fit| fit.distance).collect();
    assert_eq!(distances, [5.0, 10.0, 30.0, 7.0]);
    assert_eq!(far.class(8.0), None);
}

/// Each output is what it is alone, in its own units; together they are what the one that goes farthest is, and settle with
/// the last.
#[test]
fn outputs_are_judged_each_and_together() {
    let layer = |inputs, outputs, weight: &[f32], bias: &[f32]| Layer {
        inputs,
        outputs,
        weight: weight.to_vec(),
        bias: bias.to_vec(),
    };
    let mut settings = test_settings("(a, b)", vec![[-1.0, 1.0]]);
    settings.outputs = vec!["a".to_owned(), "b".to_owned()];
    // relu(x) and relu(x - 20): the first output is twice the first of them, the second 3 - the second.
    let weights = vec![
        layer(1, 2, &[1.0, 1.0], &[0.0, -20.0]),
        layer(2, 2, &[2.0, 0.0, 0.0, -1.0], &[0.0, 3.0]),
    ];
    let network = TrainedNetwork::perceptron(weights, Activation::new(&Relu));
    let scaling = Scaling {
        y_mean: vec![5.0, 0.0],
        y_std: vec![10.0, 1.0],
        ..Scaling::none(1, 2)
    };
    let FarFields { far, outputs } = far_fields(&network, &settings, &scaling, &[10.0, 1.0], 10.0);
    let line = |slope: f64, intercept: f64| Asymptote::Line { slope, intercept };
    let ends = |far: &FarField| far.rays.iter().map(|ray| ray.asymptote).collect::<Vec<_>>();
    assert_eq!(ends(&outputs[0]), [line(0.0, 5.0), line(20.0, 5.0)]);
    assert_eq!(ends(&outputs[1]), [line(0.0, 3.0), line(-1.0, 23.0)]);
    assert_eq!(ends(&far), [ends(&outputs[0]), ends(&outputs[1])].concat());
    assert_eq!(from(&outputs[0]), 1.0);
    // The kink of the second is 20 half-widths out.
    assert_eq!(from(&far), from(&outputs[1]));
    assert!((from(&far) - 20.0).abs() < 2.0, "{far:?}");
    let classes = |far: &FarField| far.class(10.0);
    assert_eq!(classes(&outputs[0]), Some(Class::Affine));
    assert_eq!(classes(&outputs[1]), Some(Class::Constant));
    assert_eq!(classes(&far), Some(Class::Affine));
    for (of, slope) in [(&outputs[0], 20.0), (&outputs[1], 0.0), (&far, 20.0)] {
        assert!((of.slope - slope).abs() < 1e-12, "{}", of.slope);
    }
    // What goes up and down makes a line of the other something that does not settle.
    let weights = vec![layer(1, 1, &[3.0], &[0.0]), layer(1, 2, &[1.0, 0.0], &[0.0, 1.0])];
    let network = TrainedNetwork::perceptron(weights, Activation::new(&Sinu));
    let FarFields { far, outputs } = far_fields(&network, &settings, &scaling, &[10.0, 1.0], 10.0);
    assert_eq!(
        (outputs[0].ending(), outputs[1].ending(), far.ending()),
        (Ending::Bounded, Ending::Constant, Ending::Bounded)
    );
    assert_eq!((from(&outputs[1]), far.settled()), (1.0, None));
    assert!(outputs[1].swings.is_none());
    assert_eq!(far.swings, outputs[0].swings);
}
