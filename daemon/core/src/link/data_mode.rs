//! Data mode, as sending and receiving have it in common: how much may move at once, and why it
//! may have to stop. Bytes are counted, never searched.

use modem_ftp_dbus::errors::ErrorName;

use super::Link;
use super::state::Abort;
use crate::api::failure::{Failure, Scope};

/// Longest segment on a line without flow control, bytes.
const UNGUARDED: u64 = 16 * 1024;

impl Link {
    /// How much may stand between two counts, bytes: without RTS/CTS little, for a byte may get
    /// lost at any time.
    pub fn longest_segment(&self) -> u64 {
        match self.with(|state| state.settings.modem.hardware_flow_control) {
            true => u64::MAX,
            false => UNGUARDED,
        }
    }
}

/// The failure that stands for a wish to stop.
pub(super) fn aborted(abort: Abort) -> Failure {
    let (name, text) = match abort {
        Abort::Cancel => (ErrorName::Cancelled, "cancelled"),
        Abort::Pause => (ErrorName::Cancelled, "paused"),
        Abort::Stop => (ErrorName::Stopping, "the daemon is stopping"),
    };
    Failure::new(name, text).scope(Scope::Session)
}
