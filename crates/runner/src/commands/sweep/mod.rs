//! `actlab sweep`: what is missing is trained, measured, stored and reported.

mod again;
mod dry_run;
mod looks;
mod twins;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use actlab_model::device::Choice;
use actlab_model::engine::Engine;
use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

use super::print;
use crate::error::reject;
use crate::experiment::trial::Trial;
use crate::experiment::{self, Experiment};
use crate::measure::lean::{Families, single};
use crate::measure::{Question, measure};
use crate::panics;
use crate::render::{page, results};
use crate::samples;
use crate::statistics::Looks;
use crate::store::{Finished, Store};
use crate::train::{Ended, Progress, Trained, Trainer, plan, train};
use crate::words::count;
use again::measure_again;
use dry_run::dry_run;
use twins::take_over;

/// How to run an experiment.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The experiment, a TOML file
    experiment: PathBuf,
    /// Folder of the run [default: runs/NAME, as the experiment is named]
    #[arg(long)]
    out: Option<PathBuf>,
    /// What to train on: auto, wgpu, ndarray or flex
    #[arg(long, default_value_t = Choice::Auto)]
    backend: Choice,
    /// How to train: fused (CPU only) or autodiff [default: fused on a CPU, else autodiff]
    #[arg(long)]
    engine: Option<Engine>,
    /// Networks to train at a time on a CPU [default: one for each core]
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    threads: usize,
    /// Change a setting of the experiment, as training.steps=500 (may be repeated)
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Train again what is stored as this; trials that failed are always tried again
    #[arg(long, value_enum)]
    retry: Option<Retry>,
    /// Add seeds until every comparison of activations is decided: twice their number, and twice again, each time at a
    /// third of the level
    #[arg(long, conflicts_with = "retry")]
    until_decided: bool,
    /// Only say how many networks would train, and for how long
    #[arg(long)]
    dry_run: bool,
}

/// Trials that are trained although they are in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Retry {
    /// Trials that diverged
    Diverged,
}

