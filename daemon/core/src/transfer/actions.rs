//! What `Transfer1` offers, by the state the transfer is in: every pair of the two is decided
//! here, and what a state does not allow is `WrongState`. A reply leaves when what it says is stored.

use modem_ftp_dbus::errors::ErrorName;

use super::ending;
use super::handle::Transfers;
use super::inquiry::{Inquiry, Wanted};
use super::queue::Queue;
use super::record::Transfer;
use crate::api::failure::Failure;
use crate::api::now::Now;
use crate::api::output::Output;
use crate::api::reply::Reply;
use crate::api::request::{Action, Ticket};
use crate::api::settings::Limits;
use crate::api::status::{TransferId, TransferState};
use crate::link::Abort;

/// What an action is about.
#[derive(Clone, Copy)]
struct Call {
    ticket: Ticket,
    id: TransferId,
    action: Action,
    uid: u32,
    now: Now,
    limits: Limits,
    /// Why the running attempt has been asked to stop already.
    abort: Option<Abort>,
    /// Whether the running attempt has begun to change anything.
    is_moving: bool,
}

/// What is to be done about it.
enum Decision {
    /// Nothing; this is the reply.
    Reply(Reply),
    /// The reply comes at the end.
    Wait,
    /// The reply comes when the running attempt has stopped.
    Stop(Abort),
    /// This changes in the transfer.
    Change(fn(&mut Transfer, Now)),
    /// It ends here.
    Cancel,
    /// It ends when its server was asked; the reply comes then.
    Inquire,
    /// It is paused at once, and the attempt that is being prepared is given up.
    Pause,
    /// It is removed from the list.
    Forget,
}

impl Transfers {
    /// Does `action` on behalf of `uid`, or has it done; the reply comes out when it is stored.
    ///
    /// # Errors
    /// `NotFound`, `NotAuthorized`, `WrongState`; `QueueFull` for a Retry.
    pub fn act(
        &self,
        ticket: Ticket,
        id: TransferId,
        action: Action,
        uid: u32,
    ) -> Result<(), Failure> {
        let call = Call {
            ticket,
            id,
            action,
            uid,
            now: self.link().now(),
            limits: self.link().settings().limits,
            abort: self.link().aborted(),
            is_moving: true,
        };
        if let Some(abort) = self.queue.change_with(call, act)? {
            self.link().abort(abort);
            let handle = self
                .queue
                .get_with(id, |queue, id| Some(queue.get(id)?.local.handle));
            if let Some(handle) = handle.filter(|_| abort == Abort::Cancel) {
                self.link().put(Output::Revoke(handle));
            }
        }
        Ok(())
    }
}

fn act(queue: &mut Queue, call: Call) -> Result<Option<Abort>, Failure> {
    let Call {
        id, ticket, now, ..
    } = call;
    let call = Call {
        is_moving: queue.is_moving,
        ..call
    };
    queue.check_owner(id, call.uid)?;
    let decision = match queue.get(id) {
        Some(transfer) => decide(transfer, call)?,
        None => return Ok(None),
    };
    let mut reply = Reply::Done;
    match decision {
        Decision::Reply(end) => reply = end,
        Decision::Wait => {
            if let Some(transfer) = queue.get_mut(id) {
                transfer.waiters.push(ticket);
            }
            return Ok(None);
        }
        Decision::Stop(abort) => {
            if let Some(transfer) = queue.get_mut(id) {
                transfer.stoppers.push(ticket);
                transfer.resumed &= abort != Abort::Pause;
            }
            return Ok(Some(abort));
        }
        Decision::Change(change) => {
            if call.action == Action::Retry {
                queue.check_room(call.uid, call.limits)?;
            }
            let server = queue.change(id, |transfer| {
                change(transfer, now);
                transfer.status.server.clone()
            });
            if let Some(server) = server.filter(|_| call.action == Action::Retry) {
                queue.holds.lift(&server);
            }
        }
        Decision::Cancel => {
            let was_active = queue.change(id, |transfer| cancel(transfer, now));
            ending::conclude(queue, id, now, call.limits);
            queue.outputs.push_back(Output::Reply(ticket, Ok(reply)));
            return Ok(was_active.filter(|was| *was).map(|_| Abort::Cancel));
        }
        Decision::Inquire => {
            let was_active = queue.show(id, |transfer| inquire(transfer, ticket, now));
            return Ok(was_active.filter(|was| *was).map(|_| Abort::Cancel));
        }
        Decision::Pause => {
            queue.change(id, |transfer| {
                transfer.uncount();
                transfer.status.state = TransferState::Paused;
            });
            queue.outputs.push_back(Output::Reply(ticket, Ok(reply)));
            return Ok(Some(Abort::Pause));
        }
        Decision::Forget => ending::forget(queue, id),
    }
    queue.outputs.push_back(Output::Reply(ticket, Ok(reply)));
    Ok(None)
}

