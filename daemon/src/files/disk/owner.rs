//! [`Owner`]: for whom something is done on a disk. What one owner's files hold up is limited.

/// For whom something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// The daemon itself: its own files and its configuration.
    Daemon,
    /// A caller whose uid is not known.
    Unknown,
    /// The user who named the file.
    User(u32),
}
