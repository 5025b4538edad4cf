//! [`Owner`]: for whom something is done on a disk. What one owner's files hold up is limited.

/// How many threads work for one owner at a time, without those that are stuck.
pub const WORKING: usize = 4;
/// How many threads of one owner there may be, with those that are stuck.
pub const THREADS: usize = 8;
/// How many threads close what one user passed at a time, without those that are stuck.
const CLOSING: usize = 16;
/// How many threads there may be that close what one user passed. Nothing can be done about descriptors
/// that came but to close them: those that can be closed must not wait for those that cannot.
const STUCK_CLOSING: usize = 128;

/// For whom something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// The daemon itself: its own files.
    Daemon,
<<<<<<< HEAD
=======
    /// The daemon: its configuration and the files that it names, wherever they are.
    Configuration,
    /// A caller whose uid is not known.
    Unknown,
>>>>>>> main
    /// The user who named the file.
    User(u32),
    /// The user who passed descriptors that nobody takes, if it is known: they are closed.
    Closing(Option<u32>),
}

impl Owner {
    /// How many threads work for it at a time, without those that are stuck.
    pub fn working(self) -> usize {
        match self {
            Self::Daemon | Self::User(_) => WORKING,
            Self::Closing(_) => CLOSING,
        }
    }

    /// How many threads there may be for it, with those that are stuck.
    pub fn threads(self) -> usize {
        match self {
            Self::Daemon | Self::User(_) => THREADS,
            Self::Closing(_) => STUCK_CLOSING,
        }
    }
}
