//! [`Reply`]: the answer to a successful request.

pub use super::listing::{Entry, EntryType};
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

impl Reply {
    /// Bytes of the listing that it carries; other replies are small.
    pub fn size(&self) -> usize {
        match self {
            Self::Entries(listing) => listing.size(),
            Self::Bytes(bytes) => bytes.len(),
            Self::Names(names) => names.size(),
            Self::Done | Self::Queued(_) | Self::Ended(..) | Self::Stat { .. } | Self::Text(_) => 0,
        }
    }
}
