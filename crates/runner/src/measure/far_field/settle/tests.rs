use super::*;

/// With a standard deviation of the target of 1.
fn of(f: impl Fn(f64) -> f64, slope: f64) -> Settled {
    let distances = distances();
    let values: Vec<f64> = distances.iter().map(|t| f(*t)).collect();
    settled(&distances, &values, slope, 1.0)
}

/// To the two digits that are known of them.
#[test]
fn known_functions_settle_where_they_do() {
    let known = |settled: Settled, distance: f64| {
        let found = settled.distance().expect("a distance");
        assert!((found / distance - 1.0).abs() < 0.01, "{found} instead of {distance}");
    };
    known(of(f64::abs, 1.0), 1.0);
    known(of(|x| (x * x + 1.0).sqrt(), 1.0), 1.5);
    // Without overflow.
    known(of(|x| x + (-2.0 * x).exp().ln_1p() - std::f64::consts::LN_2, 1.0), 1.05);
    known(of(|x| x + x.sin(), 1.0), 22.0);
    assert_eq!(of(|x| (x / 50.0).tanh(), 0.0), Settled::Beyond);
}

/// 20,000 tanh(t/20,000) is a line to 1 % as far as 1,000 half-widths, where it is below t by (1/20)^2/3 of it, but no
/// constant.
#[test]
fn what_is_straight_may_not_be_its_asymptote_yet() {
    let slow = |x: f64| (x / 20_000.0).tanh() * 20_000.0;
    assert_eq!(of(slow, 0.0), Settled::Straight(1.0));
    assert_eq!(of(slow, 1.0), Settled::From(1.0));
    // Beside what is allowed, 1 % of the target's standard deviation, it is nothing.
    assert_eq!(of(|x| 1e-3 * (x / 20_000.0).tanh(), 0.0), Settled::From(1.0));
}

/// A bend at k from slope 0 to 1: the chord on [t, 10 t] is off by (k - t)(10 t - k)/(9 t) there, which is 1 % of its rise
/// 10 t - k where t = k/1.09. The largest deviation on the grid is at a neighbour of k, which a step of 10^(1/50) may
/// bring the answer nearer by.
#[test]
fn a_bend_is_settled_just_before_it() {
    for k in [1.5, 7.0, 40.0, 90.0] {
        let found = of(|x| (x - k).max(0.0), 1.0).distance().expect("a distance");
        let step = 10f64.powf(1.0 / 50.0);
        assert!(found >= k / 1.09 / step && found <= k * step, "{k}: {found}");
    }
    assert_eq!(of(|x| (x - 300.0).max(0.0) * 10.0, 10.0), Settled::Beyond);
}

/// By the words of the definition, one after the other, each window anew.
#[test]
fn a_scan_of_all_windows_finds_the_same() {
    let grid: Vec<f64> = (0..=150).map(|i| 10f64.powf(f64::from(i) / 50.0)).collect();
    let brute = |f: &dyn Fn(f64) -> f64, scale: f64| -> Option<f64> {
        let window_is_straight = |tau: f64| {
            let rise = f(10.0 * tau) - f(tau);
            let inside = grid.iter().filter(|t| **t >= tau * 0.999 && **t <= tau * 10.0 * 1.001);
            let off = inside.map(|t| (f(*t) - f(tau) - rise * (t - tau) / (9.0 * tau)).abs());
            off.fold(0.0, f64::max) <= 0.01 * rise.abs().max(scale)
        };
        let candidates = grid.iter().filter(|t| **t <= 100.1);
        let rest = |t: f64| grid.iter().filter(move |tau| **tau >= t && **tau <= 100.1);
        candidates
            .copied()
            .find(|t| rest(*t).all(|tau| window_is_straight(*tau)))
    };
    let distances = distances();
    for seed in 0..200u32 {
        let share = |k: u32| f64::from((seed.wrapping_mul(2_654_435_761u32.wrapping_mul(k + 1)) >> 8) % 1000) / 1000.0;
        let (width, kink, weight) = (1.0 + 60.0 * share(1).powi(3), 1.0 + 90.0 * share(2), share(3));
        let f = |t: f64| weight * (t / width).tanh() * 3.0 + 0.2 * (t - kink).max(0.0) + 0.1 * t;
        let values: Vec<f64> = distances.iter().map(|t| f(*t)).collect();
        let found = settled(&distances, &values, 0.3, 1.0).distance();
        let expected = brute(&f, 1.0);
        let same = match (found, expected) {
            (Some(found), Some(expected)) => (found / expected - 1.0).abs() < 1e-9,
            (found, expected) => found == expected,
        };
        assert!(same, "{seed}: {found:?} instead of {expected:?}");
    }
}

#[test]
fn the_later_side_counts() {
    let (near, far) = (Settled::From(1.0), Settled::From(4.0));
    assert_eq!(near.later(far), far);
    assert_eq!(far.later(near), far);
    assert_eq!(far.later(Settled::Straight(1.0)), Settled::Straight(1.0));
    assert_eq!(Settled::Beyond.later(Settled::Straight(1.0)), Settled::Beyond);
}
