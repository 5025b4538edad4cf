//! What was accepted is kept: kills, failures, cancels and stops at every point of a mixed queue,
//! trouble of the store, names left on servers, bounds.
//!
//! The default run takes points by chance; `PAIR_ALL=1` takes every one, and `PAIR_POINT=<number>`
//! that one alone.

mod bounds;
mod cancel;
mod chores;
mod failures;
mod in_doubt;
mod kill;
mod mixed;
mod store;

use crate::world::{Chance, number_from_environment};

/// The points of `total` that a test takes: every one with `PAIR_ALL`, else `most` of them.
fn points(total: usize, most: usize, seed: u64) -> Vec<usize> {
    if let Some(only) = number_from_environment("PAIR_POINT") {
        return vec![usize::try_from(only).unwrap()];
    }
    if number_from_environment("PAIR_ALL").is_some() || total <= most {
        return (0..total).collect();
    }
    let seed = seed.wrapping_add(number_from_environment("PAIR_SEED").unwrap_or(0));
    let mut chance = Chance::new(seed);
    let step = total as u64 / most as u64 + 1;
    let mut points = Vec::new();
    let mut at = chance.number(step);
    while at < total as u64 {
        points.push(usize::try_from(at).unwrap());
        at += 1 + chance.number(2 * step - 1);
    }
    points
}

/// Runs `run` for each point, and says at which one it failed.
fn at_points(points: Vec<usize>, run: impl Fn(usize) + std::panic::RefUnwindSafe) {
    for point in points {
        if let Err(panic) = std::panic::catch_unwind(|| run(point)) {
            eprintln!("this was PAIR_POINT={point}");
            std::panic::resume_unwind(panic);
        }
    }
}
