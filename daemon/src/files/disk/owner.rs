//! [`Owner`]: for whom something is done on a disk. What one owner's files hold up is limited.

/// For whom something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// The daemon itself: its own files.
    Daemon,
    /// The daemon: its configuration and the files that it names, wherever they are.
    Configuration,
    /// A caller whose uid is not known.
    Unknown,
    /// The user who named the file.
    User(u32),
}
