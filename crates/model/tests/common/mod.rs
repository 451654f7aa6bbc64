//! The devices that the tests run on.

#![allow(dead_code)]

pub mod rules;
pub mod tensors;
pub mod training;

use actlab_model::Activation;
use actlab_model::device::{self, Choice};
use actlab_model::unit::Formula;
use burn::tensor::Device;

/// Every backend that this build has, with its name. wgpu is left out, with a word about it, where there is no
/// adapter; where `CI` is set that is a failure.
pub fn devices() -> Vec<(&'static str, Device)> {
    let mut devices = Vec::new();
    for choice in Choice::compiled() {
        match device::open(choice) {
            Ok(opened) => devices.push((opened.backend, opened.device)),
            Err(error) if std::env::var_os("CI").is_none() => eprintln!("skipped on {choice}: {error}"),
            Err(error) => panic!("{choice}: {error}"),
        }
    }
    assert!(!devices.is_empty(), "no backend to test");
    devices
}

/// The CPU backends that this build has.
pub fn cpu_devices() -> Vec<(&'static str, Device)> {
    devices().into_iter().filter(|(name, _)| *name != "wgpu").collect()
}

/// All activations, and a formula.
pub fn activations() -> Vec<Activation> {
    let formula = Formula::define("wiggle", "x + 0.3*sin(4*x)", &[]).expect("a formula");
    Activation::all().chain([Activation::new(formula)]).collect()
}

/// A unit by its name.
pub fn unit(name: &str) -> Activation {
    name.parse().expect("a unit")
}
