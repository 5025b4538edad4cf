//! The retry policy: whether and when a failed attempt is followed by another.

use std::time::Duration;

use super::record::Transfer;
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::now::Now;
use crate::api::status::TransferState;

/// The first pause before another attempt; it doubles.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// Attempts that fail because the modem does and are not counted.
const FREE_ATTEMPTS: u32 = 10;

/// The state after a failed attempt. A modem that failed is not the file's fault and costs no
/// attempt, unless it fails again and again: every attempt costs money.
pub fn after_failure(transfer: &mut Transfer, failure: &Failure, now: Now) -> TransferState {
    let free = transfer.breakdowns < FREE_ATTEMPTS;
    if failure.scope >= Scope::Module && transfer.can_restart() && free {
        transfer.breakdowns += 1;
        transfer.status.attempts = transfer.status.attempts.saturating_sub(1);
        transfer.due = Some(now.instant);
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
    transfer.due = Some(now.instant + pause);
    TransferState::Waiting
}
