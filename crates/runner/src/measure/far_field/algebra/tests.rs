use actlab_model::network::architecture::{Architecture, Block};
use actlab_model::network::weights::{Weights, initial_weights};
use actlab_model::random::{Random, Stream};
use actlab_model::unit::{Identity, Relu, Sinu, Tanh};

use super::*;
use crate::measure::far_field::Ending;

fn layer(inputs: usize, weight: &[f32], bias: &[f32]) -> Layer {
    Layer {
        inputs,
        outputs: bias.len(),
        weight: weight.to_vec(),
        bias: bias.to_vec(),
    }
}

fn path(inputs: usize, sign: f64) -> Path {
    Path {
        start: vec![0.25; inputs],
        direction: (0..inputs).map(|input| sign * (1.0 - 0.3 * input as f64)).collect(),
    }
}

fn at(network: &TrainedNetwork, path: &Path, t: f64) -> f64 {
    let x = path.start.iter().zip(&path.direction);
    let x: Vec<f64> = x.map(|(start, direction)| start + t * direction).collect();
    network.predict(&x)[0]
}

/// Of the perceptron with these weights, as all that follow.
fn answer(weights: &Weights, activation: Activation, path: &Path, t: f64) -> f64 {
    at(&TrainedNetwork::perceptron(weights.clone(), activation), path, t)
}

fn tail(weights: &Weights, activation: Activation, path: &Path) -> Tail {
    tails(&TrainedNetwork::perceptron(weights.clone(), activation), path)[0]
}

fn asymptote(weights: &Weights, activation: Activation, path: &Path) -> Asymptote {
    tail(weights, activation, path).asymptote()
}

/// How far a unit is from its line, times the distance: nothing where it approaches as an exponential does, and what
/// stands over the distance where it approaches as 1/t, be it now a little less, as of a sine over its argument.
fn rate(activation: Activation) -> f64 {
    let far = (0..100).map(|i| 1e6 + f64::from(i));
    let rest = far.flat_map(|far| {
        let ends = activation.ends().into_iter().zip([-far, far]);
        ends.map(move |(end, x)| match end {
            End::Line { slope, intercept } => (activation.value(x) - slope * x - intercept).abs() * far,
            _ => 0.0,
        })
    });
    rest.fold(0.0, f64::max)
}

/// The network in double precision rounds as the coefficients do, so that both together err by twice the bound. The
/// smallest slope of a unit in these networks is 5e-8: at 1e10 and 1e12 half-widths all have left their bends behind, and
/// those that approach as 1/t would be off by 1e8 times their rate, at most.
#[test]
fn networks_are_by_their_asymptotes_far_out() {
    let has_lines = |activation: &Activation| activation.ends().iter().all(|end| matches!(end, End::Line { .. }));
    for activation in Activation::all().filter(has_lines) {
        for (sizes, seed) in [[1, 8, 1].as_slice(), &[3, 8, 1], &[1, 7, 6, 5, 1], &[3, 7, 6, 5, 1]]
            .into_iter()
            .flat_map(|sizes| (0..20).map(move |seed| (sizes, seed)))
        {
            let weights = initial_weights(sizes, seed);
            for sign in [-1.0, 1.0] {
                let path = path(sizes[0], sign);
                let tail = tail(&weights, activation, &path);
                let Asymptote::Line { slope, intercept } = tail.asymptote() else {
                    panic!("{activation} {sizes:?} {seed}: {tail:?}");
                };
                for t in [1e10, 1e12] {
                    let rounding = 2.0 * (tail.slope.error * t + tail.low.error);
                    let found = answer(&weights, activation, &path, t);
                    let error = (found - slope * t - intercept).abs();
                    let allowed = rounding + 1e8 * rate(activation) / t;
                    assert!(
                        error <= allowed,
                        "{activation} {sizes:?} {seed} at {t}: {error} above {allowed}"
                    );
                }
            }
        }
    }
}

