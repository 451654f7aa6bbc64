//! The sweep: what is missing is planned, trained, measured and stored.

mod estimate;
pub mod plan;
pub mod progress;
pub mod trainer;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc;
use std::time::Instant;

use actlab_model::device::Choice;
use actlab_model::engine::{Engine, Outcome};
use anyhow::{Result, anyhow};
use indicatif::HumanDuration;

use crate::error::reject;
use crate::evaluate::measure;
use crate::experiment::Experiment;
use crate::experiment::grid::Trial;
use crate::experiment::samples::Samples;
use crate::experiment::target::Target;
use crate::store::{Finished, Store, Timing};
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

/// Trains every trial of the experiment that its run does not have; returns the run's folder, and whether there was any.
pub fn run(experiment: &Experiment, options: &Options) -> Result<(PathBuf, bool)> {
    let run = options.run(experiment)?;
    let missing = missing(experiment, &run)?;
    let trials = experiment.trials.len();
    if missing.is_empty() {
        adopt(experiment, &run)?;
        eprintln!("nothing to train: {} in {}", have_all(trials), run.display());
        return Ok((run, false));
    }
    let trainer = Trainer::new(options.backend, options.engine, options.threads)?;
    let mut store = Store::create(&run)?;
    store.adopt(experiment)?;
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
    Ok((run, true))
}

/// Says what [`run`] would do, and how long it would take, without touching the disk.
pub fn dry_run(experiment: &Experiment, options: &Options) -> Result<()> {
    let run = options.run(experiment)?;
    let missing = missing(experiment, &run)?;
    let cells: std::collections::HashSet<_> = experiment.trials.iter().map(|trial| &trial.cell).collect();
    println!("run       {}", run.display());
    println!("trials    {} ({} to train)", experiment.trials.len(), missing.len());
    println!("cells     {}", cells.len());
    if missing.is_empty() {
        println!("stacks    0");
        println!("time      0 s");
        return Ok(());
    }
    let trainer = Trainer::new(options.backend, options.engine, options.threads)?;
    let targets = &experiment.settings.targets.values;
    let stacks = plan(missing, targets, trainer.place());
    println!("stacks    {}", stacks.len());
    println!("backend   {} on {}", trainer.opened.backend, trainer.opened.adapter);
    println!("engine    {}", trainer.engine);
    let time = estimate(&stacks, targets, &trainer)?;
    let about = match time.as_secs() {
        0 => "less than a second".to_owned(),
        _ => format!("about {}", HumanDuration(time)),
    };
    println!("time      {about} (a few steps of each shape were timed)");
    Ok(())
}

/// The trials that the run does not have.
fn missing(experiment: &Experiment, run: &Path) -> Result<Vec<Trial>> {
    let finished = match Store::open(run)? {
        Some(store) if store.has_tables()? => store.finished()?,
        _ => Default::default(),
    };
    Ok(experiment
        .trials
        .iter()
        .filter(|trial| !finished.contains(&trial.id))
        .cloned()
        .collect())
}

/// Makes the experiment the one that the run shows, where it is not yet.
fn adopt(experiment: &Experiment, run: &Path) -> Result<()> {
    if !Store::open_existing(run)?.is_about(experiment)? {
        Store::create(run)?.adopt(experiment)?;
    }
    Ok(())
}

fn have_all(trials: usize) -> String {
    if trials == 1 {
        "the one trial is".to_owned()
    } else {
        format!("all {trials} trials are")
    }
}

fn train(stacks: &[PlannedStack], targets: &[Target], trainer: &Trainer, store: &mut Store) -> Result<Progress> {
    let trials = stacks.iter().map(|stack| stack.trials.len()).sum();
    let work = stacks
        .iter()
        .map(|stack| stack.work_per_step() * stack.network_steps())
        .sum();
    let progress = Progress::new(trials, work);
    let next = AtomicUsize::new(0);
    let stop = AtomicBool::new(false);
    // Who trains faster than the disk can store waits, instead of filling the memory.
    let (sender, receiver) = mpsc::sync_channel::<Result<Vec<Finished>>>(trainer.workers);
    let result = std::thread::scope(|scope| {
        for _ in 0..trainer.workers.min(stacks.len()) {
            let sender = sender.clone();
            let (next, stop, progress) = (&next, &stop, &progress);
            scope.spawn(move || {
                while let Some(stack) = stacks.get(next.fetch_add(1, Relaxed)) {
                    let trained = train_stack(stack, targets, trainer, progress);
                    if stop.load(Relaxed) || sender.send(trained).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let stored = receiver.iter().try_for_each(|finished| {
            let finished = finished?;
            store.add(&finished)?;
            progress.trials(
                finished.len(),
                finished.iter().filter(|trial| trial.diverged_at.is_some()).count(),
            );
            Ok(())
        });
        stop.store(true, Relaxed);
        stored
    });
    progress.end();
    result.map(|()| progress)
}

fn train_stack(
    planned: &PlannedStack,
    targets: &[Target],
    trainer: &Trainer,
    progress: &Progress,
) -> Result<Vec<Finished>> {
    let (stack, samples) = planned.build(targets)?;
    let started = Instant::now();
    let trained = guard(|| {
        trainer
            .engine
            .train(&stack, &trainer.opened.device, &mut |network_steps| {
                let network_steps = network_steps as u64;
                progress.steps(network_steps, network_steps * planned.work_per_step());
            })
    });
    let outcomes = match (trained, planned.halves()) {
        (Ok(outcomes), _) => outcomes,
        // It may have been too large for the device's memory.
        (Err(_), Some(halves)) if !trainer.opened.cpu => {
            let train = |half| train_stack(half, targets, trainer, progress);
            let halves: Vec<_> = halves.iter().map(train).collect::<Result<_>>()?;
            return Ok(halves.into_iter().flatten().collect());
        }
        (Err(error), _) => return Err(error),
    };
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
    }
}

/// What burn or a driver panics with becomes an error: the run ends, and what is stored stays.
pub fn guard<T>(work: impl FnOnce() -> T) -> Result<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).map_err(|panic| {
        let text = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied());
        anyhow!("training failed: {}", text.unwrap_or("the device gave up"))
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
