//! [`Reply`]: what a request that succeeded is answered with.

pub use modem_ftp_dbus::words::EntryType;

use super::status::{TransferId, TransferState};

/// A good reply.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// Done; nothing to say.
    Done,
    /// The transfer that was queued.
    Queued(TransferId),
    /// `Wait`: how it ended, and the error's name and text (both empty when it did not fail).
    Ended(TransferState, Option<(String, String)>),
    /// `List`.
    Entries(Vec<Entry>),
    /// `ListRaw`.
    Bytes(Vec<u8>),
    /// `ListNames`.
    Names(Vec<String>),
    /// `Stat`.
    Stat {
        /// Bytes, if the server tells.
        size: Option<u64>,
        /// Unix seconds, UTC, if the server tells.
        modified: Option<i64>,
    },
    /// `WorkingDirectory`, `Command`.
    Text(String),
}

/// One row of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The bare name, never a path.
    pub name: String,
    /// What it is.
    pub kind: EntryType,
    /// Bytes, if told.
    pub size: Option<u64>,
    /// Unix seconds, UTC, if told.
    pub modified: Option<i64>,
    /// What else the server said: MLSD facts by their lower-case name, or `mode`, `owner`, `group`.
    pub more: Vec<(String, String)>,
}
