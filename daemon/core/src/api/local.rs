//! [`LocalFile`]: what the engine knows of a local file. The shell holds the file open and gives it
//! a [`Handle`].

/// Identifies a local file that the shell holds open for a transfer. Assigned by the shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Handle(pub u64);

/// How the shell opens a local file again, also after a restart of the daemon. Its text means
/// something to the shell only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalKey(pub String);

/// A local file, which the shell or the caller opened before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalFile {
    /// Its handle.
    pub handle: Handle,
    /// Its path; empty for a descriptor.
    pub name: String,
    /// Size of a regular file that is to be sent; `None` for a pipe or a file to be received.
    pub size: Option<u64>,
    /// Whether it can be read or written again from the start: a regular file, not a pipe.
    pub rewindable: bool,
    /// How the shell opens it again; `None`: the shell holds it open, and it is lost with the
    /// process.
    pub key: Option<LocalKey>,
    /// SHA-256 of its content (lower-case hex), if the shell has computed it. For a file too large to
    /// be hashed in time: [`PARTIAL`] and a hash of its head, tail, size and times.
    pub content: Option<String>,
}

/// Most bytes of a file that is transferred: as many as 32 bits count. More are nowhere documented for the
/// module, and a source without an end would hold it for ever.
pub const LARGEST: u64 = u32::MAX as u64;

/// Begins [`LocalFile::content`] where that is not the hash of all bytes.
pub const PARTIAL: &str = "partial-";

/// A part of a local file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Which local file.
    pub handle: Handle,
    /// Offset of the first byte.
    pub offset: u64,
    /// So many bytes.
    pub length: u64,
}
