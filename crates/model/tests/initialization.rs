//! Where networks start from: what they are drawn from against PyTorch's numbers, and what follows for untrained networks
//! against what is published of them.

mod common;

use actlab_model::Activation;
use actlab_model::block::dense;
use actlab_model::initialization::{Bias, Distribution, Initialization, Place};
use actlab_model::network::architecture::Architecture;
use actlab_model::network::trained::TrainedNetwork;
use actlab_model::network::weights::{Weights, places};
use actlab_model::unit::Formula;
use pulp::Arch;
use serde_json::Value;

fn initialization(name: &str) -> Initialization {
    name.parse().expect("an initialization")
}

fn formula(text: &str, parameters: &[(String, f32)]) -> Activation {
    Activation::new(Formula::define(text, text, parameters).expect("a formula"))
}

/// SIREN's activation.
fn sine(omega: f32) -> Activation {
    formula("sin(omega*x)", &[("omega".to_owned(), omega)])
}

fn weights(of: Initialization, sizes: &[usize], activation: Activation, seed: u64) -> Weights {
    let perceptron = Architecture::perceptron(sizes).expect("sizes of a perceptron");
    let activations = vec![activation; perceptron.program().activations()];
    perceptron.initialized(of, &activations, seed)
}

/// The same formulas in double precision are off by a few roundings of 2^-53; the bounds of PyTorch's `nn.Linear` are
/// rounded to single precision by us, twice, and so is the slope of an activation, once: its square moves the gain.
#[test]
fn distributions_are_those_that_pytorch_draws_from() {
    let all: Value = serde_json::from_str(include_str!("fixtures/initializations.json")).expect("JSON");
    let mut checked = Vec::new();
    for drawn in all["initializations"].as_array().expect("a list") {
        let text = |key: &str| drawn[key].as_str().expect("a string");
        let number = |key: &str| drawn[key].as_f64().expect("a number");
        let slope = number("slope");
        let activation = match text("activation") {
            "linear" => None,
            name => match name.parse::<Activation>() {
                Ok(unit) => Some(unit.with("slope", slope as f32).unwrap_or(unit)),
                Err(_) => continue,
            },
        };
        let place = Place {
            inputs: number("inputs") as usize,
            outputs: number("outputs") as usize,
            is_first: false,
            activation,
            latest: activation,
        };
        let found = match text("rule") {
            "bias" => Bias::of_pytorch(place.inputs),
            name => initialization(name).weight(&place),
        };
        let found = match (text("distribution"), found) {
            ("uniform", Distribution::Uniform(found)) | ("normal", Distribution::Normal(found)) => found,
            _ => panic!("{drawn}: {found:?}"),
        };
        let rounding = match text("rule") {
            "bias" | "pytorch" => 2.0 / 16_777_216.0,
            _ => slope * slope / 16_777_216.0 + 4.0 * f64::EPSILON,
        };
        assert!((found / number("number") - 1.0).abs() <= rounding, "{drawn}: {found}");
        checked.push(format!("{} {}", text("rule"), text("activation")));
    }
    for unit in ["linear", "relu", "leaky_relu", "tanh", "sigmoid", "selu"] {
        assert!(checked.contains(&format!("kaiming_normal {unit}")), "{unit}");
    }
    for rule in ["pytorch", "bias", "xavier_uniform", "xavier_normal", "kaiming_uniform"] {
        assert!(checked.contains(&format!("{rule} linear")), "{rule}");
    }
}

