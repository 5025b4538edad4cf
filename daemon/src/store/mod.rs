//! The store thread: owns the database in the state directory, stores the facts of the engine and
//! answers questions about the history. Nothing else touches the database.

mod job;
mod worker;

use std::convert::Infallible;
use std::io;
use std::path::PathBuf;
use std::sync::mpsc::{self, Sender};
use std::thread;

use futures_channel::oneshot;
use modem_ftp_core::api::fact::Fact;
use modem_ftp_core::api::failure::Failure;
use modem_ftp_dbus::ErrorName;
use modem_ftp_store::{HistoryFilter, HistoryPage};

use crate::messages::Inbox;
use job::Job;

/// The queue of the store thread, which ends when the last clone is dropped and everything is
/// stored.
#[derive(Clone, Debug)]
pub struct Storage(Sender<Job>);

impl Storage {
    /// Starts the thread, which opens the database of `directory` and sends
    /// [`Message::Found`](crate::messages::Message::Found). It drops `alive` when it ends.
    ///
    /// # Errors
    /// The thread cannot be created.
    pub fn start(directory: PathBuf, inbox: Inbox, alive: Sender<Infallible>) -> io::Result<Self> {
        let (sender, jobs) = mpsc::channel();
        let run = move || {
            let _alive = alive;
            worker::run(&directory, &jobs, &inbox);
        };
        thread::Builder::new().name("store".into()).spawn(run)?;
        Ok(Self(sender))
    }

    /// Has facts stored, in one transaction.
    pub fn persist(&self, number: u64, facts: Vec<Fact>) {
        // The thread runs until every sender is dropped: this cannot fail.
        let _ = self.0.send(Job::Persist(number, facts));
    }

    /// A page of receipts, newest first.
    ///
    /// # Errors
    /// `LocalIo`: the database cannot be read. `Stopping`.
    pub async fn history(&self, filter: HistoryFilter) -> Result<HistoryPage, Failure> {
        let (reply, answer) = oneshot::channel();
        let _ = self.0.send(Job::History(filter, reply));
        let stopping = |_| Failure::new(ErrorName::Stopping, "modem-ftpd is shutting down");
        answer.await.map_err(stopping)?
    }
}
