//! [`Ftp`]: what outlives one FTP session: the working directories, and whether logins work.

use std::collections::HashMap;

use crate::link::Link;
use crate::modem::Modem;
use crate::shared::Shared;

/// What outlives one FTP session.
#[derive(Default)]
struct FtpState {
    /// Working directory per server, once `ChangeDirectory` set one; restored at every login.
    directories: HashMap<String, String>,
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

    /// The working directory on a server, if `ChangeDirectory` set one.
    pub fn directory(&self, server: &str) -> Option<String> {
        self.state.get_with(server, |state, server| {
            state.directories.get(server).cloned()
        })
    }

    /// Keeps the working directory on a server.
    pub fn set_directory(&self, server: &str, path: String) {
        self.state
            .change_with((server, path), |state, (server, path)| {
                state.directories.insert(server.to_owned(), path);
            });
    }

    /// The working directory on a server is that of the login again.
    pub fn forget_directory(&self, server: &str) {
        self.state.change_with(server, |state, server| {
            state.directories.remove(server);
        });
    }

    /// The working directory on every server is that of the login again.
    pub fn forget_directories(&self) {
        self.state.change(|state| state.directories.clear());
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
