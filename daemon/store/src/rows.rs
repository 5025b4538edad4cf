//! Rows of the tables to and from the types of the contract. A row that does not decode is
//! described by a [`DamagedRow`] and changes nothing else.

mod column;
mod options;
mod queue;
mod receipt;

pub(crate) use column::{Columns, number};
pub(crate) use queue::{
    CHORE, SERVER, TRANSFER, decode_chore, decode_server, decode_transfer, store_chore,
    store_server, store_transfer,
};
pub(crate) use receipt::{RECEIPT, decode_receipt, store_receipt};

/// A row that could not be read and was skipped. It stays in the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DamagedRow {
    /// Which table.
    pub table: &'static str,
    /// Its primary key, if that could be read.
    pub key: String,
    /// Which column is wrong, and how.
    pub reason: String,
}

impl std::fmt::Display for DamagedRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}: {}", self.table, self.key, self.reason)
    }
}
