use std::collections::HashSet;
use std::sync::Arc;

use actlab_model::device::{Choice, open};
use actlab_model::engine::{Engine, Recipe, Stack, unobserved};
use actlab_model::network::architecture::Architecture;

use super::check::{check, notes};
use super::regions::TEST_POINTS;
use super::split::take_blocks;
use super::*;
use crate::experiment::data::Table;
use crate::experiment::range::Region;
use crate::experiment::settings::SampleSeed;
use crate::experiment::target::Data;
use crate::experiment::teacher::Teacher;
use crate::experiment::test_settings;

fn function(text: &str) -> Target {
    Target::Function(Function::parse(text).expect("an expression"))
}

#[test]
fn training_samples_are_standardised_in_the_targets_own_units() {
    let settings = test_settings("x^2", vec![[2.0, 6.0]]);
    let samples = samples(&function("x^2"), &settings).expect("samples");
    let scaled: Vec<f64> = samples.train.x.iter().map(|x| samples.scaling.scale_x(x)[0]).collect();
    let mean = scaled.iter().sum::<f64>() / scaled.len() as f64;
    assert!(mean.abs() < 1e-12);
    for (x, y) in samples.train.x.iter().zip(&samples.train.y) {
        assert!((2.0..6.0).contains(&x[0]));
        assert_eq!(*y, [x[0] * x[0]]);
    }
}

/// Settings of a target, with the same range for each of its inputs.
fn settings_of(target: &Target, range: Vec<[f64; 2]>, sampling: Sampling) -> Resolved {
    let mut settings = test_settings(&target.name(), range);
    settings.inputs = target.inputs();
    settings.range.0 = vec![settings.range.0[0].clone(); settings.inputs.len()];
    settings.sampling = sampling;
    settings
}

#[test]
fn test_points_lie_in_their_region() {
    for (text, range, sampling) in [
        ("x", vec![[-1.0, 3.0]], Sampling::Uniform),
        ("x", vec![[-5.0, -1.0], [1.0, 5.0]], Sampling::Lattice(0.01)),
        ("x", vec![[-1.0, 3.0]], Sampling::Normal),
        ("x1*x2", vec![[0.0, 2.0]], Sampling::Uniform),
        ("x1*x2", vec![[0.0, 2.0]], Sampling::Grid),
        ("x1*x2", vec![[0.0, 2.0]], Sampling::Normal),
        ("x1*x2*x3", vec![[0.0, 2.0]], Sampling::Sphere),
        ("x1*x2*x3", vec![[0.0, 2.0]], Sampling::Ball),
    ] {
        let target = function(text);
        let settings = settings_of(&target, range, sampling);
        let domain = settings.domain();
        let samples = samples(&target, &settings).expect("samples");
        for (name, points) in &samples.regions {
            // The narrowest part, the gap, is a fifth of the hull.
            assert!(
                points.x.len() >= TEST_POINTS / 6,
                "{text} {sampling} {name}: {}",
                points.x.len()
            );
            for x in &points.x {
                let region = domain.region(x);
                let right = match name.as_str() {
                    // Of normal samples three in a thousand are farther out than what they are said to cover.
                    VALIDATION if sampling == Sampling::Normal => domain.distance(x) < 2.0,
                    INSIDE | VALIDATION => region == Region::Inside,
                    GAP => region == Region::Gap,
                    FAR => region == Region::Band(0) || region == Region::Band(1),
                    band => matches!(region, Region::Band(i) if band == band_name(i)),
                };
                assert!(right, "{text}: {x:?} in {name}");
            }
        }
        assert_eq!(samples.regions.iter().any(|(name, _)| name == GAP), domain.has_gap());
    }
}

fn region<'s>(samples: &'s Samples, name: &str) -> &'s Points {
    let found = samples.regions.iter().find(|(region, _)| region == name);
    &found.expect("a region").1
}

/// How many there are changes nothing else, and they are neither trained on nor tested on.
#[test]
fn points_to_choose_by_are_of_their_own() {
    let mut settings = test_settings("x^2", vec![[-3.0, -1.0], [1.0, 2.0]]);
    let few = samples(&function("x^2"), &settings).expect("samples");
    settings.validation = 1000;
    let many = samples(&function("x^2"), &settings).expect("samples");
    assert_eq!((&few.train, &few.scaling), (&many.train, &many.scaling));
    assert_eq!(region(&few, INSIDE), region(&many, INSIDE));
    let (some, more) = (region(&few, VALIDATION), region(&many, VALIDATION));
    assert_eq!((some.y.len(), more.y.len()), (256, 1000));
    assert_eq!(some.x[..], more.x[..256]);
    for x in &more.x {
        assert_eq!(settings.range.region(x), Region::Inside);
        assert!(!few.train.x.contains(x) && !region(&few, INSIDE).x.contains(x));
    }
    settings.seed = Some(1);
    let other = samples(&function("x^2"), &settings).expect("samples");
    assert_ne!(region(&other, VALIDATION).x[0], more.x[0]);
}

