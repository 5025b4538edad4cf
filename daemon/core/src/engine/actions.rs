//! What `Transfer1` offers, by the state the transfer is in: every pair of the two is decided
//! here, and what a state does not allow is `WrongState`.

use modem_ftp_dbus::errors::ErrorName;

use super::requests::Taken;
use crate::api::failure::Failure;
use crate::api::reply::Reply;
use crate::api::request::{Action, Ticket};
use crate::api::status::{TransferId, TransferState};
use crate::link::state::{Abort, State};

/// Does `action` on behalf of `uid`, or has it done.
///
/// # Errors
/// `NotFound`, `NotAuthorized`, `WrongState`.
pub fn take(state: &mut State, ticket: Ticket, id: TransferId, action: Action, uid: u32) -> Taken {
    let instant = state.now.instant;
    let unix = state.now.unix;
    let transfer = state.queue.owned(id, uid)?;
    let now = transfer.status.state;
    match (action, now) {
        (Action::Wait, _) if now.is_final() => return Ok(Some(transfer.end())),
        (Action::Wait, _) => {
            transfer.waiters.push(ticket);
            return Ok(None);
        }
        (Action::Cancel, TransferState::Active) => {
            transfer.stoppers.push(ticket);
            state.abort = Some(Abort::Cancel);
            return Ok(None);
        }
        (Action::Pause, _) if !now.is_final() && !transfer.can_restart() => {
            return Err(transfer.wrong_state("paused: a pipe cannot be read or written twice"));
        }
        (Action::Pause, TransferState::Active) => {
            transfer.stoppers.push(ticket);
            transfer.resumed = false;
            state.abort.get_or_insert(Abort::Pause);
            return Ok(None);
        }
        (Action::Cancel, TransferState::Cancelled) => {}
        (Action::Cancel, _) if !now.is_final() => {
            transfer.status.state = TransferState::Cancelled;
            transfer.status.finished = unix;
            let failure = Failure::new(ErrorName::Cancelled, "cancelled before it moved");
            transfer.status.error = Some((failure.name, failure.text));
            crate::transfer::conclude(state, id);
        }
        (Action::Cancel, _) => return Err(transfer.wrong_state("cancelled")),
        (Action::Pause, _) if !now.is_final() => transfer.status.state = TransferState::Paused,
        (Action::Pause, _) => return Err(transfer.wrong_state("paused")),
        (Action::Resume, TransferState::Paused) => {
            if !transfer.can_restart() {
                return Err(transfer.wrong_state("resumed: a pipe cannot be read or written twice"));
            }
            transfer.status.state = TransferState::Queued;
        }
        // It has not stopped yet: it goes on as soon as it has.
        (Action::Resume, TransferState::Active) if state.abort == Some(Abort::Pause) => {
            if !transfer.local.rewindable {
                return Err(transfer.wrong_state("resumed: a pipe cannot be read or written twice"));
            }
            transfer.resumed = true;
        }
        (Action::Resume, _) if !now.is_final() => {}
        (Action::Resume, _) => return Err(transfer.wrong_state("resumed")),
        (Action::Retry, TransferState::Waiting) => transfer.due = Some(instant),
        (Action::Retry, TransferState::Failed | TransferState::Cancelled) => {
            if !transfer.can_restart() {
                return Err(transfer.wrong_state("retried: a pipe cannot be read or written twice"));
            }
            transfer.status.state = TransferState::Queued;
            transfer.status.attempts = 0;
            transfer.breakdowns = 0;
            transfer.status.finished = 0;
            transfer.status.error = None;
        }
        (Action::Retry, _) => return Err(transfer.wrong_state("retried")),
        (Action::Forget, _) if now.is_final() => crate::transfer::forget(state, id),
        (Action::Forget, _) => return Err(transfer.wrong_state("forgotten before it has ended")),
    }
    Ok(Some(Reply::Done))
}
