//! [`Partial`]: what a download that failed has left in its local file. It is known only to this
//! run of the daemon.

/// What a download has left in its local file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partial {
    /// Size of the remote file when it was begun.
    pub size: u64,
    /// Its modification time then, as the server gave it.
    pub modified: String,
    /// So many bytes were received for the local file.
    pub bytes: u64,
}
