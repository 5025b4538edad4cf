//! [`Disk`]: threads for everything that may block on a disk. They start when there is work and end
//! when there is none for a while. Work on one file is done in its [`Lane`], in order. A step that
//! takes too long is reported as a failure and its thread is waited for no longer, so a file system
//! that does not answer holds up nothing but the files of the user who named it.

mod job;
mod lanes;
mod owner;
#[cfg(test)]
mod tests;
mod worker;

use std::convert::Infallible;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use futures_channel::oneshot;
use modem_ftp_core::api::failure::Failure;

use job::{Answer, Job};
use lanes::Lanes;
pub use owner::Owner;
use worker::Shared;

/// How long one step may take: opening, reading, writing.
pub const STEP: Duration = Duration::from_secs(15);
/// How long closing a passed descriptor may take.
const CLOSE: Duration = Duration::from_secs(2);
/// How long it may take to bring a whole file to the disk.
pub const SYNC: Duration = Duration::from_secs(60);

/// The threads. They end when the last clone and the last lane are dropped and all work that can be
/// done is done.
#[derive(Clone, Debug)]
pub struct Disk(Arc<Handle>);

#[derive(Debug)]
struct Handle {
    shared: Arc<Shared>,
    last_lane: AtomicU64,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shared.close();
    }
}

impl Disk {
    /// No thread yet. `alive` is dropped when the last work is done, or is waited for no longer.
    pub fn new(alive: mpsc::Sender<Infallible>) -> Self {
        Self(Arc::new(Handle {
            shared: Shared::new(Lanes::new(alive)),
            last_lane: AtomicU64::default(),
        }))
    }

    /// A lane for work on a file, which is called `name` in failures.
    pub fn lane(&self, owner: Owner, name: impl Into<String>) -> Lane {
        Lane {
            disk: Arc::clone(&self.0),
            number: self.0.last_lane.fetch_add(1, Ordering::Relaxed),
            owner,
            name: Arc::from(name.into()),
        }
    }

    /// When [`Disk::expire`] is to be called at the latest, as far as it is known now.
    pub fn deadline(&self, now: Instant) -> Option<Instant> {
        self.0.shared.lock().deadline(now)
    }

    /// Reports work as failed whose present step takes too long, and all that waits behind it.
    pub fn expire(&self, now: Instant) {
        self.0.shared.expire(now);
    }
}

/// Work on one file, which is done in order. Clones are the same lane.
#[derive(Clone, Debug)]
pub struct Lane {
    disk: Arc<Handle>,
    number: u64,
    owner: Owner,
    name: Arc<str>,
}

impl Lane {
    /// Whether a step in this lane takes too long, so that nothing is done in it.
    pub fn is_stuck(&self) -> bool {
        self.disk.shared.lock().is_stuck(self.number)
    }

    /// Queues work whose result is handed to `done`, and a failure in its place when a step takes
    /// longer than `patience`. `done` is called only once, by any thread; it must not block.
    pub fn run<T: Send + 'static>(
        &self,
        patience: Duration,
        work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
        done: impl FnOnce(Result<T, Failure>) + Send + 'static,
    ) {
        let mut work = Some(work);
        self.run_in_steps(patience, move || work.take().map(|work| work()), done);
    }

    /// The same for long work. `step` is called until it returns a result, with other work in
    /// between.
    pub fn run_in_steps<T: Send + 'static>(
        &self,
        patience: Duration,
        step: impl FnMut() -> Option<Result<T, Failure>> + Send + 'static,
        done: impl FnOnce(Result<T, Failure>) + Send + 'static,
    ) {
        self.queue(Job::new(patience, step, Answer::new(done)));
    }

    /// Drops something, which may take long. Nothing that comes later waits for it in another lane.
    pub fn drop_silently(&self, what: impl Send + 'static) {
        self.queue(Job::silent(CLOSE, move || drop(what)));
    }

    /// Queues work without a result. It is done even if the work before it took too long, but then
    /// when that has ended.
    pub fn run_silently(&self, work: impl FnOnce() + Send + 'static) {
        self.queue(Job::silent(STEP, work));
    }

    /// Queues work whose result is awaited.
    pub fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
    ) -> oneshot::Receiver<Result<T, Failure>> {
        let mut work = Some(work);
        self.call_in_steps(move || work.take().map(|work| work()))
    }

    /// The same for long work. It ends early when the receiver is dropped.
    pub fn call_in_steps<T: Send + 'static>(
        &self,
        step: impl FnMut() -> Option<Result<T, Failure>> + Send + 'static,
    ) -> oneshot::Receiver<Result<T, Failure>> {
        let (reply, answer) = oneshot::channel();
        self.queue(Job::new(STEP, step, Answer::awaited(reply)));
        answer
    }

    fn queue(&self, job: Job) {
        let shared = &self.disk.shared;
        shared.queue(self.number, self.owner, &self.name, job);
    }
}
