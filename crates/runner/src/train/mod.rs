//! The sweep: what is missing is planned, trained, measured and stored.

mod estimate;
pub mod plan;
pub mod progress;
pub mod trainer;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc;
use std::time::Instant;

use actlab_model::device::Choice;
use actlab_model::engine::{Engine, Outcome};
use anyhow::{Result, anyhow};
use indicatif::HumanDuration;

use crate::error::reject;
use crate::experiment::Experiment;
use crate::experiment::grid::Trial;
use crate::experiment::target::Target;
use crate::measure::errors::measure;
use crate::panics;
use crate::samples::Samples;
use crate::store::{Finished, Retry, Store, Timing, VERSION};
use estimate::estimate;
use plan::{PlannedStack, plan};
use progress::{Progress, count};
use trainer::Trainer;

/// How to run an experiment.
#[derive(Debug, Clone)]
pub struct Options {
    /// The run's folder; `runs/<name>` where it is not given.
    pub out: Option<PathBuf>,
    /// What to train on.
    pub backend: Choice,
    /// How to train; the fused engine on a CPU, else the autodiff engine, where it is not given.
    pub engine: Option<Engine>,
    /// Stacks at a time on a CPU; 0 is one for each core.
    pub threads: usize,
    /// What is trained again although it is stored.
    pub retry: Option<Retry>,
}

impl Options {
    /// The folder of the run.
    pub fn run(&self, experiment: &Experiment) -> Result<PathBuf> {
        if let Some(out) = &self.out {
            return Ok(out.clone());
        }
        let name = &experiment.settings.name;
        let plain = |c: char| c.is_alphanumeric() || "-_. ".contains(c);
        if name.starts_with('.') || !name.chars().all(plain) {
            reject!("the name \"{name}\" cannot be the name of a folder; say where the run goes with --out");
        }
        Ok(Path::new("runs").join(name))
    }
}

/// What a sweep has done.
#[derive(Debug)]
pub struct Swept {
    /// The run's folder.
    pub run: PathBuf,
    /// Trials that could not be trained, with the first reason.
    pub failed: Option<(usize, String)>,
}

/// Trains every trial of the experiment that its run does not have.
pub fn run(experiment: &Experiment, options: &Options) -> Result<Swept> {
    let run = options.run(experiment)?;
    // A device that is not there is found before anything is written, and none is opened for nothing.
    let trainer = match missing(experiment, Store::open(&run)?.as_ref(), options.retry)?.is_empty() {
        true => None,
        false => Some(Trainer::new(options.backend, options.engine, options.threads)?),
    };
    let mut store = Store::create(&run)?;
    panics::keep_in(&run);
    if !store.is_about(experiment)? {
        store.adopt(experiment)?;
    }
    // Again, now that nobody else trains into it.
    let missing = missing(experiment, Some(&store), options.retry)?;
    let trials = experiment.trials.len();
    if missing.is_empty() {
        eprintln!("nothing to train: {} in {}", have_all(trials), run.display());
        return Ok(Swept { run, failed: None });
    }
    let trainer = match trainer {
        Some(trainer) => trainer,
        None => Trainer::new(options.backend, options.engine, options.threads)?,
    };
    let found = trials - missing.len();
    if found > 0 {
        eprintln!("{} of {trials} trials are in {} already", found, run.display());
    }
    let stacks = plan(missing, &experiment.settings.targets.values, trainer.place());
    let missing: usize = stacks.iter().map(|stack| stack.trials.len()).sum();
    eprintln!(
        "training {} in {} on {} with {}",
        count(missing as u64, "trial"),
        count(stacks.len() as u64, "stack"),
        trainer.opened.adapter,
        trainer.opened.backend
    );
    let progress = train(&stacks, &experiment.settings.targets.values, &trainer, &mut store)?;
    eprintln!("{}; results are in {}", progress.summary(), run.display());
    let failed = store.failed()?;
    let reason = failed.first().map(|first| first.reason.clone());
    Ok(Swept {
        run,
        failed: reason.map(|reason| (failed.len(), reason)),
    })
}

