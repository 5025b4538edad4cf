//! The durable store: one SQLite database that keeps the queue, the chores, what is known of the
//! servers, and the receipts.
//!
//! What [`Store::apply`] returned `Ok` for survives a SIGKILL and a power cut. What it returned an
//! error for is rolled back as a whole, and the store can be used on. No number of a transfer or a
//! chore that was stored is ever given out again, even if the database is lost. A database that
//! cannot be used is renamed and reported, never overwritten or removed.
//!
//! Every call may block for as long as the disk does, so a thread of its own has to own the
//! [`Store`]. No secret reaches it: facts hold none.

mod apply;
mod aside;
mod error;
mod history;
mod inspect;
mod lock;
mod numbers;
mod opening;
mod restore;
mod rows;
mod schema;
mod trim;

use std::path::{Path, PathBuf};

use rusqlite::Connection;

pub use aside::{Condition, SetAside};
pub use error::StoreError;
pub use history::{HISTORY_LIMIT, HistoryEntry, HistoryFilter, HistoryPage};
pub use numbers::Numbers;
pub use opening::Opened;
pub use restore::Restored;
pub use rows::DamagedRow;
pub use schema::{DATABASE, LOCK, NUMBERS};
pub use trim::{RECEIPTS_KEPT, Retention, Trimmed};

/// An open database. Dropping it writes the log back into the database file.
pub struct Store {
    /// The database.
    database: Connection,
    /// Where it lies.
    directory: PathBuf,
    /// The highest numbers stored.
    last: Numbers,
    /// No number above these was ever stored; kept in a file of its own.
    reserved: Numbers,
    /// Held as long as the store is open. Dropped last.
    lock: lock::Lock,
}

impl Store {
    /// The directory it was opened in.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The highest numbers ever stored.
    #[must_use]
    pub const fn last(&self) -> Numbers {
        self.last
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Store in {}", self.directory.display())
    }
}