/// Whether numbers are drawn from this: their mean and their variance are within 5 standard errors, which fails for one
/// seed in 1.7 million each, and none is beyond the bound of a uniform distribution, which one at least comes near to.
fn drawn_from(what: &str, distribution: Distribution, draws: &[f32]) {
    let (n, deviation) = (draws.len() as f64, distribution.deviation());
    let moment = |k: i32| draws.iter().map(|draw| f64::from(*draw).powi(k)).sum::<f64>() / n;
    let of_squares = match distribution {
        Distribution::Uniform(_) => 0.8f64,
        Distribution::Normal(_) => 2.0,
    };
    let mean = moment(1) / deviation;
    assert!(mean.abs() < 5.0 / n.sqrt(), "{what}: mean {mean}");
    let variance = moment(2) / (deviation * deviation);
    assert!(
        (variance - 1.0).abs() < 5.0 * (of_squares / n).sqrt(),
        "{what}: variance {variance}"
    );
    if let Distribution::Uniform(bound) = distribution {
        let largest = f64::from(draws.iter().fold(0f32, |largest, draw| largest.max(draw.abs())));
        // All of n draws are further than 30/n of the bound from it with a probability of e^-30.
        assert!(
            largest <= bound * (1.0 + 1.0 / 16_777_216.0) && largest > bound * (1.0 - 30.0 / n),
            "{what}: {largest} for {bound}"
        );
    }
}

#[test]
fn weights_and_biases_have_the_moments_of_their_distribution() {
    let sizes = [40, 300, 60, 1];
    for of in Initialization::all() {
        for (of, activation) in [
            (of, common::unit("leaky_relu")),
            (of.with("gain", 1.7).expect("every rule has one"), sine(3.0)),
        ] {
            for bias in [Bias::Pytorch, Bias::Normal(0.3)] {
                let perceptron = Architecture::perceptron(&sizes).expect("sizes of a perceptron");
                let activations = [activation; 2];
                let layers = weights(of.with_bias(bias), &sizes, activation, 5);
                for (layer, place) in layers.iter().zip(places(perceptron.program(), &activations)).take(2) {
                    let what = format!("{of} of {} x {} with {activation}", place.inputs, place.outputs);
                    drawn_from(&what, of.weight(&place), &layer.weight);
                    let expected = match bias {
                        Bias::Normal(deviation) => Distribution::Normal(deviation),
                        _ => Bias::of_pytorch(place.inputs),
                    };
                    drawn_from(&what, expected, &layer.bias);
                }
            }
        }
    }
}

/// The first layer is its own, and the linear output has the frequency of the sines before it.
#[test]
fn sirens_take_their_frequency_from_the_activation() {
    let bounds = |activation: Activation, of: Initialization| -> Vec<f64> {
        let perceptron = Architecture::perceptron(&[4, 9, 16, 1]).expect("sizes of a perceptron");
        let places = places(perceptron.program(), &[activation; 2]);
        let bound = |place: &Place| of.weight(place).deviation() * 3f64.sqrt();
        places.iter().map(bound).collect()
    };
    let siren = initialization("siren");
    let close = |found: Vec<f64>, omega: f64| {
        let later = |inputs: f64| (6.0 / inputs).sqrt() / omega;
        for (found, expected) in found.iter().zip([0.25, later(9.0), later(16.0)]) {
            assert!(
                (found / expected - 1.0).abs() < 4.0 * f64::EPSILON,
                "{found}, {expected}"
            );
        }
    };
    close(bounds(sine(7.0), siren), 7.0);
    close(bounds(common::unit("sine"), siren), 30.0);
    close(bounds(common::unit("sinu"), siren), 1.0);
    let unsaid = formula("sin(20*x)", &[]);
    close(bounds(unsaid, siren), 30.0);
    close(bounds(unsaid, siren.with("omega", 20.0).expect("a setting")), 20.0);
    for fits in [sine(7.0), common::unit("sinu"), unsaid] {
        assert_eq!(siren.rule().fits(fits), Ok(()));
    }
    for other in ["relu", "tanh", "identity"] {
        assert!(siren.rule().fits(common::unit(other)).is_err(), "{other}");
    }
}

/// The largest distance of the distribution of `values` from `law`, a distribution function (Kolmogorov, 1933).
fn distance(mut values: Vec<f64>, law: impl Fn(f64) -> f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let n = values.len() as f64;
    let at = |(i, value): (usize, &f64)| (law(*value) - (i as f64 + 0.5) / n).abs();
    values.iter().enumerate().map(at).fold(0.0, f64::max)
}

fn normal_law(x: f64) -> f64 {
    0.5 * libm::erfc(-x / 2f64.sqrt())
}

