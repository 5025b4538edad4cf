//! A refusal that may be true for now only: the server may still hold what a session that was cut had,
//! or has done the same a moment ago. It is tried again slowly, and not often.

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use super::attempt::Attempt;
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
