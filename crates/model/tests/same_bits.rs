//! Perceptrons end with the very bits that they have always ended with: whoever trains an experiment again gets what is
//! stored.

mod common;

use actlab_model::engine::{Engine, Recipe};
use actlab_model::unit::{Activation, Formula};
use common::training::{bits, cpu_trainers, network, spectral};

/// FNV-1a of 64 bits.
fn digest(bits: impl IntoIterator<Item = u32>) -> u64 {
    let bytes = bits.into_iter().flat_map(u32::to_le_bytes);
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// As they were before architectures had blocks: weights, biases and records of six networks each after 40 steps. The
/// fused engine is the one whose bits are the same on every machine.
const DIGESTS: [(&[usize], u64); 4] = [
    (&[1, 32, 32, 1], 0x3cec_2e99_798c_5262),
    (&[2, 21, 17, 1], 0xa759_bc45_d1fd_7bf1),
    (&[1, 40, 12], 0x0b84_05a5_b23c_78bf),
    (&[3, 1], 0xab11_38cf_9790_94e4),
];

#[test]
fn perceptrons_end_with_the_bits_of_before() {
    let wiggle = Formula::define("wiggle", "x + 0.3*sin(4*x)", &[]).expect("a formula");
    let steep = common::unit("leaky_relu").with("slope", -0.2).expect("a parameter");
    let units = ["relu", "tanh", "sinu", "softplus"].map(common::unit);
    let activations: Vec<_> = units.into_iter().chain([steep, Activation::new(wiggle)]).collect();
    for trainer in cpu_trainers() {
        for (sizes, expected) in DIGESTS {
            let networks = activations.iter().enumerate().map(|(i, activation)| Recipe {
                optimizer: ["adam", "adamw"][i % 2].parse().expect("a rule"),
                penalties: spectral([0.0, 1e-2, 1e-1][i % 3]),
                learning_rate: 1e-2,
                ..network(i as u64, *activation, sizes, 70, 1.0)
            });
            let outcomes = trainer.train(networks.collect(), sizes, 40);
            let found = digest(outcomes.iter().flat_map(bits));
            println!("{} {sizes:?}: {found:#018x}", trainer.name);
            assert!(
                found == expected || trainer.engine != Engine::Fused,
                "{sizes:?}: {found:#018x} instead of {expected:#018x}"
            );
        }
    }
}
