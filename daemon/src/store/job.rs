//! [`Job`]: work for the store thread.

use futures_channel::oneshot;
use modem_ftp_core::api::fact::Fact;
use modem_ftp_core::api::failure::Failure;
use modem_ftp_store::{HistoryFilter, HistoryPage};

/// Work for the thread.
pub(super) enum Job {
    /// Store these facts and send [`Message::Persisted`](crate::messages::Message::Persisted) with
    /// the number.
    Persist(u64, Vec<Fact>),
    /// Answer a question about the history.
    History(HistoryFilter, oneshot::Sender<Result<HistoryPage, Failure>>),
}
