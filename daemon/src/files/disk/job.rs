//! [`Job`]: work in steps, and the [`Answer`] that its result or the failure of waiting goes to.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_channel::oneshot;
use modem_ftp_core::api::failure::Failure;

type Done<T> = Box<dyn FnOnce(Result<T, Failure>) + Send>;

/// Where a result goes: the first one that is given counts.
pub struct Answer<T>(Mutex<Option<Recipient<T>>>);

enum Recipient<T> {
    Function(Done<T>),
    Awaited(oneshot::Sender<Result<T, Failure>>),
}

impl<T: Send + 'static> Answer<T> {
    /// Given to a function.
    pub fn new(done: impl FnOnce(Result<T, Failure>) + Send + 'static) -> Arc<Self> {
        let done: Done<T> = Box::new(done);
        Arc::new(Self(Mutex::new(Some(Recipient::Function(done)))))
    }

    /// Given to whoever awaits it.
    pub fn awaited(reply: oneshot::Sender<Result<T, Failure>>) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Some(Recipient::Awaited(reply)))))
    }

    fn give(&self, result: Result<T, Failure>) {
        let recipient = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        match recipient {
            Some(Recipient::Function(done)) => done(result),
            Some(Recipient::Awaited(reply)) => {
                // An error means that the receiver was dropped.
                let _ = reply.send(result);
            }
            None => {}
        }
    }
}

/// What may end the waiting for a job.
pub trait Waiting: Send + Sync {
    /// Gives a failure, unless an answer was given already.
    fn fail(&self, failure: Failure);
    /// Whether an answer is still wanted.
    fn is_wanted(&self) -> bool;
}

impl<T: Send + 'static> Waiting for Answer<T> {
    fn fail(&self, failure: Failure) {
        self.give(Err(failure));
    }

    fn is_wanted(&self) -> bool {
        match &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(Recipient::Awaited(reply)) => !reply.is_canceled(),
            Some(Recipient::Function(_)) => true,
            None => false,
        }
    }
}

/// Work in steps. It is dropped by the thread that does it, since closing a file may block as well.
pub struct Job {
    /// How long one step may take.
    pub patience: Duration,
    /// Who waits for it; `None`: nobody, but it must be done.
    pub waiting: Option<Arc<dyn Waiting>>,
    step: Box<dyn FnMut() -> bool + Send>,
}

impl Job {
    /// Work with a result.
    pub fn new<T: Send + 'static>(
        patience: Duration,
        mut step: impl FnMut() -> Option<Result<T, Failure>> + Send + 'static,
        answer: Arc<Answer<T>>,
    ) -> Self {
        let waiting: Arc<dyn Waiting> = answer.clone();
        let step = move || match step() {
            Some(result) => {
                answer.give(result);
                true
            }
            None => false,
        };
        Self {
            patience,
            waiting: Some(waiting),
            step: Box::new(step),
        }
    }

    /// Work without a result.
    pub fn silent(patience: Duration, work: impl FnOnce() + Send + 'static) -> Self {
        let mut work = Some(work);
        let step = move || {
            if let Some(work) = work.take() {
                work();
            }
            true
        };
        Self {
            patience,
            waiting: None,
            step: Box::new(step),
        }
    }

    /// Does one step. Whether the job has ended, which it also has when nobody waits any more.
    pub fn step(&mut self) -> bool {
        let is_wanted = self.waiting.as_ref().is_none_or(|it| it.is_wanted());
        !is_wanted || (self.step)()
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job")
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}
