//! [`Disk`]: the one thread that may wait for a disk. What it is given to do it does in
//! order, so a commit comes after the writes before it.

use std::convert::Infallible;
use std::io;
use std::sync::mpsc;
use std::thread;

use futures_channel::oneshot;

type Job = Box<dyn FnOnce() + Send>;

/// The way to the thread. It ends when the last of these is gone and everything is done.
#[derive(Clone, Debug)]
pub struct Disk(mpsc::Sender<Job>);

impl Disk {
    /// Starts the thread. It lets go of `alive` at its end.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn start(alive: mpsc::Sender<Infallible>) -> io::Result<Self> {
        let (sender, jobs) = mpsc::channel::<Job>();
        let run = move || {
            let _alive = alive;
            jobs.into_iter().for_each(|job| job());
        };
        thread::Builder::new().name("disk".into()).spawn(run)?;
        Ok(Self(sender))
    }

    /// Has `job` done after everything asked for before.
    pub fn run(&self, job: impl FnOnce() + Send + 'static) {
        // The thread outlives every sender: this cannot fail.
        let _ = self.0.send(Box::new(job));
    }

    /// As [`Disk::run`], for those who wait without blocking.
    pub fn call<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> oneshot::Receiver<T> {
        let (reply, answer) = oneshot::channel();
        self.run(move || {
            // Nobody waits any more: then nobody needs it.
            let _ = reply.send(job());
        });
        answer
    }
}
