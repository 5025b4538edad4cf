//! Pauses before the next try: they grow with the number of tries.

use std::time::Duration;

/// Before another try of the same kind, seconds.
const PAUSES: [u64; 6] = [2, 5, 10, 20, 40, 60];
/// Before the module is restarted once more, seconds (docs/module/quirks.md §5: three quick ones,
/// then 10 min, 30 min, 1 h).
const RESTART_PAUSES: [u64; 6] = [1, 10, 30, 600, 1800, 3600];

/// The pause before try number `count`, from 1.
pub fn pause(count: u32) -> Duration {
    pick(&PAUSES, count)
}

/// The pause before restart number `count`, from 1.
pub fn restart_pause(count: u32) -> Duration {
    pick(&RESTART_PAUSES, count)
}

/// The `count`-th pause; the last one from then on.
fn pick(pauses: &[u64; 6], count: u32) -> Duration {
    let index = (count.max(1) as usize - 1).min(pauses.len() - 1);
    Duration::from_secs(pauses.get(index).copied().unwrap_or(60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_stay_at_the_longest() {
        let seconds = |count| pause(count).as_secs();
        assert_eq!(
            [0, 1, 2, 6, 7, u32::MAX].map(seconds),
            [2, 2, 5, 60, 60, 60]
        );
        let seconds = |count| restart_pause(count).as_secs();
        assert_eq!([1, 3, 4, 6, 7].map(seconds), [1, 30, 600, 3600, 3600]);
    }
}
