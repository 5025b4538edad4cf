//! [`Rivals`]: other processes that use the port: which one keeps it from being opened, and which one
//! has it open as well. All processes are looked through only now and then, not at every attempt.

use std::time::{Duration, Instant};

use super::holders;

/// Who holds the port is looked up again after this time.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// What was found out of other processes.
#[derive(Debug, Default)]
pub struct Rivals {
    /// The last refusal of a port that is in use: of which device, when, and in which words.
    refused: Option<(String, Instant, String)>,
    /// Who had the port open as well, when that was last looked up.
    beside: Option<String>,
}

impl Rivals {
    /// The port is in use: says by whom.
    pub fn refusal(&mut self, now: Instant, device: &str) -> String {
        if let Some((of, at, words)) = &self.refused
            && of == device
            && now.saturating_duration_since(*at) < LOOK_AGAIN
        {
            return words.clone();
        }
        let words = holders::refusal(device, holders::of_busy_port(device).as_deref());
        self.refused = Some((device.to_owned(), now, words.clone()));
        words
    }

    /// The port is open: warns of others that have it open as well, once of each.
    pub fn look(&mut self, device: &str) {
        self.refused = None;
        let beside = holders::of_open_port(device);
        if let Some(holders) = beside.as_ref().filter(|_| beside != self.beside) {
            tracing::warn!(
                "{device}: another process has the port open as well: {holders}; it can take \
                 answers of the module away and change the settings"
            );
        }
        self.beside = beside;
    }
}
