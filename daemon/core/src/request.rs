//! [`Request`] and [`Reply`]: what the bus may ask of the engine, and what it gets back.

use std::time::Duration;

pub use modem_ftp_dbus::words::{EntryType as EntryKind, IfExists, Verify, Via};

use crate::secret::Secret;
use crate::settings::Settings;
use crate::status::{TransferId, TransferState};

/// Names one call that waits for its reply; given out by the shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// Names a local file the shell holds open on behalf of a transfer; given out by the shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Handle(pub u64);

/// A local file, opened by the shell (or by the caller) before the engine hears of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Local {
    /// What the shell calls it.
    pub handle: Handle,
    /// What people call it: its path, or empty for a descriptor.
    pub name: String,
    /// Bytes in it, for a regular file that is to be sent; `None` for a pipe or a sink.
    pub size: Option<u64>,
    /// Whether it can be read or written again from its start (a regular file, not a pipe).
    pub rewindable: bool,
}

/// One call.
#[derive(Clone, Debug)]
pub enum Request {
    /// `Upload`, `UploadFd`.
    Upload {
        /// Configured server; empty for the default one.
        server: String,
        /// Where the bytes come from.
        source: Local,
        /// Name on the server.
        remote: String,
        /// The transfer's options.
        options: Options,
        /// Who asks.
        uid: u32,
    },
    /// `Download`, `DownloadFd`.
    Download {
        /// Configured server; empty for the default one.
        server: String,
        /// Name on the server.
        remote: String,
        /// Where the bytes go.
        sink: Local,
        /// The transfer's options.
        options: Options,
        /// Who asks.
        uid: u32,
    },
    /// A call about files on the server that is answered when it was done.
    Remote {
        /// Configured server; empty for the default one.
        server: String,
        /// What to do there.
        operation: Operation,
    },
    /// `Disconnect`.
    Disconnect,
    /// A method of `Transfer1`.
    Transfer {
        /// Which.
        id: TransferId,
        /// What to do with it.
        action: Action,
        /// Who asks: only the owner and root may.
        uid: u32,
    },
    /// `Modem1.Reset`.
    Reset,
    /// `Modem1.Command`.
    Command {
        /// The line, as typed, without CR; it may hold a PIN or a password.
        line: Secret,
        /// How long its final result may take.
        timeout: Duration,
    },
    /// `Reload`, with the configuration already read and checked.
    Reload(Box<Settings>),
}

/// What can be done with the files of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// `List`: QFTPMLSD, else QFTPLIST.
    List(String),
    /// `ListRaw`: QFTPLIST.
    ListRaw(String),
    /// `ListNames`: QFTPNLST.
    ListNames(String),
    /// `Stat`: QFTPSIZE, QFTPMDTM.
    Stat(String),
    /// `Delete`: QFTPDEL.
    Delete(String),
    /// `Rename`: QFTPRENAME, from and to.
    Rename(String, String),
    /// `MakeDirectory`: QFTPMKDIR.
    MakeDirectory(String),
    /// `RemoveDirectory`: QFTPRMDIR.
    RemoveDirectory(String),
    /// `ChangeDirectory`: QFTPCWD.
    ChangeDirectory(String),
    /// `WorkingDirectory`: QFTPPWD.
    WorkingDirectory,
    /// `Connect`: QFTPCFG…, QFTPOPEN.
    Connect,
}

/// What `Transfer1` offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Replies when the transfer really stopped.
    Cancel,
    /// Keeps it from running.
    Pause,
    /// Lets it run again.
    Resume,
    /// Runs a failed or cancelled one again.
    Retry,
    /// Replies at the transfer's end.
    Wait,
    /// Removes a finished one from the list.
    Forget,
}

/// Options of the four transfer methods (product.md), defaults as there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// `if-exists`.
    pub if_exists: IfExists,
    /// `atomic`: a temporary name until whole and verified.
    pub atomic: bool,
    /// `verify`.
    pub verify: Verify,
    /// `via`.
    pub via: Via,
    /// `priority`: higher goes first.
    pub priority: i32,
    /// `retries`: attempts after the first.
    pub retries: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            if_exists: IfExists::Overwrite,
            atomic: true,
            verify: Verify::Size,
            via: Via::Auto,
            priority: 0,
            retries: 5,
        }
    }
}

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
    pub kind: EntryKind,
    /// Bytes, if told.
    pub size: Option<u64>,
    /// Unix seconds, UTC, if told.
    pub modified: Option<i64>,
    /// What else the server said: MLSD facts by their lower-case name, or `mode`, `owner`, `group`.
    pub more: Vec<(String, String)>,
}
