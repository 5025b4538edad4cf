//! [`Notify`]: state notifications to systemd (sd_notify(3)). Without systemd, nothing happens.

use std::time::{Duration, Instant};

use sd_notify::NotifyState;

use crate::log::visible;

/// The connection to the service manager.
#[derive(Debug)]
pub struct Notify {
    /// Half of the watchdog's time-out; `None` without a watchdog.
    interval: Option<Duration>,
    /// When the watchdog is to be notified next.
    next: Option<Instant>,
}

impl Notify {
    /// Reads from the environment whether there is a watchdog.
    pub fn new() -> Self {
        Self {
            interval: sd_notify::watchdog_enabled().map(|patience| patience / 2),
            next: None,
        }
    }

    /// The daemon is ready. From now on the watchdog is notified regularly.
    pub fn ready(&mut self, now: Instant) {
        notify(&NotifyState::Ready);
        self.next = self.interval.map(|interval| now + interval);
    }

    /// Sets the status line of `systemctl status`. A line end in it would begin another notification.
    pub fn status(&self, text: &str) {
        notify(&NotifyState::Status(&visible(text)));
    }

    /// The daemon is stopping.
    pub fn stopping(&self) {
        notify(&NotifyState::Stopping);
    }

    /// When [`Notify::feed`] is due.
    pub fn deadline(&self) -> Option<Instant> {
        self.next
    }

    /// Notifies the watchdog if it is due. The event loop itself calls this, so that the watchdog
    /// detects an event loop that hangs.
    pub fn feed(&mut self, now: Instant) {
        if self.next.is_some_and(|next| next <= now) {
            notify(&NotifyState::Watchdog);
            self.next = self.interval.map(|interval| now + interval);
        }
    }
}

fn notify(state: &NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(std::slice::from_ref(state)) {
        tracing::warn!("systemd cannot be notified: {error}");
    }
}