/// What is published of untrained SIRENs, of 10 hidden layers of 2048 and inputs from -1 to 1: what goes into a sine is
/// nearly standard normal in every layer but the first, what comes out nearly of the arcsine law, and no input is too
/// far away, be they 1000 larger.
///
/// By the central limit theorem what goes into the sines of a layer has the variance `2 q + omega^2 / (3 n)`, where q is
/// the mean square of what came out of the layer before and the second part is of the biases. The 2048 units of a layer
/// are independent; at worst the inputs tell nothing new of them, and the standard error of a variance is sqrt(2/2048)
/// of itself, of which five are allowed, and distances of distributions are below 2/sqrt(2048) but for one in 1,500.
/// The sine of a standard normal number is 0.045 away from the arcsine law, and has a deviation of 0.66 instead of 0.71.
#[test]
fn sirens_start_as_published() {
    const WIDTH: usize = 2048;
    let (omega, units) = (30f64, WIDTH as f64);
    let variance_off = 5.0 * (2.0 / units).sqrt();
    let law_off = 2.0 / units.sqrt();
    let arcsine_law = |y: f64| 0.5 + y.clamp(-1.0, 1.0).asin() / std::f64::consts::PI;
    let square = |values: &[f64]| values.iter().map(|value| value * value).sum::<f64>() / values.len() as f64;
    let sizes = [vec![1], vec![WIDTH; 10], vec![1]].concat();
    let layers = weights(initialization("siren"), &sizes, sine(30.0), 1);
    for shift in [0.0, 1000.0] {
        let mut a: Vec<f64> = (0..32).map(|i| shift + f64::from(i) / 15.5 - 1.0).collect();
        for (index, layer) in layers[..10].iter().enumerate() {
            let before = square(&a);
            let z = dense::reference(Arch::new(), layer, &a);
            let z: Vec<f64> = z.iter().map(|z| omega * z).collect();
            a = z.iter().map(|z| z.sin()).collect();
            let what = format!("layer {index}, inputs shifted by {shift}");
            if index == 0 {
                // Some ten periods and more, uniformly: the arcsine law itself, of deviation 1/sqrt 2.
                assert!((2.0 * square(&a) - 1.0).abs() < variance_off, "{what}: {}", square(&a));
                assert!(distance(a.clone(), arcsine_law) < law_off, "{what}");
                continue;
            }
            let expected = 2.0 * before + omega * omega / (3.0 * units);
            let variance = square(&z);
            assert!(
                (variance / expected - 1.0).abs() < variance_off,
                "{what}: {variance} for {expected}"
            );
            assert!((variance - 1.0).abs() < variance_off + 0.15, "{what}: {variance}");
            let standard = z.iter().map(|z| z / variance.sqrt()).collect();
            assert!(distance(standard, normal_law) < law_off, "{what}");
            let expected = 0.5 * (1.0 - (-2.0 * variance).exp());
            assert!(
                (square(&a) / expected - 1.0).abs() < variance_off,
                "{what}: {}",
                square(&a)
            );
            assert!(distance(a.clone(), arcsine_law) < 0.045 + law_off, "{what}");
        }
    }
}

/// A ReLU network without biases whose weights are as often negative as positive is dead for positive inputs with a
/// probability of 1 - (1 - 2^-N)^(L-1), of L layers and width N (Lu et al., 2019). Five standard deviations of a binomial
/// number are allowed, which one seed in 1.7 million is beyond.
#[test]
fn relu_networks_are_dead_from_the_start_as_often_as_published() {
    let networks = 10_000;
    for name in ["kaiming_normal", "xavier_uniform", "pytorch"] {
        let of = initialization(name).with_bias(Bias::Zero);
        for (width, depth) in [(1, 3), (2, 3), (2, 10), (3, 10), (5, 20)] {
            let sizes = [vec![1], vec![width; depth - 1], vec![1]].concat();
            let is_dead = |seed: &u64| {
                let weights = weights(of, &sizes, common::unit("relu"), *seed);
                TrainedNetwork::perceptron(weights, common::unit("relu")).predict(&[0.7])[0] == 0.0
            };
            let dead = (0..networks).filter(is_dead).count() as f64;
            let layer_lives = 1.0 - 0.5f64.powi(width as i32);
            let share = 1.0 - layer_lives.powi(depth as i32 - 1);
            let deviation = (networks as f64 * share * (1.0 - share)).sqrt();
            let expected = share * networks as f64;
            assert!(
                (dead - expected).abs() < 5.0 * deviation,
                "{name}, width {width}, {depth} layers: {dead} for {expected}"
            );
        }
    }
}

