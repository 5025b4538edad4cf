//! [`Notify`]: what systemd is told. Without systemd, nothing happens.

use std::time::{Duration, Instant};

use sd_notify::NotifyState;

/// The service manager's ear.
#[derive(Debug)]
pub struct Notify {
    /// Half of the watchdog's patience.
    interval: Option<Duration>,
    next: Option<Instant>,
}

impl Notify {
    /// Asks whether there is a watchdog.
    pub fn new() -> Self {
        Self {
            interval: sd_notify::watchdog_enabled().map(|patience| patience / 2),
            next: None,
        }
    }

    /// The daemon can be called; the watchdog is fed from now on.
    pub fn ready(&mut self, now: Instant) {
        tell(&NotifyState::Ready);
        self.next = self.interval.map(|interval| now + interval);
    }

    /// One line for `systemctl status`.
    pub fn status(&self, text: &str) {
        tell(&NotifyState::Status(text));
    }

    /// The daemon comes to rest.
    pub fn stopping(&self) {
        tell(&NotifyState::Stopping);
    }

    /// When [`Notify::feed`] is due.
    pub fn deadline(&self) -> Option<Instant> {
        self.next
    }

    /// Feeds the watchdog if it is time; called by the loop itself, so that a loop that
    /// hangs is noticed.
    pub fn feed(&mut self, now: Instant) {
        if self.next.is_some_and(|next| next <= now) {
            tell(&NotifyState::Watchdog);
            self.next = self.interval.map(|interval| now + interval);
        }
    }
}

fn tell(state: &NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(std::slice::from_ref(state)) {
        tracing::warn!("systemd cannot be notified: {error}");
    }
}
