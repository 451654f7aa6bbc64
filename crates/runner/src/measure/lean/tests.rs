use actlab_model::unit::{Relu, Sinu, Tanh};

use super::*;

/// What is found of a curve, for networks of `own` among tanh, relu and sinu.
fn of(own: Activation, f: impl Fn(f64) -> f64) -> Lean {
    let families = Families::new(&[Activation::new(&Tanh), Activation::new(&Relu), Activation::new(&Sinu)]);
    of_curve(own, &families, f).expect("finite, and of one of the families")
}

const G: usize = 0;
const DERIVATIVE: usize = 1;
const INTEGRAL: usize = 2;

/// A curve of one unit is found by its family, which predicts it to the 1e-5 that the steps stop at (1e-12 of the sum of
/// squares), times the 10^1 by which predictions at 10 half-widths magnify it; no family of another shape does.
#[test]
fn a_curve_of_one_unit_is_predicted_by_its_family() {
    let tanh = Activation::new(&Tanh);
    let bump = of(tanh, |t| 2.0 - 3.0 / (1.3 * t - 0.4).cosh().powi(2));
    let [g, derivative, integral] = *bump.of(tanh).expect("tanh");
    assert!(derivative.error < 1e-4 && derivative.r2 > 1.0 - 1e-9, "{bump:?}");
    assert!(
        g.error > 0.2 && integral.error > 0.2 && bump.line.error > 0.2,
        "{bump:?}"
    );
    let step = of(tanh, |t| 1.0 + 0.5 * (2.0 * t + 1.0).tanh());
    let scores = step.of(tanh).expect("tanh");
    assert!(scores[G].error < 1e-4 && scores[DERIVATIVE].error > 0.2, "{step:?}");
    let valley = of(tanh, |t| (2.0 * t - 1.0).cosh().ln());
    let scores = valley.of(tanh).expect("tanh");
    assert!(
        scores[INTEGRAL].error < 1e-4 && scores[DERIVATIVE].error > 0.2,
        "{valley:?}"
    );
    // What is fitted is far apart from what it has to do better than.
    assert!(bump.apart.iter().all(|apart| *apart > APART), "{:?}", bump.apart);
}

/// A step is ReLU's derivative; it is found where its edge is, between two points.
#[test]
fn a_step_is_found_on_the_grid() {
    let relu = Activation::new(&Relu);
    let step = of(relu, |t| if t < 0.71 { -2.0 } else { 5.0 });
    let scores = step.of(relu).expect("relu");
    assert!(
        scores[DERIVATIVE].r2 > 1.0 - 1e-12 && scores[DERIVATIVE].error < 1e-12,
        "{step:?}"
    );
    assert!(scores[G].error > 0.5, "{step:?}");
    let bend = of(relu, |t| 1.0 - 2.0 * (0.35 - t).max(0.0));
    let scores = bend.of(relu).expect("relu");
    assert!(scores[G].error < 1e-4 && scores[DERIVATIVE].error > 0.2, "{bend:?}");
}

#[test]
fn a_line_is_predicted_by_a_line_and_a_constant_by_all() {
    let line = of(Activation::new(&Tanh), |t| 3.0 - 0.7 * t);
    assert!(line.line.error < 1e-12 && line.constant.error > 0.9, "{line:?}");
    // Every smooth unit is a line where it is steepest, if its weight is small: nobody can tell these apart.
    let [g, derivative, _] = line.of(Activation::new(&Tanh)).expect("tanh");
    assert!(g.error < APART && derivative.error < APART, "{line:?}");
    // A bend just beyond the points explains them, and is none of what comes.
    let bend = line.of(Activation::new(&Relu)).expect("relu")[G];
    assert!(bend.r2 > 1.0 - 1e-12 && bend.error > APART, "{line:?}");
    let flat = of(Activation::new(&Relu), |_| 3.0);
    assert!(flat.constant.error < 1e-12 && flat.constant.r2 == 1.0);
}

/// Of a sine the derivative and the integral are sines themselves: no question.
#[test]
fn families_that_are_one_predict_the_same() {
    let sine = Activation::new(&Sinu);
    let found = of(sine, |t| (1.7 * t + 0.2).sin());
    assert!(found.apart[0] < 1e-3 && found.apart[1] < 1e-3, "{:?}", found.apart);
    assert!(found.apart[2] > 0.5, "{:?}", found.apart);
}

#[test]
fn what_is_stored_is_read_again() {
    let found = of(Activation::new(&Tanh), |t| t * t);
    let text = serde_json::to_string(&found).expect("JSON");
    assert_eq!(serde_json::from_str::<Lean>(&text).expect("the same"), found);
    assert!(found.has_all(&[Activation::new(&Tanh), Activation::new(&Relu)]));
    assert!(!found.has_all(&[Activation::new(&actlab_model::unit::Softplus)]));
}
