//! Trains one network for each activation that there is, all at once, and says how well each learned a wave: `cargo run
//! --release -p actlab-model --example stack`.

use std::error::Error;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use actlab_model::device::{Choice, open};
use actlab_model::engine::{Engine, Network, Stack};
use actlab_model::network::predict::predict;
use actlab_model::network::weights::initial_weights;
use actlab_model::optimizer::AdamW;
use actlab_model::{Activation, Optimizer};

fn main() -> Result<(), Box<dyn Error>> {
    let sizes = vec![1, 32, 32, 1];
    let inputs: Vec<f32> = (0..128).map(|i| i as f32 / 64.0 - 1.0).collect();
    let network = |activation| Network {
        activation,
        optimizer: Optimizer::new(&AdamW),
        learning_rate: 3e-3,
        spectral: 0.0,
        initial: initial_weights(&sizes, 7),
        seed: 7,
        inputs: inputs.clone(),
        targets: inputs.iter().map(|x| (3.0 * x).sin()).collect(),
    };
    let stack = Stack::new(
        sizes.clone(),
        inputs.len(),
        500,
        Activation::all().map(network).collect(),
    )?;
    let opened = open(Choice::Auto)?;
    let engine = if opened.cpu { Engine::Fused } else { Engine::Autodiff };

    // Whoever has no more time ends it, and gets what there is.
    let started = Instant::now();
    let outcomes = engine.train(&stack, &opened.device, &mut |_| match started.elapsed() {
        elapsed if elapsed > Duration::from_secs(60) => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    })?;
    println!(
        "activation   steps  loss      y(0.5), which is {:.3}  y(3)",
        1.5f64.sin()
    );
    for (network, outcome) in stack.networks().iter().zip(outcomes) {
        let loss = outcome.history.last().map_or(f32::NAN, |record| record.loss);
        let at = |x| predict(&outcome.weights, network.activation, &[x])[0];
        println!(
            "{:<12} {:<6} {loss:<9.2e} {:<25.3} {:.3}",
            network.activation,
            outcome.steps,
            at(0.5),
            at(3.0)
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_runs() {
        super::main().expect("no error");
    }
}
