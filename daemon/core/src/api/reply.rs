//! [`Reply`]: the answer to a successful request.

pub use modem_ftp_dbus::words::EntryType;

use super::listing::{Listing, Names};
use super::status::{TransferId, TransferState};

/// The answer to a successful request.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// Without a value.
    Done,
    /// The transfer was queued.
    Queued(TransferId),
    /// `Wait`: the final state and, if the transfer failed, the error's name and text.
    Ended(TransferState, Option<(String, String)>),
    /// `List`.
    Entries(Listing),
    /// `ListRaw`.
    Bytes(Vec<u8>),
    /// `ListNames`.
    Names(Names),
    /// `Stat`.
    Stat {
        /// Bytes, if known.
        size: Option<u64>,
        /// Unix time in seconds, if known.
        modified: Option<i64>,
    },
    /// `WorkingDirectory`, `Command`.
    Text(String),
}

/// One row of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The name, never a path.
    pub name: String,
    /// Its type.
    pub kind: EntryType,
    /// Bytes, if known.
    pub size: Option<u64>,
    /// Unix time in seconds, if known.
    pub modified: Option<i64>,
    /// What else the server sent: MLSD facts by their lower-case name, or `mode`, `owner`, `group`,
    /// `target`; and `unreadable`, which names what could not be read (`size`, `modify`, `name`,
    /// `row`, `type`), `unreadable-rows` in such a row, and `unaddressable`, which says why the name cannot
    /// be sent back (`escaped`, `quote`,
    /// `length`).
    pub more: Vec<(String, String)>,
}
