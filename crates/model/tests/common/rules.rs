//! Ways to train a network.

use actlab_model::engine::Recipe;
use actlab_model::loss::Loss;
use actlab_model::optimizer::{Optimizer, Schedule};
use actlab_model::setting::{Chosen, Listed};

/// One of a list by its name, with settings.
pub fn with<D: Listed + ?Sized>(name: &str, settings: &[(&str, f64)]) -> Chosen<D> {
    let start: Chosen<D> = name.parse().expect("a name");
    let with = |chosen: Chosen<D>, (name, value): &(&str, f64)| chosen.with(name, *value).expect("a setting");
    settings.iter().fold(start, with)
}

/// All optimisers, and those with settings that make them compute something else.
pub fn optimizers() -> Vec<Optimizer> {
    let special = [
        with("sgd", &[("momentum", 0.9), ("nesterov", 1.0), ("weight_decay", 0.01)]),
        with("sgd", &[("momentum", 0.9), ("dampening", 0.5)]),
        with("rmsprop", &[("centered", 1.0), ("momentum", 0.5), ("epsilon", 1e-2)]),
        with("adam", &[("weight_decay", 0.01)]),
    ];
    Optimizer::all().chain(special).collect()
}

/// All schedules, and one that is warmed up to.
pub fn schedules() -> Vec<Schedule> {
    Schedule::all().chain([with("cosine", &[("warmup", 5.0)])]).collect()
}

/// All losses, and one whose kink is among the errors.
pub fn losses() -> Vec<Loss> {
    Loss::all().chain([with("huber", &[("delta", 0.1)])]).collect()
}

/// The network trained in another way for each number.
pub fn trained(network: Recipe, way: usize) -> Recipe {
    let (optimizers, schedules, losses) = (optimizers(), schedules(), losses());
    let [of_schedules, of_losses, of_clips] = [way / 2, way / 3, way / 5];
    Recipe {
        optimizer: optimizers[way % optimizers.len()],
        schedule: schedules[of_schedules % schedules.len()],
        loss: losses[of_losses % losses.len()],
        clip: [0.0, 0.1, 1.0][of_clips % 3],
        ..network
    }
}
