//! A unit that is written outside of the crate, as `docs/bring-your-own-activation.md` shows one: that page has the very
//! text between the marks.

mod common;

use actlab_model::Activation;
use actlab_model::number::{Elementary, Number};
use actlab_model::unit::{End, Parameter, Unit};
use common::training::{cpu_trainers, network};

// As in the docs.
/// A bell of a width.
#[derive(Debug)]
pub struct Bump;

impl Unit for Bump {
    const NAME: &'static str = "bump";
    const FORMULA: &'static str = "exp(-(x / width)^2)";
    const PARAMETERS: &'static [Parameter] = &[Parameter::fixed("width", 1.0)];

    fn refuses(parameters: &[f64]) -> Option<&'static str> {
        (parameters[0] == 0.0).then_some("width is what x is divided by, and must not be 0")
    }

    #[inline(always)]
    fn value<N: Number>(x: N, parameters: &[N]) -> N {
        let share = x / parameters[0];
        (-(share * share)).exponential()
    }

    #[inline(always)]
    fn slope<N: Number>(x: N, y: N, parameters: &[N]) -> N {
        let share = x / parameters[0];
        N::constant(-2.0) * (share * y) / parameters[0]
    }

    fn lipschitz(parameters: &[f64]) -> f64 {
        0.857_763_884_960_706_8 / parameters[0].abs()
    }

    fn ends(_: &[f64]) -> [End; 2] {
        [End::constant(0.0); 2]
    }

    fn range(_: &[f64]) -> [f64; 2] {
        [0.0, 1.0]
    }
}
// End of what is in the docs.

#[test]
fn the_docs_have_this_unit() {
    let own = include_str!("own_unit.rs");
    let (_, after) = own.split_once("// As in the docs.\n").expect("the mark before it");
    let (unit, _) = after.split_once("// End of what").expect("the mark after it");
    let docs = include_str!("../../../docs/bring-your-own-activation.md");
    assert!(
        docs.contains(unit),
        "docs/bring-your-own-activation.md has another unit than this"
    );
}

/// On both engines, with its parameter learned.
#[test]
fn a_unit_of_ones_own_trains() {
    let bump = Activation::new(&Bump).with("width", 2.0).expect("a parameter");
    let learning = bump.learn("width").expect("a parameter");
    for trainer in cpu_trainers() {
        let outcomes = trainer.train(
            vec![
                network(0, bump, &[1, 16, 1], 64, 1.0),
                network(1, learning, &[1, 16, 1], 64, 1.0),
            ],
            &[1, 16, 1],
            300,
        );
        for outcome in &outcomes {
            let (first, last) = (&outcome.history[0], outcome.history.last().expect("a record"));
            assert!(
                last.loss < 0.5 * first.loss,
                "{}: {} to {}",
                trainer.name,
                first.loss,
                last.loss
            );
        }
        assert_ne!(outcomes[1].activations[0].parameters(), [2.0]);
    }
}