/// What [`run`] would do, and how long it would take, as text; the disk is not touched.
pub fn dry_run(experiment: &Experiment, options: &Options) -> Result<String> {
    let run = options.run(experiment)?;
    let missing = missing(experiment, Store::open(&run)?.as_ref(), options.retry)?;
    let cells: std::collections::HashSet<_> = experiment.trials.iter().map(|trial| &trial.cell).collect();
    let mut text = String::new();
    let mut line = |name: &str, value: String| text += &format!("{name:<10}{value}\n");
    line("run", run.display().to_string());
    line(
        "trials",
        format!("{} ({} to train)", experiment.trials.len(), missing.len()),
    );
    line("cells", cells.len().to_string());
    if missing.is_empty() {
        line("stacks", "0".to_owned());
        line("time", "0 s".to_owned());
        return Ok(text);
    }
    let trainer = Trainer::new(options.backend, options.engine, options.threads)?;
    let targets = &experiment.settings.targets.values;
    let stacks = plan(missing, targets, trainer.place());
    line("stacks", stacks.len().to_string());
    line(
        "backend",
        format!("{} on {}", trainer.opened.backend, trainer.opened.adapter),
    );
    line("engine", trainer.engine.to_string());
    let time = estimate(&stacks, targets, &trainer)?;
    let about = match time.as_secs() {
        0 => "less than a second".to_owned(),
        _ => format!("about {}", HumanDuration(time)),
    };
    line("time", format!("{about} (a few steps of each shape were timed)"));
    Ok(text)
}

/// The trials that the run does not have, or that are to be trained again.
fn missing(experiment: &Experiment, store: Option<&Store>, retry: Option<Retry>) -> Result<Vec<Trial>> {
    let finished = store.map_or(Ok(Default::default()), |store| store.finished(retry))?;
    let missing = experiment.trials.iter().filter(|trial| !finished.contains(&trial.id));
    Ok(missing.cloned().collect())
}

fn have_all(trials: usize) -> String {
    if trials == 1 {
        "the one trial is".to_owned()
    } else {
        format!("all {trials} trials are")
    }
}

/// What a stack became: results, or why there are none.
enum Trained {
    Finished(Vec<Finished>),
    Failed { trials: Vec<Trial>, reason: String },
}

/// Trains the stacks and stores what they become. A stack that fails is stored as that, and the others go on; an error
/// is one of the store.
fn train(stacks: &[PlannedStack], targets: &[Target], trainer: &Trainer, store: &mut Store) -> Result<Progress> {
    let trials = stacks.iter().map(|stack| stack.trials.len()).sum();
    let work = stacks
        .iter()
        .map(|stack| stack.work_per_step() * stack.network_steps())
        .sum();
    let progress = Progress::new(trials, work);
    let next = AtomicUsize::new(0);
    // Who trains faster than the disk can store waits, instead of filling the memory.
    let (sender, receiver) = mpsc::sync_channel::<Trained>(trainer.workers);
    let result = std::thread::scope(|scope| {
        for _ in 0..trainer.workers.min(stacks.len()) {
            let sender = sender.clone();
            let (next, progress) = (&next, &progress);
            scope.spawn(move || {
                while let Some(stack) = stacks.get(next.fetch_add(1, Relaxed)) {
                    for trained in train_stack(stack, targets, trainer, progress) {
                        // Nobody listens any more: the store has failed.
                        if sender.send(trained).is_err() {
                            return;
                        }
                    }
                }
            });
        }
        drop(sender);
        // Goes with the last result or the first error; workers that wait to be heard then stop.
        let mut results = receiver.into_iter();
        results.try_for_each(|trained| keep(trained, store, &progress))
    });
    progress.end();
    result.map(|()| progress)
}

fn keep(trained: Trained, store: &mut Store, progress: &Progress) -> Result<()> {
    match trained {
        Trained::Finished(finished) => {
            store.add(&finished)?;
            let diverged = finished.iter().filter(|trial| trial.diverged_at.is_some()).count();
            progress.trials(finished.len(), diverged);
        }
        Trained::Failed { trials, reason } => {
            store.fail(&trials, &reason)?;
            progress.failed(trials.len());
        }
    }
    Ok(())
}

/// A stack that fails is tried again in halves: it may have been too large for the device's memory, and where one
/// network is to blame, it fails alone.
fn train_stack(planned: &PlannedStack, targets: &[Target], trainer: &Trainer, progress: &Progress) -> Vec<Trained> {
    match guard(|| try_stack(planned, targets, trainer, progress)).flatten() {
        Ok(finished) => vec![Trained::Finished(finished)],
        Err(error) => match planned.halves() {
            Some(halves) => halves
                .iter()
                .flat_map(|half| train_stack(half, targets, trainer, progress))
                .collect(),
            None => vec![Trained::Failed {
                trials: planned.trials.clone(),
                reason: format!("{error:#}"),
            }],
        },
    }
}

