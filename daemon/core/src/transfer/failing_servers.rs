//! What transfers learn about the servers: one that fails is left alone for a while by everything
//! that is queued for it, so that a server that is down, or refuses the password, is not stormed.

use std::time::Instant;

use modem_ftp_dbus::errors::ErrorName;

use super::handle::Transfers;
use super::queue::Queue;
use super::server_holds::Trouble;
use crate::api::failure::{Failure, Retry};
use crate::api::settings::Settings;

/// So many of the transfers that wait show what their server failed with.
const SHOWN: usize = 100;

/// A server failed.
struct ServerFailure<'a> {
    server: &'a str,
    trouble: Trouble,
    reason: (ErrorName, String),
    now: Instant,
    seed: u64,
}

impl Transfers {
    /// What came of a login, whoever wanted it.
    pub fn note_login(&self, server: &str, result: &Result<(), Failure>) {
        match result {
            Ok(()) => self.note_works(server, Trouble::Login),
            Err(failure) if is_of_server(failure) => {
                let trouble = match failure.retry {
                    Retry::Slowly => Trouble::Passing,
                    _ => Trouble::Login,
                };
                self.note_trouble(server, trouble, failure);
            }
            Err(_) => {}
        }
    }

    /// A data connection to this server was opened, or could not be.
    pub fn note_data(&self, server: &str, failure: Option<&Failure>) {
        match failure {
            None => self.note_works(server, Trouble::Data),
            Some(failure) => self.note_trouble(server, Trouble::Data, failure),
        }
    }

    fn note_works(&self, server: &str, trouble: Trouble) {
        let now = self.link().now().instant;
        self.queue
            .change_with((server, trouble, now), |queue, (server, trouble, now)| {
                if queue.holds.works(server, trouble) {
                    queue.chores.free_server(server, now);
                }
            });
    }

    fn note_trouble(&self, server: &str, trouble: Trouble, failure: &Failure) {
        let failed = ServerFailure {
            server,
            trouble,
            reason: (failure.name, failure.text.to_string()),
            now: self.link().now().instant,
            seed: self.seed,
        };
        self.queue.change_with(failed, hold);
    }

    /// Whether a transfer with this server is known to have been done.
    pub fn has_done(&self, server: &str) -> bool {
        self.queue
            .get_with(server, |queue, server| queue.has_done(server))
    }

    /// Another configuration is in force: servers that are configured differently may be tried.
    pub fn reconfigured(&self, old: &Settings, new: &Settings) {
        let held = self.queue.get(|queue| queue.holds.servers());
        for server in held {
            if old.server(&server) != new.server(&server) {
                self.queue
                    .change_with(server, |queue, server| queue.holds.lift(&server));
            }
        }
    }
}

/// Holds the server, and shows why at transfers that wait for it.
fn hold(queue: &mut Queue, failed: ServerFailure<'_>) {
    let ServerFailure {
        server,
        trouble,
        reason,
        now,
        seed,
    } = failed;
    let worked = queue
        .holds
        .failed(server, trouble, reason.clone(), now, seed);
    // To remove a name takes no data connection.
    let stops_chores = trouble != Trouble::Data;
    if let Some(until) = queue.holds.until(server, now).filter(|_| stops_chores) {
        queue.chores.hold_server(server, until);
    }
    if !worked {
        return;
    }
    tracing::info!("{server} is left alone for a while: {}", reason.1);
    let ids: Vec<_> = queue.runnable.of_server(server).take(SHOWN).collect();
    for id in ids {
        queue.show(id, |transfer| transfer.status.error = Some(reason.clone()));
    }
}

/// Whether a login failed because of the server, or what leads to it.
fn is_of_server(failure: &Failure) -> bool {
    match failure.name {
        ErrorName::ConnectFailed
        | ErrorName::TlsFailed
        | ErrorName::LoginFailed
        | ErrorName::Protocol
        | ErrorName::Failed => true,
        // Without a code no result came at all.
        ErrorName::Timeout => failure.code.is_some(),
        _ => false,
    }
}
