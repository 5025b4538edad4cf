//! [`DiskJobs`]: work for the disk thread whose result comes back to the event loop as a message.

use crate::files::Disk;
use crate::messages::{Inbox, Message};

/// The event loop's way to the disk thread.
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

    /// Queues a job whose message is sent to the event loop.
    pub fn run(&self, job: impl FnOnce() -> Message + Send + 'static) {
        let inbox = self.inbox.clone();
        self.disk.run(move || inbox.send(job()));
    }

    /// Queues work that is done in steps, with other jobs in between, until a step returns the
    /// message that is sent to the event loop.
    pub fn run_in_steps(&self, mut step: impl FnMut() -> Option<Message> + Send + 'static) {
        let inbox = self.inbox.clone();
        self.disk.run_in_steps(move || match step() {
            Some(message) => {
                inbox.send(message);
                true
            }
            None => false,
        });
    }

    /// Queues a job without a result.
    pub fn run_silently(&self, job: impl FnOnce() + Send + 'static) {
        self.disk.run(job);
    }
}
