//! The state that a transfer is in after an attempt.

use modem_ftp_dbus::errors::ErrorName;

use super::ending;
use super::handle::Transfers;
use super::inquiry::{Inquiry, Wanted};
use super::record::Transfer;
use super::retry;
use crate::api::failure::{Failure, Scope};
use crate::api::now::Now;
use crate::api::output::Output;
use crate::api::reply::Reply;
use crate::api::sentence::Sentence;
use crate::api::settings::Limits;
use crate::api::status::{TransferId, TransferState};
use crate::link::Abort;

/// Why a transfer ends when the daemon stops.
const NOT_KEPT: &str =
    "; a pipe or descriptor that is not kept cannot be read or written again after a restart";

/// What an attempt came to.
struct Outcome {
    id: TransferId,
    result: Result<(), Failure>,
    /// Why it had to stop, if it had to.
    abort: Option<Abort>,
    /// Whether bytes of a pipe were read.
    consumed: bool,
    /// Whether the queue cannot be stored at present.
    is_unstored: bool,
    now: Now,
    limits: Limits,
    /// Differs between runs of the daemon.
    seed: u64,
}

/// Brings a transfer to its next state after an attempt. `consumed`: bytes of a pipe were read.
pub(super) fn settle(
    transfers: &Transfers,
    id: TransferId,
    result: Result<(), Failure>,
    consumed: bool,
) {
    let link = transfers.link();
    let outcome = Outcome {
        id,
        result,
        abort: link.take_abort(),
        consumed,
        is_unstored: false,
        now: link.now(),
        limits: link.settings().limits,
        seed: transfers.seed,
    };
    transfers.queue.change_with(outcome, |queue, outcome| {
        queue.set_active(None);
        let Outcome {
            id, now, limits, ..
        } = outcome;
        // It may have been cancelled or paused while the session was being opened.
        let is_active = |transfer: &Transfer| transfer.status.state == TransferState::Active;
        if !queue.get(id).is_some_and(is_active) {
            return;
        }
        let outcome = Outcome {
            is_unstored: queue.is_failing,
            ..outcome
        };
        queue.change(id, |transfer| next_state(transfer, outcome));
        let Some(transfer) = queue.get_mut(id) else {
            return;
        };
        if transfer.status.state.is_final() {
            return ending::conclude(queue, id, now, limits);
        }
        if transfer.inquiry.is_some() {
            return;
        }
        for ticket in std::mem::take(&mut transfer.stoppers) {
            let reply = Output::Reply(ticket, Ok(Reply::Done));
            queue.outputs.push_back(reply);
        }
    });
}

/// Puts a transfer into the state that comes of an attempt. `Cancel` and `Pause` are obeyed whatever
/// came of it.
fn next_state(transfer: &mut Transfer, outcome: Outcome) {
    let (abort, now) = (outcome.abort, outcome.now);
    transfer.is_consumed |= outcome.consumed && !transfer.local.rewindable;
    let paused = transfer.paused_state();
    let next = match outcome.result {
        Ok(()) => {
            transfer.status.error = None;
            // A backup that is not known to be removed is removed later.
            transfer.traces.staging = None;
            TransferState::Done
        }
        Err(failure) => {
            let refused = failure.scope == Scope::Command && transfer.status.transferred == 0;
            transfer.traces.partial &= transfer.had_partial || !refused;
            let failure = failure.context(transfer.label());
            let next = match (failure.name, abort) {
                (ErrorName::Cancelled, Some(Abort::Pause)) if transfer.can_restart() => {
                    transfer.uncount();
                    paused
                }
                // Bytes of a pipe were read before the Pause took effect.
                (ErrorName::Cancelled, Some(Abort::Pause)) => TransferState::Failed,
                (ErrorName::Cancelled, _) => TransferState::Cancelled,
                (ErrorName::Stopping, _) | (_, Some(Abort::Stop)) if ends_with_daemon(transfer) => {
                    TransferState::Failed
                }
                (ErrorName::Stopping, _) => uncounted(transfer),
                // Whatever a module that was given no time to answer seemed to do.
                (_, Some(Abort::Stop)) if transfer.can_restart() => uncounted(transfer),
                // It goes on when the disk stores again.
                (ErrorName::LocalIo, None) if outcome.is_unstored && transfer.can_restart() => {
                    uncounted(transfer)
                }
                _ => retry::after_failure(transfer, &failure, now, outcome.seed),
            };
            if next == paused {
                transfer.status.error = None;
            } else {
                tracing::warn!(transfer = transfer.status.id.0, "{failure}");
                let mut text = String::from(failure.text);
                let name = match (next, failure.name) {
                    (TransferState::Failed, ErrorName::Cancelled) => ErrorName::LocalIo,
                    (TransferState::Failed, ErrorName::Stopping) => {
                        text.push_str(NOT_KEPT);
                        ErrorName::LocalIo
                    }
                    (_, name) => name,
                };
                if next == TransferState::Failed
                    && transfer.is_in_doubt()
                    && failure.scope > Scope::Command
                {
                    text.push_str("; the file may bear its final name already");
                }
                transfer.status.error = Some((name, Sentence::from(text).into()));
            }
            next
        }
    };
    transfer.resumed = false;
    transfer.status.state = match abort {
        _ if next.is_final() => next,
        Some(Abort::Cancel) if next != TransferState::Paused => TransferState::Cancelled,
        Some(Abort::Pause) => paused,
        _ => next,
    };
    if transfer.status.state == TransferState::Cancelled && transfer.is_in_doubt() {
        transfer.inquiry = Some(Inquiry::new(Wanted::Cancel, now.instant));
        transfer.status.state = TransferState::Queued;
    }
    if transfer.status.state.is_final() {
        transfer.status.finished = now.unix;
    }
}

/// Whether it could not go on after a restart: its local file goes with the process. It ends at once,
/// so that what it left on the server is removed while the daemon is there to do it.
fn ends_with_daemon(transfer: &Transfer) -> bool {
    transfer.local.key.is_none() && transfer.traces.renaming.is_none()
}

/// Queues a transfer again after an attempt that does not count.
fn uncounted(transfer: &mut Transfer) -> TransferState {
    transfer.uncount();
    TransferState::Queued
}
