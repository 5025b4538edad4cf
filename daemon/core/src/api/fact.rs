//! [`Fact`]: what has to survive the process. The engine hands facts out with
//! [`Output::Persist`](super::output::Output::Persist); the shell stores those of one output in one
//! transaction, in the order of the outputs, and answers with
//! [`Engine::persisted`](crate::engine::Engine::persisted) when they would survive a power cut.

use modem_ftp_dbus::errors::ErrorName;
use modem_ftp_dbus::words::{Direction, TransferState};

use super::local::LocalKey;
use super::options::Options;
use super::status::{TransferId, TransferStatus};

/// One thing that has to survive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// A transfer is new or has changed: all of it, in the place of what was stored under its
    /// number.
    Transfer(Box<StoredTransfer>),
    /// A transfer was forgotten. Its number is never given to another one.
    Forgotten(TransferId),
    /// A name of ours on a server has to be removed: new, or changed.
    Chore(Chore),
    /// That is done, or given up.
    ChoreDone(ChoreId),
    /// What is known of a server changed.
    Server(ServerTraits),
    /// A transfer has ended: its receipt, which outlives the transfer.
    Receipt(Box<Receipt>),
}

/// A transfer as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredTransfer {
    /// What is shown of it.
    pub status: TransferStatus,
    /// Its options.
    pub options: Options,
    /// How the shell opens its local file again; `None`: it cannot, for it was a pipe or a
    /// descriptor that is not kept.
    pub local: Option<LocalKey>,
    /// Unix seconds when its next attempt may begin; 0: at once.
    pub due: i64,
    /// Attempts that failed because the modem did, and were not counted.
    pub breakdowns: u32,
    /// What it may have left on the server.
    pub remote: RemoteTraces,
}

/// What a transfer may have left on the server so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RemoteTraces {
    /// The staging name, once bytes may have been sent to it.
    pub staging: Option<String>,
    /// Hash of the content those bytes belong to (lower-case hex).
    pub content: Option<String>,
    /// So many bytes of that content, from its begin, may be there: no more than this were sent.
    pub confirmed: u64,
    /// Whether an earlier attempt sent bytes to the final name (not atomic).
    pub partial: bool,
    /// So many bytes were being renamed to their final name: the rename may have taken place.
    pub renaming: Option<u64>,
    /// The backup name, once the file that is replaced may bear it.
    pub backup: Option<String>,
}

/// Number of a chore, from 1; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChoreId(pub u64);

/// A name of ours on a server that has to be removed when the server can be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chore {
    /// Its number.
    pub id: ChoreId,
    /// Configured name of the server.
    pub server: String,
    /// Absolute path there.
    pub path: String,
    /// If set: the name is a backup. It is renamed back to this path if nothing bears it, and
    /// removed otherwise.
    pub restore_to: Option<String>,
    /// Unix seconds when it was noted.
    pub created: i64,
}

/// What a server does with a start position (`REST` before `STOR`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartPosition {
    /// It writes from there on; what stood before stays.
    Continues,
    /// It does something else (appends, fills with zeros, begins at 0, refuses): never use one.
    Breaks,
}

/// What is known of a server, found out by content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerTraits {
    /// Configured name of the server.
    pub server: String,
    /// Of which settings this was found out; with others it is forgotten.
    pub fingerprint: String,
    /// What it does with a start position, once known.
    pub start_position: Option<StartPosition>,
}

/// What is kept of a transfer that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Its number.
    pub id: TransferId,
    /// To or from the server.
    pub direction: Direction,
    /// Configured name of the server.
    pub server: String,
    /// Local path; empty for a descriptor.
    pub local: String,
    /// Remote path.
    pub remote: String,
    /// Owner.
    pub uid: u32,
    /// How it ended.
    pub state: TransferState,
    /// Why it did not end well.
    pub error: Option<(ErrorName, String)>,
    /// Bytes of the file, if known.
    pub size: Option<u64>,
    /// SHA-256 of the file (lower-case hex), if it was computed.
    pub hash: Option<String>,
    /// Attempts made.
    pub attempts: u32,
    /// Unix seconds when it was accepted.
    pub created: i64,
    /// Unix seconds when it ended.
    pub finished: i64,
    /// What it moved, in all attempts together.
    pub traffic: Traffic,
}

/// Bytes that a transfer moved, in all attempts together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Payload over the serial line.
    pub line: u64,
    /// Payload over the network, as far as it is known.
    pub air: u64,
    /// Listings over the network.
    pub listings: u64,
}

/// Everything that was stored, for [`Engine::restore`](crate::engine::Engine::restore).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    /// Transfers, by number.
    pub transfers: Vec<StoredTransfer>,
    /// Transfers that have ended, in the order of their ends as far as it is known; one that ended
    /// twice is there twice. Their times say less: the clock may have been set meanwhile.
    pub ended: Vec<TransferId>,
    /// Chores, by number.
    pub chores: Vec<Chore>,
    /// What is known of the servers.
    pub servers: Vec<ServerTraits>,
    /// The highest number that any transfer ever had.
    pub last_transfer: u64,
    /// The highest number that any chore ever had.
    pub last_chore: u64,
}
