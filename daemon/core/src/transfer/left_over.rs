//! [`LeftOver`]: a name of ours that an ended transfer left on a server, to be removed when the
//! server can be reached.

use std::time::{Duration, Instant};

/// How long its removal is tried for.
const KEPT: Duration = Duration::from_secs(3600);

/// The pause before its removal is tried again.
const PAUSE: Duration = Duration::from_secs(60);

/// A name of ours on a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOver {
    /// Configured name of the server.
    pub server: String,
    /// The path there.
    pub path: String,
    /// When it is tried to be removed next.
    due: Instant,
    /// When it is given up.
    expires: Instant,
}

impl LeftOver {
    /// A name to be removed, known since `now`.
    pub fn new(server: String, path: String, now: Instant) -> Self {
        let expires = now + KEPT;
        Self {
            server,
            path,
            due: now,
            expires,
        }
    }

    /// When it is to be removed next.
    pub fn due(&self) -> Instant {
        self.due
    }

    /// Puts its removal off, since it did not work at `now`.
    pub fn put_off(&mut self, now: Instant) {
        self.due = now + PAUSE;
    }

    /// Whether it is still to be removed.
    pub fn is_current(&self, now: Instant) -> bool {
        now < self.expires
    }
}