fn try_stack(
    planned: &PlannedStack,
    targets: &[Target],
    trainer: &Trainer,
    progress: &Progress,
) -> Result<Vec<Finished>> {
    let (stack, samples) = planned.build(targets)?;
    let started = Instant::now();
    let outcomes = trainer
        .engine
        .train(&stack, &trainer.opened.device, &mut |network_steps| {
            let network_steps = network_steps as u64;
            progress.steps(network_steps, network_steps * planned.work_per_step());
        });
    let seconds = started.elapsed().as_secs_f64();
    let timing = timing(trainer, planned, seconds);
    let finished = planned.trials.iter().zip(samples).zip(outcomes);
    Ok(finished
        .map(|((trial, samples), outcome)| finish(trial, &samples, outcome, timing.clone()))
        .collect())
}

fn timing(trainer: &Trainer, planned: &PlannedStack, seconds: f64) -> Timing {
    Timing {
        backend: trainer.opened.backend.to_owned(),
        adapter: trainer.opened.adapter.clone(),
        engine: trainer.engine.name().to_owned(),
        stack: planned.trials.len(),
        seconds,
        steps_per_second: planned.network_steps() as f64 / seconds,
        version: VERSION.to_owned(),
    }
}

/// What burn, a driver or a mistake of ours panics with becomes an error, which says where more about it is written.
pub fn guard<T>(work: impl FnOnce() -> T) -> Result<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).map_err(|panic| {
        let text = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied());
        anyhow!(
            "training failed: {}{}",
            text.unwrap_or("the device gave up"),
            panics::hint()
        )
    })
}

fn finish(trial: &Trial, samples: &Samples, outcome: Outcome, timing: Timing) -> Finished {
    let measurements = match outcome.diverged_at {
        Some(_) => None,
        None => measure(&outcome.weights, &trial.settings, samples),
    };
    // Finite at the last step, but not where it is tested: it diverged at the end.
    let diverged_at = outcome
        .diverged_at
        .or(measurements.is_none().then_some(trial.settings.steps));
    Finished {
        trial: trial.clone(),
        samples: samples.train.y.len(),
        scaling: samples.scaling.clone(),
        diverged_at,
        measurements,
        history: outcome.history,
        weights: outcome.weights,
        timing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stack that does not hold what it says, between two that do: what a lost device or a library's panic looks like
    /// from here.
    #[test]
    fn a_stack_that_fails_is_recorded_and_the_others_go_on() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let file = folder.path().join("small.toml");
        let text = "[target]\nfunction = \"x^2\"\n[network]\nhidden = [[3], [4], [5]]\n[training]\nsteps = 4\n\
                    [data]\nsamples = 8\n[sweep]\nseeds = 2";
        std::fs::write(&file, text).expect("written");
        let experiment = crate::experiment::load(&file, &[]).expect("an experiment");
        let trainer = Trainer::new(CPU, Some(Engine::Fused), 2).expect("a CPU");
        let run = folder.path().join("run");
        let mut store = Store::create(&run).expect("a store");
        store.adopt(&experiment).expect("stored");
        let targets = &experiment.settings.targets.values;
        let mut stacks = plan(experiment.trials.clone(), targets, trainer.place());
        assert_eq!(stacks.len(), 3);
        let right = stacks[1].clone();
        stacks[1].samples += 1;
        let progress = train(&stacks, targets, &trainer, &mut store).expect("the store is well");
        assert!(progress.summary().contains("2 failed"), "{}", progress.summary());
        let failed = store.failed().expect("read");
        let mut of_stack: Vec<_> = stacks[1].trials.iter().map(|trial| &trial.id).collect();
        of_stack.sort();
        let mut ids: Vec<_> = failed.iter().map(|failed| &failed.id).collect();
        ids.sort();
        assert_eq!(ids, of_stack);
        assert!(
            failed[0].reason.contains("8 training inputs instead of 9"),
            "{}",
            failed[0].reason
        );
        assert_eq!(store.trials().expect("read").len(), 4);
        // What failed is missing still, and what succeeds has not failed any more.
        assert_eq!(missing(&experiment, Some(&store), None).expect("read").len(), 2);
        train(&[right], targets, &trainer, &mut store).expect("the store is well");
        assert!(store.failed().expect("read").is_empty());
        assert!(missing(&experiment, Some(&store), None).expect("read").is_empty());
    }

    const CPU: Choice = if cfg!(feature = "ndarray") {
        Choice::Ndarray
    } else {
        Choice::Flex
    };
}
