//! [`LocalFile`]: a local file as the engine knows it. The shell holds it open under a [`Handle`].

/// Names a local file the shell holds open on behalf of a transfer; given out by the shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Handle(pub u64);

/// How the shell opens a local file again, also after a restart of the daemon. Its text means
/// something to the shell only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalKey(pub String);

/// A local file, opened by the shell (or by the caller) before the engine hears of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalFile {
    /// What the shell calls it.
    pub handle: Handle,
    /// What people call it: its path, or empty for a descriptor.
    pub name: String,
    /// Bytes in it, for a regular file that is to be sent; `None` for a pipe or a sink.
    pub size: Option<u64>,
    /// Whether it can be read or written again from its start (a regular file, not a pipe).
    pub rewindable: bool,
    /// How the shell opens it again; `None`: the shell holds it open, and it is lost with the
    /// process.
    pub key: Option<LocalKey>,
    /// Hash of its content (lower-case hex), if the shell has computed it.
    pub content: Option<String>,
}
