//! Optimisers, schedules, clipping and losses against PyTorch's numbers in double precision, which
//! `scripts/pytorch_fixtures.py` made.

mod common;

use actlab_model::backend::loss::{self, LossesOfStack};
use actlab_model::backend::optimizer::{self, Step, squares};
use actlab_model::kernels::cpu as kernels;
use actlab_model::loss::{Loss, Scaled};
use actlab_model::optimizer::{KEPT, NUMBERS, Numbers, Optimizer, Rules, Schedule, State, clip};
use actlab_model::setting::{Chosen, Listed};
use burn::tensor::{Device, Tensor, TensorData};
use common::tensors::{ROUNDING, assert_close, tensor, values};
use pulp::Arch;
use serde_json::Value;

fn fixture(text: &str) -> Value {
    let read: Value = serde_json::from_str(text).expect("JSON");
    assert!(read["made_by"].as_str().is_some_and(|by| by.starts_with("PyTorch 2")));
    read
}

fn numbers(of: &Value) -> Vec<f64> {
    let items = of.as_array().expect("a list").iter();
    items.map(|number| number.as_f64().expect("a number")).collect()
}

fn floats(of: &Value) -> Vec<f32> {
    numbers(of).into_iter().map(|number| number as f32).collect()
}

/// By name and settings, as the fixtures have them.
fn chosen<D: Listed + ?Sized>(name: &Value, settings: &Value) -> Chosen<D> {
    let start: Chosen<D> = name.as_str().and_then(|name| name.parse().ok()).expect("a name");
    let settings = settings.as_object().expect("settings").iter();
    let chosen = settings
        .filter(|(key, _)| *key != "name")
        .fold(start, |chosen, (key, value)| {
            let value = value
                .as_bool()
                .map_or_else(|| value.as_f64(), |yes| Some(f64::from(u8::from(yes))));
            chosen.with(key, value.expect("a number")).expect("a setting")
        });
    assert_eq!(chosen.check(), Ok(()));
    chosen
}

/// How a walk of the fixtures is trained.
struct Walk {
    optimizer: Optimizer,
    schedule: Schedule,
    clip: f32,
    /// The parameters after each step.
    expected: Vec<Vec<f64>>,
}

impl Walk {
    fn read(of: &Value) -> Self {
        let schedule = &of["schedule"];
        Self {
            optimizer: chosen(&of["name"], &of["settings"]),
            schedule: match schedule.is_null() {
                true => "constant".parse().expect("a schedule"),
                false => chosen(&schedule["name"], schedule),
            },
            clip: of["clip"].as_f64().expect("a number") as f32,
            expected: of["parameters"]
                .as_array()
                .expect("a list")
                .iter()
                .map(numbers)
                .collect(),
        }
    }
}

/// The parameters after each step by the kernels of the fused engine.
fn on_slices(walk: &Walk, start: &[f32], gradients: &[Vec<f32>], rate: f32) -> Vec<Vec<f32>> {
    let mut parameter = start.to_vec();
    let [mut first, mut second, mut third] = [(); KEPT].map(|()| vec![0.0; start.len()]);
    let mut steps = walk.optimizer.scheduled(rate, walk.schedule, gradients.len());
    let after = gradients.iter().map(|gradient| {
        let mut gradient = gradient.clone();
        if walk.clip > 0.0 {
            let squares = kernels::dot(Arch::new(), &gradient, &gradient);
            kernels::scale(Arch::new(), &mut gradient, clip::factor(walk.clip, squares));
        }
        let state = State {
            parameter: &mut parameter,
            kept: [&mut first, &mut second, &mut third],
        };
        let numbers = steps.advance();
        walk.optimizer.rule().step(Arch::new(), state, &gradient, &numbers);
        parameter.clone()
    });
    after.collect()
}

/// The same of all walks in one stack, by the operations of the autodiff engine: for each step all parameters.
fn on_tensors(walks: &[Walk], start: &[f32], gradients: &[Vec<f32>], rate: f32, device: &Device) -> Vec<Vec<f32>> {
    let (networks, size) = (walks.len(), start.len());
    let optimizers: Vec<Optimizer> = walks.iter().map(|walk| walk.optimizer).collect();
    let (rules, codes) = Rules::of(&optimizers);
    let limits: Vec<f32> = walks.iter().map(|walk| walk.clip).collect();
    let limits = tensor(&limits, [networks], device);
    let mut state = optimizer::State::new(tensor(&start.repeat(networks), [networks, size], device), &rules);
    let of = |walk: &Walk| walk.optimizer.scheduled(rate, walk.schedule, gradients.len());
    let mut sequences: Vec<_> = walks.iter().map(of).collect();
    let after = gradients.iter().map(|gradient| {
        let gradient = tensor(&gradient.repeat(networks), [networks, size], device);
        let factors = clip::factors(&limits, squares(gradient.clone()));
        let numbers: Vec<Numbers> = sequences.iter_mut().map(|sequence| sequence.advance()).collect();
        let step = Step {
            numbers: tensor(&numbers.concat(), [networks, NUMBERS], device),
            codes: Tensor::from_data(TensorData::new(codes.clone(), [networks]), device),
            rules: rules.clone(),
        };
        let gradient = gradient * factors.reshape([networks, 1]);
        state = optimizer::step(state.clone(), gradient, Tensor::ones([networks], device), step);
        values(state.parameter.clone())
    });
    after.collect()
}

