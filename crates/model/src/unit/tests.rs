use super::*;
use crate::number::Dual;

#[test]
fn names_lead_back_to_the_activation() {
    for activation in Activation::all() {
        assert_eq!(activation.name().parse(), Ok(activation));
        assert!(activation.parameters().len() <= PARAMETERS);
        assert!(!activation.definition().formula().is_empty());
    }
    assert_eq!(Activation::all().count(), Activation::COUNT);
    assert!("rellu".parse::<Activation>().is_err());
}

/// Every unit as it is, and with a few values of each parameter, wherever there is such a unit.
fn units() -> Vec<Activation> {
    let with = |activation: &Activation, name: &'static str| {
        let values = [-2.0, -0.5, 0.5, 3.0].map(|value| activation.with(name, value).expect("a parameter"));
        values.into_iter().chain([*activation]).collect::<Vec<_>>()
    };
    let variants = |unit: Activation| {
        let known = unit.definition().parameters().iter();
        known.fold(vec![unit], |found, known| {
            found
                .iter()
                .flat_map(|activation| with(activation, known.name))
                .collect()
        })
    };
    let mut units: Vec<Activation> = Activation::all().flat_map(variants).collect();
    units.retain(|unit| unit.refuses().is_none());
    units
}

/// Central differences with step h err by h^2/6 |g'''| plus rounding of 1e-16/h. A step is a ten-thousandth of what a unit
/// needs to bend, by its steepness or by that of its exponential: 2e-9 and 1e-12 of the slope's size.
#[test]
fn derivatives_are_the_slopes_of_the_values() {
    for activation in units().into_iter().chain([wiggle()]) {
        let steepest = activation.lipschitz();
        let h = 1e-4 / if steepest.is_finite() { steepest.max(1.0) } else { 1.0 };
        for i in -400..400 {
            let x = f64::from(i) * 0.02 + 0.01;
            let slope = (activation.value(x + h) - activation.value(x - h)) / (2.0 * h);
            let error = (slope - activation.derivative(x)).abs();
            assert!(error < 1e-7 * (1.0 + slope.abs()), "{activation} at {x}: {error}");
        }
    }
}

/// The steepest place, to what a grid of 1e-3 may miss of it.
#[test]
fn lipschitz_constants_are_the_largest_slopes() {
    for activation in units() {
        let slopes = (-20_000..20_000).map(|i| activation.derivative(f64::from(i) * 1e-3 + 1e-4).abs());
        let (steepest, stated) = (slopes.fold(0.0, f64::max), activation.lipschitz());
        assert!(steepest <= stated, "{activation}: {steepest} above {stated}");
        assert!(
            stated.is_infinite() || steepest > stated * (1.0 - 1e-3),
            "{activation}: {steepest} below {stated}"
        );
    }
}

/// Where mathematics has a number that a float holds, there is one: no infinity is subtracted from another, or multiplied
/// with 0.
#[test]
fn the_farthest_arguments_have_values_and_derivatives() {
    let x = [-f32::MAX, -1e38, -1e30, 1e30, 1e38, f32::MAX];
    for activation in units() {
        let (mut value, mut kept) = (x, x);
        activation.forward(Arch::new(), &mut value, &mut kept);
        let (mut slope, mut bias) = ([1.0; 6], [0.0]);
        let from = From {
            value: &value,
            kept: &kept,
        };
        activation.backward(Arch::new(), &mut slope, from, &mut bias);
        for (i, x) in x.into_iter().map(f64::from).enumerate() {
            let found = [value[i], slope[i]];
            let truth = [activation.value(x) as f32, activation.derivative(x) as f32];
            for (found, truth) in found.into_iter().zip(truth) {
                assert!(
                    !truth.is_nan() && !found.is_nan(),
                    "{activation} at {x}: {found} for {truth}"
                );
                // What rounds to infinity in one may be the largest number in the other.
                let far = truth.abs().min(found.abs()) > 1e38;
                assert!(
                    found.is_finite() == truth.is_finite() || far,
                    "{activation} at {x}: {found} for {truth}"
                );
            }
        }
    }
}

#[test]
fn parameters_without_a_unit_are_refused_and_all_defaults_are_taken() {
    for activation in Activation::all() {
        assert_eq!(activation.refuses(), None, "{activation}");
    }
    for (name, parameter, value, said) in [
        ("snake", "a", 0.0, "must not be 0"),
        ("celu", "alpha", 0.0, "must not be 0"),
        ("softshrink", "lambda", -0.1, "negative"),
        ("hardshrink", "lambda", -0.1, "negative"),
        ("hardtanh", "min", 2.0, "below max"),
    ] {
        let unit: Activation = name.parse().expect("a unit");
        let refused = unit.with(parameter, value).expect("a parameter").refuses();
        assert!(refused.is_some_and(|why| why.contains(said)), "{name}: {refused:?}");
    }
}

