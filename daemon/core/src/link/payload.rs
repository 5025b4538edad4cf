//! Payload: where it comes from, where it goes, and how much of it moved.

use std::time::Duration;

use super::handle::Link;
use crate::api::local::{Handle, LocalFile};

/// Longest segment on a line without flow control, bytes.
const UNGUARDED: u64 = 16 * 1024;

/// Most bytes that the kernel and the module may hold between us and the network.
pub(super) const IN_FLIGHT: u64 = 64 * 1024;

/// How long the other end of a caller's pipe may leave it unread or unwritten while the module waits.
pub const PIPE: Duration = Duration::from_secs(60);

/// What is at the local end of payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocalEnd {
    /// A file: the disk is slow for as long as it likes within the time-outs of the transfer.
    File,
    /// A caller's pipe: waiting for its other end is the caller's trouble, and is bounded.
    Pipe,
}

impl LocalEnd {
    /// That of this local file.
    pub fn of(local: &LocalFile) -> Self {
        match local.rewindable {
            true => Self::File,
            false => Self::Pipe,
        }
    }
}

/// What to send after CONNECT.
#[derive(Clone, Copy, Debug)]
pub struct PayloadSource {
    /// The open local file.
    pub handle: Handle,
    /// What it is.
    pub local: LocalEnd,
    /// Offset of the first byte.
    pub offset: u64,
    /// So many bytes, as declared in the command; `None`: until end of file, then data mode is
    /// left by DTR or the escape.
    pub length: Option<u64>,
    /// Bytes allowed per acknowledgement (ACK mode, docs/module/at-file.md §3.4).
    pub window: Option<u32>,
    /// ASCII type: line ends are converted on the way.
    pub text: bool,
}

/// Where to put what is received.
#[derive(Clone, Copy, Debug)]
pub struct PayloadDestination {
    /// The open local file.
    pub handle: Handle,
    /// What it is.
    pub local: LocalEnd,
    /// Offset of the first byte.
    pub offset: u64,
    /// ASCII type: line ends are converted on the way.
    pub text: bool,
    /// Whether another reception may continue where this one ends early.
    pub resumable: bool,
}

/// What a command that brings payload came back with.
#[derive(Clone, Copy, Debug)]
pub struct Received<R> {
    /// What the module reported.
    pub reply: R,
    /// Payload bytes.
    pub bytes: u64,
    /// Their checksum (docs/module/at-file.md §3.6).
    pub checksum: u16,
}

/// What was sent.
#[derive(Clone, Copy, Debug)]
pub struct Sent {
    /// Payload bytes.
    pub bytes: u64,
    /// Their checksum (docs/module/at-file.md §3.6).
    pub checksum: u16,
}

impl Link {
    /// How much may be moved between two counts, bytes: little without RTS/CTS, where a byte may
    /// be lost at any time.
    pub fn longest_segment(&self) -> u64 {
        match self.settings().modem.hardware_flow_control {
            true => u64::MAX,
            false => UNGUARDED,
        }
    }
}
