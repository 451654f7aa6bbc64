//! Trains one network for each activation that there is, all at once, and says how well each learned a wave: `cargo run
//! --release -p actlab-model --example stack`.

use std::error::Error;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use actlab_model::device::{Choice, open};
use actlab_model::engine::{Engine, Recipe, Stack};
use actlab_model::network::architecture::{Architecture, Block, Join};
use actlab_model::optimizer::AdamW;
use actlab_model::penalty::{L2, Penalty};
use actlab_model::{Activation, Optimizer};

fn main() -> Result<(), Box<dyn Error>> {
    // A layer, a residual block, an output.
    let residual = Block::parallel(Join::Sum, [Block::Sequence(Vec::new()), Block::activated(32)]);
    let blocks = vec![Block::activated(32), residual, Block::linear(1)];
    let architecture = Architecture::new(1, Block::Sequence(blocks))?;

    let inputs: Vec<f32> = (0..128).map(|i| i as f32 / 64.0 - 1.0).collect();
    let targets: Vec<f32> = inputs.iter().map(|x| (3.0 * x).sin()).collect();
    let network = |activation| Recipe {
        optimizer: Optimizer::new(&AdamW),
        learning_rate: 3e-3,
        penalties: vec![Penalty::new(&L2, 1e-5)],
        ..Recipe::new(&architecture, activation, 7, inputs.clone(), targets.clone())
    };
    let networks = Activation::all().map(network).collect();
    let stack = Stack::new(architecture.clone(), inputs.len(), 500, networks)?;
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
    for (activation, outcome) in Activation::all().zip(outcomes) {
        let loss = outcome.history.last().map_or(f32::NAN, |record| record.loss);
        let network = outcome.network(&architecture);
        let at = |x| network.predict(&[x])[0];
        println!(
            "{activation:<12} {:<6} {loss:<9.2e} {:<25.3} {:.3}",
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
