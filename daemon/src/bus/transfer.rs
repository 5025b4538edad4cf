//! `org.example.ModemFtp.Transfer1`.

use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::{Action, Request};
use modem_ftp_core::api::status::TransferId;
use zbus::message::Message;

use super::call::Call;
use super::error::CallError;
use super::requests::{Requests, unexpected};
use super::shared::Statuses;
use super::standard::unknown_method;

/// The objects of all transfers.
pub struct Transfers {
    requests: Requests,
    /// What their properties are read from.
    pub statuses: Statuses,
}

impl Transfers {
    /// Transfers whose properties are read from `statuses`.
    pub fn new(requests: Requests, statuses: Statuses) -> Self {
        Self { requests, statuses }
    }

    /// Handles a method call of one transfer.
    ///
    /// # Errors
    /// The failure that the engine replies; there is no such method.
    pub async fn call(
        &self,
        call: &Call,
        member: &str,
        id: TransferId,
    ) -> Result<Message, CallError> {
        let action = match member {
            "Cancel" => Action::Cancel,
            "Pause" => Action::Pause,
            "Resume" => Action::Resume,
            "Retry" => Action::Retry,
            "Wait" => Action::Wait,
            "Forget" => Action::Forget,
            member => return Err(unknown_method(member)),
        };
        let is_wait = action == Action::Wait;
        let uid = call.uid().await?;
        let request = Request::Transfer { id, action, uid };
        match self.requests.ask(request).await? {
            Reply::Ended(state, error) if is_wait => {
                call.reply(&(state.as_str(), error.unwrap_or_default()))
            }
            _ if is_wait => Err(unexpected()),
            _ => call.reply(&()),
        }
    }
}
