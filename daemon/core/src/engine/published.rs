//! [`Published`]: what was published last of the modem, so that only changes are published, and byte
//! counters at most once a second while payload moves (org.example.ModemFtp(5)).

use std::time::{Duration, Instant};

use crate::api::output::Output;
use crate::api::status::ModemStatus;
use crate::modem::Modem;
use crate::transfer::Transfers;

/// Progress is published no more often than this.
const PROGRESS: Duration = Duration::from_secs(1);

/// What was published last.
#[derive(Default)]
pub struct Published {
    modem: ModemStatus,
    progress_at: Option<Instant>,
}

impl Published {
    /// Publishes everything that changed.
    pub fn publish(&mut self, modem: &Modem, transfers: &Transfers) {
        self.publish_modem(modem);
        transfers.flush();
    }

    /// Whether progress may be published at `now`.
    pub fn is_progress_due(&self, now: Instant) -> bool {
        self.progress_at.is_none_or(|last| now >= last + PROGRESS)
    }

    fn publish_modem(&mut self, modem: &Modem) {
        let link = modem.link();
        let now = link.now().instant;
        // This runs for every few bytes that move: nothing is copied unless it is published.
        let hold_counters = link.is_moving() && !self.is_progress_due(now);
        if hold_counters {
            let published = (self.modem.bytes_sent, self.modem.bytes_received);
            (self.modem.bytes_sent, self.modem.bytes_received) = modem.counters();
            let changed = modem.status_unlike(&self.modem);
            (self.modem.bytes_sent, self.modem.bytes_received) = published;
            let Some(mut status) = changed else {
                return;
            };
            (status.bytes_sent, status.bytes_received) = published;
            self.put(modem, status);
        } else if let Some(status) = modem.status_unlike(&self.modem) {
            self.put(modem, status);
        }
    }

    fn put(&mut self, modem: &Modem, status: ModemStatus) {
        self.modem = status.clone();
        self.progress_at = Some(modem.link().now().instant);
        modem.link().put(Output::Modem(Box::new(status)));
    }
}

/// Publishes which servers there are.
pub fn publish_servers(modem: &Modem) {
    let settings = modem.link().settings();
    let names = settings.servers.iter();
    let names = names.map(|server| server.name.clone()).collect();
    let default = settings.server("");
    let default = default.map_or_else(String::new, |server| server.name.clone());
    modem.link().put(Output::Servers(names, default));
}
