//! What comes of a transfer after an attempt, and what its end brings: whoever waits is answered,
//! its local file is closed, and what it left on the server is noted for removal.

use modem_ftp_dbus::errors::ErrorName;

use super::handle::Transfers;
use super::left_over::LeftOver;
use super::queue::Queue;
use super::retry;
use crate::api::failure::Failure;
use crate::api::now::Now;
use crate::api::output::Output;
use crate::api::reply::Reply;
use crate::api::status::{TransferId, TransferState};
use crate::link::Abort;

/// Brings a transfer to its next state after an attempt.
pub(super) fn settle(transfers: &Transfers, id: TransferId, result: Result<(), Failure>) {
    let abort = transfers.link().take_abort();
    let now = transfers.link().now();
    transfers.queue.change_with(
        (id, result, abort, now),
        |queue, (id, result, abort, now)| {
            queue.set_active(None);
            if let Some(next) = next_state(queue, id, result, abort, now) {
                apply(queue, id, next, abort, now);
            }
        },
    );
}

/// The state that comes of an attempt; its error is noted.
fn next_state(
    queue: &mut Queue,
    id: TransferId,
    result: Result<(), Failure>,
    abort: Option<Abort>,
    now: Now,
) -> Option<TransferState> {
    let transfer = queue.change(id)?;
    let Err(failure) = result else {
        transfer.status.error = None;
        transfer.staging = None;
        return Some(TransferState::Done);
    };
    let failure = failure.context(transfer.label());
    let next = match (failure.name, abort) {
        (ErrorName::Cancelled, Some(Abort::Pause)) => transfer.paused_state(),
        (ErrorName::Cancelled, _) => TransferState::Cancelled,
        (ErrorName::Stopping, _) => TransferState::Queued,
        _ => retry::after_failure(transfer, &failure, now.instant),
    };
    if next == transfer.paused_state() {
        transfer.status.error = None;
    } else {
        tracing::warn!(transfer = id.0, "{failure}");
        transfer.status.error = Some((failure.name, failure.text));
    }
    Some(next)
}

/// Puts a transfer into the state that came of an attempt. `Cancel` and `Pause` are obeyed and
/// answered whatever came of it.
fn apply(queue: &mut Queue, id: TransferId, next: TransferState, abort: Option<Abort>, now: Now) {
    let Some(transfer) = queue.change(id) else {
        return;
    };
    let paused = transfer.paused_state();
    transfer.resumed = false;
    transfer.status.state = match abort {
        _ if next.is_final() => next,
        Some(Abort::Cancel) if next != TransferState::Paused => TransferState::Cancelled,
        Some(Abort::Pause) => paused,
        _ => next,
    };
    if transfer.status.state.is_final() {
        transfer.status.finished = now.unix;
        return conclude(queue, id, now);
    }
    for ticket in std::mem::take(&mut transfer.stoppers) {
        let reply = Output::Reply(ticket, Ok(Reply::Done));
        queue.outputs.push_back(reply);
    }
}

/// A transfer has reached its end.
pub(super) fn conclude(queue: &mut Queue, id: TransferId, now: Now) {
    let Some(transfer) = queue.change(id) else {
        return;
    };
    let end = transfer.end();
    let waiters = std::mem::take(&mut transfer.waiters);
    let stoppers = std::mem::take(&mut transfer.stoppers);
    let stopped = match transfer.status.state {
        TransferState::Cancelled => Ok(Reply::Done),
        // `Cancel` or `Pause` came too late.
        _ => Err(transfer.ended_already()),
    };
    let handle = transfer.local.handle;
    let staging = transfer.staging.take();
    let server = transfer.status.server.clone();
    let close = if transfer.keeps_file() {
        Output::Discard(handle)
    } else {
        Output::Release(handle)
    };
    for ticket in waiters {
        let reply = Output::Reply(ticket, Ok(end.clone()));
        queue.outputs.push_back(reply);
    }
    for ticket in stoppers {
        let reply = Output::Reply(ticket, stopped.clone());
        queue.outputs.push_back(reply);
    }
    queue.outputs.push_back(close);
    if let Some(path) = staging {
        queue.add_left_over(LeftOver::new(server, path, now.instant));
    }
    while let Some(surplus) = queue.surplus() {
        forget(queue, surplus);
    }
}

/// Removes an ended transfer from the list.
pub(super) fn forget(queue: &mut Queue, id: TransferId) {
    if let Some(transfer) = queue.remove(id) {
        if transfer.keeps_file() {
            let release = Output::Release(transfer.local.handle);
            queue.outputs.push_back(release);
        }
        queue.outputs.push_back(Output::TransferRemoved(id));
    }
}
