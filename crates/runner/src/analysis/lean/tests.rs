use actlab_model::network::random::{Random, Stream};
use actlab_model::unit::{Relu, Sinu, Tanh};

use super::*;
use crate::experiment::test_settings;
use crate::measure::Outside;
use crate::measure::far_field::FarField;
use crate::measure::lean::{Families, of_curve};
use crate::samples::Scaling;
use crate::statistics::LEVEL;
use crate::store::Facts;
use crate::train::Timing;

/// A trial whose network has this curve over half-widths.
fn trial(activation: Activation, seed: u64, families: &Families, f: impl Fn(f64) -> f64) -> Stored {
    let mut settings = test_settings("x^2", vec![[-1.0, 1.0]]);
    settings.activation = activation;
    settings.seed = Some(seed);
    let far = FarField {
        rays: Vec::new(),
        swings: None,
        slope: 0.0,
        fits: Vec::new(),
    };
    let lean = of_curve(activation, families, f);
    Stored::from(Facts {
        id: settings.id(),
        cell: String::new(),
        settings,
        weights_step: None,
        diverged_at: None,
        train_mse: None,
        errors: Vec::new(),
        sigma: Vec::new(),
        lipschitz: None,
        outside: Some(Outside {
            far,
            outputs: Vec::new(),
            lean,
        }),
        scaling: Scaling::none(1, 1),
        timing: Timing {
            backend: String::new(),
            adapter: String::new(),
            engine: String::new(),
            stack: 1,
            seconds: 1.0,
            steps_per_second: 1.0,
            version: String::new(),
        },
        same: None,
    })
}

/// A unit of this function in each of ten networks of tanh, each with its own numbers, beside ten of ReLU that are bends
/// and ten of sines.
fn answers(of_tanh: fn(f64) -> f64) -> Vec<(Activation, Answer)> {
    let [tanh, relu, sinu] = [Activation::new(&Tanh), Activation::new(&Relu), Activation::new(&Sinu)];
    let families = Families::new(&[tanh, relu, sinu]);
    let mut random = Random::new(5, Stream::Test);
    let mut trials = Vec::new();
    for seed in 0..10 {
        let mut draw = |low: f64, high: f64| low + (high - low) * random.uniform();
        let (w, b, a, c) = (draw(0.7, 1.5), draw(-0.5, 0.5), draw(1.0, 3.0), draw(-1.0, 1.0));
        trials.push(trial(tanh, seed, &families, |t| c + a * of_tanh(w * t + b)));
        trials.push(trial(relu, seed, &families, |t| c - a * (w * t + b).max(0.0)));
        trials.push(trial(sinu, seed, &families, |t| c + a * (w * t + b).sin()));
    }
    let found = leanings(&trials, LEVEL).into_iter();
    found.map(|leaning| (leaning.activation, leaning.answer)).collect()
}

#[test]
fn curves_of_a_derivative_lean_to_it_and_others_do_not() {
    let answer = |of_tanh: fn(f64) -> f64| {
        let answers = answers(of_tanh);
        let of = |activation: Activation| {
            let found = answers.iter().find(|(of, _)| *of == activation);
            found.expect("networks").1
        };
        // Bends are no steps, and a sine is its derivative and its integral.
        assert_eq!(of(Activation::new(&Relu)), Answer::DoesNotLean);
        assert_eq!(of(Activation::new(&Sinu)), Answer::NoQuestion);
        of(Activation::new(&Tanh))
    };
    assert_eq!(answer(|z| z.cosh().powi(-2)), Answer::Leans);
    assert_eq!(answer(f64::tanh), Answer::DoesNotLean);
    assert_eq!(answer(|z| z.cosh().ln()), Answer::DoesNotLean);
    // With a small weight every smooth unit is a line, and predicts the same as one.
    assert_eq!(answer(|z| z), Answer::NoQuestion);
}

#[test]
fn a_few_seeds_are_not_enough() {
    let tanh = Activation::new(&Tanh);
    let relu = Activation::new(&Relu);
    let families = Families::new(&[tanh, relu]);
    let trials: Vec<Stored> = (0..5)
        .flat_map(|seed| {
            let shift = 0.01 * seed as f64;
            [
                trial(tanh, seed, &families, |t| (1.2 * t + shift).cosh().powi(-2)),
                trial(relu, seed, &families, |t| (t + shift).max(0.0)),
            ]
        })
        .collect();
    let found = leanings(&trials, LEVEL);
    assert_eq!(found.len(), 2);
    assert!(
        found.iter().all(|leaning| leaning.answer == Answer::TooFew),
        "{found:?}"
    );
    assert_eq!(found[1].best.0, Family::Unit(tanh, Of::Derivative));
    assert!(leanings(&[], LEVEL).is_empty());
}
