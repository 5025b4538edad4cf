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

    /// Queues a step of long work, and after each step that did not finish it the next one, behind
    /// the jobs that were queued meanwhile. `step` returns whether the work is finished.
    pub fn run_in_steps(&self, mut step: impl FnMut() -> bool + Send + 'static) {
        let disk = self.clone();
        self.run(move || {
            if !step() {
                disk.run_in_steps(step);
            }
        });
    }

    /// As [`Disk::run_in_steps`], for work whose result is awaited.
    pub fn call_in_steps<T: Send + 'static>(
        &self,
        mut step: impl FnMut() -> Option<T> + Send + 'static,
    ) -> oneshot::Receiver<T> {
        let (reply, answer) = oneshot::channel();
        let mut reply = Some(reply);
        self.run_in_steps(move || {
            // Nobody waits for the result any more.
            if reply.as_ref().is_none_or(oneshot::Sender::is_canceled) {
                return true;
            }
            let Some(result) = step() else {
                return false;
            };
            if let Some(reply) = reply.take() {
                // An error means that the receiver was dropped.
                let _ = reply.send(result);
            }
            true
        });
        answer
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
