//! What `Transfer1` offers, by the state the transfer is in: every pair of the two is decided
//! here, and what a state does not allow is `WrongState`.

use modem_ftp_dbus::errors::ErrorName;

use super::handle::Transfers;
use super::queue::Queue;
use super::settle;
use crate::api::failure::Failure;
use crate::api::now::Now;
use crate::api::reply::Reply;
use crate::api::request::{Action, Ticket};
use crate::api::status::{TransferId, TransferState};
use crate::link::Abort;

/// What an action came to.
enum Outcome {
    /// It is done.
    Done(Reply),
    /// The reply comes when the transfer ends or stops.
    Later,
    /// The reply comes when the running attempt has stopped.
    Stop(Abort),
}

/// What an action is about.
#[derive(Clone, Copy)]
struct Call {
    ticket: Ticket,
    id: TransferId,
    action: Action,
    uid: u32,
    now: Now,
    /// Why the running attempt has been asked to stop already.
    abort: Option<Abort>,
}

impl Transfers {
    /// Does `action` on behalf of `uid`, or has it done: `None`, the reply comes later.
    ///
    /// # Errors
    /// `NotFound`, `NotAuthorized`, `WrongState`.
    pub fn act(
        &self,
        ticket: Ticket,
        id: TransferId,
        action: Action,
        uid: u32,
    ) -> Result<Option<Reply>, Failure> {
        let call = Call {
            ticket,
            id,
            action,
            uid,
            now: self.link().now(),
            abort: self.link().aborted(),
        };
        Ok(match self.queue.change_with(call, act)? {
            Outcome::Done(reply) => Some(reply),
            Outcome::Later => None,
            Outcome::Stop(abort) => {
                self.link().abort(abort);
                None
            }
        })
    }
}

fn act(queue: &mut Queue, call: Call) -> Result<Outcome, Failure> {
    let Call {
        ticket,
        id,
        action,
        uid,
        now: Now { instant, unix },
        abort,
    } = call;
    let transfer = queue.owned(id, uid)?;
    let state = transfer.status.state;
    match (action, state) {
        (Action::Wait, _) if state.is_final() => return Ok(Outcome::Done(transfer.end())),
        (Action::Wait, _) => {
            transfer.waiters.push(ticket);
            return Ok(Outcome::Later);
        }
        (Action::Cancel, TransferState::Active) => {
            transfer.stoppers.push(ticket);
            return Ok(Outcome::Stop(Abort::Cancel));
        }
        (Action::Pause, _) if !state.is_final() && !transfer.can_restart() => {
            return Err(transfer.wrong_state("paused: a pipe cannot be read or written twice"));
        }
        (Action::Pause, TransferState::Active) => {
            transfer.stoppers.push(ticket);
            transfer.resumed = false;
            return Ok(Outcome::Stop(Abort::Pause));
        }
        (Action::Cancel, TransferState::Cancelled) => {}
        (Action::Cancel, _) if !state.is_final() => {
            transfer.status.state = TransferState::Cancelled;
            transfer.status.finished = unix;
            let failure = Failure::new(ErrorName::Cancelled, "cancelled before it moved");
            transfer.status.error = Some((failure.name, failure.text));
            settle::conclude(queue, id, call.now);
        }
        (Action::Cancel, _) => return Err(transfer.wrong_state("cancelled")),
        (Action::Pause, _) if !state.is_final() => transfer.status.state = TransferState::Paused,
        (Action::Pause, _) => return Err(transfer.wrong_state("paused")),
        (Action::Resume, TransferState::Paused) => {
            if !transfer.can_restart() {
                return Err(transfer.wrong_state("resumed: a pipe cannot be read or written twice"));
            }
            transfer.status.state = TransferState::Queued;
        }
        // It has not stopped yet: it goes on as soon as it has.
        (Action::Resume, TransferState::Active) if abort == Some(Abort::Pause) => {
            if !transfer.local.rewindable {
                return Err(transfer.wrong_state("resumed: a pipe cannot be read or written twice"));
            }
            transfer.resumed = true;
        }
        (Action::Resume, _) if !state.is_final() => {}
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
        (Action::Forget, _) if state.is_final() => settle::forget(queue, id),
        (Action::Forget, _) => return Err(transfer.wrong_state("forgotten before it has ended")),
    }
    Ok(Outcome::Done(Reply::Done))
}