fn decide(transfer: &Transfer, call: Call) -> Result<Decision, Failure> {
    const TWICE: &str = "a pipe cannot be read or written twice";
    let state = transfer.status.state;
    let wrong = |text: &str| Err(transfer.wrong_state(text));
    let again = |action: &str| Err(transfer.wrong_state(&format!("{action}: {TWICE}")));
    Ok(match (call.action, state) {
        (Action::Wait, _) if state.is_final() => Decision::Reply(transfer.end()),
        (Action::Wait, _) => Decision::Wait,

        // It is not known yet in what state it is.
        (Action::Pause | Action::Resume | Action::Retry, _) if transfer.inquiry.is_some() => {
            return wrong("changed while its server is asked whether it is done");
        }

        // Nothing has begun to move: the session is still being opened.
        (Action::Cancel, TransferState::Active) if !call.is_moving => end_waiting(transfer),
        (Action::Cancel, TransferState::Active) => Decision::Stop(Abort::Cancel),
        (Action::Cancel, TransferState::Cancelled) => Decision::Reply(Reply::Done),
        (Action::Cancel, _) if !state.is_final() => end_waiting(transfer),
        (Action::Cancel, _) => return wrong("cancelled"),

        (Action::Pause, _) if !state.is_final() && !transfer.can_restart() => {
            return again("paused");
        }
        (Action::Pause, TransferState::Active) if !call.is_moving => Decision::Pause,
        (Action::Pause, TransferState::Active) => Decision::Stop(Abort::Pause),
        (Action::Pause, _) if !state.is_final() => {
            Decision::Change(|transfer, _| transfer.status.state = TransferState::Paused)
        }
        (Action::Pause, _) => return wrong("paused"),

        (Action::Resume, TransferState::Paused) if !transfer.can_restart() => {
            return again("resumed");
        }
        (Action::Resume, TransferState::Paused) => Decision::Change(queue_again),
        // It has not stopped yet: it goes on as soon as it has.
        (Action::Resume, TransferState::Active) if call.abort == Some(Abort::Pause) => {
            if !transfer.local.rewindable {
                return again("resumed");
            }
            Decision::Change(|transfer, _| transfer.resumed = true)
        }
        (Action::Resume, _) if !state.is_final() => Decision::Reply(Reply::Done),
        (Action::Resume, _) => return wrong("resumed"),

        (Action::Retry, TransferState::Waiting) => {
            Decision::Change(|transfer, now| transfer.due = Some(now.instant))
        }
        (Action::Retry, TransferState::Failed | TransferState::Cancelled) => {
            // A pipe is closed when its transfer ends.
            if !transfer.local.rewindable {
                return again("retried");
            }
            Decision::Change(retry)
        }
        (Action::Retry, _) => return wrong("retried"),

        (Action::Forget, _) if state.is_final() => Decision::Forget,
        (Action::Forget, _) => return wrong("forgotten before it has ended"),
    })
}

/// How a transfer of which nothing moves is cancelled.
fn end_waiting(transfer: &Transfer) -> Decision {
    match transfer.is_in_doubt() {
        true => Decision::Inquire,
        false => Decision::Cancel,
    }
}

fn queue_again(transfer: &mut Transfer, _: Now) {
    transfer.status.state = TransferState::Queued;
}

fn retry(transfer: &mut Transfer, now: Now) {
    queue_again(transfer, now);
    transfer.status.attempts = 0;
    transfer.status.finished = 0;
    transfer.status.error = None;
    transfer.breakdowns = 0;
    transfer.refusals = 0;
}

/// Has the server asked before a transfer of which nothing moves is cancelled; whether an attempt was
/// being prepared.
fn inquire(transfer: &mut Transfer, ticket: Ticket, now: Now) -> bool {
    transfer.stoppers.push(ticket);
    let inquiry = Inquiry::new(Wanted::Cancel, now.instant);
    transfer.inquiry.get_or_insert(inquiry);
    let was_active = transfer.status.state == TransferState::Active;
    if was_active {
        transfer.uncount();
        transfer.status.state = TransferState::Queued;
    }
    was_active
}

/// Cancels a transfer of which nothing moves; whether an attempt was being prepared.
fn cancel(transfer: &mut Transfer, now: Now) -> bool {
    let was_active = transfer.status.state == TransferState::Active;
    transfer.status.state = TransferState::Cancelled;
    transfer.status.finished = now.unix;
    let text = "cancelled before it was transferred".to_owned();
    transfer.status.error = Some((ErrorName::Cancelled, text));
    was_active
}
