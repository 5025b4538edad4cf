//! [`Timer`]: a future that is ready at a point in time.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread::{self, Thread};
use std::time::Instant;

use modem_ftp_dbus::errors::ErrorName;

use crate::failure::{Failure, reason};

/// Ready from `deadline` on. A thread of its own waits for that, and ends when this is dropped.
pub struct Timer {
    deadline: Instant,
    waker: Arc<Mutex<Option<Waker>>>,
    thread: Thread,
}

impl Timer {
    /// A timer for `deadline`.
    pub fn at(deadline: Instant) -> Result<Self, Failure> {
        let waker: Arc<Mutex<Option<Waker>>> = Arc::default();
        let held = Arc::downgrade(&waker);
        let thread = thread::Builder::new().spawn(move || {
            while let Some(waker) = held.upgrade() {
                let left = deadline.saturating_duration_since(Instant::now());
                if left.is_zero() {
                    if let Some(waker) = waker.lock().unwrap_or_else(PoisonError::into_inner).take()
                    {
                        waker.wake();
                    }
                    return;
                }
                drop(waker);
                thread::park_timeout(left);
            }
        });
        let thread = thread
            .map_err(|error| Failure::new(ErrorName::Failed, format!("timer: {}", reason(&error))))?
            .thread()
            .clone();
        Ok(Self {
            deadline,
            waker,
            thread,
        })
    }
}

impl Future for Timer {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        // The thread takes the waker after the deadline: whoever comes second sees the other.
        let mut waker = self.waker.lock().unwrap_or_else(PoisonError::into_inner);
        if Instant::now() >= self.deadline {
            return Poll::Ready(());
        }
        *waker = Some(context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        // The thread finds no timer any more and ends.
        self.waker = Arc::default();
        self.thread.unpark();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn it_is_ready_at_its_time() {
        let deadline = Instant::now() + Duration::from_millis(30);
        zbus::block_on(Timer::at(deadline).unwrap());
        assert!(Instant::now() >= deadline);
        zbus::block_on(Timer::at(deadline).unwrap());
    }

    #[test]
    fn the_thread_ends_when_it_is_dropped() {
        let timer = Timer::at(Instant::now() + Duration::from_secs(3600)).unwrap();
        let held = Arc::downgrade(&timer.waker);
        drop(timer);
        assert!(held.upgrade().is_none());
    }
}
