//! [`BusProgress`]: notices a bus that does not read. What waits for it is bounded and the transfers go
//! on, so it may take its time; but callers have no use for a daemon that never answers.

use std::time::{Duration, Instant};

/// How long the bus may read nothing of what is published.
pub const PATIENCE: Duration = Duration::from_secs(600);

/// How far the bus was when it was last looked at.
#[derive(Debug, Default)]
pub struct BusProgress(Option<(u64, Instant)>);

impl BusProgress {
    /// Notes how much the bus had taken at `now`; `None`: nothing waits for it. Whether it has taken
    /// nothing for too long.
    pub fn is_held_up(&mut self, taken: Option<u64>, now: Instant) -> bool {
        self.0 = taken.map(|taken| match self.0 {
            Some((before, since)) if before == taken => (taken, since),
            _ => (taken, now),
        });
        self.deadline().is_some_and(|deadline| deadline <= now)
    }

    /// When it has taken nothing for too long.
    pub fn deadline(&self) -> Option<Instant> {
        self.0.map(|(_, since)| since + PATIENCE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bus_is_held_up_if_it_takes_nothing_of_what_waits() {
        let start = Instant::now();
        let mut progress = BusProgress::default();
        let mut at = |taken, seconds| {
            let now = start + Duration::from_secs(seconds);
            progress.is_held_up(taken, now)
        };
        assert!(!at(None, 0));
        assert!(!at(Some(1), 1000));
        // It reads slowly.
        assert!(!at(Some(2), 1599));
        assert!(!at(Some(2), 2198));
        assert!(at(Some(2), 2199));
        // Everything was taken in between.
        assert!(!at(None, 2200));
        assert!(!at(Some(2), 5000));
        assert!(at(Some(2), 5600));
    }
}
