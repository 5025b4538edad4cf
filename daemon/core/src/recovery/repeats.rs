//! [`Repeats`]: a failure that the module reports of its own accord and that is acted upon at once, unless
//! it is reported again and again.

use std::time::{Duration, Instant};

use super::back_off;

/// Soon after a rebuild: within this.
const SOON: Duration = Duration::from_secs(60);
/// So many in a row are acted upon at once.
const AT_ONCE: u32 = 3;

/// How often it was reported soon after what it broke was rebuilt.
#[derive(Debug, Default)]
pub struct Repeats {
    rebuilt: Option<Instant>,
    count: u32,
}

impl Repeats {
    /// It is reported: how often in a row by now, and the pause before anything is rebuilt, if there is to
    /// be one.
    pub fn again(&mut self, now: Instant) -> Option<(u32, Duration)> {
        let soon = self.rebuilt.is_some_and(|rebuilt| now < rebuilt + SOON);
        self.count = if soon {
            self.count.saturating_add(1)
        } else {
            1
        };
        let more = self.count.checked_sub(AT_ONCE).filter(|more| *more > 0)?;
        Some((self.count, back_off::pause(more)))
    }

    /// What it broke is rebuilt now.
    pub fn rebuilds(&mut self, now: Instant) {
        self.rebuilt = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_ones_are_acted_upon_at_once_and_so_is_a_late_one() {
        let mut now = Instant::now();
        let mut repeats = Repeats::default();
        let mut report = |after: u64| {
            now += Duration::from_secs(after);
            let pause = repeats.again(now).map_or(0, |(_, pause)| pause.as_secs());
            now += Duration::from_secs(pause);
            repeats.rebuilds(now);
            pause
        };
        assert_eq!([0, 1, 1, 1, 1, 1].map(&mut report), [0, 0, 0, 2, 5, 10]);
        assert_eq!([100, 50, 50, 50].map(&mut report), [0, 0, 0, 2]);
    }
}
