//! Whether what a trial's steps are to take of its samples goes together.

use actlab_model::network::selection::Keep;

use super::has_validation;
use crate::error::InputError;
use crate::experiment::Experiment;
use crate::experiment::target::Target;
use crate::experiment::trial::Resolved;

/// The most steps of a training.
const MOST_STEPS: usize = 1_000_000_000;

/// Whether the steps of a trial can be done; an error points at what was typed.
pub fn check_steps(experiment: &Experiment, target: &Target, settings: &Resolved) -> Result<(), InputError> {
    let refuse = |key: &str, message: String| Err(experiment.error_at(key, InputError::new(message)));
    let (batch, samples) = (settings.batch, settings.sample_count(target));
    if batch > samples {
        return refuse(
            "training.batch",
            format!(
                "a batch of {batch} is larger than the {samples} training samples; use {samples} at most, or 0 for all"
            ),
        );
    }
    if settings.has_an_order_of_nothing() {
        return refuse(
            "training.batches",
            "training.batches goes with training.batch: say how many samples a step takes, for example batch = 32"
                .to_owned(),
        );
    }
    if settings.fresh && settings.sampling.between() != settings.sampling {
        return refuse(
            "data.fresh",
            format!(
                "a {} is the same points at every step: with data.fresh samples are uniform, normal, or on a sphere or ball",
                settings.sampling
            ),
        );
    }
    if settings.fresh && batch > 0 {
        return refuse(
            "training.batch",
            format!(
                "with data.fresh every step draws its own data.samples, and takes all of them: leave training.batch out, and \
                 say data.samples = {batch}"
            ),
        );
    }
    if settings.fresh && experiment.settings.in_epochs {
        return refuse(
            "training.epochs",
            "with data.fresh no sample comes again, and there are no epochs: type training.steps instead".to_owned(),
        );
    }
    if settings.steps > MOST_STEPS {
        return refuse(
            "training.epochs",
            format!("these are {} steps; the most is {MOST_STEPS}", settings.steps),
        );
    }
    let chooses = [
        ("training.keep", settings.keep == Keep::Best),
        ("training.patience", settings.patience > 0),
    ];
    for (key, _) in chooses.into_iter().filter(|(_, chooses)| *chooses) {
        if !has_validation(target, settings) {
            return refuse(
                key,
                format!(
                    "{key} looks at rows that are held out, and there are none to choose by: give data.holdout a larger share"
                ),
            );
        }
    }
    Ok(())
}
