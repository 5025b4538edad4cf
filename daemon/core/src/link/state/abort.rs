//! [`Abort`]: the transfer that is under way has to stop, and why.

use modem_ftp_dbus::errors::ErrorName;

use crate::api::failure::{Failure, Scope};

/// Why the transfer that is under way has to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Abort {
    /// `Cancel`.
    Cancel,
    /// `Pause`.
    Pause,
    /// The daemon is stopping.
    Stop,
}

impl Abort {
    /// The failure with which the transfer ends.
    pub(in crate::link) fn failure(self) -> Failure {
        let (name, text) = match self {
            Self::Cancel => (ErrorName::Cancelled, "cancelled"),
            Self::Pause => (ErrorName::Cancelled, "paused"),
            Self::Stop => (ErrorName::Stopping, "the daemon is stopping"),
        };
        Failure::new(name, text).scope(Scope::Session)
    }
}
