//! What can wake the loop besides the line: signals that end the program, answers of the network.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;

use nix::sys::eventfd::{EfdFlags, EventFd};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};

use crate::remote::session::Wake;

/// SIGTERM and SIGINT as a descriptor. Make it before any thread, so that none of them gets the signal.
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

/// Answers of another thread are waiting.
#[derive(Clone)]
pub(super) struct Waker(Arc<EventFd>);

impl Waker {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self(Arc::new(EventFd::from_flags(
            EfdFlags::EFD_NONBLOCK | EfdFlags::EFD_CLOEXEC,
        )?)))
    }

    /// What other threads call.
    pub(super) fn wake(&self) -> Wake {
        let event = Arc::clone(&self.0);
        Arc::new(move || {
            // A full counter has woken the loop already.
            let _ = event.write(1);
        })
    }

    /// The wake-up has been seen.
    pub(super) fn clear(&self) {
        // Nothing to read means nothing to clear.
        let _ = self.0.read();
    }
}

impl AsFd for Waker {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
