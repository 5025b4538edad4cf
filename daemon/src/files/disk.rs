//! [`Disk`]: the thread that does everything that may block on a disk. Jobs are executed in order,
//! so a commit follows the writes before it.

use std::convert::Infallible;
use std::io;
use std::sync::mpsc;
use std::thread;

use futures_channel::oneshot;

type Job = Box<dyn FnOnce() + Send>;

/// The queue of the disk thread, which ends when the last clone is dropped and all jobs are done.
#[derive(Clone, Debug)]
pub struct Disk(mpsc::Sender<Job>);

impl Disk {
    /// Starts the thread. It drops `alive` when it ends.
    ///
    /// # Errors
    /// The thread cannot be created.
    pub fn start(alive: mpsc::Sender<Infallible>) -> io::Result<Self> {
        let (sender, jobs) = mpsc::channel::<Job>();
        let run = move || {
            let _alive = alive;
            jobs.into_iter().for_each(|job| job());
        };
        thread::Builder::new().name("disk".into()).spawn(run)?;
        Ok(Self(sender))
    }

    /// Queues a job.
    pub fn run(&self, job: impl FnOnce() + Send + 'static) {
        // The thread runs until every sender is dropped: this cannot fail.
        let _ = self.0.send(Box::new(job));
    }

    /// Queues a job whose result is awaited.
    pub fn call<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> oneshot::Receiver<T> {
        let (reply, answer) = oneshot::channel();
        self.run(move || {
            // An error means that the receiver was dropped.
            let _ = reply.send(job());
        });
        answer
    }
}
