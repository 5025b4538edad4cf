//! [`Transfers`]: the handle to the queue of transfers.

use std::time::Instant;

use super::left_over::LeftOver;
use super::order::Order;
use super::queue::Queue;
use crate::api::failure::Failure;
use crate::api::output::Output;
use crate::api::status::{TransferId, TransferStatus};
use crate::link::Link;
use crate::modem::Modem;
use crate::shared::Shared;

/// A handle to the queue of transfers.
#[derive(Clone)]
pub struct Transfers {
    modem: Modem,
    pub(super) queue: Shared<Queue>,
    /// Makes staging names unlike those of other runs of the daemon.
    pub(super) seed: u64,
}

impl Transfers {
    /// An empty queue.
    pub fn new(modem: Modem, seed: u64) -> Self {
        let queue = Shared::new(Queue::default());
        Self { modem, queue, seed }
    }

    /// The module.
    pub(super) fn modem(&self) -> &Modem {
        &self.modem
    }

    /// The conversation with the module.
    pub(super) fn link(&self) -> &Link {
        self.modem.link()
    }

    /// Accepts a transfer.
    ///
    /// # Errors
    /// `QueueFull`.
    pub fn accept(&self, order: Order) -> Result<TransferId, Failure> {
        let unix = self.link().now().unix;
        self.queue
            .change_with((order, unix), |queue, (order, unix)| {
                queue.accept(order, unix)
            })
    }

    /// The transfer that is to run at `now`.
    pub fn next(&self, now: Instant) -> Option<TransferId> {
        self.queue
            .get_with(now, |queue, now| queue.next_transfer(now))
    }

    /// When a transfer that waits for its next attempt may begin it, or a name is to be removed.
    pub fn next_due(&self) -> Option<Instant> {
        self.queue.get(|queue| {
            let names = queue.left_overs.iter().map(LeftOver::due);
            names.chain(queue.next_due()).min()
        })
    }

    /// The next status to publish.
    pub fn take_changed(&self) -> Option<TransferStatus> {
        self.queue.change(Queue::take_changed)
    }

    /// What the shell is to do next, once the changed transfers are published.
    pub fn next_output(&self) -> Option<Output> {
        self.queue.change(|queue| queue.outputs.pop_front())
    }

    /// The next name of ours to be removed from a server.
    pub fn take_left_over(&self, now: Instant) -> Option<LeftOver> {
        self.queue.change_with(now, |queue, now| {
            queue
                .left_overs
                .retain(|left_over| left_over.is_current(now));
            let mut names = queue.left_overs.iter();
            let first = names.position(|left_over| left_over.due() <= now)?;
            queue.left_overs.remove(first)
        })
    }

    /// A name could not be removed: it is tried again later.
    pub fn put_off(&self, mut left_over: LeftOver) {
        left_over.put_off(self.link().now().instant);
        self.queue.change_with(left_over, |queue, left_over| {
            queue.add_left_over(left_over);
        });
    }
}
