//! [`BusSide`]: everything between the engine and the bus thread: calls that wait for a reply, and
//! what is published.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Instant;

use modem_ftp_core::api::failure::Failure;
use modem_ftp_core::api::local::Handle;
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::Ticket;
use modem_ftp_core::api::status::{ModemStatus, TransferId, TransferStatus};

use super::bus_progress::BusProgress;
use super::status_log::StatusLog;
use crate::files::Roots;
use crate::messages::{Publication, Publications, ReplyTo, Unsent};
use crate::notify::Notify;

/// A call that waits for the engine's reply.
#[derive(Debug)]
struct PendingCall {
    /// Where the reply goes; `None`: nowhere (a reload by SIGHUP).
    reply: Option<ReplyTo>,
    /// The local file that was opened for the call.
    file: Option<Handle>,
}

/// The event loop's side of the bus.
#[derive(Debug)]
pub struct BusSide {
    publications: Publications,
    unsent: Unsent,
    progress: BusProgress,
    pending: HashMap<Ticket, PendingCall>,
    /// The last ticket that was given out.
    last: u64,
    status_log: StatusLog,
}

impl BusSide {
    /// No calls; publications go to the bus thread by `publications`.
    pub fn new(publications: Publications) -> Self {
        Self {
            publications,
            unsent: Unsent::default(),
            progress: BusProgress::default(),
            pending: HashMap::new(),
            last: 0,
            status_log: StatusLog::new(),
        }
    }

    /// Adds a call, and returns the ticket under which the engine will reply.
    pub fn add_call(&mut self, reply: Option<ReplyTo>, file: Option<Handle>) -> Ticket {
        self.last += 1;
        let ticket = Ticket(self.last);
        self.pending.insert(ticket, PendingCall { reply, file });
        ticket
    }

    /// Sends the engine's reply to a call. If the call failed, returns the file that was opened for
    /// it: there is no transfer that owns it.
    pub fn reply(&mut self, ticket: Ticket, result: Result<Reply, Failure>) -> Option<Handle> {
        let call = self.pending.remove(&ticket)?;
        let unused = call.file.filter(|_| result.is_err());
        if let Some(reply) = call.reply {
            self.answer(reply, result);
        }
        unused
    }

    /// Takes away the calls for whose replies nobody waits any more, but for those with a file, which
    /// is given back by the engine's reply.
    pub fn take_unwanted(&mut self) -> HashSet<Ticket> {
        let is_unwanted = |call: &PendingCall| {
            let reply = call.reply.as_ref();
            call.file.is_none() && reply.is_some_and(ReplyTo::is_canceled)
        };
        let unwanted = self.pending.extract_if(|_, call| is_unwanted(call));
        unwanted.map(|(ticket, _)| ticket).collect()
    }

    /// Sends a failure to a call that the engine does not know.
    pub fn refuse(&self, reply: Option<ReplyTo>, failure: Failure) {
        if let Some(reply) = reply {
            self.answer(reply, Err(failure));
        }
    }

    fn answer(&self, reply: ReplyTo, result: Result<Reply, Failure>) {
        let answer = self.unsent.answer(result);
        self.publish(Publication::Reply(reply, Box::new(answer)));
    }

    /// Publishes the properties of `Modem1`.
    pub fn publish_modem(&mut self, status: Box<ModemStatus>, notify: &Notify) {
        self.status_log.modem(&status, notify);
        self.publish(Publication::Modem(status));
    }

    /// Publishes the properties of a transfer, which may be new.
    pub fn publish_transfer(&mut self, status: Arc<TransferStatus>) {
        self.status_log.transfer(&status);
        self.publish(Publication::Transfer(status));
    }

    /// Removes the object of a transfer that was forgotten.
    pub fn publish_removal(&mut self, id: TransferId) {
        self.status_log.transfer_removed(id);
        self.publish(Publication::TransferRemoved(id));
    }

    /// Publishes the names of the configured servers and the default one.
    pub fn publish_servers(&self, names: Vec<String>, default: String) {
        self.publish(Publication::Servers(names, default));
    }

    /// Makes the bus thread use other roots.
    pub fn publish_roots(&self, roots: Arc<Roots>) {
        self.publish(Publication::Roots(roots));
    }

    /// Publishes what an operator has to know; everything that was stored is published before.
    pub fn publish_restored(&self, warnings: Vec<String>) {
        self.publish(Publication::Warnings(warnings));
        self.publish(Publication::Restored);
    }

    /// Whether the bus has read nothing for too long.
    pub fn is_held_up(&mut self, now: Instant) -> bool {
        let taken = self.publications.stands_at();
        self.progress.is_held_up(taken, now)
    }

    /// When it may have read nothing for too long.
    pub fn deadline(&self) -> Option<Instant> {
        self.progress.deadline()
    }

    fn publish(&self, publication: Publication) {
        if !self.publications.send(publication) {
            tracing::debug!("the bus thread has ended: nothing is published any more");
        }
    }
}
