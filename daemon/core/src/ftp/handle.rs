//! [`Ftp`]: what outlives one FTP session: the callers' working directories, and whether logins
//! work.

use super::directories::{Directories, Place};
use crate::api::failure::Failure;
use crate::api::request::CallerId;
use crate::link::Link;
use crate::modem::Modem;
use crate::shared::Shared;

/// What outlives one FTP session.
#[derive(Default)]
struct FtpState {
    /// What `ChangeDirectory` set.
    directories: Directories,
    /// Whether a login worked since this was last asked.
    logged_in: bool,
}

/// A handle to the module's FTP client.
#[derive(Clone)]
pub struct Ftp {
    modem: Modem,
    state: Shared<FtpState>,
}

impl Ftp {
    /// No working directory, no login yet.
    pub fn new(modem: Modem) -> Self {
        let state = Shared::new(FtpState::default());
        Self { modem, state }
    }

    /// The module.
    pub fn modem(&self) -> &Modem {
        &self.modem
    }

    /// The conversation with the module.
    pub fn link(&self) -> &Link {
        self.modem.link()
    }

    /// The working directory of a caller on a server, if `ChangeDirectory` set one.
    pub fn directory(&self, caller: &CallerId, server: &str) -> Option<String> {
        self.state
            .get_with((caller, server), |state, (caller, server)| {
                state.directories.get(caller, server)
            })
    }

    /// Whether one more working directory can be kept.
    ///
    /// # Errors
    /// `QueueFull`.
    pub fn check_directory_room(&self, place: &Place) -> Result<(), Failure> {
        self.state
            .get_with(place, |state, place| state.directories.check_room(place))
    }

    /// Keeps the working directory of a caller on a server.
    ///
    /// # Errors
    /// `QueueFull`.
    pub fn set_directory(&self, place: Place, path: String) -> Result<(), Failure> {
        self.state
            .change_with((place, path), |state, (place, path)| {
                state.directories.set(place, path)
            })
    }

    /// Forgets the working directories of a caller.
    pub fn forget_directories(&self, caller: &CallerId) {
        self.state
            .change_with(caller, |state, caller| state.directories.forget(caller));
    }

    /// A login worked.
    pub(super) fn logged_in(&self) {
        self.state.change(|state| state.logged_in = true);
    }

    /// Whether a login worked since this was last asked.
    pub fn take_logged_in(&self) -> bool {
        self.state
            .change(|state| std::mem::take(&mut state.logged_in))
    }
}