/// Sitzmann's sine with a frequency of 1 is the study's.
#[test]
fn a_sine_of_frequency_one_is_sinu() {
    let [sine, sinu] = ["sine", "sinu"].map(|name| name.parse::<Activation>().expect("a unit"));
    let sine = sine.with("omega", 1.0).expect("a parameter");
    for i in -100..100 {
        let x = f64::from(i) * 0.37;
        assert_eq!((sine.value(x), sine.derivative(x)), (sinu.value(x), sinu.derivative(x)));
    }
}

fn wiggle() -> Activation {
    Activation::new(Formula::define("wiggle", "x + 0.3*sin(4*x)", &[]).expect("a formula"))
}

#[test]
fn a_value_that_is_no_number_stays_one_that_is_not() {
    for activation in units().into_iter().chain([wiggle()]) {
        assert!(activation.value(f64::NAN).is_nan(), "{activation}");
        let mut z = [f32::NAN; 3];
        activation.forward(Arch::new(), &mut z, &mut [0.0; 3]);
        assert!(z.iter().all(|z| z.is_nan()), "{activation}");
    }
}

/// Far out, at 2^20, the rest of a unit that approaches its line is below 1e-6 of what it is measured in.
#[test]
fn units_end_in_what_they_say() {
    for activation in units() {
        for (end, sign) in activation.ends().into_iter().zip([-1.0, 1.0]) {
            let x = sign * 2f64.powi(20);
            match end {
                End::Line { slope, intercept } => {
                    let rest = activation.value(x) - slope * x - intercept;
                    assert!(
                        rest.abs() <= 1e-6 * (1.0 + intercept.abs()),
                        "{activation} at {x}: {rest}"
                    );
                }
                // What repeats reaches both of its ends, to the 1e-5 by which steps of 0.01 may miss them.
                End::Periodic { slope, low, high } => {
                    let steps = (0..10_000).map(|i| x + sign * 0.01 * f64::from(i));
                    let rest = steps.map(|x| activation.value(x) - slope * x);
                    let [least, most] = rest.fold([f64::INFINITY, f64::NEG_INFINITY], |[a, b], y| [a.min(y), b.max(y)]);
                    assert!((least - low).abs() < 1e-4 && (most - high).abs() < 1e-4, "{activation}");
                }
                End::Other => (),
            }
        }
    }
}

/// Over the middle and far out, values stay in the range, and come as near to its ends as 1e-4.
#[test]
fn units_have_the_range_that_they_say() {
    for activation in units() {
        let [low, high] = activation.range();
        let middle = (-100_000..100_000).map(|i| f64::from(i) * 1e-3);
        let values = middle.chain([-1e9, 1e9]).map(|x| activation.value(x));
        let [least, most] = values.fold([f64::INFINITY, f64::NEG_INFINITY], |[a, b], y| [a.min(y), b.max(y)]);
        assert!(low <= least && most <= high, "{activation}: {least} to {most}");
        for (end, reached) in [(low, least), (high, most)] {
            let unbounded = end.is_infinite() && reached.abs() > 1e6;
            assert!(
                unbounded || (end - reached).abs() < 1e-4,
                "{activation}: {reached} instead of {end}"
            );
        }
    }
}

/// What is kept for the way back is enough: the derivative in single precision, however it is had, is that in double
/// precision, to the stated errors of the elementary functions and what two roundings of the argument make of it.
#[test]
fn single_precision_is_the_reference_rounded() {
    let x: Vec<f32> = (-300..300).map(|i| i as f32 * 0.031 + 0.003).collect();
    for activation in units().into_iter().chain([wiggle()]) {
        let (mut z, mut kept) = (x.clone(), x.clone());
        activation.forward(Arch::new(), &mut z, &mut kept);
        let (mut gradient, mut bias) = (vec![1.0; x.len()], vec![0.0; x.len()]);
        let from = From { value: &z, kept: &kept };
        activation.backward(Arch::new(), &mut gradient, from, &mut bias);
        for (i, x) in x.iter().enumerate() {
            let functions: [(&dyn Fn(f64) -> f64, f32); 2] = [
                (&|x| activation.value(x), z[i]),
                (&|x| activation.derivative(x), gradient[i]),
            ];
            for (place, (function, found)) in functions.into_iter().enumerate() {
                let x = f64::from(*x);
                let (truth, moved) = (function(x), function(x * (1.0 + 2.0 / 16_777_216.0)));
                let allowed = 2e-6 * (1.0 + truth.abs()) + (moved - truth).abs();
                assert!(
                    (f64::from(found) - truth).abs() < allowed,
                    "{activation} at {x}, derivative {place}: {found} for {truth}"
                );
            }
            assert_eq!(gradient[i], bias[i]);
        }
    }
}

