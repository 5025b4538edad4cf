//! [`Signals`]: the signals of the daemon as a descriptor the loop can wait for.

use std::io;
use std::os::fd::{AsRawFd, RawFd};

use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};

/// SIGTERM and SIGINT (end), SIGHUP (reload), SIGCHLD (a command ended).
#[derive(Debug)]
pub struct Signals(SignalFd);

impl Signals {
    /// Blocks the signals for this thread and those it starts, so that only the descriptor
    /// gets them: to be called before any thread is started.
    ///
    /// # Errors
    /// The system has no descriptor left.
    pub fn block() -> io::Result<Self> {
        let mut set = SigSet::empty();
        for signal in [
            Signal::SIGTERM,
            Signal::SIGINT,
            Signal::SIGHUP,
            Signal::SIGCHLD,
        ] {
            set.add(signal);
        }
        set.thread_block()?;
        let flags = SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC;
        Ok(Self(SignalFd::with_flags(&set, flags)?))
    }

    /// For the poller.
    pub fn raw_fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }

    /// The next signal that came.
    pub fn next(&self) -> Option<Signal> {
        let info = self.0.read_signal().ok().flatten()?;
        let number = i32::try_from(info.ssi_signo).ok()?;
        Signal::try_from(number).ok()
    }
}
