//! [`Request`]: what the bus may ask of the engine.

use std::time::Duration;

use super::local::LocalFile;
use super::options::Options;
use super::secret::Secret;
use super::settings::Settings;
use super::status::TransferId;

/// Names one call that waits for its reply; given out by the shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// One call.
#[derive(Clone, Debug)]
pub enum Request {
    /// `Upload`, `UploadFd`.
    Upload {
        /// Configured server; empty for the default one.
        server: String,
        /// Where the bytes come from.
        source: LocalFile,
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
        sink: LocalFile,
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
