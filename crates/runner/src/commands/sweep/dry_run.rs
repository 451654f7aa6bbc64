//! What a sweep would do, how long it would take, and what its seeds can decide.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;

use anyhow::Result;
use indicatif::HumanDuration;

use super::{Arguments, finish, looks, missing, question};
use crate::experiment::Experiment;
use crate::experiment::network::Mixture;
use crate::experiment::trial::Trial;
use crate::statistics::{LEVEL, Looks, decidable, fewest, seeds_for};
use crate::store::Store;
use crate::train::{estimate, plan};
use crate::words::count;

/// As text; the disk is not touched. Of an experiment that is looked at again and again it is the one with all seeds that
/// there may be.
pub fn dry_run(arguments: &Arguments, experiment: &Experiment, run: &Path, looks: Option<&Looks>) -> Result<String> {
    let store = Store::open(run)?;
    let missing = missing(experiment, store.as_ref(), arguments.retry)?;
    let about = store.as_ref().map(Store::about).transpose()?;
    let level = looks.map_or(about.map_or(LEVEL, |about| about.level()), Looks::level);
    let trials = &experiment.trials;
    let cells: HashSet<_> = trials.iter().map(|trial| &trial.cell).collect();
    let mut text = String::new();
    let mut line = |name: &str, value: String| text += &format!("{name:<10}{value}\n");
    line("run", run.display().to_string());
    if let Some(looks) = looks {
        line("looks", looks::plan(looks));
    }
    let most = if looks.is_some() { ", at most" } else { "" };
    line("trials", format!("{} ({} to train){most}", trials.len(), missing.len()));
    line("cells", cells.len().to_string());
    let trained_once: HashSet<_> = missing.iter().map(Trial::trained_as).collect();
    let twins = missing.len() - trained_once.len();
    if twins > 0 {
        line(
            "the same",
            format!(
                "{} of those to train learn the same as another, and are trained with it",
                twins
            ),
        );
    }
    line(
        "decides",
        decides(experiment.settings.seeds.len(), comparisons(trials), level),
    );
    if missing.is_empty() {
        line("stacks", "0".to_owned());
        line("time", "0 s".to_owned());
        return Ok(text);
    }
    let trainer = arguments.trainer()?;
    let targets = &experiment.settings.targets.values;
    let stacks = plan(missing, targets, trainer.place())?;
    line("stacks", stacks.len().to_string());
    line(
        "backend",
        format!("{} on {}", trainer.opened.backend, trainer.opened.adapter),
    );
    line("engine", trainer.engine.to_string());
    let question = question(experiment);
    let time = estimate(&stacks, targets, &trainer, |trained| finish(trained, &question))?;
    let about = match time.as_secs() {
        0 => "less than a second".to_owned(),
        _ => format!("about {}", HumanDuration(time)),
    };
    line("time", format!("{about} (a few steps of each shape were timed)"));
    Ok(text)
}

/// The trials and the activations of a target and a range.
type Contest<'t> = (BTreeSet<&'t str>, BTreeSet<Mixture>);

/// How many pairs of activations there are to compare, over all targets and ranges; the same problem once.
fn comparisons(trials: &[Trial]) -> usize {
    let mut contests: BTreeMap<(usize, String), Contest<'_>> = BTreeMap::new();
    for trial in trials {
        let contest = contests.entry((trial.target, trial.settings.place())).or_default();
        contest.0.insert(trial.counted_with().unwrap_or(&trial.id));
        contest.1.insert(trial.settings.activations());
    }
    let different: BTreeSet<_> = contests.into_values().collect();
    let pairs = |activations: usize| activations * activations.saturating_sub(1) / 2;
    different.iter().map(|(_, activations)| pairs(activations.len())).sum()
}

/// What so many seeds can decide of so many comparisons at this level.
fn decides(seeds: usize, comparisons: usize, level: f64) -> String {
    let of = count(comparisons as u64, "comparison");
    let seeds_are = count(seeds as u64, "seed");
    let needed = seeds_for(comparisons, level);
    match (comparisons, seeds) {
        (0, _) => "nothing: there are no two activations to compare".to_owned(),
        (_, seeds) if seeds < fewest(level) => {
            format!("nothing: {seeds_are} cannot; for {of} of activations it takes {needed} or more")
        }
        (comparisons, seeds) if decidable(seeds, level) < comparisons => format!(
            "no better or worse: of {of} of activations, {seeds_are} can decide none; it takes {needed} or more, or {} \
             at most",
            count(decidable(seeds, level) as u64, "comparison")
        ),
        _ => format!("{of} of activations, each where all {seeds_are} say the same, or nearly all"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_seeds_can_decide_depends_on_the_comparisons() {
        assert!(decides(10, 24, LEVEL).starts_with("24 comparisons of activations, each"));
        assert!(
            decides(5, 1, LEVEL).starts_with("nothing: 5 seeds cannot; for 1 comparison of activations it takes 6")
        );
        let many = decides(10, 26, LEVEL);
        assert!(
            many.contains("it takes 11 or more, or 25 comparisons at most"),
            "{many}"
        );
        assert!(decides(10, 0, LEVEL).contains("no two activations"));
        assert!(decides(10, 24, LEVEL / 3.0).contains("it takes 12 or more, or 8 comparisons at most"));
    }
}
