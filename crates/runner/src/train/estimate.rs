//! How long a sweep will take, from timing a little of each kind of work on all cores at once.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use actlab_model::engine::{DeviceLost, RECORDS, unobserved};
use anyhow::Result;

use super::plan::{Place, PlannedStack};
use super::{Trained, Trainer};
use crate::experiment::target::Target;
use crate::experiment::trial::Resolved;
use crate::panics::guard;

/// How long each kind of work is timed for, at least.
const MOMENT: Duration = Duration::from_millis(150);

/// Stacks whose steps take the same time for each network.
struct Kind {
    /// One of them; of its trials only the first where networks train one by one.
    stack: PlannedStack,
    trials: usize,
    network_steps: u64,
}

/// Time for the stacks, with what `result` makes of each trained network.
pub fn estimate<R>(
    stacks: &[PlannedStack],
    targets: &[Target],
    trainer: &Trainer,
    result: impl Fn(Trained<'_>) -> R,
) -> Result<Duration> {
    let workers = trainer.workers.min(stacks.len());
    let mut seconds = 0.0;
    for kind in kinds(stacks, trainer.place()) {
        let (step, trial) = time(&kind.stack, targets, trainer, workers, &result)?;
        seconds += (step * kind.network_steps as f64 + trial * kind.trials as f64) / workers as f64;
    }
    Ok(Duration::from_secs_f64(seconds))
}

fn kinds(stacks: &[PlannedStack], place: Place) -> impl Iterator<Item = Kind> {
    let mut kinds: BTreeMap<_, Kind> = BTreeMap::new();
    for stack in stacks {
        for trial in &stack.trials {
            let settings = &trial.settings;
            // Of networks that train together, a stack is as slow as its mixture.
            let parts = [
                settings.spectral,
                settings.l2,
                settings.l1,
                settings.spectral_decoupled,
                settings.spectral_norm,
                settings.dropout,
                settings.input_noise,
            ];
            let parts = (
                parts.map(|part| part > 0.0),
                settings.fresh,
                settings.has_chosen_weights(),
            );
            let own = matches!(place, Place::Core).then(|| (settings.hidden.to_string(), settings.activation, parts));
            let is_one = own.is_some();
            let batch = stack.batches.map(|batches| batches.size);
            let kind = kinds
                .entry((stack.architecture.block(), stack.samples, batch, own))
                .or_insert_with(|| Kind {
                    stack: PlannedStack {
                        trials: if is_one {
                            vec![trial.clone()]
                        } else {
                            stack.trials.clone()
                        },
                        ..stack.clone()
                    },
                    trials: 0,
                    network_steps: 0,
                });
            kind.trials += 1;
            kind.network_steps += stack.steps as u64;
        }
    }
    kinds.into_values()
}

/// Whether its records take time of their own: errors of samples that no step goes through as they are.
fn has_work_of_records(kind: &PlannedStack) -> bool {
    let has = |settings: &Resolved| settings.input_noise > 0.0 || settings.has_chosen_weights();
    kind.batches.is_some() || kind.trials.iter().any(|trial| has(&trial.settings))
}

/// Seconds that a core takes for one step of one network, and for what is done once for each trial.
fn time<R>(
    kind: &PlannedStack,
    targets: &[Target],
    trainer: &Trainer,
    workers: usize,
    result: impl Fn(Trained<'_>) -> R,
) -> Result<(f64, f64)> {
    let mut still = kind.clone();
    // Who does not move does not diverge, and whoever has patience without end does not end: all steps are done. How many
    // an impatient network will leave out, nobody knows.
    for trial in &mut still.trials {
        trial.settings.learning_rate = 0.0;
        if trial.settings.patience > 0 {
            trial.settings.patience = usize::MAX;
        }
    }
    let (mut stack, mut samples) = still.build(targets)?;
    let networks = stack.networks().len();
    guard(|| {
        let train = |stack: &_| trainer.engine.train(stack, &trainer.opened.device, &mut unobserved);
        let time = |stack: &_| {
            let started = Instant::now();
            std::thread::scope(|scope| {
                let threads: Vec<_> = (0..workers).map(|_| scope.spawn(|| train(stack).map(drop))).collect();
                let mut ended = threads.into_iter().map(|thread| thread.join());
                ended.try_for_each(|ended| ended.expect("engines give their panics back as errors"))
            })?;
            Ok::<_, DeviceLost>(started.elapsed())
        };
        // The first run warms everything up, the others find out how many steps a moment has.
        let few = if has_work_of_records(kind) { RECORDS } else { 1 };
        stack.set_steps(few)?;
        time(&stack)?;
        let (mut half, mut whole) = (Duration::ZERO, time(&stack)?);
        while whole < MOMENT || half.is_zero() {
            stack.set_steps(2 * stack.steps())?;
            half = std::mem::replace(&mut whole, time(&stack)?);
        }
        let steps = stack.steps() as f64;
        let (step, records) = match few {
            RECORDS => {
                // Both were recorded equally often: they differ by steps alone.
                let step = whole.saturating_sub(half).as_secs_f64() / (0.5 * steps);
                (step, (whole.as_secs_f64() - step * steps).max(0.0))
            }
            _ => (whole.as_secs_f64() / (steps + 1.0), 0.0),
        };

        stack.set_steps(1)?;
        let outcome = train(&stack)?.swap_remove(0);
        let started = Instant::now();
        drop(kind.build(targets)?);
        drop(result(Trained {
            trial: &kind.trials[0],
            samples: samples.swap_remove(0),
            network: outcome.network(stack.architecture()),
            weights_step: Some(outcome.weights_step),
            diverged_at: outcome.diverged_at,
            history: outcome.history,
            timing: trainer.timing(kind, 1.0),
        }));
        let networks = networks as f64;
        Ok((step / networks, (records + started.elapsed().as_secs_f64()) / networks))
    })?
}
