//! [`LocalState`]: whether the local file of a transfer keeps its payload from moving: the tty is left
//! unread for it, or has nothing to send for it.

use std::time::{Duration, Instant};

/// For how long something has been so, and how long in all.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::link) struct Stretch {
    since: Option<Instant>,
    before: Duration,
}

impl Stretch {
    /// It is so from now on, or no more.
    pub(in crate::link) fn set(&mut self, on: bool, now: Instant) {
        match (on, self.since) {
            (true, None) => self.since = Some(now),
            (false, Some(since)) => {
                self.before += now.saturating_duration_since(since);
                self.since = None;
            }
            _ => {}
        }
    }

    /// Since when it has been so, if it is.
    pub(in crate::link) fn since(&self) -> Option<Instant> {
        self.since
    }

    /// How long it has been so in all.
    pub(in crate::link) fn in_all(&self, now: Instant) -> Duration {
        let present = self.since.map(|since| now.saturating_duration_since(since));
        self.before + present.unwrap_or_default()
    }
}

/// What the shell reports of the local file.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::link) struct LocalState {
    /// So much waits for it that the tty is left unread.
    pub held: Stretch,
    /// Everything it gave is sent, and more is wanted.
    pub starved: Stretch,
    /// When it last took bytes.
    pub took_at: Option<Instant>,
}

impl LocalState {
    /// Since when the local file has kept payload from moving, if it does.
    pub(in crate::link) fn blocks_since(&self) -> Option<Instant> {
        let held = self
            .held
            .since()
            .map(|since| self.took_at.map_or(since, |took| took.max(since)));
        held.or(self.starved.since())
    }

    /// How long it has kept payload from moving in all.
    pub(in crate::link) fn blocked(&self, now: Instant) -> Duration {
        self.held.in_all(now) + self.starved.in_all(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_add_up() {
        let begin = Instant::now();
        let at = |seconds| begin + Duration::from_secs(seconds);
        let mut stretch = Stretch::default();
        stretch.set(true, at(0));
        stretch.set(true, at(5));
        assert_eq!(stretch.since(), Some(begin));
        stretch.set(false, at(10));
        stretch.set(false, at(15));
        stretch.set(true, at(20));
        assert_eq!(stretch.in_all(at(23)), Duration::from_secs(13));
    }

    #[test]
    fn what_the_reader_took_last_counts() {
        let begin = Instant::now();
        let mut local = LocalState::default();
        assert_eq!(local.blocks_since(), None);
        local.held.set(true, begin);
        assert_eq!(local.blocks_since(), Some(begin));
        let took = begin + Duration::from_secs(7);
        local.took_at = Some(took);
        assert_eq!(local.blocks_since(), Some(took));
    }
}