/// Held out in blocks, the rows to choose by are neighbours too, and the two halves are not mixed row by row.
#[test]
fn blocks_are_halved_into_blocks() {
    let mut settings = test_settings("y", vec![[0.0, 29.95]]);
    (settings.holdout, settings.holdout_blocks) = (Some(0.2), 3);
    for seed in 0..20 {
        settings.seed = Some(seed);
        let samples = samples(&rows(400), &settings).expect("samples");
        let mut validation: Vec<usize> = region(&samples, VALIDATION).output(0).map(|y| y as usize).collect();
        validation.sort_unstable();
        let runs = 1 + validation.windows(2).filter(|pair| pair[1] != pair[0] + 1).count();
        // A block of the half may go over the end of a block of what is held out.
        assert!(runs <= 6, "{seed}: {validation:?}");
    }
}

fn rows(count: usize) -> Target {
    let rows = (0..count).map(|i| vec![i as f64 / 10.0, i as f64]);
    Target::Data(Data {
        x: vec!["t".to_owned()],
        y: vec!["y".to_owned()],
        table: Arc::new(Table {
            rows: rows.collect(),
            incomplete: 0,
        }),
    })
}

#[test]
fn rows_are_held_out_in_blocks_of_neighbours() {
    let mut settings = test_settings("y", vec![[0.0, 29.95]]);
    settings.holdout = Some(0.2);
    for (blocks, runs) in [(1, 1..=1), (4, 1..=4), (0, 30..=60)] {
        settings.holdout_blocks = blocks;
        let mut seen = HashSet::new();
        for seed in 0..20 {
            settings.seed = Some(seed);
            let samples = samples(&rows(400), &settings).expect("samples");
            let rows_of = |points: &Points| -> Vec<usize> { points.output(0).map(|y| y as usize).collect() };
            let mut test = rows_of(region(&samples, INSIDE));
            let validation = rows_of(region(&samples, VALIDATION));
            let mut train = rows_of(&samples.train);
            assert_eq!((test.len(), validation.len(), train.len()), (30, 30, 240));
            test.extend(validation);
            train.extend(&test);
            train.sort_unstable();
            assert_eq!(train, (0..300).collect::<Vec<_>>(), "every row once");
            test.sort_unstable();
            let found = 1 + test.windows(2).filter(|pair| pair[1] != pair[0] + 1).count();
            assert!(runs.contains(&found), "{blocks} blocks: {found}");
            seen.insert(test);
        }
        assert!(seen.len() > 15, "the places are the seed's");
    }
}

#[test]
fn blocks_take_as_many_rows_as_they_should() {
    for (all, count, blocks) in [(7, 3, 1000), (7, 6, 4), (5, 4, 3), (2, 1, 2), (9, 0, 3), (10, 10, 7)] {
        let mut rows: Vec<usize> = (0..all).collect();
        let taken = take_blocks(&mut rows, count, blocks, &mut Random::new(0, Stream::Samples));
        assert_eq!((taken.len(), rows.len()), (count, all - count));
    }
}

#[test]
fn rows_that_are_not_used_are_spoken_of() {
    let mut settings = test_settings("y", vec![[0.0, 5.0]]);
    settings.holdout = Some(0.2);
    settings.samples = 30;
    // 51 rows in the range, of which 40 are kept; the farthest that count are at 2.5 + 4 * 2.5 = 12.5.
    let notes = notes(&rows(400), &settings);
    assert!(
        notes[0].starts_with("of 40 rows") && notes[0].contains("30 are drawn"),
        "{notes:?}"
    );
    assert!(notes[1].starts_with("274 rows"), "{notes:?}");
    settings.samples = 40;
    assert_eq!(self::notes(&rows(126), &settings), Vec::<String>::new());
}

#[test]
fn noise_comes_on_top_and_depends_on_the_seed_alone() {
    let mut settings = test_settings("x", vec![[-1.0, 1.0]]);
    let clean = samples(&function("x"), &settings).expect("samples");
    settings.noise = 0.5;
    let noisy = samples(&function("x"), &settings).expect("samples");
    assert_eq!(clean.train.x, noisy.train.x);
    let n = clean.train.y.len() as f64;
    let variance = clean
        .train
        .output(0)
        .zip(noisy.train.output(0))
        .map(|(a, b)| (a - b) * (a - b))
        .sum::<f64>()
        / n;
    // The variance of n normals has a standard error of variance * sqrt(2 / n).
    assert!((variance - 0.25).abs() < 5.0 * 0.25 * (2.0 / n).sqrt(), "{variance}");
}

