//! What has a name and settings: optimisers, schedules, losses.

use actlab_model::loss::{self, Loss};
use actlab_model::optimizer::{self, Optimizer, Schedule, schedule};
use actlab_model::setting::{Chosen, Listed, SETTINGS};

fn names_lead_back<D: Listed + ?Sized>() {
    for chosen in Chosen::<D>::all() {
        assert_eq!(chosen.name().parse(), Ok(chosen));
        assert_eq!(chosen.check(), Ok(()), "{chosen}: the defaults");
        assert_eq!(chosen.to_string(), chosen.name());
        let settings = chosen.rule().settings();
        assert!(settings.len() <= SETTINGS);
        for setting in settings {
            assert_eq!(chosen.with(setting.name, setting.default), Some(chosen));
            let wrong = chosen.with(setting.name, -1.0).expect("a setting");
            let error = wrong.check().expect_err("no setting takes -1");
            assert!(error.contains(setting.name) && error.contains("not -1"), "{error}");
        }
        assert_eq!(chosen.with("no such setting", 1.0), None);
    }
    assert!("adamm".parse::<Chosen<D>>().is_err_and(|error| error.contains(D::WHAT)));
}

#[test]
fn names_lead_back_to_what_has_them() {
    names_lead_back::<dyn optimizer::Definition>();
    names_lead_back::<dyn schedule::Shape>();
    names_lead_back::<dyn loss::Definition>();
}

#[test]
fn what_is_set_is_shown() {
    let sgd = "sgd".parse::<Optimizer>().expect("a rule").with("momentum", 0.9);
    let sgd = sgd.and_then(|sgd| sgd.with("nesterov", 1.0)).expect("settings");
    assert_eq!(sgd.to_string(), "sgd(momentum=0.9, nesterov=true)");
    let cosine = "cosine".parse::<Schedule>().expect("a schedule").with("warmup", 100.0);
    assert_eq!(cosine.expect("a setting").to_string(), "cosine(warmup=100)");
    assert_eq!("mse".parse::<Loss>().expect("a loss").to_string(), "mse");
}

/// As `torch.optim.SGD` refuses it.
#[test]
fn nesterov_needs_momentum_and_no_dampening() {
    let sgd = |settings: &[(&str, f64)]| {
        let start: Optimizer = "sgd".parse().expect("a rule");
        let with = |sgd: Optimizer, (name, value): &(&str, f64)| sgd.with(name, *value).expect("a setting");
        settings.iter().fold(start, with).check()
    };
    assert_eq!(sgd(&[("nesterov", 1.0), ("momentum", 0.9)]), Ok(()));
    assert!(sgd(&[("nesterov", 1.0)]).is_err_and(|error| error.contains("momentum = 0.9")));
    let dampened = sgd(&[("nesterov", 1.0), ("momentum", 0.9), ("dampening", 0.5)]);
    assert!(dampened.is_err_and(|error| error.contains("dampening")));
    assert!(sgd(&[("momentum", 1.5)]).is_err_and(|error| error.contains("a share from 0 to below 1")));
}
