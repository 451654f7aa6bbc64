//! `actlab sweep --until-decided`: seeds are added at looks that are fixed beforehand, until every comparison of activations
//! is decided.

use std::path::Path;

use anyhow::Result;

use super::{Arguments, Failures, sweep};
use crate::analysis::conclusions::Conclusions;
use crate::analysis::contests::ACTIVATION;
use crate::error::{InputError, reject};
use crate::experiment::{self, Experiment};
use crate::render::words::{enumeration, significant};
use crate::samples;
use crate::statistics::{Look, Looks};
use crate::store::Store;
use crate::words::count;

/// The setting that looks change.
const SEEDS: &str = "sweep.seeds";

/// The looks of an experiment: those that its run has begun with, or new ones, of which none is taken.
pub fn fixed(arguments: &Arguments, experiment: &Experiment, run: &Path) -> Result<Looks> {
    let seeds = experiment.settings.seeds.len();
    let wrong = |message: String| experiment.error_at(SEEDS, InputError::new(message));
    if experiment.is_list(SEEDS) {
        return Err(wrong(format!(
            "--until-decided adds seeds to a number of them, and cannot add to a list; type --set {SEEDS}={seeds}"
        ))
        .into());
    }
    let looks = Looks::new(digest(experiment), seeds);
    if !looks.can_decide() {
        return Err(wrong(format!(
            "looks at {} can decide nothing; type --set {SEEDS}=10",
            enumeration(looks.planned())
        ))
        .into());
    }
    // What has too many trials in the end is refused before anything is trained.
    experiment::load(&arguments.experiment, &overrides(arguments, looks.most()))?;
    let stored = Store::open(run)?.map(|store| store.about()).transpose()?;
    let begun = stored.and_then(|about| about.looks);
    match begun.filter(|begun| begun.are_of(&looks) && !begun.taken().is_empty()) {
        None => Ok(looks),
        Some(begun) if begun.planned() == looks.planned() => Ok(begun),
        Some(begun) => reject!(
            "{0} is looked at at {1}, which was fixed before its first look; type --set {SEEDS}={2}, or begin another run \
             with --out",
            run.display(),
            enumeration(begun.planned()),
            begun.planned()[0]
        ),
    }
}

/// Stands for all cells of an experiment, whatever its seeds.
fn digest(experiment: &Experiment) -> String {
    let mut digest = blake3::Hasher::new();
    let mut cells: Vec<&str> = experiment.trials.iter().map(|trial| trial.cell.as_str()).collect();
    cells.sort_unstable();
    cells.dedup();
    cells.into_iter().for_each(|cell| {
        digest.update(cell.as_bytes());
    });
    digest.finalize().to_hex().to_string()
}

/// What is set on the command line, and so many seeds.
fn overrides(arguments: &Arguments, seeds: usize) -> Vec<String> {
    let typed = arguments.set.iter().cloned();
    typed.chain([format!("{SEEDS}={seeds}")]).collect()
}

/// The experiment with so many seeds.
pub fn with_seeds(arguments: &Arguments, seeds: usize) -> Result<Experiment> {
    let mut experiment = experiment::load(&arguments.experiment, &overrides(arguments, seeds))?;
    // Its notes were told of the first seeds.
    samples::mark_same(&mut experiment);
    Ok(experiment)
}

/// Sweeps look after look until everything is decided, or the last is taken. A look is noted in the store as soon as it is
/// taken: who goes on later goes on with the next. Where trials fail, nothing is looked at.
pub fn sweep_until_decided(arguments: &Arguments, mut looks: Looks, run: &Path) -> Result<Option<Failures>> {
    for place in 0..looks.taken().len() {
        eprintln!("{}", words(&looks, place));
    }
    loop {
        let next = looks.next();
        let experiment = with_seeds(arguments, next.unwrap_or(looks.most()))?;
        let failed = sweep(arguments, &experiment, run, Some(&looks))?;
        if failed.is_some() || next.is_none() {
            return Ok(failed);
        }
        look(&mut looks, run)?;
        eprintln!("{}", words(&looks, looks.taken().len() - 1));
        if looks.next().is_none() {
            return Ok(None);
        }
    }
}

/// Takes the next look.
fn look(looks: &mut Looks, run: &Path) -> Result<()> {
    let mut store = Store::create(run)?;
    let trials = store.trials()?;
    let (decided, comparisons) = Conclusions::new(&trials, ACTIVATION, looks.level()).decided();
    looks.take(decided, comparisons);
    store.keep_looks(looks)
}

/// What was seen at a look, and what follows.
fn words(looks: &Looks, place: usize) -> String {
    let look = looks.taken()[place];
    let Look {
        seeds,
        decided,
        comparisons,
    } = look;
    let seen = match comparisons {
        0 => "no two activations learned, and there is nothing to compare".to_owned(),
        _ => format!("{decided} of {} decided", count(comparisons as u64, "comparison")),
    };
    let follows = match looks.planned().get(place + 1) {
        _ if look.is_decided() => "no more seeds are added".to_owned(),
        Some(more) => format!("the next is at {more}"),
        None => "it was the last".to_owned(),
    };
    format!(
        "look {} of {}, at {} and a level of {}: {seen}; {follows}",
        place + 1,
        looks.planned().len(),
        count(seeds as u64, "seed"),
        significant(looks.level())
    )
}

/// When is looked, for a dry run.
pub fn plan(looks: &Looks) -> String {
    let taken = looks.taken().iter().map(|look| look.seeds).collect::<Vec<_>>();
    let taken = match taken[..] {
        [] => String::new(),
        ref taken => format!("; taken at {}", enumeration(taken)),
    };
    let level = significant(looks.level());
    format!("at {}, each at a level of {level}{taken}", enumeration(looks.planned()))
}
