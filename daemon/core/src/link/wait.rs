//! [`Link::until`]: the only place where a procedure waits. Every wait has a deadline and says what a
//! Cancel, a Pause or a Stop does to it; only [`Link::rest_until`], which waits for work, needs neither.

use std::task::Poll;
use std::time::{Duration, Instant};

use super::handle::Link;
use crate::api::failure::Failure;

/// What a Cancel, a Pause or a Stop of the running attempt does to a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnAbort {
    /// It ends the wait at once.
    Break,
    /// The wait goes on to its deadline.
    GoOn,
}

/// How a wait ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Waited<T> {
    /// What was waited for is there.
    Ready(T),
    /// The attempt has to stop.
    Aborted(Failure),
    /// The deadline passed, or the daemon stops and waits for answers no longer.
    Late,
}

impl Link {
    /// Waits until `ready` yields something or the deadline passes; when the daemon stops, no longer
    /// than it waits for answers at all. `ready` is called after every input; nothing is borrowed
    /// while it runs.
    pub async fn until<T>(
        &self,
        deadline: Instant,
        on_abort: OnAbort,
        mut ready: impl FnMut() -> Option<T>,
    ) -> Waited<T> {
        let aborted = || self.abort_failure().filter(|_| on_abort == OnAbort::Break);
        let either = || match ready() {
            Some(value) => Some(Waited::Ready(value)),
            None => aborted().map(Waited::Aborted),
        };
        self.wait(Some(deadline), either)
            .await
            .unwrap_or(Waited::Late)
    }

    /// Waits for work: nothing of a caller or of the module is under way, so there need be no
    /// deadline, and nothing to abort. `None`: the deadline passed, or the daemon stops.
    pub async fn rest_until<T>(
        &self,
        deadline: Option<Instant>,
        ready: impl FnMut() -> Option<T>,
    ) -> Option<T> {
        self.wait(deadline, ready).await
    }

    /// Waits so long, or until it has to stop.
    ///
    /// # Errors
    /// `Cancelled` or `Stopping`.
    pub async fn sleep(&self, time: Duration, on_abort: OnAbort) -> Result<(), Failure> {
        match self.until(self.after(time), on_abort, || None::<()>).await {
            Waited::Aborted(failure) => Err(failure),
            Waited::Ready(()) | Waited::Late => Ok(()),
        }
    }

    async fn wait<T>(
        &self,
        deadline: Option<Instant>,
        mut ready: impl FnMut() -> Option<T>,
    ) -> Option<T> {
        std::future::poll_fn(|_| {
            if let Some(value) = ready() {
                return Poll::Ready(Some(value));
            }
            let deadline = [deadline, self.stop_by()].into_iter().flatten().min();
            if deadline.is_some_and(|deadline| self.now().instant >= deadline) {
                return Poll::Ready(None);
            }
            self.state
                .change_with(deadline, |state, deadline| state.deadline = deadline);
            Poll::Pending
        })
        .await
    }
}
