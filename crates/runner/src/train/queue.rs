//! The queue of stacks: workers take one after the other, and what becomes of them is kept as it comes.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc;
use std::time::Instant;

use anyhow::{Result, anyhow};

use super::{PlannedStack, Progress, Trained, Trainer};
use crate::experiment::target::Target;
use crate::experiment::trial::Trial;
use crate::panics::{self, guard};
use crate::samples::samples;

/// What a stack became: a result for each network, or why there are none.
#[derive(Debug)]
pub enum Ended<R> {
    /// It was trained.
    Finished(Vec<R>),
    /// It could not be trained.
    Failed {
        /// Its trials.
        trials: Vec<Trial>,
        /// What went wrong.
        reason: String,
    },
}

/// What all workers share.
struct Job<'a, M> {
    targets: &'a [Target],
    trainer: &'a Trainer,
    progress: &'a Progress,
    result: M,
}

/// Trains the stacks: `result` makes what is kept of a trained network, on the worker that trained it, and `keep` takes
/// that stack by stack, on the caller's thread. A stack that fails is kept as that, and the others go on; the first
/// error of `keep` ends it all.
pub fn train<R: Send>(
    stacks: &[PlannedStack],
    targets: &[Target],
    trainer: &Trainer,
    progress: &Progress,
    result: impl Fn(Trained<'_>) -> R + Sync,
    keep: impl FnMut(Ended<R>) -> Result<()>,
) -> Result<()> {
    let job = Job {
        targets,
        trainer,
        progress,
        result,
    };
    let next = AtomicUsize::new(0);
    // Who trains faster than results can be kept waits, instead of filling the memory.
    let (sender, receiver) = mpsc::sync_channel::<Ended<R>>(trainer.workers);
    let kept = std::thread::scope(|scope| {
        for _ in 0..trainer.workers.min(stacks.len()) {
            let sender = sender.clone();
            let (next, job) = (&next, &job);
            scope.spawn(move || {
                while let Some(stack) = stacks.get(next.fetch_add(1, Relaxed)) {
                    for ended in job.stack(stack) {
                        // Nobody listens any more: an earlier result could not be kept.
                        if sender.send(ended).is_err() {
                            return;
                        }
                    }
                }
            });
        }
        drop(sender);
        // Goes with the last result or the first error; workers that wait to be heard then stop.
        let mut results = receiver.into_iter();
        results.try_for_each(keep)
    });
    progress.end();
    kept
}

impl<R, M: Fn(Trained<'_>) -> R> Job<'_, M> {
    /// A stack that fails is tried again in halves: it may have been too large for the device's memory, and where one
    /// network is to blame, it fails alone.
    fn stack(&self, planned: &PlannedStack) -> Vec<Ended<R>> {
        match guard(|| self.whole(planned)).flatten() {
            Ok(results) => vec![Ended::Finished(results)],
            Err(error) => match planned.halves() {
                Some(halves) => halves.iter().flat_map(|half| self.stack(half)).collect(),
                None => vec![Ended::Failed {
                    trials: planned.all().cloned().collect(),
                    reason: format!("{error:#}"),
                }],
            },
        }
    }

    fn whole(&self, planned: &PlannedStack) -> Result<Vec<R>> {
        let Trainer { opened, engine, .. } = self.trainer;
        let (stack, samples) = planned.build(self.targets)?;
        let started = Instant::now();
        let outcomes = engine.train(&stack, &opened.device, &mut |network_steps| {
            let network_steps = network_steps as u64;
            self.progress
                .steps(network_steps, network_steps * planned.work_per_step());
            ControlFlow::Continue(())
        });
        let outcomes = outcomes.map_err(|lost| anyhow!("training failed: {lost}{}", panics::hint()))?;
        let timing = self.trainer.timing(planned, started.elapsed().as_secs_f64());
        let trained = planned.trials.iter().zip(samples).zip(outcomes);
        let mut results = Vec::new();
        for ((trial, samples), outcome) in trained {
            let trained = Trained {
                trial,
                samples,
                network: outcome.network(stack.architecture()),
                weights_step: Some(outcome.weights_step),
                diverged_at: outcome.diverged_at,
                history: outcome.history,
                timing: timing.clone(),
            };
            for twin in planned.twins_of(trial) {
                results.push((self.result)(self.twin(twin, &trained)?));
            }
            results.push((self.result)(trained));
        }
        Ok(results)
    }

    /// What a trial became that learned the same: the network is another's, its samples and its units are its own.
    fn twin<'t>(&self, trial: &'t Trial, of: &Trained<'_>) -> Result<Trained<'t>> {
        Ok(Trained {
            trial,
            samples: samples(&self.targets[trial.target], &trial.settings)?,
            network: of.network.clone(),
            weights_step: of.weights_step,
            diverged_at: of.diverged_at,
            history: of.history.clone(),
            timing: of.timing.with_another(),
        })
    }
}

#[cfg(test)]
mod tests {
    use actlab_model::device::Choice;
    use actlab_model::engine::Engine;
    use anyhow::bail;

    use super::*;
    use crate::experiment::{Experiment, load};
    use crate::train::plan;

    const CPU: Choice = if cfg!(feature = "ndarray") {
        Choice::Ndarray
    } else {
        Choice::Flex
    };

    fn experiment() -> Experiment {
        let folder = tempfile::TempDir::new().expect("a folder");
        let file = folder.path().join("small.toml");
        let text = "[target]\nfunction = \"x^2\"\n[network]\nhidden = [[3], [4], [5]]\n[training]\nsteps = 4\n\
                    [data]\nsamples = 8\n[sweep]\nseeds = 2";
        std::fs::write(&file, text).expect("written");
        load(&file, &[]).expect("an experiment")
    }

    /// The ids of the trials that were trained, and of those that failed with their reasons.
    type Sorted = (Vec<String>, Vec<(String, String)>);

    fn all(stacks: &[PlannedStack], experiment: &Experiment, trainer: &Trainer) -> Sorted {
        let (mut finished, mut failed) = (Vec::new(), Vec::new());
        let keep = |ended: Ended<String>| {
            match ended {
                Ended::Finished(ids) => finished.extend(ids),
                Ended::Failed { trials, reason } => {
                    failed.extend(trials.into_iter().map(|trial| (trial.id, reason.clone())))
                }
            }
            Ok(())
        };
        let targets = &experiment.settings.targets.values;
        let id = |trained: Trained<'_>| trained.trial.id.clone();
        train(stacks, targets, trainer, &Progress::new(stacks), id, keep).expect("kept");
        finished.sort();
        failed.sort();
        (finished, failed)
    }

    fn ids<'a>(stacks: impl IntoIterator<Item = &'a PlannedStack>) -> Vec<String> {
        let trials = stacks.into_iter().flat_map(|stack| &stack.trials);
        let mut ids: Vec<String> = trials.map(|trial| trial.id.clone()).collect();
        ids.sort();
        ids
    }

    /// A stack that does not hold what it says, between two that do: what a lost device or a library's panic looks like
    /// from here.
    #[test]
    fn a_stack_that_fails_is_told_trial_by_trial_and_the_others_go_on() {
        let experiment = experiment();
        let trainer = Trainer::new(CPU, Some(Engine::Fused), 2).expect("a CPU");
        let targets = &experiment.settings.targets.values;
        let mut stacks = plan(experiment.trials.clone(), targets, trainer.place()).expect("a plan");
        assert_eq!(stacks.len(), 3);
        let right = stacks[1].clone();
        stacks[1].samples += 1;
        let (finished, failed) = all(&stacks, &experiment, &trainer);
        assert_eq!(finished, ids([&stacks[0], &stacks[2]]));
        let (failed, reasons): (Vec<_>, Vec<_>) = failed.into_iter().unzip();
        assert_eq!(failed, ids([&stacks[1]]));
        assert!(reasons[0].contains("8 training inputs instead of 9"), "{}", reasons[0]);
        let (finished, failed) = all(&[right], &experiment, &trainer);
        assert_eq!((finished, failed.len()), (ids([&stacks[1]]), 0));
    }

    /// One worker may wait for each result to be taken, and must not wait for ever.
    #[test]
    fn what_cannot_be_kept_ends_the_training() {
        let experiment = experiment();
        let trainer = Trainer::new(CPU, Some(Engine::Fused), 1).expect("a CPU");
        let targets = &experiment.settings.targets.values;
        let one = |trial: &Trial| plan(vec![trial.clone()], targets, trainer.place()).expect("a plan");
        let stacks: Vec<PlannedStack> = experiment.trials.iter().flat_map(one).collect();
        let mut kept = 0;
        let keep = |_: Ended<()>| {
            kept += 1;
            if kept == 2 { bail!("the disk is full") } else { Ok(()) }
        };
        let ended = train(&stacks, targets, &trainer, &Progress::new(&stacks), |_| (), keep);
        assert_eq!(ended.expect_err("an error").to_string(), "the disk is full");
        assert_eq!(kept, 2);
    }
}
