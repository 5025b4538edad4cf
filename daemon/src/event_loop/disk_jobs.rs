//! [`DiskJobs`]: work on local files whose result comes back to the event loop as a message.

use std::time::{Duration, Instant};

use modem_ftp_core::api::failure::Failure;

use crate::files::{Disk, Lane, Owner};
use crate::messages::{Inbox, Message};

/// The event loop's way to the disk threads.
#[derive(Clone, Debug)]
pub struct DiskJobs {
    disk: Disk,
    inbox: Inbox,
}

impl DiskJobs {
    /// Results of `disk` go to `inbox`.
    pub fn new(disk: Disk, inbox: Inbox) -> Self {
        Self { disk, inbox }
    }

    /// A lane for work on a file.
    pub fn lane(&self, owner: Owner, name: impl Into<String>) -> Lane {
        self.disk.lane(owner, name)
    }

    /// Queues work; what `message` makes of its result is sent to the event loop.
    pub fn run<T: Send + 'static>(
        &self,
        lane: &Lane,
        patience: Duration,
        work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
        message: impl FnOnce(Result<T, Failure>) -> Message + Send + 'static,
    ) {
        let inbox = self.inbox.clone();
        lane.run(patience, work, move |result| inbox.send(message(result)));
    }

    /// The same for work that is done in steps.
    pub fn run_in_steps<T: Send + 'static>(
        &self,
        lane: &Lane,
        patience: Duration,
        step: impl FnMut() -> Option<Result<T, Failure>> + Send + 'static,
        message: impl FnOnce(Result<T, Failure>) -> Message + Send + 'static,
    ) {
        let inbox = self.inbox.clone();
        lane.run_in_steps(patience, step, move |result| inbox.send(message(result)));
    }

    /// When [`DiskJobs::expire`] is to be called.
    pub fn deadline(&self, now: Instant) -> Option<Instant> {
        self.disk.deadline(now)
    }

    /// Gives up work that takes too long; the failures come as its messages.
    pub fn expire(&self, now: Instant) {
        self.disk.expire(now);
    }
}
