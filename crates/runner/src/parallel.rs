//! All cores at work on a list.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// What `of` makes of each item, in their order: on all cores, each of which takes the next item when it is done with one.
///
/// # Panics
/// With the panic of `of`, if it does.
pub fn map<T: Sync, R: Send>(items: &[T], of: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut made = Vec::new();
        while let Some((place, item)) = Some(next.fetch_add(1, Relaxed)).and_then(|at| Some((at, items.get(at)?))) {
            made.push((place, of(item)));
        }
        made
    };
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut made: Vec<(usize, R)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..cores.min(items.len())).map(|_| scope.spawn(worker)).collect();
        let made = workers.into_iter().map(|worker| worker.join());
        made.flat_map(|made| made.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    made.sort_by_key(|(place, _)| *place);
    made.into_iter().map(|(_, made)| made).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_is_in_the_order_of_the_items() {
        let items: Vec<u64> = (0..1000).collect();
        // The first take the longest.
        let made = map(&items, |item| {
            (0..1000 - item).fold(*item, |sum, _| std::hint::black_box(sum))
        });
        assert_eq!(made, items);
        assert!(map(&[] as &[u64], |item| *item).is_empty());
    }

    #[test]
    #[should_panic(expected = "the fifth")]
    fn a_panic_is_the_callers() {
        map(&[1, 2, 3, 4, 5], |item| assert!(*item != 5, "the fifth"));
    }
}
