//! [`OpenRetry`]: when to try to open the port, with a pause that grows with each failure. A port
//! that opens and is gone again at once counts as a failure.

use std::time::{Duration, Instant};

/// The first pause after a failure, and after the port was closed.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
/// The longest pause after an attempt that failed: a device that is plugged in is found soon.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// The longest pause after the port was gone again at once: it is there, and does not work.
const LONGEST_BROKEN_PAUSE: Duration = Duration::from_secs(60);
/// A port that was open for so long works.
const STEADY: Duration = Duration::from_secs(10);

/// The schedule of attempts to open the port.
#[derive(Debug)]
pub struct OpenRetry {
    /// When the next attempt is due; `None` while the port is open.
    at: Option<Instant>,
    /// When the port was opened; `None` while it is closed.
    open_since: Option<Instant>,
    pause: Duration,
    /// The pause after the port is gone again at once.
    broken_pause: Duration,
    /// Whether the settings changed since the last attempt.
    anew: bool,
    /// Why the last attempt failed.
    failure: String,
}

impl OpenRetry {
    /// The first attempt is due at once.
    pub fn new(now: Instant) -> Self {
        Self {
            at: Some(now),
            open_since: None,
            pause: FIRST_PAUSE,
            broken_pause: FIRST_PAUSE,
            anew: false,
            failure: String::new(),
        }
    }

    /// When the next attempt is due.
    pub fn deadline(&self) -> Option<Instant> {
        self.at
    }

    /// Whether an attempt is due.
    pub fn is_due(&self, now: Instant) -> bool {
        self.at.is_some_and(|at| at <= now)
    }

    /// The port was opened.
    pub fn opened(&mut self, now: Instant) {
        self.at = None;
        self.open_since = Some(now);
        self.pause = FIRST_PAUSE;
        self.failure.clear();
    }

    /// An attempt failed. Whether the reason differs from that of the attempt before.
    pub fn failed(&mut self, now: Instant, reason: &str) -> bool {
        self.at = Some(now + self.pause);
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        let differs = self.failure != reason;
        reason.clone_into(&mut self.failure);
        differs
    }

    /// The port was closed, because it is gone or its settings changed.
    pub fn closed(&mut self, now: Instant) {
        let since = self.open_since.take();
        if std::mem::take(&mut self.anew) {
            self.at = Some(now + FIRST_PAUSE);
            return;
        }
        let Some(since) = since else {
            return;
        };
        if now.saturating_duration_since(since) >= STEADY {
            self.broken_pause = FIRST_PAUSE;
        }
        self.at = Some(now + self.broken_pause);
        self.broken_pause = (self.broken_pause * 2).min(LONGEST_BROKEN_PAUSE);
    }

    /// The settings change: what failed before says nothing of the next attempt.
    pub fn begin_anew(&mut self) {
        self.anew = true;
        self.pause = FIRST_PAUSE;
        self.broken_pause = FIRST_PAUSE;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pause(retry: &OpenRetry, now: Instant) -> u128 {
        (retry.deadline().unwrap() - now).as_millis()
    }

    #[test]
    fn a_missing_port_is_looked_for_every_two_seconds() {
        let now = Instant::now();
        let mut retry = OpenRetry::new(now);
        let pauses = [50, 100, 200, 400, 800, 1600, 2000, 2000];
        for expected in pauses {
            retry.failed(now, "none");
            assert_eq!(pause(&retry, now), expected);
        }
    }

    #[test]
    fn a_port_that_is_gone_at_once_is_opened_ever_more_rarely() {
        let mut now = Instant::now();
        let mut retry = OpenRetry::new(now);
        let mut opened = 0;
        let end = now + Duration::from_secs(600);
        while now < end {
            now = now.max(retry.deadline().unwrap());
            retry.opened(now);
            opened += 1;
            now += Duration::from_millis(5);
            retry.closed(now);
            // Reported twice: by reading and by writing.
            retry.closed(now);
        }
        assert!((15..25).contains(&opened), "{opened} times in ten minutes");
        // Once it has worked for a while, it is opened again at once.
        now = now.max(retry.deadline().unwrap());
        retry.opened(now);
        now += STEADY;
        retry.closed(now);
        assert_eq!(pause(&retry, now), 50);
    }

    #[test]
    fn a_change_of_settings_is_in_force_at_once() {
        let now = Instant::now();
        let mut retry = OpenRetry::new(now);
        for _ in 0..20 {
            retry.opened(now);
            retry.closed(now);
        }
        assert_eq!(pause(&retry, now), 60_000);
        retry.begin_anew();
        retry.closed(now);
        assert_eq!(pause(&retry, now), 50);
    }
}
