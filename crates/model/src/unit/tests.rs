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

/// Central differences with step h err by h^2/6 |g'''| <= 2e-9 plus rounding of 1e-16/h = 1e-12.
#[test]
fn derivatives_are_the_slopes_of_the_values() {
    let h = 1e-4;
    for activation in Activation::all().chain([wiggle()]) {
        for i in -400..400 {
            let x = f64::from(i) * 0.02 + 0.01;
            let slope = (activation.value(x + h) - activation.value(x - h)) / (2.0 * h);
            let error = (slope - activation.derivative(x)).abs();
            assert!(error < 1e-7, "{activation} at {x}: {error}");
            assert!(activation.derivative(x).abs() <= activation.lipschitz());
        }
    }
}

fn wiggle() -> Activation {
    Activation::new(Formula::define("wiggle", "x + 0.3*sin(4*x)", &[]).expect("a formula"))
}

#[test]
fn a_value_that_is_no_number_stays_one_that_is_not() {
    for activation in Activation::all().chain([wiggle()]) {
        assert!(activation.value(f64::NAN).is_nan(), "{activation}");
        let mut z = [f32::NAN; 3];
        activation.forward(Arch::new(), &mut z, &mut [0.0; 3]);
        assert!(z.iter().all(|z| z.is_nan()), "{activation}");
    }
}

/// Far out, at 2^20, the rest of a unit that approaches its line is below 1e-6 of what it is measured in.
#[test]
fn units_end_in_what_they_say() {
    for activation in Activation::all() {
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
    for activation in Activation::all() {
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
/// precision, to the stated errors of the elementary functions and the rounding of the argument.
#[test]
fn single_precision_is_the_reference_rounded() {
    let x: Vec<f32> = (-300..300).map(|i| i as f32 * 0.031 + 0.003).collect();
    for activation in Activation::all().chain([wiggle()]) {
        let (mut z, mut kept) = (x.clone(), x.clone());
        activation.forward(Arch::new(), &mut z, &mut kept);
        let (mut gradient, mut bias) = (vec![1.0; x.len()], vec![0.0; x.len()]);
        let from = From { value: &z, kept: &kept };
        activation.backward(Arch::new(), &mut gradient, from, &mut bias);
        for (i, x) in x.iter().enumerate() {
            let (value, slope) = (activation.value(f64::from(*x)), activation.derivative(f64::from(*x)));
            assert!(
                (f64::from(z[i]) - value).abs() < 2e-6 * (1.0 + value.abs()),
                "{activation}({x})"
            );
            assert!(
                (f64::from(gradient[i]) - slope).abs() < 2e-6 * (1.0 + slope.abs()),
                "{activation}'({x})"
            );
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
