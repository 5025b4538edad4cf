//! [`Transfers`]: the handle to the queue of transfers, and how it is kept on the disk.

use std::collections::{HashMap, HashSet};
use std::time::Instant;

use super::ending;
use super::opening::Ahead;
use super::order::Order;
use super::queue::Queue;
use super::record::Transfer;
use crate::api::fact::{Chore, ChoreId, Stored};
use crate::api::failure::Failure;
use crate::api::local::Handle;
use crate::api::now::Now;
use crate::api::output::Output;
use crate::api::reply::Reply;
use crate::api::request::Ticket;
use crate::api::settings::Limits;
use crate::ledger::Ledger;
use crate::link::Link;
use crate::modem::Modem;
use crate::shared::Shared;

/// A handle to the queue of transfers.
#[derive(Clone)]
pub struct Transfers {
    modem: Modem,
    pub(super) ledger: Ledger,
    pub(super) queue: Shared<Queue>,
    /// The local file that is opened before its attempt begins.
    pub(super) ahead: Shared<Option<Ahead>>,
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
            ahead: Shared::new(None),
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
        let (now, limits) = (self.link().now(), self.link().settings().limits);
        self.queue.change_with((stored, now, limits), restore);
        // What an earlier run has done shows that these logins work.
        let settings = self.link().settings();
        for server in &settings.servers {
            if self.has_done(&server.name) {
                self.link().note_login(server);
            }
        }
    }

    /// Accepts a transfer; the reply with its number comes when it is stored.
    ///
    /// # Errors
    /// `QueueFull`.
    pub fn accept(&self, ticket: Ticket, order: Order) -> Result<(), Failure> {
        let limits = self.link().settings().limits;
        let now = self.link().now();
        let pipe = order.sends_pipe().then_some(order.local.handle);
        let awaits_source = pipe.is_some();
        let accepted = self.queue.change_with(
            (ticket, order, limits, now, awaits_source),
            |queue, (ticket, order, limits, now, awaits_source)| {
                queue.check_room(order.uid, limits)?;
                let id = queue.next_id();
                let held = queue.holds.reason(&order.server, now.instant);
                let mut transfer = Transfer::new(id, order, now.unix);
                transfer.status.error = held;
                transfer.awaits_source = awaits_source;
                queue.insert(transfer);
                queue.store(id);
                let reply = Output::Reply(ticket, Ok(Reply::Queued(id)));
                queue.outputs.push_back(reply);
                Ok(())
            },
        );
        if let Some(handle) = pipe.filter(|_| accepted.is_ok()) {
            self.link().put(Output::AwaitSource(handle));
        }
        accepted
    }

    /// A pipe that is to be sent has bytes, or is at its end.
    pub fn source_ready(&self, handle: Handle) {
        self.queue
            .change_with(handle, |queue, handle| queue.source_ready(handle));
    }

    /// Nobody waits for these replies any more.
    pub fn forget_waiters(&self, tickets: &HashSet<Ticket>) {
        self.queue.change_with(tickets, Queue::forget_waiters);
    }

    /// When a transfer that waits for its next attempt may begin it, or a chore is due.
    pub fn next_due(&self) -> Option<Instant> {
        let now = self.link().now().instant;
        let due = self.queue.get_with(now, |queue, now| {
            let chore = queue.chores.next_due();
            queue.next_due(now).into_iter().chain(chore).min()
        });
        let opening = self.ahead().map(|ahead| ahead.until);
        due.into_iter().chain(opening).min()
    }

    /// The chore that is due at `now`.
    pub fn next_chore(&self, now: Instant) -> Option<Chore> {
        self.queue
            .get_with(now, |queue, now| queue.chores.next(now))
    }

    pub(super) fn chore_done(&self, id: ChoreId) {
        self.queue.change_with(id, |queue, id| {
            let fact = queue.chores.done(id);
            queue.facts.extend(fact);
        });
    }

    /// A chore could not be done; `reached`: its server answered.
    pub(super) fn chore_failed(&self, id: ChoreId, reached: bool) {
        let chore = (id, reached, self.link().now());
        self.queue.change_with(chore, |queue, (id, reached, now)| {
            let fact = match reached {
                true => queue.chores.failed(id, now),
                false => queue.chores.server_failed(id, now),
            };
            queue.facts.extend(fact);
        });
    }

    /// When it is to be tried again to store what could not be stored.
    pub fn store_again(&self) -> Option<Instant> {
        self.queue.get(Queue::store_again)
    }

    /// Has stored what changed, publishes it, and lets out what waited for that.
    pub fn flush(&self) {
        let now = self.link().now();
        let facts = self
            .queue
            .change_with(now, |queue, now| queue.take_facts(now));
        self.ledger.persist(facts);
        while let Some(status) = self.queue.change(Queue::take_changed) {
            self.ledger.hold(Output::Transfer(status));
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
                let now = self.link().now().instant;
                let facts = (facts, number != self.ledger.last(), now);
                let refused = self.queue.change_with(facts, |queue, (facts, more, now)| {
                    queue.not_stored(facts, more, now)
                });
                for transfer in refused {
                    self.ledger.refuse(transfer.status.id, &failure);
                    for ticket in transfer.waiters {
                        self.link().put(Output::Reply(ticket, Err(failure.clone())));
                    }
                }
            }
        }
        while let Some(output) = self.ledger.next_released() {
            self.link().put(output);
        }
    }

    /// Waits until everything that was given out to be stored is stored or refused, so that what was
    /// held back for it is out.
    ///
    /// # Errors
    /// `LocalIo` when the disk takes too long; `Cancelled` or `Stopping`.
    pub(super) async fn settled(&self) -> Result<(), Failure> {
        self.noticed(self.ledger.settled().await)
    }

    /// Has stored what changed, and waits until it is.
    ///
    /// # Errors
    /// As [`Ledger::sync`].
    pub(super) async fn sync(&self) -> Result<(), Failure> {
        self.flush();
        self.noticed(self.ledger.sync().await)
    }

    /// A disk that has not answered in time is waited for before another attempt begins.
    fn noticed(&self, result: Result<(), Failure>) -> Result<(), Failure> {
        let is_late = self.ledger.answered() < self.ledger.last();
        if is_late && result.is_err() && self.link().aborted().is_none() {
            self.queue.change(|queue| queue.is_failing = true);
        }
        result
    }
}

/// Those that have ended come in the order of their ends, before those that end now.
fn restore(queue: &mut Queue, (mut stored, now, limits): (Stored, Now, Limits)) {
    queue.set_last(stored.last_transfer);
    queue.chores.set_last(stored.last_chore);
    for chore in stored.chores {
        queue.chores.insert(chore, now);
    }
    let given_up = queue.chores.give_up_surplus();
    queue.facts.extend(given_up);
    for traits in stored.servers {
        queue.servers.insert(traits);
    }
    // Of one that ended twice, the second end counts. One that is not among them ended before.
    let ended: HashMap<_, _> = stored.ended.into_iter().zip(1_usize..).collect();
    stored.transfers.sort_by_key(|it| {
        let (status, order) = (&it.status, ended.get(&it.status.id));
        let waits = !status.state.is_final();
        (waits, order.copied(), status.finished, status.id)
    });
    for transfer in stored.transfers {
        let (id, was_final) = (transfer.status.id, transfer.status.state.is_final());
        queue.set_last(id.0);
        queue.insert(Transfer::restored(transfer, now));
        if !was_final && queue.get(id).is_some_and(|it| it.status.state.is_final()) {
            ending::conclude(queue, id, now, limits);
        }
    }
}
