//! What the queue waits for: the turn of a transfer, its pause, its server, its `expires`.

use std::collections::HashSet;
use std::time::Instant;

use super::super::runnable::Place;
use super::Queue;
use crate::api::local::Handle;
use crate::api::request::Ticket;
use crate::api::status::{TransferId, TransferState};

impl Queue {
    /// The transfer that is to run at `now`.
    pub fn next_transfer(&mut self, now: Instant) -> Option<TransferId> {
        while let Some((due, id)) = self.due.first().copied().filter(|(due, _)| *due <= now) {
            self.due.remove(&(due, id));
            if let Some(transfer) = self.transfers.get_mut(&id) {
                transfer.due = None;
                if transfer.is_runnable() {
                    self.runnable.enter(Place::of(transfer), id);
                }
            }
        }
        let holds = &self.holds;
        let next = self
            .runnable
            .first(|server| holds.until(server, now).is_none());
        next.filter(|_| !self.is_failing)
    }

    /// A pipe that is to be sent has bytes, or is at its end.
    pub fn source_ready(&mut self, handle: Handle) {
        let Some(id) = self.awaiting.get(&handle).copied() else {
            return;
        };
        self.index(id, false);
        if let Some(transfer) = self.transfers.get_mut(&id) {
            transfer.awaits_source = false;
        }
        self.index(id, true);
    }

    /// Nobody waits for these replies any more.
    pub fn forget_waiters(&mut self, tickets: &HashSet<Ticket>) {
        for transfer in self.transfers.values_mut() {
            transfer.waiters.retain(|ticket| !tickets.contains(ticket));
            transfer.waiters.shrink_to(64);
        }
    }

    /// When a transfer that waits for its next attempt, or for its server, may begin it.
    pub fn next_due(&self, now: Instant) -> Option<Instant> {
        let due = self.due.first().map(|(due, _)| *due);
        let servers = self.runnable.servers();
        let held = servers.filter_map(|server| self.holds.until(server, now));
        held.chain(due).min().filter(|_| !self.is_failing)
    }

    /// The `expires` of the transfer that expires first.
    pub fn next_expiry(&self) -> Option<i64> {
        self.expiring.first().map(|(expires, _)| *expires)
    }

    /// A transfer that has waited past its `expires`.
    pub fn first_expired(&self, unix: i64) -> Option<TransferId> {
        let (expires, id) = self.expiring.first()?;
        (*expires <= unix).then_some(*id)
    }

    /// The transfer about which a server is to be asked next.
    pub fn first_inquiry(&self) -> Option<TransferId> {
        self.inquiries.first().map(|(_, id)| *id)
    }

    /// When the first transfer about which a server is to be asked ends without an answer.
    pub fn next_unanswered(&self) -> Option<Instant> {
        self.inquiries.first().map(|(until, _)| *until)
    }

    /// A transfer about which no server has answered in time.
    pub fn first_unanswered(&self, now: Instant) -> Option<TransferId> {
        let (until, id) = self.inquiries.first()?;
        (*until <= now).then_some(*id)
    }

    /// Whether a transfer with this server is among those that ended well.
    pub fn has_done(&self, server: &str) -> bool {
        let ended = self.ended.ids().filter_map(|id| self.get(id));
        let mut of_server = ended.filter(|transfer| transfer.status.server == server);
        of_server.any(|transfer| transfer.status.state == TransferState::Done)
    }
}