/// A step rounds a handful of times, relative to the parameter and to the step; the steps add up. Nobody goes further
/// than he is away at the end, but for those that turn back: the largest on the way is what is rounded.
fn bound(expected: &[Vec<f64>], steps: usize) -> f64 {
    let largest = expected.iter().flatten().fold(1f64, |most, p| most.max(p.abs()));
    steps as f64 * ROUNDING * largest
}

#[test]
fn optimizers_go_where_those_of_pytorch_go() {
    let fixture = fixture(include_str!("fixtures/optimizers.json"));
    let start = floats(&fixture["start"]);
    let gradients: Vec<Vec<f32>> = fixture["gradients"]
        .as_array()
        .expect("a list")
        .iter()
        .map(floats)
        .collect();
    let rate = fixture["learning_rate"].as_f64().expect("a rate") as f32;
    let of = fixture["optimizers"].as_array().expect("a list");
    let walks: Vec<Walk> = of.iter().map(Walk::read).collect();
    for optimizer in Optimizer::all() {
        let walked = walks.iter().filter(|walk| walk.optimizer.name() == optimizer.name());
        assert!(walked.count() > 1, "{optimizer} with its defaults and with settings");
    }
    let devices = common::devices();
    let on_tensors = devices
        .iter()
        .map(|(name, device)| (*name, on_tensors(&walks, &start, &gradients, rate, device)));
    let on_tensors: Vec<_> = on_tensors.collect();
    for (network, walk) in walks.iter().enumerate() {
        let found = on_slices(walk, &start, &gradients, rate);
        let what = |place: &str, step| {
            let Walk {
                optimizer,
                schedule,
                clip,
                ..
            } = walk;
            format!("{optimizer}, {schedule}, clip {clip}, {place}, step {step}")
        };
        for (step, expected) in walk.expected.iter().enumerate() {
            let bound = bound(&walk.expected, step + 1);
            assert_close(&what("fused", step), &found[step], expected, bound);
            for (name, found) in &on_tensors {
                let found = &found[step][network * start.len()..][..start.len()];
                assert_close(&what(name, step), found, expected, bound);
            }
        }
    }
}

/// PyTorch multiplies rates on from step to step, which rounds each time; ours come from the step alone.
#[test]
fn schedules_are_those_of_pytorch() {
    let fixture = fixture(include_str!("fixtures/schedules.json"));
    let of = fixture["schedules"].as_array().expect("a list");
    for case in of {
        let schedule: Schedule = chosen(&case["schedule"]["name"], &case["schedule"]);
        let rate = case["learning_rate"].as_f64().expect("a rate");
        let expected = numbers(&case["rates"]);
        for (step, expected) in expected.iter().enumerate() {
            let found = schedule.rate(rate, step, case["steps"].as_u64().expect("steps") as usize);
            let off = (found - expected).abs();
            let allowed = 8.0 * (step + 1) as f64 * f64::EPSILON * rate;
            assert!(off <= allowed, "{schedule}, step {step}: {found} instead of {expected}");
        }
    }
    for schedule in Schedule::all() {
        let named = of.iter().filter(|case| case["schedule"]["name"] == schedule.name());
        assert!(named.count() > 1, "{schedule} alone and warmed up to");
    }
}

/// The sum rounds once for each value, the slopes a handful of times, relative to the largest.
#[test]
fn losses_are_those_of_pytorch() {
    let fixture = fixture(include_str!("fixtures/losses.json"));
    let (prediction, target) = (floats(&fixture["prediction"]), floats(&fixture["target"]));
    let count = prediction.len();
    for case in fixture["losses"].as_array().expect("a list") {
        let rule: Loss = chosen(&case["name"], &case["settings"]);
        let expected = case["loss"].as_f64().expect("a loss");
        let slopes = numbers(&case["gradient"]);
        let bound = expected * ROUNDING * (1.0 + count as f64 / 8.0);
        let slope_bound = ROUNDING * slopes.iter().fold(0f64, |most, slope| most.max(slope.abs()));

        let numbers = &rule.numbers();
        let sum = rule.rule().sum(Arch::new(), &prediction, &target, numbers);
        let mut gradient = vec![f32::NAN; count];
        let factor = 1.0 / count as f32;
        let how = Scaled { numbers, factor };
        rule.rule()
            .gradient(Arch::new(), &prediction, &target, how, &mut gradient);
        assert_close(&format!("{rule}, fused"), &[sum / count as f32], &[expected], bound);
        assert_close(&format!("{rule}, fused"), &gradient, &slopes, slope_bound);

        for (name, device) in common::devices() {
            let device = device.autodiff();
            let at = tensor(&prediction, [1, count, 1], &device).require_grad();
            let target = tensor(&target, [1, count, 1], &device);
            let error = loss::error(at.clone(), target, &LossesOfStack::new(&[rule], &device));
            let gradients = error.clone().backward();
            let what = format!("{rule} on {name}");
            assert_close(&what, &values(error.inner()), &[expected], bound);
            let gradient = values(at.grad(&gradients).expect("a gradient"));
            assert_close(&what, &gradient, &slopes, slope_bound);
        }
    }
    for loss in Loss::all() {
        let losses = fixture["losses"].as_array().expect("a list");
        assert!(losses.iter().any(|case| case["name"] == loss.name()), "{loss}");
    }
}
