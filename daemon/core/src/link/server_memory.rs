//! What happened with each server lately: a refusal after a cut, or of what has worked before, may be
//! true for now only.

use std::time::{Duration, Instant};

use super::handle::Link;
use crate::api::settings::Server;

/// So long a server may take to notice that a session has ended, and hold its file and its place.
const CUT: Duration = Duration::from_secs(900);

impl Link {
    /// A session with this server ended without QFTPCLOSE, or something in it broke.
    pub fn note_cut(&self, server: &str) {
        let now = self.now().instant;
        self.state
            .change_with((server, now), |state, (server, now)| {
                state.facts.cuts.insert(server.to_owned(), now);
            });
    }

    /// Whether the server may still hold what a session that was cut had.
    pub fn was_cut_lately(&self, server: &str) -> bool {
        let cut: Option<Instant> = self.state.get_with(server, |state, server| {
            state.facts.cuts.get(server).copied()
        });
        cut.is_some_and(|cut| self.now().instant < cut + CUT)
    }

    /// A login with these settings has worked, or is taken to have worked before the daemon started.
    pub fn note_login(&self, server: &Server) {
        self.state.change_with(server, |state, server| {
            let logins = &mut state.facts.logins;
            logins.insert(server.name.clone(), Some(server.clone()));
        });
    }

    /// Whether a login with these settings, the password among them, has worked.
    pub fn has_logged_in(&self, server: &Server) -> bool {
        self.state.get_with(server, |state, server| {
            matches!(state.facts.logins.get(&server.name), Some(Some(login)) if login == server)
        })
    }
}
