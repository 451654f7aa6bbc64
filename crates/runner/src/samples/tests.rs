use std::collections::HashSet;
use std::sync::Arc;

use super::check::{check, notes};
use super::regions::TEST_POINTS;
use super::split::take_blocks;
use super::*;
use crate::experiment::data::Table;
use crate::experiment::range::Region;
use crate::experiment::target::Data;
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

#[test]
fn test_points_lie_in_their_region() {
    for (text, range) in [
        ("x", vec![[-1.0, 3.0]]),
        ("x", vec![[-5.0, -1.0], [1.0, 5.0]]),
        ("x1*x2", vec![[0.0, 2.0]]),
    ] {
        let mut settings = test_settings(text, range);
        let target = function(text);
        settings.inputs = target.inputs();
        settings.range.0 = vec![settings.range.0[0].clone(); settings.inputs.len()];
        let samples = samples(&target, &settings).expect("samples");
        for (name, points) in &samples.regions {
            // The narrowest part, the gap, is a fifth of the hull.
            assert!(points.x.len() >= TEST_POINTS / 6, "{text} {name}: {}", points.x.len());
            for x in &points.x {
                let region = settings.range.region(x);
                let right = match name.as_str() {
                    INSIDE | VALIDATION => region == Region::Inside,
                    GAP => region == Region::Gap,
                    FAR => region == Region::Band(0) || region == Region::Band(1),
                    band => matches!(region, Region::Band(i) if band == band_name(i)),
                };
                assert!(right, "{text}: {x:?} in {name}");
            }
        }
        assert_eq!(
            samples.regions.iter().any(|(name, _)| name == GAP),
            settings.range.has_gap()
        );
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
