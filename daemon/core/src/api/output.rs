//! [`Output`]: what the engine requests of the shell, to be done in the given order.

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::fact::Fact;
use super::failure::Failure;
use super::local::{Extent, Handle, LocalKey};
use super::reply::Reply;
use super::request::Ticket;
use super::status::{Direction, ModemStatus, TransferId, TransferStatus};

/// Bytes for the tty. They may contain a password or a key: `Debug` shows only their number, and
/// they are wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Bytes(Zeroizing<Vec<u8>>);

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }
}

impl From<Bytes> for Vec<u8> {
    /// Moves the bytes out; the receiver has to wipe them.
    fn from(mut bytes: Bytes) -> Self {
        std::mem::take(&mut bytes.0)
    }
}

impl std::ops::Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

/// A request to the shell.
#[derive(Debug)]
pub enum Output {
    /// Write these bytes to the tty, after all earlier ones.
    Write(Bytes),
    /// Assert (`true`) or deassert DTR.
    Dtr(bool),
    /// Change the bit rate of the tty, after all earlier bytes were sent.
    SetRate(u32),
    /// Compare the settings of the tty with what they have to be, set it again if they differ, and
    /// call [`Engine::line_checked`](crate::engine::Engine::line_checked).
    CheckLine,
    /// Call [`Engine::drained`](crate::engine::Engine::drained) when all bytes written have left
    /// the kernel (tcdrain).
    Drain,
    /// Discard received bytes that were not read yet, and unsent bytes (tcflush).
    Flush,
    /// Call [`Engine::source_ready`](crate::engine::Engine::source_ready) as soon as this pipe has
    /// bytes to read or is at its end; [`Output::Release`] takes it back.
    AwaitSource(Handle),
    /// Copy the local file to the tty as fast as the tty accepts it. Report progress by
    /// [`Engine::pumped`](crate::engine::Engine::pumped) and the end by
    /// [`Engine::pump_ended`](crate::engine::Engine::pump_ended).
    Pump {
        /// Which local file.
        handle: Handle,
        /// Offset of the first byte (0 for a pipe).
        offset: u64,
        /// Exactly this many bytes (fewer are `LocalChanged`); `None`: until the end of the file.
        length: Option<u64>,
        /// Send at most this many bytes until [`Output::Grant`] allows as many again; `None`: no
        /// limit.
        window: Option<u32>,
        /// ASCII type: line ends become CR LF; all counts are of the converted bytes.
        text: bool,
    },
    /// The running pump may send another window.
    Grant,
    /// Stop the running pump and drop bytes not yet written to the tty. No `pump_ended` follows.
    StopPump,
    /// Write received payload to this file from now on, at `offset`; truncate a rewindable file
    /// there.
    Receive {
        /// Which local file.
        handle: Handle,
        /// Offset of the first byte.
        offset: u64,
        /// ASCII type: CR LF becomes LF; an `offset` other than 0 then means to continue.
        text: bool,
    },
    /// More payload for the file that is received.
    Append(Vec<u8>),
    /// Nothing more is received for this file for now: read the tty on, however long the disk takes
    /// for what was received. That stays, and a `Receive` with an `offset` greater than 0 may
    /// continue it, also after another `Open`.
    Keep(Handle),
    /// Hash a part of a local file, after all that was to be read or written before, then call
    /// [`Engine::digested`](crate::engine::Engine::digested). A source must still be the file it was
    /// when it was opened (`LocalChanged` otherwise); of a file that is received, hash what was
    /// received for it (fewer bytes than `length` are a failure).
    Digest(Extent),
    /// The file is complete: make it durable under its final name, then call
    /// [`Engine::committed`](crate::engine::Engine::committed).
    Commit {
        /// Which local file.
        handle: Handle,
        /// Fail with `LocalDenied` rather than replace an existing file.
        fail_if_exists: bool,
    },
    /// A Cancel came: if a `Commit` of this file is under way and the file is not getting its name
    /// yet, it never gets it. Then [`Engine::committed`](crate::engine::Engine::committed) is called at
    /// once, with `Cancelled`.
    Revoke(Handle),
    /// An attempt begins, or will soon: open the local file again by its key, under this handle, then
    /// call [`Engine::opened`](crate::engine::Engine::opened). A file that is still open is looked at
    /// again.
    Open {
        /// Which local file.
        handle: Handle,
        /// How to open it.
        key: LocalKey,
        /// The user whose transfer it is.
        uid: u32,
        /// To or from the server.
        direction: Direction,
    },
    /// The transfer rests without result: what an uncommitted sink holds is removed; another
    /// `Receive` may begin it anew. A file with a key may be closed.
    Discard(Handle),
    /// The transfer is over for good: close the file; an uncommitted sink leaves nothing behind, and
    /// what was kept for the key is removed.
    Release(Handle, Option<LocalKey>),
    /// Answer a call.
    Reply(Ticket, Result<Reply, Failure>),
    /// `Modem1` changed.
    Modem(Box<ModemStatus>),
    /// A transfer is new or changed.
    Transfer(Arc<TransferStatus>),
    /// A transfer was forgotten.
    TransferRemoved(TransferId),
    /// The set of servers changed: names, and the default one (empty if none).
    Servers(Vec<String>, String),
    /// Store these facts in one transaction, then call
    /// [`Engine::persisted`](crate::engine::Engine::persisted) with the number.
    Persist(u64, Vec<Fact>),
    /// Run the configured power-cycle command.
    PowerCycle,
    /// The engine came to rest after [`Engine::stop`](crate::engine::Engine::stop).
    Stopped,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_not_shown() {
        let line = b"AT+QFTPCFG=\"account\",\"gw17\",\"hunter2\"".to_vec();
        let output = Output::Write(line.clone().into());
        assert_eq!(format!("{output:?}"), "Write(37 bytes)");
        let Output::Write(bytes) = output else {
            panic!("not what it was");
        };
        assert_eq!(Vec::from(bytes), line);
    }
}
