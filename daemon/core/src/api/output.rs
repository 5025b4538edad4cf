//! [`Output`]: the few things the engine asks of the shell, in the order given.

use std::fmt;

use zeroize::Zeroizing;

use super::fact::Fact;
use super::failure::Failure;
use super::local::{Handle, LocalKey};
use super::reply::Reply;
use super::request::Ticket;
use super::status::{Direction, ModemStatus, TransferId, TransferStatus};

/// What goes to the tty. A password or a key may be in it: its `Debug` shows none of it, and it
/// is wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Bytes(Zeroizing<Vec<u8>>);

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }
}

impl From<Bytes> for Vec<u8> {
    /// The bytes themselves, moved: whoever takes them wipes them.
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

/// One thing to do.
#[derive(Debug)]
pub enum Output {
    /// Write these bytes to the tty, after everything written before.
    Write(Bytes),
    /// Assert (`true`) or deassert DTR.
    Dtr(bool),
    /// Change the rate of the tty, after everything written before was sent.
    SetRate(u32),
    /// Call [`Engine::drained`](crate::engine::Engine::drained) when every byte written has left the
    /// kernel for the module.
    Drain,
    /// Throw away received bytes that were not read yet and unsent bytes (tcflush).
    Flush,
    /// Copy the source to the tty as fast as it takes it. Progress comes back by
    /// [`Engine::pumped`](crate::engine::Engine::pumped), the end by
    /// [`Engine::pump_ended`](crate::engine::Engine::pump_ended).
    Pump {
        /// Which local file.
        handle: Handle,
        /// Offset of the first byte (0 for a pipe).
        offset: u64,
        /// Exactly so many bytes (fewer there: `LocalChanged`); `None`: until end of file.
        length: Option<u64>,
        /// Send at most so many bytes until [`Output::Grant`] allows as many again; `None`: no limit.
        window: Option<u32>,
        /// ASCII type: line ends become CR LF on the way; all counts are of bytes on the way.
        text: bool,
    },
    /// Another window of the running pump may go.
    Grant,
    /// Stop the running pump; bytes not yet handed to the tty are dropped. No `pump_ended` follows.
    StopPump,
    /// Received payload goes to this sink from now on, at `offset`; a rewindable sink is cut there.
    Receive {
        /// Which local file.
        handle: Handle,
        /// Offset of the first byte.
        offset: u64,
        /// ASCII type: CR LF becomes LF; an `offset` other than 0 then means "go on".
        text: bool,
    },
    /// The sink is whole: make it durable under its final name, then call
    /// [`Engine::committed`](crate::engine::Engine::committed).
    Commit {
        /// Which local file.
        handle: Handle,
        /// Fail with `LocalDenied` rather than replace an existing file.
        fail_if_exists: bool,
    },
    /// An attempt begins: open the local file again by its key, under this handle, then call
    /// [`Engine::opened`](crate::engine::Engine::opened). A file that is still open is looked at
    /// again.
    Open {
        /// Which local file.
        handle: Handle,
        /// How to open it.
        key: LocalKey,
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
    Transfer(Box<TransferStatus>),
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