/// c + sum v sign(w), in numbers that a double holds exactly.
#[test]
fn a_network_of_tanh_is_the_constant_of_its_signs() {
    let tanh = Activation::new(&Tanh);
    let weights = vec![
        layer(1, &[9.0, -8.0, 1e-20], &[0.5, 0.25, -1.0]),
        layer(3, &[1.0, 0.25, -0.5], &[0.5]),
    ];
    for (sign, expected) in [(1.0, 0.5 + 1.0 - 0.25 - 0.5), (-1.0, 0.5 - 1.0 + 0.25 + 0.5)] {
        let found = asymptote(&weights, tanh, &path(1, sign));
        assert_eq!(
            found,
            Asymptote::Line {
                slope: 0.0,
                intercept: expected
            }
        );
    }
    // A unit whose weight is 0 is what its bias makes of it.
    let weights = vec![layer(1, &[0.0], &[0.5]), layer(1, &[2.0], &[0.0])];
    let Asymptote::Line { slope: 0.0, intercept } = asymptote(&weights, tanh, &path(1, 1.0)) else {
        panic!("a constant");
    };
    assert!((intercept - 2.0 * 0.5f64.tanh()).abs() < 1e-15);
}

/// |f| <= |c| + sum |v|; in the second layer a sine of something between -1 and 1.
#[test]
fn networks_of_sines_are_bounded() {
    let sine = Activation::new(&Sinu);
    let weights = vec![layer(1, &[3.0, -5.0], &[0.5, 0.25]), layer(2, &[1.0, -0.25], &[0.5])];
    let found = asymptote(&weights, sine, &path(1, 1.0));
    let Asymptote::Band { slope: 0.0, low, high } = found else {
        panic!("{found:?}");
    };
    assert_eq!((low, high), (0.5 - 1.25, 0.5 + 1.25));
    assert_eq!(Ending::over([found; 2]), Ending::Bounded);
    let deep: Vec<Weights> = (0..20).map(|seed| initial_weights(&[3, 5, 4, 1], seed)).collect();
    for weights in deep {
        let Asymptote::Band { slope: 0.0, low, high } = asymptote(&weights, sine, &path(3, -1.0)) else {
            panic!("a bound");
        };
        let last = &weights[2];
        let most: f64 = last.weight.iter().map(|v| f64::from(v.abs())).sum();
        assert!(high - low <= 2.0 * most + 1e-12, "no wider than |c| + sum |v|");
        for i in 0..1000 {
            let found = answer(&weights, sine, &path(3, -1.0), 1.0 + 0.37 * f64::from(i));
            assert!((low..=high).contains(&found), "{found} of [{low}, {high}]");
        }
    }
}

/// The second layer sees a t, b t and c t, once with these weights and once, in another order, with their negatives: a
/// sum of products that is zero in real numbers, and often not in double precision.
#[test]
fn a_sum_that_cancels_has_no_side() {
    let mut random = Random::new(0, Stream::Test);
    // Products of weights alone are exact in double precision.
    let path = Path {
        start: vec![0.25],
        direction: vec![1.0 / 3.0],
    };
    let mut rounded = 0;
    for _ in 0..1000 {
        let mut draw = || 0.1 + random.uniform() as f32;
        let (first, second): ([f32; 3], [f32; 3]) = (std::array::from_fn(|_| draw()), std::array::from_fn(|_| draw()));
        let [a, b, c] = first;
        let [u, v, w] = second;
        let weights = vec![
            layer(1, &[a, b, c, c, a, b], &[0.0; 6]),
            layer(6, &[u, v, w, -w, -u, -v], &[1.0]),
            layer(1, &[1.0], &[0.0]),
        ];
        for activation in [Activation::new(&Relu), Activation::new(&Identity)] {
            let found = asymptote(&weights, activation, &path);
            assert_eq!(found, Asymptote::Undetermined { bound: None }, "{weights:?}");
        }
        let hidden: Weights = weights[..2].to_vec();
        let slope = tail(&hidden, Activation::new(&Identity), &path).slope;
        rounded += usize::from(slope.value != 0.0);
    }
    // Else there was nothing to hide.
    assert!(rounded > 50, "{rounded}");
}

