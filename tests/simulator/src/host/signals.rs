//! Wake-ups of the event loop other than the transport: termination signals, and responses of the
//! network from another thread.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;

use nix::sys::eventfd::{EfdFlags, EventFd};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};

use crate::remote::session::Wake;

/// SIGTERM and SIGINT as a signalfd. Must be created before any thread: threads inherit the blocked
/// signal mask.
pub(super) struct Signals(SignalFd);

impl Signals {
    pub(super) fn new() -> io::Result<Self> {
        let mut set = SigSet::empty();
        set.add(Signal::SIGTERM);
        set.add(Signal::SIGINT);
        set.thread_block()?;
        Ok(Self(SignalFd::with_flags(
            &set,
            SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC,
        )?))
    }
}

impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// An eventfd that is readable while responses of another thread wait.
#[derive(Clone)]
pub(super) struct Waker(Arc<EventFd>);

impl Waker {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self(Arc::new(EventFd::from_flags(
            EfdFlags::EFD_NONBLOCK | EfdFlags::EFD_CLOEXEC,
        )?)))
    }

    /// The function that other threads call to wake the loop.
    pub(super) fn wake(&self) -> Wake {
        let event = Arc::clone(&self.0);
        Arc::new(move || {
            // The write fails only when the counter is full, and then the loop is already awake.
            let _ = event.write(1);
        })
    }

    /// Resets the wake-up.
    pub(super) fn clear(&self) {
        // The read fails with EAGAIN when there was no wake-up.
        let _ = self.0.read();
    }
}

impl AsFd for Waker {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
