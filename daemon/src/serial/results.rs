//! What the methods of [`Tty`](super::Tty) report.

/// The result of [`Tty::open_if_due`](super::Tty::open_if_due).
#[derive(Debug, PartialEq, Eq)]
pub enum Opening {
    /// The port is open; whether it has modem control lines.
    Opened(bool),
    /// The port cannot be opened, for another reason than at the last attempt.
    Failed(String),
}

/// The result of [`Tty::read`](super::Tty::read).
#[derive(Debug, PartialEq, Eq)]
pub enum Reading {
    /// This many bytes were read into the buffer.
    Bytes(usize),
    /// There is nothing to read until the poller reports the port as readable.
    Nothing,
    /// The port is gone, and why.
    Gone(String),
}

/// The result of [`Tty::send`](super::Tty::send).
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Payload bytes the kernel took.
    pub payload: u64,
    /// Everything was sent that was queued before [`Tty::drain`](super::Tty::drain) was called.
    pub drained: bool,
}