#[test]
fn a_target_without_a_value_in_the_range_is_refused_and_skipped_outside() {
    let target = function("sqrt(x)");
    assert!(check(&target, &test_settings("sqrt(x)", vec![[-1.0, 1.0]])).is_err());
    let settings = test_settings("sqrt(x)", vec![[0.0, 1.0]]);
    assert!(check(&target, &settings).is_ok());
    let samples = samples(&target, &settings).expect("samples");
    assert!(
        samples
            .regions
            .iter()
            .flat_map(|(_, points)| &points.x)
            .all(|x| x[0] >= 0.0)
    );
}

fn drawn_of(text: &str, range: Vec<[f64; 2]>, sampling: Sampling, count: usize) -> Vec<Vec<f64>> {
    let target = function(text);
    let mut settings = settings_of(&target, range, sampling);
    settings.samples = count;
    samples(&target, &settings).expect("samples").train.x
}

#[test]
fn a_grid_is_evenly_spaced_with_both_ends() {
    assert_eq!(
        drawn_of("x", vec![[-1.0, 1.0]], Sampling::Grid, 5).concat(),
        [-1.0, -0.5, 0.0, 0.5, 1.0]
    );
    let gap = drawn_of("x", vec![[-3.0, -1.0], [1.0, 3.0]], Sampling::Grid, 4).concat();
    let expected = [-3.0, -3.0 + 4.0 / 3.0, 3.0 - 4.0 / 3.0, 3.0];
    assert!(
        gap.iter().zip(expected).all(|(x, at)| (x - at).abs() < 1e-12),
        "{gap:?}"
    );
    let full = drawn_of("x1*x2", vec![[0.0, 2.0]], Sampling::Grid, 9);
    let expected = [
        [0., 0.],
        [0., 1.],
        [0., 2.],
        [1., 0.],
        [1., 1.],
        [1., 2.],
        [2., 0.],
        [2., 1.],
        [2., 2.],
    ];
    assert_eq!(full, expected);
    assert_eq!(drawn_of("x", vec![[0.0, 2.0]], Sampling::Grid, 1), [[1.0]]);
}

#[test]
fn a_lattice_gives_different_points_of_its_step_and_of_each_part_its_share() {
    let drawn = drawn_of("x", vec![[-5.0, -1.0], [1.0, 5.0]], Sampling::Lattice(0.01), 100).concat();
    let mut steps: Vec<i64> = drawn.iter().map(|x| (100.0 * x).round() as i64).collect();
    assert!(
        drawn
            .iter()
            .zip(&steps)
            .all(|(x, step)| (100.0 * x - *step as f64).abs() < 1e-9)
    );
    assert_eq!(steps.iter().filter(|step| **step < 0).count(), 50);
    steps.sort_unstable();
    steps.dedup();
    assert_eq!(steps.len(), 100, "all different");
}

/// Means of n draws are within 5 standard errors but for one seed in 1.7 million.
#[test]
fn normal_samples_have_the_mean_and_the_deviation_of_the_range() {
    let n = 20_000;
    let drawn = drawn_of("x1 + x2", vec![[1.0, 5.0]], Sampling::Normal, n);
    for input in 0..2 {
        let standard: Vec<f64> = drawn.iter().map(|x| (x[input] - 3.0) / 2.0).collect();
        let mean = standard.iter().sum::<f64>() / n as f64;
        let square = standard.iter().map(|x| x * x).sum::<f64>() / n as f64;
        assert!(mean.abs() < 5.0 / (n as f64).sqrt(), "{mean}");
        assert!((square - 1.0).abs() < 5.0 * (2.0 / n as f64).sqrt(), "{square}");
    }
}

/// On the sphere every coordinate has a mean square of 1/3, and of its square a variance of 1/5 - 1/9; in the ball the share
/// nearer than r is r^3. All within 5 standard errors.
#[test]
fn spheres_and_balls_are_filled_evenly() {
    let n = 20_000;
    let standard = |sampling| -> Vec<Vec<f64>> {
        let drawn = drawn_of("x1*x2*x3", vec![[-1.0, 3.0]], sampling, n);
        drawn
            .iter()
            .map(|x| x.iter().map(|x| (x - 1.0) / 2.0).collect())
            .collect()
    };
    let length = |x: &Vec<f64>| x.iter().map(|x| x * x).sum::<f64>().sqrt();
    let sphere = standard(Sampling::Sphere);
    assert!(sphere.iter().all(|x| (length(x) - 1.0).abs() < 1e-12));
    let error = (4.0 / 45.0 / n as f64).sqrt();
    for input in 0..3 {
        let square = sphere.iter().map(|x| x[input] * x[input]).sum::<f64>() / n as f64;
        assert!((square - 1.0 / 3.0).abs() < 5.0 * error, "{square}");
    }
    let ball = standard(Sampling::Ball);
    for radius in [0.3f64, 0.5, 0.9] {
        let share = ball.iter().filter(|x| length(x) < radius).count() as f64 / n as f64;
        let expected = radius.powi(3);
        let error = (expected * (1.0 - expected) / n as f64).sqrt();
        assert!((share - expected).abs() < 5.0 * error, "{radius}: {share}");
    }
    assert!(ball.iter().all(|x| length(x) <= 1.0));
}