impl Arguments {
    /// The folder of the run.
    fn run(&self, experiment: &Experiment) -> Result<PathBuf> {
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

    fn trainer(&self) -> Result<Trainer> {
        Trainer::new(self.backend, self.engine, self.threads)
    }
}

/// Trains every trial of the experiment that its run does not have, and shows what came of them all.
pub fn run(arguments: &Arguments) -> Result<()> {
    let mut experiment = experiment::load(&arguments.experiment, &arguments.set)?;
    tell(&samples::check_all(&experiment)?);
    tell(&samples::mark_same(&mut experiment));
    let run = arguments.run(&experiment)?;
    let looks = match arguments.until_decided {
        true => Some(looks::fixed(arguments, &experiment, &run)?),
        false => None,
    };
    if arguments.dry_run {
        if let Some(looks) = &looks {
            experiment = looks::with_seeds(arguments, looks.most())?;
        }
        return print(&dry_run(arguments, &experiment, &run, looks.as_ref())?);
    }
    // Closed before it is read again: training is over, and another sweep may begin.
    let failed = match looks {
        Some(looks) => looks::sweep_until_decided(arguments, looks, &run)?,
        None => sweep(arguments, &experiment, &run, None)?,
    };
    let store = Store::open_existing(&run)?;
    let trials = store.trials()?;
    print(&results::text(&store, &trials)?)?;
    if let Some(page) = page::write(&store, &trials, &run)? {
        eprintln!("report: {}", page.display());
    }
    if let Some((failed, reason)) = failed {
        bail!(
            "{failed} of {} trials failed; the same command tries them again. The first: {reason}",
            store.planned()?
        );
    }
    Ok(())
}

/// Of many notes the first are enough.
fn tell(notes: &[String]) {
    const SHOWN: usize = 4;
    notes.iter().take(SHOWN).for_each(|note| eprintln!("note: {note}"));
    if notes.len() > SHOWN {
        eprintln!("note: so it is in {} cases more", notes.len() - SHOWN);
    }
}

/// How many trials failed, with the first reason.
type Failures = (usize, String);

/// Trains what is missing into the run, and notes when it is looked at.
fn sweep(
    arguments: &Arguments,
    experiment: &Experiment,
    run: &Path,
    looks: Option<&Looks>,
) -> Result<Option<Failures>> {
    // A device that is not there is found before anything is written, and none is opened for nothing.
    let trainer = match missing(experiment, Store::open(run)?.as_ref(), arguments.retry)?.is_empty() {
        true => None,
        false => Some(arguments.trainer()?),
    };
    let mut store = Store::create(run)?;
    panics::keep_in(run);
    if !store.is_about(experiment)? {
        store.adopt(experiment)?;
    }
    if let Some(looks) = looks {
        store.keep_looks(looks)?;
    }
    let measured = measure_again(experiment, &mut store)?;
    if measured > 0 {
        eprintln!("measured {} of an older actlab again", count(measured as u64, "trial"));
    }
    // Again, now that nobody else trains into it.
    let missing = missing(experiment, Some(&store), arguments.retry)?;
    let (trials, absent) = (experiment.trials.len(), missing.len());
    let missing = take_over(experiment, missing, &mut store)?;
    if missing.len() < absent {
        let taken = count((absent - missing.len()) as u64, "trial");
        eprintln!("{taken}: the network of a trial that learns the same is there already, and was measured");
    }
    if missing.is_empty() {
        eprintln!("nothing to train: {} in {}", have_all(trials), run.display());
        return Ok(None);
    }
    let trainer = match trainer {
        Some(trainer) => trainer,
        None => arguments.trainer()?,
    };
    let found = trials - missing.len();
    if found > 0 {
        eprintln!("{} of {trials} trials are in {} already", found, run.display());
    }
    let summary = fill(experiment, missing, &trainer, &mut store)?;
    eprintln!("{summary}; results are in {}", run.display());
    let failed = store.failed()?;
    let reason = failed.first().map(|first| first.reason.clone());
    Ok(reason.map(|reason| (failed.len(), reason)))
}

/// The trials that the run does not have, or that are to be trained again.
fn missing(experiment: &Experiment, store: Option<&Store>, retry: Option<Retry>) -> Result<Vec<Trial>> {
    let finished = match (store, retry) {
        (None, _) => Default::default(),
        (Some(store), None) => store.finished()?,
        (Some(store), Some(Retry::Diverged)) => store.done()?,
    };
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

/// Trains these trials, measures them and stores them, stack by stack; what was done, in words. An error is one of the
/// store.
fn fill(experiment: &Experiment, trials: Vec<Trial>, trainer: &Trainer, store: &mut Store) -> Result<String> {
    let targets = &experiment.settings.targets.values;
    let stacks = plan(trials, targets, trainer.place())?;
    let missing: usize = stacks.iter().map(|stack| stack.all().count()).sum();
    let twins: usize = stacks.iter().map(|stack| stack.twins.len()).sum();
    let twins = match twins {
        0 => String::new(),
        twins => format!(" ({twins} of them together with another)"),
    };
    eprintln!(
        "training {}{twins} in {} on {} with {}",
        count(missing as u64, "trial"),
        count(stacks.len() as u64, "stack"),
        trainer.opened.adapter,
        trainer.opened.backend
    );
    let progress = Progress::new(&stacks);
    let question = question(experiment);
    let finish = |trained: Trained<'_>| finish(trained, &question);
    train(&stacks, targets, trainer, &progress, finish, |ended| {
        keep(ended, store, &progress)
    })?;
    Ok(progress.summary())
}

/// What the experiment asks of its networks outside of their range.
fn question(experiment: &Experiment) -> Question {
    let settings = &experiment.settings;
    let activations: BTreeSet<_> = single(experiment.trials.iter().map(|trial| &trial.settings)).collect();
    let activations: Vec<_> = activations.into_iter().collect();
    Question {
        distance: settings.far_distance,
        families: settings.lean.then(|| Families::new(&activations)),
    }
}

/// Measures a trained network.
fn finish(trained: Trained<'_>, question: &Question) -> Finished {
    let Trained {
        trial,
        samples,
        network,
        weights_step,
        diverged_at,
        history,
        timing,
    } = trained;
    let measurements = match diverged_at {
        Some(_) => None,
        None => measure(&network, &trial.settings, &samples, question),
    };
    // Finite at the last step, but not where it is tested: it diverged at the end.
    let last = weights_step.unwrap_or(trial.settings.steps);
    let diverged_at = diverged_at.or(measurements.is_none().then_some(last));
    Finished {
        trial: trial.clone(),
        samples: samples.train.y.len(),
        scaling: samples.scaling,
        weights_step,
        diverged_at,
        measurements,
        history,
        network,
        timing,
    }
}

fn keep(ended: Ended<Finished>, store: &mut Store, progress: &Progress) -> Result<()> {
    match ended {
        Ended::Finished(finished) => {
            store.add(&finished)?;
            let diverged = finished.iter().filter(|trial| trial.diverged_at.is_some()).count();
            progress.trials(finished.len(), diverged);
        }
        Ended::Failed { trials, reason } => {
            store.fail(&trials, &reason)?;
            progress.failed(trials.len());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What failed is missing still, and what succeeds has not failed any more.
    #[test]
    fn a_trial_that_failed_is_missing_until_it_is_trained() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let file = folder.path().join("small.toml");
        let text = "[target]\nfunction = \"x^2\"\n[network]\nhidden = [3]\n[training]\nsteps = 4\n\
                    [data]\nsamples = 8\n[sweep]\nseeds = 2";
        std::fs::write(&file, text).expect("written");
        let experiment = experiment::load(&file, &[]).expect("an experiment");
        let mut store = Store::create(&folder.path().join("run")).expect("a store");
        store.adopt(&experiment).expect("stored");
        let cpu = if cfg!(feature = "ndarray") {
            Choice::Ndarray
        } else {
            Choice::Flex
        };
        let trainer = Trainer::new(cpu, Some(Engine::Fused), 2).expect("a CPU");
        let progress = Progress::new(&[]);
        let fails = Ended::Failed {
            trials: experiment.trials[..1].to_vec(),
            reason: "the device gave up".to_owned(),
        };
        keep(fails, &mut store, &progress).expect("the store is well");
        assert!(progress.summary().contains("1 failed"), "{}", progress.summary());
        fill(&experiment, experiment.trials[1..].to_vec(), &trainer, &mut store).expect("the store is well");
        let failed = store.failed().expect("read");
        assert_eq!(failed.len(), 1);
        assert_eq!(
            (failed[0].id.as_str(), failed[0].reason.as_str()),
            (experiment.trials[0].id.as_str(), "the device gave up")
        );
        let left = missing(&experiment, Some(&store), None).expect("read");
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].id, failed[0].id);
        fill(&experiment, left, &trainer, &mut store).expect("the store is well");
        assert!(store.failed().expect("read").is_empty());
        assert!(missing(&experiment, Some(&store), None).expect("read").is_empty());
    }
}
