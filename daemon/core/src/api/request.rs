//! [`Request`]: a call on the bus that the engine handles.

use std::time::Duration;

use super::local::LocalFile;
use super::options::Options;
use super::secret::Secret;
use super::settings::Settings;
use super::status::TransferId;

/// Identifies a call that waits for its reply. Assigned by the shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// Identifies who makes calls, as long as that one is there: on the bus the connection's unique
/// name. A working directory belongs to its caller. Assigned by the shell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallerId(pub String);

/// One call.
#[derive(Clone, Debug)]
pub enum Request {
    /// `Upload`, `UploadFd`.
    Upload {
        /// Configured server; empty for the default one.
        server: String,
        /// The file to send.
        source: LocalFile,
        /// Name on the server.
        remote: String,
        /// The transfer's options.
        options: Options,
        /// Who calls: a relative `remote` is resolved against this caller's working directory.
        caller: CallerId,
        /// User of the caller.
        uid: u32,
    },
    /// `Download`, `DownloadFd`.
    Download {
        /// Configured server; empty for the default one.
        server: String,
        /// Name on the server.
        remote: String,
        /// The file to write.
        sink: LocalFile,
        /// The transfer's options.
        options: Options,
        /// Who calls: a relative `remote` is resolved against this caller's working directory.
        caller: CallerId,
        /// User of the caller.
        uid: u32,
    },
    /// A call about files on the server; its reply has the result.
    Remote {
        /// Configured server; empty for the default one.
        server: String,
        /// What to do.
        operation: Operation,
        /// Who calls: relative paths are resolved against this caller's working directory.
        caller: CallerId,
        /// User of the caller, if known: the users take turns, and each may have so many calls and
        /// working directories.
        uid: Option<u32>,
    },
    /// `Disconnect`: closes the session, and forgets the working directories of its caller.
    Disconnect {
        /// Who calls.
        caller: CallerId,
        /// User of the caller, if known.
        uid: Option<u32>,
    },
    /// A caller is no longer there: its working directories are forgotten.
    Gone(CallerId),
    /// A method of `Transfer1`.
    Transfer {
        /// The transfer.
        id: TransferId,
        /// What to do with it.
        action: Action,
        /// User of the caller; only the owner and root are allowed.
        uid: u32,
    },
    /// `Modem1.Reset`.
    Reset,
    /// `Modem1.Command`.
    Command {
        /// The line as entered, without CR; it may contain a PIN or a password.
        line: Secret,
        /// Time-out of its final result code.
        timeout: Duration,
    },
    /// `Reload`, with the checked configuration.
    Reload(Box<Settings>),
}

/// What can be done with the files of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// `List`: QFTPMLSD, else QFTPLIST.
    List(String),
    /// `ListRaw`: QFTPLIST.
    ListRaw(String),
    /// `ListFd`: QFTPLIST, into this file.
    ListInto(String, LocalFile),
    /// `ListNames`: QFTPNLST.
    ListNames(String),
    /// `Stat`: QFTPSIZE, QFTPMDTM.
    Stat(String),
    /// `Delete`: QFTPDEL.
    Delete(String),
    /// `Rename`: QFTPRENAME; old and new name.
    Rename(String, String),
    /// `MakeDirectory`: QFTPMKDIR.
    MakeDirectory(String),
    /// `RemoveDirectory`: QFTPRMDIR.
    RemoveDirectory(String),
    /// `ChangeDirectory`: QFTPCWD, QFTPPWD.
    ChangeDirectory(String),
    /// `WorkingDirectory`: QFTPPWD.
    WorkingDirectory,
    /// `Connect`: QFTPCFG…, QFTPOPEN.
    Connect,
}

/// A method of `Transfer1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Cancels it; replies when it has stopped.
    Cancel,
    /// Stops it until `Resume`.
    Pause,
    /// Allows it to run again.
    Resume,
    /// Queues a failed or cancelled one again.
    Retry,
    /// Replies when it has ended.
    Wait,
    /// Removes an ended one from the list.
    Forget,
}