/// Variances and covariance of two numbers: `[of the first, of both, of the second]`.
type Covariance = [f64; 3];

/// `E g(u) g(v)` of normal numbers of this covariance.
type ClosedForm = fn(Covariance) -> f64;

/// Activations and what is known of them: the arc-cosine kernel of first degree (Cho & Saul, NIPS 2009), the error function
/// (Williams, NIPS 1996), and moments of normal numbers (Isserlis, 1918, for monomials; their characteristic function for waves; a Gaussian integral for bells).
fn closed_forms() -> Vec<(Activation, ClosedForm)> {
    fn arc_cosine([first, both, second]: Covariance) -> f64 {
        let lengths = (first * second).sqrt();
        let angle = (both / lengths).clamp(-1.0, 1.0).acos();
        lengths * (angle.sin() + (std::f64::consts::PI - angle) * angle.cos()) / std::f64::consts::TAU
    }
    vec![
        (common::unit("identity"), |[_, both, _]| both),
        (common::unit("relu"), arc_cosine),
        (formula("erf(x)", &[]), |[first, both, second]| {
            let correlation = 2.0 * both / ((1.0 + 2.0 * first) * (1.0 + 2.0 * second)).sqrt();
            correlation.asin() / std::f64::consts::FRAC_PI_2
        }),
        (common::unit("sinu"), |[first, both, second]| {
            (-0.5 * (first + second)).exp() * both.sinh()
        }),
        (formula("cos(x)", &[]), |[first, both, second]| {
            (-0.5 * (first + second)).exp() * both.cosh()
        }),
        (formula("exp(-x^2)", &[]), |[first, both, second]| {
            ((1.0 + 2.0 * first) * (1.0 + 2.0 * second) - 4.0 * both * both)
                .sqrt()
                .recip()
        }),
        (formula("x^2", &[]), |[first, both, second]| {
            first * second + 2.0 * both * both
        }),
        (formula("x^3", &[]), |[first, both, second]| {
            9.0 * first * second * both + 6.0 * both.powi(3)
        }),
    ]
}

/// Two samples, neither in one direction nor of one length.
const SAMPLES: [[f64; 2]; 2] = [[1.2, -0.3], [0.4, 0.9]];

/// What goes into the first layer's units.
fn first_covariance(gain: f64, of_bias: f64) -> Covariance {
    let [a, b] = SAMPLES;
    let product = |a: [f64; 2], b: [f64; 2]| gain * gain * (a[0] * b[0] + a[1] * b[1]) / 2.0 + of_bias * of_bias;
    [product(a, a), product(a, b), product(b, b)]
}

/// The mean over seeds of the product of a network's answers to both samples, and its standard error.
fn over_seeds(of: Initialization, sizes: &[usize], activation: Activation, seeds: u64) -> (f64, f64) {
    let product = |seed: u64| {
        let network = TrainedNetwork::perceptron(weights(of, sizes, activation, seed), activation);
        let answers = network.predict_all(SAMPLES.as_flattened());
        answers[0] * answers[1]
    };
    let products: Vec<f64> = (0..seeds).map(product).collect();
    let mean = |values: &mut dyn Iterator<Item = f64>| values.sum::<f64>() / seeds as f64;
    let found = mean(&mut products.iter().copied());
    let variance = mean(&mut products.iter().map(|product| (product - found).powi(2)));
    (found, (variance / seeds as f64).sqrt())
}

