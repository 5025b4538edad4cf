//! What is told and kept of a transfer that has ended.

use super::record::Transfer;
use crate::api::fact::Receipt;
use crate::api::reply::Reply;
use crate::api::status::TransferState;

impl Transfer {
    /// What is kept of it for good, once it has ended.
    pub fn receipt(&self) -> Receipt {
        let status = &self.status;
        Receipt {
            id: status.id,
            direction: status.direction,
            server: status.server.clone(),
            local: status.local.clone(),
            remote: status.remote.clone(),
            uid: status.uid,
            state: status.state,
            error: status.error.clone(),
            size: status.size,
            hash: self.local.content.clone(),
            attempts: status.attempts,
            created: status.created,
            finished: status.finished,
            traffic: self.traffic,
        }
    }

    /// What `Wait` answers once it is over.
    pub fn end(&self) -> Reply {
        let error = self
            .status
            .error
            .as_ref()
            .filter(|_| self.status.state != TransferState::Done)
            .map(|(name, text)| (name.dbus_name().to_owned(), text.clone()));
        Reply::Ended(self.status.state, error)
    }
}
