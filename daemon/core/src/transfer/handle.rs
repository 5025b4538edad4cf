//! [`Transfers`]: the handle to the queue of transfers, and how it is kept on the disk.

use std::time::Instant;

use super::order::Order;
use super::queue::Queue;
use super::record::Transfer;
use crate::api::fact::{Chore, ChoreId, Stored};
use crate::api::failure::Failure;
use crate::api::now::Now;
use crate::api::output::Output;
use crate::api::reply::Reply;
use crate::api::request::Ticket;
use crate::api::status::TransferId;
use crate::ledger::Ledger;
use crate::link::Link;
use crate::modem::Modem;
use crate::shared::Shared;

/// A handle to the queue of transfers.
#[derive(Clone)]
pub struct Transfers {
    modem: Modem,
    ledger: Ledger,
    pub(super) queue: Shared<Queue>,
    /// Makes staging names unlike those of other runs of the daemon.
    pub(super) seed: u64,
}

impl Transfers {
    /// An empty queue.
    pub fn new(modem: Modem, ledger: Ledger, seed: u64) -> Self {
        Self {
            modem,
            ledger,
            queue: Shared::new(Queue::default()),
            seed,
        }
    }

    /// The module.
    pub(super) fn modem(&self) -> &Modem {
        &self.modem
    }

    /// The conversation with the module.
    pub(super) fn link(&self) -> &Link {
        self.modem.link()
    }

    /// Takes in what was stored by the process before.
    pub fn restore(&self, stored: Stored) {
        let now = self.link().now();
        self.queue.change_with((stored, now), restore);
    }

    /// Accepts a transfer; the reply with its number comes when it is stored.
    ///
    /// # Errors
    /// `QueueFull`.
    pub fn accept(&self, ticket: Ticket, order: Order) -> Result<(), Failure> {
        let limits = self.link().settings().limits;
        let now = self.link().now();
        self.queue.change_with(
            (ticket, order, limits, now),
            |queue, (ticket, order, limits, now)| {
                queue.check_room(order.uid, limits)?;
                let id = queue.next_id();
                let held = queue.holds.reason(&order.server, now.instant);
                let mut transfer = Transfer::new(id, order, now.unix);
                transfer.status.error = held;
                queue.insert(transfer);
                queue.store(id);
                let reply = Output::Reply(ticket, Ok(Reply::Queued(id)));
                queue.outputs.push_back(reply);
                Ok(())
            },
        )
    }

    /// The transfer that is to run at `now`.
    pub fn next(&self, now: Instant) -> Option<TransferId> {
        self.queue
            .change_with(now, |queue, now| queue.next_transfer(now))
    }

    /// When a transfer that waits for its next attempt may begin it, or a chore is due.
    pub fn next_due(&self) -> Option<Instant> {
        let now = self.link().now().instant;
        self.queue.get_with(now, |queue, now| {
            let chore = queue.chores.next_due(&queue.holds, now);
            queue.next_due(now).into_iter().chain(chore).min()
        })
    }

    /// The chore that is due at `now`.
    pub fn next_chore(&self, now: Instant) -> Option<Chore> {
        self.queue
            .get_with(now, |queue, now| queue.chores.next(&queue.holds, now))
    }

    pub(super) fn chore_done(&self, id: ChoreId) {
        self.queue.change_with(id, |queue, id| {
            let fact = queue.chores.done(id);
            queue.facts.extend(fact);
        });
    }

    pub(super) fn chore_failed(&self, id: ChoreId) {
        let now = self.link().now();
        self.queue.change_with((id, now), |queue, (id, now)| {
            let fact = queue.chores.failed(id, now);
            queue.facts.extend(fact);
        });
    }

    /// Has stored what changed, publishes it, and lets out what waited for that.
    pub fn flush(&self) {
        let now = self.link().now();
        let facts = self
            .queue
            .change_with(now, |queue, now| queue.take_facts(now));
        self.ledger.persist(facts);
        while let Some(status) = self.queue.change(Queue::take_changed) {
            self.ledger.hold(Output::Transfer(Box::new(status)));
        }
        while let Some(output) = self.queue.change(|queue| queue.outputs.pop_front()) {
            self.ledger.hold(output);
        }
    }

    /// The answer to [`Output::Persist`].
    pub fn persisted(&self, number: u64, result: Result<(), Failure>) {
        let facts = self.ledger.answer(number, &result);
        match result {
            Ok(()) => self
                .queue
                .change_with(facts, |queue, facts| queue.stored(&facts)),
            Err(failure) => {
                tracing::error!("the queue cannot be stored: {failure}");
                let refused = self
                    .queue
                    .change_with(facts, |queue, facts| queue.not_stored(facts));
                for id in refused {
                    self.ledger.refuse(id, &failure);
                }
            }
        }
        while let Some(output) = self.ledger.next_released() {
            self.link().put(output);
        }
    }

    /// Waits until everything that was given out to be stored is.
    ///
    /// # Errors
    /// As [`Ledger::sync`].
    pub(super) async fn settled(&self) -> Result<(), Failure> {
        self.ledger.sync().await
    }

    /// Has stored what changed, and waits until it is.
    ///
    /// # Errors
    /// As [`Ledger::sync`].
    pub(super) async fn sync(&self) -> Result<(), Failure> {
        self.flush();
        self.ledger.sync().await
    }
}

fn restore(queue: &mut Queue, (stored, now): (Stored, Now)) {
    queue.set_last(stored.last_transfer);
    for transfer in stored.transfers {
        let id = transfer.status.id;
        queue.set_last(id.0);
        queue.insert(Transfer::restored(transfer, now));
    }
    queue.chores.set_last(stored.last_chore);
    for chore in stored.chores {
        queue.chores.insert(chore, now);
    }
}
