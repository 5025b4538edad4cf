//! [`OpenRetry`]: when to try to open the port, with a pause that grows with each failure.

use std::time::{Duration, Instant};

/// The first pause after a failure, and after the port was closed.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// The schedule of attempts to open the port.
#[derive(Debug)]
pub struct OpenRetry {
    /// When the next attempt is due; `None` while the port is open.
    at: Option<Instant>,
    pause: Duration,
    /// Why the last attempt failed.
    failure: String,
}

impl OpenRetry {
    /// The first attempt is due at once.
    pub fn new(now: Instant) -> Self {
        Self {
            at: Some(now),
            pause: FIRST_PAUSE,
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
    pub fn opened(&mut self) {
        self.at = None;
        self.pause = FIRST_PAUSE;
        self.failure.clear();
    }

    /// An attempt failed. Whether the reason differs from that of the attempt before.
    pub fn failed(&mut self, now: Instant, reason: &str) -> bool {
        self.closed(now);
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        let differs = self.failure != reason;
        reason.clone_into(&mut self.failure);
        differs
    }

    /// The port was closed.
    pub fn closed(&mut self, now: Instant) {
        self.at = Some(now + self.pause);
    }
}
