//! Transfers: queued, attempted, retried with sense, ended with a name for everything.

mod download;
mod publish;
pub mod queue;
mod record;
mod stored;
mod upload;

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use crate::api::failure::{Failure, Retry, Scope};
use crate::api::local::LocalFile;
use crate::api::options::Options;
use crate::api::output::Output;
use crate::api::reply::Reply;
use crate::api::status::{Direction, TransferId, TransferState};
use crate::ftp::{Session, tls};
use crate::link::Link;
use crate::link::state::{Abort, State};
use queue::{Call, Work};
pub use record::Transfer;

/// The first pause before another attempt; it doubles.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
/// Attempts that may break with the modem and cost nothing.
const FREE_ATTEMPTS: u32 = 10;
/// It never gets longer than this.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// One attempt, as its procedure sees it.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// Which transfer.
    pub id: TransferId,
    /// The local file.
    pub local: LocalFile,
    /// The final remote path.
    pub remote: String,
    /// The temporary remote path.
    pub temporary: String,
    /// Options.
    pub options: Options,
    /// ASCII type: line ends are CR LF on the way (RFC 959 §3.1.1.1).
    pub text: bool,
}

impl Attempt {
    /// Notes something of the transfer; its status is published afterwards.
    fn note(&self, link: &Link, note: impl FnOnce(&mut Transfer)) {
        link.with(|state| {
            if let Some(transfer) = state.queue.change(self.id) {
                note(transfer);
            }
        });
    }
}

/// Makes one attempt at a transfer and settles what comes of it.
///
/// # Errors
/// With a scope of `Context` or more: what broke below the session.
pub async fn run(link: &Link, session: &mut Session, id: TransferId) -> Result<(), Failure> {
    let begun = link.with(|state| {
        state.abort = None;
        let unix = state.now.unix;
        let seed = state.seed;
        let transfer = state.queue.change(id)?;
        transfer.begin(unix);
        let remote = transfer.status.remote.clone();
        let attempt = Attempt {
            id,
            local: transfer.local.clone(),
            temporary: crate::ftp::path::temporary(&remote, seed, id.0),
            remote,
            options: transfer.options.clone(),
            text: false,
        };
        Some((
            attempt,
            transfer.status.direction,
            transfer.status.server.clone(),
        ))
    });
    let Some((mut attempt, direction, server)) = begun else {
        return Ok(());
    };
    let result = match session.open(&server).await {
        Ok(_) => {
            attempt.text = session.server().is_some_and(|server| !server.binary);
            session.transferring(true);
            let result = match direction {
                Direction::Upload => upload::run(link, &attempt).await,
                Direction::Download => download::run(link, &attempt).await,
            };
            session.transferring(false);
            result.map_err(|failure| match session.server() {
                Some(server) => tls::explain_data(server, failure),
                None => failure,
            })
        }
        Err(failure) => Err(failure),
    };
    link.with(|state| state.counting = false);
    let broken = match &result {
        Ok(()) => {
            session.touch();
            Ok(())
        }
        Err(failure) => session.after(failure).await,
    };
    link.with(|state| settle(state, id, result));
    broken
}