#[test]
fn parameters_have_names_and_show_where_they_are_not_the_default() {
    let leaky: Activation = "leaky_relu".parse().expect("a unit");
    let steep = leaky.with("slope", 0.5).expect("a parameter");
    assert_eq!((steep.value(-2.0), steep.derivative(-2.0)), (-1.0, 0.5));
    assert_eq!(
        (leaky.to_string(), steep.to_string()),
        ("leaky_relu".to_owned(), "leaky_relu(slope=0.5)".to_owned())
    );
    assert_ne!(leaky, steep);
    assert_eq!(leaky.with("slop", 0.5), None);
    let prelu: Activation = "prelu".parse().expect("a unit");
    assert_eq!(prelu.learned_values().collect::<Vec<_>>(), [("slope", 0.25)]);
    let steep = prelu.with("slope", 0.5).expect("a parameter");
    assert_eq!(
        [prelu, steep, steep.fixed()].map(|activation| activation.to_string()),
        ["prelu", "prelu(slope=0.5)", "prelu(slope=0.5 fixed)"]
    );
}

/// Experiments from before there was such a unit keep their formulas, and results tell both apart.
#[test]
fn a_formula_may_have_the_name_of_a_younger_unit() {
    let formula = Formula::define("snake", "x + sin(a*x)^2/a", &[("a".to_owned(), 1.0)]).expect("a formula");
    let (formula, unit) = (Activation::new(formula), "snake".parse::<Activation>().expect("a unit"));
    assert_eq!(formula.to_string(), "snake(formula, a=1)");
    assert!(formula != unit && unit < formula && unit.is_unit() && !formula.is_unit());
    assert!((formula.value(0.7) - unit.value(0.7)).abs() < 1e-15);
}

/// Those that have been published: Snake at -1, 0 and 1; the least values of SiLU and Mish.
#[test]
fn values_are_the_published_ones() {
    let value = |name: &str, x: f64| name.parse::<Activation>().expect("a unit").value(x);
    for (x, published) in [(-1.0, -0.291_926_56), (0.0, 0.0), (1.0, 1.708_073_4)] {
        assert!((value("snake", x) - published).abs() < 5e-8);
    }
    assert!((value("silu", -1.28) + 0.278).abs() < 5e-4);
    assert!((value("mish", -1.19) + 0.308_84).abs() < 5e-6);
}

#[test]
fn formulas_have_parameters_and_are_refused_by_name() {
    let parameters = [("a".to_owned(), 2.0)];
    let snake = Formula::define("my_snake", "x + sin(a*x)^2/a", &parameters).expect("a formula");
    assert!(std::ptr::eq(
        snake,
        Formula::define("my_snake", "x + sin(a*x)^2/a", &parameters).expect("the same")
    ));
    let (snake, x) = (Activation::new(snake), 0.7f64);
    assert!((snake.value(x) - (x + (2.0 * x).sin().powi(2) / 2.0)).abs() < 1e-15);
    let other = snake.with("a", 3.0).expect("a parameter");
    assert!((other.derivative(x) - (1.0 + (6.0 * x).sin())).abs() < 1e-14);
    for (name, text, part) in [
        ("f", "sine(x)", "did you mean \"sin\""),
        ("f", "b*x", "\"b\""),
        ("tanh", "x", "already"),
        ("f", "x +", ""),
    ] {
        let error = Formula::define(name, text, &parameters).expect_err(text);
        assert!(error.contains(part), "{text}: {error}");
    }
}

/// By another way than the one that formulas are differentiated by in the tape: operation by operation in double
/// precision.
#[test]
fn the_tape_of_a_formula_is_its_forward_mode() {
    let direct = |x: Dual<f64>| x + Dual::constant(0.3) * (Dual::constant(4.0) * x).apply(crate::number::Function::Sin);
    for i in -20..20 {
        let x = f64::from(i) * 0.37;
        let dual = direct(Dual::variable(x));
        assert!((wiggle().value(x) - dual.value).abs() < 1e-14);
        assert!((wiggle().derivative(x) - dual.slope).abs() < 1e-14);
    }
}