/// With a seed of their own samples are those of the network's seed, as they have always been; with one for all they do not
/// depend on it, and neither does the noise.
#[test]
fn samples_may_be_the_same_for_every_seed() {
    let train = |seed: u64, sample_seed: SampleSeed| {
        let mut settings = test_settings("x^2", vec![[-1.0, 1.0]]);
        (settings.seed, settings.sample_seed, settings.noise) = (Some(seed), sample_seed, 0.1);
        samples(&function("x^2"), &settings).expect("samples").train
    };
    assert_ne!(train(0, SampleSeed::Own), train(1, SampleSeed::Own));
    assert_eq!(train(0, SampleSeed::Shared(5)), train(1, SampleSeed::Shared(5)));
    assert_eq!(train(0, SampleSeed::Shared(5)), train(5, SampleSeed::Own));
    assert_ne!(train(0, SampleSeed::Shared(5)), train(0, SampleSeed::Shared(6)));
}

/// The same network on both sides: what is left of the loss is rounding to 32-bit floats, of answers below 2 in size
/// at some 1e-7 each, squared. From other weights it is far from that.
#[test]
fn a_student_with_the_weights_of_its_teacher_has_nothing_to_learn() {
    let text = "teacher(tanh 16x8, seed 0)";
    let teacher = Teacher::parse(text).expect("a teacher").expect("a teacher");
    let target = function(text);
    let mut settings = test_settings(&target.name(), vec![[-2.0, 2.0]]);
    (settings.standardize, settings.samples) = (false, 64);
    let train = samples(&target, &settings).expect("samples").train;
    let to_floats = |values: Vec<f64>| values.into_iter().map(|value| value as f32).collect::<Vec<f32>>();
    let architecture = Architecture::perceptron(&[1, 16, 8, 1]).expect("an architecture");
    let student = Recipe::new(
        &architecture,
        teacher.activation,
        0,
        to_floats(train.x.concat()),
        to_floats(train.y.concat()),
    );
    let knows = Recipe {
        initial: teacher.weights(),
        ..student.clone()
    };
    let stack = Stack::new(architecture, 64, 1, vec![student, knows]).expect("a stack");
    let device = open(Choice::Auto).expect("a device").device;
    let outcomes = Engine::Fused.train(&stack, &device, &mut unobserved).expect("trained");
    let losses: Vec<f32> = outcomes.iter().map(|outcome| outcome.history[0].loss).collect();
    assert!(losses[0] > 1e-4 && losses[1] < 1e-12, "{losses:?}");
}

#[test]
fn noise_is_on_each_output_and_another_on_each() {
    let texts = ["x".to_owned(), "2*x".to_owned()];
    let target = Target::Function(Function::several(&texts).expect("expressions"));
    let mut settings = test_settings("(x, 2*x)", vec![[-1.0, 1.0]]);
    settings.outputs = texts.to_vec();
    settings.noise = 0.5;
    let train = samples(&target, &settings).expect("samples").train;
    let noise: Vec<[f64; 2]> = std::iter::zip(&train.x, &train.y)
        .map(|(x, y)| [y[0] - x[0], y[1] - 2.0 * x[0]])
        .collect();
    let n = noise.len() as f64;
    let mean = |of: fn(&[f64; 2]) -> f64| noise.iter().map(of).sum::<f64>() / n;
    // The mean of n squares of normals has a standard error of variance * sqrt(2 / n), that of products of two independent
    // ones variance / sqrt(n).
    for variance in [mean(|[a, _]| a * a), mean(|[_, b]| b * b)] {
        assert!((variance - 0.25).abs() < 5.0 * 0.25 * (2.0 / n).sqrt(), "{variance}");
    }
    assert!(mean(|[a, b]| a * b).abs() < 5.0 * 0.25 / n.sqrt());
}

#[test]
fn the_output_without_a_value_is_named() {
    let texts = ["x".to_owned(), "1/x".to_owned()];
    let target = Target::Function(Function::several(&texts).expect("expressions"));
    let mut settings = test_settings("(x, 1/x)", vec![[0.0, 0.0]]);
    settings.outputs = texts.to_vec();
    let error = check(&target, &settings).expect_err("1/0").to_string();
    assert!(error.starts_with("the target \"1/x\" is inf at x = 0"), "{error}");
}
