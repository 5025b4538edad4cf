//! A refusal that may be true for now only: the server may still hold what a session that was cut had,
//! or has done the same a moment ago. It is tried again slowly, and not often.

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use super::attempt::Attempt;
use super::handle::Transfers;
use crate::api::failure::{Failure, Retry, Scope};

/// What worked within this time may work again.
const LATELY: Duration = Duration::from_secs(900);
/// Without a cut the path itself may be refused, or its directory gone: so many attempts are followed
/// by another, and no more.
const FEW: u32 = 1;

/// A failure of an attempt; one that may pass is tried again slowly.
pub fn passing(attempt: &Attempt, failure: Failure) -> Failure {
    let refused = failure.name == ErrorName::RemoteRefused && failure.scope == Scope::Command;
    if !refused || failure.retry != Retry::Never || attempt.is_checking {
        return failure;
    }
    match may_pass(attempt) {
        true => failure.retry(Retry::Slowly),
        false => failure,
    }
}

/// Whether what the server refuses may be possible again: the refusal follows a cut, or the same has
/// worked a moment ago.
pub fn may_pass(attempt: &Attempt) -> bool {
    let has_worked = || attempt.attempts() <= FEW && attempt.has_stored_within(LATELY);
    attempt.follows_cut() || has_worked()
}

/// A failure of a login. Before the first one that works in this run of the daemon, a transfer that was
/// done by an earlier run shows that such logins work.
pub fn of_login(transfers: &Transfers, server: &str, failure: Failure) -> Failure {
    let refused = failure.name == ErrorName::LoginFailed && failure.retry == Retry::Never;
    let is_new = !transfers.link().has_ever_logged_in(server);
    match refused && is_new && transfers.has_done(server) {
        true => failure.retry(Retry::Slowly),
        false => failure,
    }
}