/// Bounded all the same, and zero where every product is.
#[test]
fn what_is_hidden_is_bounded_by_its_unit() {
    let tanh = Activation::new(&Tanh);
    // Three inputs of which two cancel.
    let even = Path {
        start: vec![0.5; 3],
        direction: vec![0.1, 0.1, 0.0],
    };
    let weights = |w: [f32; 3]| vec![layer(3, &w, &[0.5]), layer(1, &[2.0], &[1.0])];
    assert_eq!(
        asymptote(&weights([0.3, -0.3, 7.0]), tanh, &even),
        Asymptote::Undetermined {
            bound: Some([-1.0, 3.0])
        }
    );
    assert!(matches!(
        asymptote(&weights([0.0, 0.0, 7.0]), tanh, &even),
        Asymptote::Line { slope: 0.0, .. }
    ));
    let formula = actlab_model::unit::Formula::define("squared", "x^2", &[]).expect("a formula");
    let unknown = asymptote(&weights([0.3, 0.2, 7.0]), Activation::new(formula), &even);
    assert_eq!(unknown, Asymptote::Unknown);
}

#[test]
fn a_network_ends_in_what_its_rays_do() {
    let line = |slope: f64| Asymptote::Line { slope, intercept: 1.0 };
    let band = |slope: f64| Asymptote::Band {
        slope,
        low: 0.0,
        high: 1.0,
    };
    let hidden = Asymptote::Undetermined { bound: None };
    for (rays, ending) in [
        ([line(0.0), line(0.0)], Ending::Constant),
        ([line(0.0), line(2.0)], Ending::Line),
        ([line(0.0), band(0.0)], Ending::Bounded),
        ([line(2.0), band(0.0)], Ending::Band),
        ([band(0.0), band(2.0)], Ending::Band),
        ([hidden, line(1.0)], Ending::Undetermined),
        ([hidden, Asymptote::Unknown], Ending::Unknown),
    ] {
        assert_eq!(Ending::over(rays), ending, "{rays:?}");
    }
    assert_eq!(Ending::of(Activation::new(&Relu)), Ending::Line);
    assert_eq!(Ending::of(Activation::new(&Tanh)), Ending::Constant);
    assert_eq!(Ending::of(Activation::new(&Sinu)), Ending::Bounded);
    let scaled = band(2.0).scaled(3.0, 5.0);
    assert_eq!(
        scaled,
        Asymptote::Band {
            slope: 6.0,
            low: 5.0,
            high: 8.0
        }
    );
}

/// Branches add up: a line and a constant are a line. Of a product nobody knows.
#[test]
fn joined_branches_end_in_what_their_join_makes_of_them() {
    let of = |join: Join| {
        let branches = [Block::activated(4), Block::activated(4)];
        let block = Block::Sequence(vec![Block::parallel(join, branches), Block::linear(1)]);
        let architecture = Architecture::new(1, block).expect("an architecture");
        TrainedNetwork {
            weights: architecture.initial_weights(3),
            activations: vec![Activation::new(&Relu), Activation::new(&Tanh)],
            architecture,
        }
    };
    for (join, sign) in [
        (Join::Sum, 1.0),
        (Join::Sum, -1.0),
        (Join::Concatenation, 1.0),
        (Join::Concatenation, -1.0),
    ] {
        let (network, path) = (of(join), path(1, sign));
        let Asymptote::Line { slope, intercept } = asymptotes(&network, &path)[0] else {
            panic!("a line");
        };
        // All bends are within 1e3 of weights of 1e-3 and more; rounding takes 1e-16 of what is added.
        let t = 1e6;
        let error = at(&network, &path, t) - slope * t - intercept;
        assert!(
            slope != 0.0 && error.abs() < 1e-9 * t * slope.abs(),
            "{join:?}: {error}"
        );
    }
    for join in [Join::Product, Join::Gate] {
        assert_eq!(asymptotes(&of(join), &path(1, 1.0)), [Asymptote::Unknown]);
    }
}
