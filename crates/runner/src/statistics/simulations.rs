//! What the statistics say of themselves, held against simulations. Every count of a simulation is binomial; bounds are
//! at 5 of its standard deviations, which one of 1.7 million simulations passes by chance, and every seed is fixed.

use actlab_model::network::random::{Random, Stream};

use super::*;

/// Five standard deviations of the count of an event of this probability among so many.
fn allowed(probability: f64, of: usize) -> f64 {
    5.0 * (probability * (1.0 - probability) * of as f64).sqrt()
}

/// Draws of a distribution, and its median.
type Distribution = (&'static str, fn(&mut Random) -> f64, f64);

const DISTRIBUTIONS: [Distribution; 3] = [
    ("normal", |random| random.normal(), 0.0),
    ("log-normal", |random| (2.0 * random.normal()).exp(), 1.0),
    // A fifth of the networks diverges: the median is where the others are below it with a probability of 5/8.
    (
        "exponential, a fifth infinite",
        |random| match random.uniform() < 0.2 {
            true => f64::INFINITY,
            false => -(1.0 - random.uniform()).ln(),
        },
        0.980_829_253_011_726_2,
    ),
];

#[test]
fn intervals_cover_as_often_as_they_print() {
    const TIMES: usize = 4000;
    for (name, draw, median) in DISTRIBUTIONS {
        for n in 5..=20 {
            let mut random = Random::new(n as u64, Stream::Test);
            let mut printed = 0.0;
            let covered = (0..TIMES).filter(|_| {
                let values: Vec<f64> = (0..n).map(|_| draw(&mut random)).collect();
                let found = median_interval(&values).expect("values");
                printed = found.coverage;
                (found.low..=found.high).contains(&median)
            });
            let covered = covered.count() as f64;
            let expected = printed * TIMES as f64;
            assert!(
                (covered - expected).abs() < allowed(printed, TIMES),
                "{name}, {n} values: {covered} of {TIMES}, {printed} is printed"
            );
        }
    }
}

/// Ten activations whose errors are of one distribution, 45 pairs, 12 seeds, which can decide 102. A table is wrong if
/// it calls any of them better.
#[test]
fn a_table_of_equals_calls_one_of_them_better_in_a_twentieth_of_cases_at_most() {
    const TABLES: usize = 1000;
    let mut random = Random::new(1, Stream::Test);
    let wrong = (0..TABLES).filter(|_| {
        let common: Vec<f64> = (0..12).map(|_| random.normal()).collect();
        let mut errors = || -> Vec<f64> { common.iter().map(|seed| (seed + random.normal()).exp()).collect() };
        let activations: Vec<Vec<f64>> = (0..10).map(|_| errors()).collect();
        let pairs = (0..10).flat_map(|a| (0..a).map(move |b| (a, b)));
        let compared = pairs.map(|(a, b)| {
            let pairs = activations[a].iter().copied().zip(activations[b].iter().copied());
            Comparison::of_pairs(&pairs.collect::<Vec<_>>(), LEVEL).expect("pairs")
        });
        let compared: Vec<Comparison> = compared.collect();
        let adjusted = holm(&compared.iter().map(|of| of.p).collect::<Vec<_>>());
        let mut verdicts = compared.iter().zip(adjusted).map(|(of, p)| of.verdict(p));
        verdicts.any(|verdict| !matches!(verdict, Verdict::Undecided | Verdict::Equivalent))
    });
    let wrong = wrong.count() as f64;
    assert!(
        wrong <= 0.05 * TABLES as f64 + allowed(0.05, TABLES),
        "{wrong} of {TABLES} tables"
    );
}

/// Errors that truly differ by a shift of half of their standard deviation. From ten seeds each table says how many it
/// takes; truly it takes as many as decide in half of cases, which is found by trying.
#[test]
fn seeds_that_would_decide_are_right_to_a_factor_of_three() {
    const TIMES: usize = 400;
    const SHIFT: f64 = 0.5;
    let mut random = Random::new(2, Stream::Test);
    let mut compare = |n: usize| {
        let ratios: Vec<f64> = (0..n).map(|_| SHIFT + random.normal()).collect();
        Comparison::of_ratios(&ratios, 0, LEVEL).expect("ratios")
    };
    let decided = |of: &Comparison| of.verdict(of.p) == Verdict::Worse;
    let mut power = |n: usize| (0..TIMES).filter(|_| decided(&compare(n))).count() as f64 / TIMES as f64;
    let truly = (6..).find(|n| power(*n) >= 0.5).expect("a shift is found at last") as f64;
    let said = (0..TIMES).filter_map(|_| {
        let of = compare(10);
        match of.seeds(1).filter(|_| !decided(&of))? {
            Seeds::About(seeds) | Seeds::Over(seeds) => Some(seeds as f64),
        }
    });
    let said = median(&said.collect::<Vec<_>>());
    assert!(
        (truly / 3.0..=3.0 * truly).contains(&said),
        "{said} said, {truly} truly"
    );
}

/// How many of so many experiments are told something false at any of three looks, if they go on to the last whatever
/// was seen: more than where they stop. `draw` gives an experiment the logarithms of its errors for one more seed, one of
/// each activation, and all pairs of activations are a table.
fn false_at_any_look(
    times: usize,
    looks: &[usize],
    level: f64,
    mut draw: impl FnMut() -> Vec<f64>,
    is_false: fn(Verdict) -> bool,
) -> f64 {
    let told = (0..times).filter(|_| {
        let mut seeds: Vec<Vec<f64>> = Vec::new();
        let mut told = false;
        for look in looks {
            seeds.extend((seeds.len()..*look).map(|_| draw()));
            let activations = seeds[0].len();
            let pairs = (0..activations).flat_map(|a| (0..a).map(move |b| (a, b)));
            let compared = pairs.map(|(a, b)| {
                let ratios: Vec<f64> = seeds.iter().map(|errors| errors[a] - errors[b]).collect();
                Comparison::of_ratios(&ratios, 0, level).expect("ratios")
            });
            let compared: Vec<Comparison> = compared.collect();
            let adjusted = holm(&compared.iter().map(|of| of.p).collect::<Vec<_>>());
            told |= compared.iter().zip(adjusted).any(|(of, p)| is_false(of.verdict(p)));
        }
        told
    });
    told.count() as f64
}

/// Activations whose errors are of one distribution: whoever is called better or worse at any look is so falsely. The
/// bound is 5 % of the experiments and five standard deviations of a binomial count of that probability; at an undivided
/// level there are more.
#[test]
fn a_level_divided_among_looks_keeps_false_verdicts_at_a_twentieth_over_all_of_them() {
    const TIMES: usize = 10_000;
    let is_false = |verdict: Verdict| !matches!(verdict, Verdict::Undecided | Verdict::TooFew | Verdict::Equivalent);
    let bound = LEVEL * TIMES as f64 + allowed(LEVEL, TIMES);
    for (first, activations) in [(10, 2), (7, 2), (30, 2), (10, 5)] {
        let looks = Looks::new(String::new(), first);
        let mut random = Random::new(first as u64, Stream::Test);
        let mut wrong = |level: f64| {
            let draw = || (0..activations).map(|_| random.normal()).collect();
            false_at_any_look(TIMES, looks.planned(), level, draw, is_false)
        };
        let divided = wrong(looks.level());
        assert!(
            divided <= bound,
            "{first} seeds first, {activations}: {divided} of {TIMES}"
        );
        // So that this test can tell. Of seven seeds, and of ten pairs, p has too few values to use up a level.
        if activations == 2 && first > 7 {
            let naive = wrong(LEVEL);
            assert!(
                naive > bound,
                "{first} seeds first: {naive} of {TIMES} without dividing it"
            );
        }
    }
}

/// Two activations that truly differ by just 5 %, which is not less than 5 %: who calls them equivalent at any look is
/// wrong. Of two tests at half of the level one can be wrong here, so that half of the level bounds it.
#[test]
fn who_differs_by_five_percent_is_seldom_called_equivalent_at_any_look() {
    const TIMES: usize = 10_000;
    let looks = Looks::new(String::new(), 10);
    let mut random = Random::new(4, Stream::Test);
    let draw = || vec![0.01 * random.normal(), 1.05f64.ln() + 0.01 * random.normal()];
    let is_false = |verdict: Verdict| {
        matches!(
            verdict,
            Verdict::Equivalent | Verdict::SlightlyBetter | Verdict::SlightlyWorse
        )
    };
    let wrong = false_at_any_look(TIMES, looks.planned(), looks.level(), draw, is_false);
    let bound = 0.5 * LEVEL * TIMES as f64 + allowed(0.5 * LEVEL, TIMES);
    assert!(wrong <= bound, "{wrong} of {TIMES}");
}
