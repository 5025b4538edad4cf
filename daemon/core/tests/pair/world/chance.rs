//! [`Chance`]: pseudo-random numbers that depend on a seed only, so that every run of a scenario
//! is the same.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

/// A generator (splitmix64).
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// A generator with this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5EED)
    }

    /// 0 to `below` − 1.
    pub fn number(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % below
    }

    /// True once in `of` times.
    pub fn yes(&mut self, of: u64) -> bool {
        self.number(of) == 0
    }

    /// One of these.
    pub fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::try_from(self.number(of.len() as u64)).unwrap()]
    }

    /// A time from 0 to `longest`.
    pub fn time(&mut self, longest: Duration) -> Duration {
        let longest = u64::try_from(longest.as_micros()).unwrap();
        Duration::from_micros(self.number(longest + 1))
    }
}

/// The seed of a world that was given none: it depends on the name of the test and on how many
/// worlds the test has made before. `PAIR_SEED=<number>` makes other seeds of them.
pub fn seed_of_test() -> u64 {
    thread_local! {
        static WORLDS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
    }
    let mut hasher = DefaultHasher::new();
    std::thread::current().name().hash(&mut hasher);
    WORLDS.replace(WORLDS.get() + 1).hash(&mut hasher);
    number_from_environment("PAIR_SEED").hash(&mut hasher);
    hasher.finish()
}

/// A number from the environment.
pub fn number_from_environment(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}
