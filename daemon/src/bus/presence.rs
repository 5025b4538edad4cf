//! [`Presence`]: whether the caller of a call is still connected to the bus. A call whose caller has
//! left is dropped wherever it waits, as soon as nothing that it holds may block.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Poll, Waker};

/// What one call knows of its caller.
#[derive(Debug)]
pub struct Presence {
    has_left: Cell<bool>,
    /// Whether the call holds a descriptor, which must not be closed by dropping it.
    is_held: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Presence {
    /// The caller is there. `is_held`: its call must not be dropped until [`Presence::let_go`].
    pub fn new(is_held: bool) -> Self {
        Self {
            has_left: Cell::new(false),
            is_held: Cell::new(is_held),
            waker: RefCell::new(None),
        }
    }

    /// The caller has left.
    pub fn leave(&self) {
        self.has_left.set(true);
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    /// The call may be dropped from now on.
    pub fn let_go(&self) {
        self.is_held.set(false);
    }

    /// Does `work` while the caller is there; `None`: it has left, and the work was dropped.
    pub async fn during<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let mut work = pin!(work);
        poll_fn(|context| match work.as_mut().poll(context) {
            Poll::Ready(result) => Poll::Ready(Some(result)),
            Poll::Pending if self.has_left.get() && !self.is_held.get() => Poll::Ready(None),
            Poll::Pending => {
                self.waker.replace(Some(context.waker().clone()));
                Poll::Pending
            }
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn work_ends_when_its_caller_has_left_and_it_may_be_dropped() {
        let presence = Presence::new(true);
        assert_eq!(presence.during(async { 1 }).now_or_never(), Some(Some(1)));
        let mut work = pin!(presence.during(pending::<()>()));
        assert_eq!(work.as_mut().now_or_never(), None);
        presence.leave();
        assert_eq!(work.as_mut().now_or_never(), None);
        presence.let_go();
        assert_eq!(work.as_mut().now_or_never(), Some(None));
    }
}
