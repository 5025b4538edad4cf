//! [`StatusLog`]: logs each change of state of the modem and of transfers, and keeps the status
//! line of `systemctl status` up to date.

use std::collections::HashMap;

use modem_ftp_core::api::status::{
    Direction, ModemState, ModemStatus, TransferId, TransferState, TransferStatus,
};

use crate::notify::Notify;

/// The last known states.
#[derive(Debug)]
pub struct StatusLog {
    modem: ModemState,
    transfers: HashMap<TransferId, TransferState>,
}

impl StatusLog {
    /// No modem and no transfers.
    pub fn new() -> Self {
        Self {
            modem: ModemState::Absent,
            transfers: HashMap::new(),
        }
    }

    /// Logs the modem's state if it has changed. (The reason of a bad state is logged by the
    /// engine.)
    pub fn modem(&mut self, status: &ModemStatus, notify: &Notify) {
        if self.modem == status.state {
            return;
        }
        self.modem = status.state;
        let (state, reason) = (status.state.as_str(), &status.state_reason);
        tracing::info!("modem {state}");
        if reason.is_empty() {
            notify.status(state);
        } else {
            notify.status(&format!("{state}: {reason}"));
        }
    }

    /// Logs a transfer's state if it has changed. (The reason of a failure is logged by the
    /// engine.)
    pub fn transfer(&mut self, status: &TransferStatus) {
        if self.transfers.insert(status.id, status.state) == Some(status.state) {
            return;
        }
        let (id, state) = (status.id.0, status.state.as_str());
        let (direction, remote, server) = (status.direction, &status.remote, &status.server);
        let preposition = match direction {
            Direction::Upload => "to",
            Direction::Download => "from",
        };
        tracing::info!(
            transfer = id,
            "transfer {id} ({direction} of {remote} {preposition} {server}): {state}"
        );
    }

    /// A transfer was forgotten.
    pub fn transfer_removed(&mut self, id: TransferId) {
        self.transfers.remove(&id);
    }
}