/// Of one hidden layer the covariance over seeds is that of its width to infinity at any width: that of one unit. What
/// is measured is within five standard errors, which the seeds give themselves.
#[test]
fn untrained_networks_have_the_covariance_of_their_closed_form() {
    for (activation, closed_form) in closed_forms() {
        for of_bias in [0.0, 0.4] {
            let of = initialization("lecun_normal").with_bias(Bias::normal(of_bias));
            let expected = closed_form(first_covariance(1.0, of_bias)) + of_bias * of_bias;
            let (found, error) = over_seeds(of, &[2, 16, 1], activation, 20_000);
            assert!(
                (found - expected).abs() < 5.0 * error,
                "{activation}, biases of {of_bias}: {found} for {expected}, standard error {error}"
            );
        }
    }
    let kaiming = initialization("kaiming_normal").with_bias(Bias::Zero);
    let expected = closed_forms()[1].1(first_covariance(2f64.sqrt(), 0.0));
    let (found, error) = over_seeds(kaiming, &[2, 16, 1], common::unit("relu"), 20_000);
    assert!(
        (found - expected).abs() < 5.0 * error,
        "kaiming: {found} for {expected}"
    );
}

/// Of two hidden layers it is the closed form of the closed form, but for what the first layer's covariances differ from
/// seed to seed: they are means over the units, of a variance of 1/width, and the second form bends. By Taylor's theorem
/// that is half its second derivatives times the covariances of the units' products, which are at most the roots of
/// their mean squares; it is allowed twice, for what follows in the series.
#[test]
fn the_covariance_of_deep_networks_is_that_of_infinite_width_but_for_one_over_the_width() {
    let width = 64;
    let bounded = ["relu", "sinu", "cos(x)", "exp(-x^2)"];
    for (activation, closed_form) in closed_forms() {
        if !bounded.contains(&activation.name()) {
            continue;
        }
        let of = initialization("lecun_normal").with_bias(Bias::Zero);
        let [first, both, second] = first_covariance(1.0, 0.0);
        let inner = [[first; 3], [first, both, second], [second; 3]].map(closed_form);
        let expected = closed_form(inner);
        let (found, error) = over_seeds(of, &[2, width, width, 1], activation, 4000);
        let finite = 2.0 * bend(closed_form, inner, mean_squares(activation, of)) / width as f64;
        assert!(
            (found - expected).abs() < 5.0 * error + finite,
            "{activation}: {found} for {expected}, standard error {error}, of the width {finite}"
        );
        // The width is no excuse for everything.
        assert!(finite < 0.1 * expected.abs(), "{activation}: {finite} of {expected}");
    }
}

/// `1/2 sum |second derivatives| roots of mean squares`.
fn bend(closed_form: ClosedForm, at: Covariance, mean_squares: [f64; 3]) -> f64 {
    let h = 1e-4;
    let shifted = |i: usize, a: f64, j: usize, b: f64| {
        let mut at = at;
        at[i] += a;
        at[j] += b;
        closed_form(at)
    };
    let second = |i: usize, j: usize| {
        (shifted(i, h, j, h) - shifted(i, h, j, -h) - shifted(i, -h, j, h) + shifted(i, -h, j, -h)) / (4.0 * h * h)
    };
    let pairs = (0..3).flat_map(|i| (0..3).map(move |j| (i, j)));
    let terms = pairs.map(|(i, j)| second(i, j).abs() * (mean_squares[i] * mean_squares[j]).sqrt());
    0.5 * terms.sum::<f64>()
}

/// Of the products of a unit's values at both samples, over many units.
fn mean_squares(activation: Activation, of: Initialization) -> [f64; 3] {
    let units = 20_000;
    let layer = &weights(of, &[2, units, 1], activation, 3)[0];
    let z = dense::reference(Arch::new(), layer, SAMPLES.as_flattened());
    let (first, second) = z.split_at(units);
    let mut sums = [0.0; 3];
    for (u, v) in first.iter().zip(second) {
        let [u, v] = [u, v].map(|z| activation.value(*z));
        for (sum, product) in sums.iter_mut().zip([u * u, u * v, v * v]) {
            *sum += product * product / units as f64;
        }
    }
    sums
}