/// Brings the transfer to its next state after an attempt.
fn settle(state: &mut State, id: TransferId, result: Result<(), Failure>) {
    let abort = state.abort.take();
    let instant = state.now.instant;
    let unix = state.now.unix;
    let Some(transfer) = state.queue.change(id) else {
        return;
    };
    let paused = match std::mem::take(&mut transfer.resumed) {
        true => TransferState::Queued,
        false => TransferState::Paused,
    };
    let next = match result {
        Ok(()) => {
            transfer.status.error = None;
            transfer.temporary = None;
            TransferState::Done
        }
        Err(failure) => {
            let failure = failure.context(transfer.label());
            let next = match (failure.name, abort) {
                (ErrorName::Cancelled, Some(Abort::Pause)) => paused,
                (ErrorName::Cancelled, _) => TransferState::Cancelled,
                (ErrorName::Stopping, _) => TransferState::Queued,
                _ => after_failure(transfer, &failure, instant),
            };
            if next == paused {
                transfer.status.error = None;
            } else {
                tracing::warn!(transfer = id.0, "{failure}");
                transfer.status.error = Some((failure.name, failure.text));
            }
            next
        }
    };
    transfer.status.state = next;
    if next.is_final() {
        transfer.status.finished = unix;
        conclude(state, id);
        return;
    }
    // `Cancel` and `Pause` are answered whatever came of the attempt.
    let stoppers = std::mem::take(&mut transfer.stoppers);
    let cancelled = abort == Some(Abort::Cancel) && next != TransferState::Paused;
    if cancelled {
        transfer.status.state = TransferState::Cancelled;
        transfer.status.finished = unix;
        transfer.stoppers = stoppers;
        conclude(state, id);
        return;
    }
    if abort == Some(Abort::Pause) {
        transfer.status.state = paused;
    }
    for ticket in stoppers {
        state
            .outputs
            .push_back(Output::Reply(ticket, Ok(Reply::Done)));
    }
}

/// Whether and when to try again. A modem that is gone is not the file's fault and costs no
/// attempt, unless it goes again and again: every attempt costs money.
fn after_failure(
    transfer: &mut Transfer,
    failure: &Failure,
    now: std::time::Instant,
) -> TransferState {
    let free = transfer.breakdowns < FREE_ATTEMPTS;
    if failure.scope >= Scope::Module && transfer.can_restart() && free {
        transfer.breakdowns += 1;
        transfer.status.attempts = transfer.status.attempts.saturating_sub(1);
        transfer.due = Some(now);
        return TransferState::Waiting;
    }
    let again = failure.retry != Retry::Never
        && transfer.can_restart()
        && transfer.status.attempts <= transfer.options.retries;
    if !again {
        return TransferState::Failed;
    }
    let doublings = transfer.status.attempts.saturating_sub(1).min(8);
    let pause = match failure.retry {
        Retry::Soon => FIRST_PAUSE,
        _ => (FIRST_PAUSE * 2_u32.pow(doublings)).min(LONGEST_PAUSE),
    };
    transfer.due = Some(now + pause);
    TransferState::Waiting
}

/// A transfer has reached its end: who waits is answered, what is left over is removed.
pub fn conclude(state: &mut State, id: TransferId) {
    let expires = state.now.instant + Duration::from_secs(3600);
    let Some(transfer) = state.queue.change(id) else {
        return;
    };
    let end = transfer.end();
    let waiters = std::mem::take(&mut transfer.waiters);
    let stoppers = std::mem::take(&mut transfer.stoppers);
    let was = transfer.status.state;
    let stopped = match was {
        TransferState::Cancelled => Ok(Reply::Done),
        // `Cancel` or `Pause` came too late.
        _ => Err(transfer.ended_already()),
    };
    let handle = transfer.local.handle;
    let left_over = transfer.temporary.take();
    let server = transfer.status.server.clone();
    let kept = transfer.keeps_file();
    crate::engine::publish_transfers(state);
    for ticket in waiters {
        state
            .outputs
            .push_back(Output::Reply(ticket, Ok(end.clone())));
    }
    for ticket in stoppers {
        state
            .outputs
            .push_back(Output::Reply(ticket, stopped.clone()));
    }
    state.outputs.push_back(if kept {
        Output::Discard(handle)
    } else {
        Output::Release(handle)
    });
    if let Some(path) = left_over {
        let work = Work::Tidy(server, path);
        let call = Call {
            ticket: None,
            work,
            expires,
        };
        if let Err(failure) = state.queue.call(call) {
            tracing::warn!("a temporary file stays on the server: {failure}");
        }
    }
    while let Some(surplus) = state.queue.surplus() {
        forget(state, surplus);
    }
}

/// Removes an ended transfer from the list.
pub fn forget(state: &mut State, id: TransferId) {
    if let Some(transfer) = state.queue.remove(id) {
        if transfer.keeps_file() {
            state
                .outputs
                .push_back(Output::Release(transfer.local.handle));
        }
        state.outputs.push_back(Output::TransferRemoved(id));
    }
}
