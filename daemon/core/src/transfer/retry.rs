//! The retry policy: whether and when a failed attempt is followed by another. Each failure says
//! `Soon`, `Later` or `Never` ([`Retry`]); a module or network that is away costs no attempt.

use std::time::Duration;

use modem_ftp_dbus::errors::ErrorName;

use super::record::Transfer;
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::now::Now;
use crate::api::status::TransferState;

/// Attempts that moved bytes before the module or the network was lost, and are not counted: every
/// one of them costs money.
const FREE_ATTEMPTS: u32 = 10;

/// Pauses that double from the first to the longest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pauses {
    first: Duration,
    longest: Duration,
}

/// [`Retry::Soon`]: what failed is expected to work again at once.
pub const SOON: Pauses = Pauses {
    first: Duration::from_secs(2),
    longest: Duration::from_secs(300),
};

/// [`Retry::Later`]: a server or a network is down.
pub const LATER: Pauses = Pauses {
    first: Duration::from_secs(30),
    longest: Duration::from_secs(3600),
};

/// [`Retry::Slowly`]: before each try, seconds; what is refused for now is possible again after a
/// moment, or when the server gives an old session up.
const SLOWLY: [u64; 6] = [5, 30, 60, 120, 240, 480];

/// The pause after refusal number `count`, from 1, with the salt of [`Pauses::after`].
pub fn slowly(count: u32, salt: u64) -> Duration {
    let index = usize::try_from(count.max(1) - 1).unwrap_or(usize::MAX);
    let seconds = SLOWLY.get(index).or(SLOWLY.last()).copied();
    let first = Duration::from_secs(seconds.unwrap_or_default());
    let once = Pauses {
        first,
        longest: first,
    };
    once.after(count, salt)
}

impl Pauses {
    /// The pause after failure number `count`, from 1, longer or shorter by up to a fifth. `salt`
    /// decides by how much, so that gateways that lost the same server do not come back together.
    pub fn after(self, count: u32, salt: u64) -> Duration {
        let doublings = count.saturating_sub(1).min(16);
        let pause = (self.first * 2_u32.pow(doublings)).min(self.longest);
        let percent = 80 + scatter(salt ^ (u64::from(count) << 32)) % 41;
        pause * u32::try_from(percent).unwrap_or(100) / 100
    }
}

/// A number in which every bit depends on every bit of `salt` (the finaliser of SplitMix64).
fn scatter(salt: u64) -> u64 {
    let mut bits = salt.wrapping_add(0x9E37_79B9_7F4A_7C15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

/// The state after a failed attempt. `seed` differs between runs of the daemon.
pub fn after_failure(
    transfer: &mut Transfer,
    failure: &Failure,
    now: Now,
    seed: u64,
) -> TransferState {
    let salt = seed ^ transfer.status.id.0;
    let moved = transfer.status.transferred > 0;
    let free = !moved || transfer.breakdowns < FREE_ATTEMPTS;
    if is_away(failure) && transfer.can_restart() && free {
        transfer.breakdowns = transfer.breakdowns.saturating_add(1);
        transfer.status.attempts = transfer.status.attempts.saturating_sub(1);
        // The first time there is nothing to wait for but the module itself.
        let pause = match (moved, transfer.breakdowns) {
            (false, 1) => Duration::ZERO,
            (_, count) => SOON.after(count, salt),
        };
        transfer.due = Some(now.instant + pause);
        return TransferState::Waiting;
    }
    let is_passing = failure.retry == Retry::Slowly;
    transfer.refusals = transfer.refusals.saturating_add(u32::from(is_passing));
    let again = failure.retry != Retry::Never
        && transfer.refusals as usize <= SLOWLY.len()
        && transfer.can_restart()
        && transfer.status.attempts <= transfer.options.retries;
    if !again {
        return TransferState::Failed;
    }
    let attempts = transfer.status.attempts;
    let pause = match failure.retry {
        Retry::Slowly => slowly(transfer.refusals, salt),
        Retry::Later => LATER.after(attempts, salt),
        Retry::Soon | Retry::Never => SOON.after(attempts, salt),
    };
    transfer.due = Some(now.instant + pause);
    TransferState::Waiting
}

/// Whether the module, its SIM or the network is away: neither the file nor the server is to blame.
fn is_away(failure: &Failure) -> bool {
    let away = matches!(
        failure.name,
        ErrorName::ModemUnavailable
            | ErrorName::ModemReset
            | ErrorName::SimNotReady
            | ErrorName::NotRegistered
            | ErrorName::BearerFailed
    );
    (away && failure.scope > Scope::Command) || failure.scope >= Scope::Module
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_differ_by_a_fifth_at_most() {
        for (pauses, first, longest) in [(SOON, 2.0, 300.0), (LATER, 30.0, 3600.0)] {
            for salt in 0..200 {
                for count in [0, 1, 2, 3, 8, 9, 40, u32::MAX] {
                    let exact = (first * 2_f64.powi(count.saturating_sub(1).min(16).cast_signed()))
                        .min(longest);
                    let pause = pauses.after(count, salt).as_secs_f64();
                    let share = pause / exact;
                    assert!((0.79..=1.21).contains(&share), "{count} {salt}: {pause}");
                }
            }
        }
    }

    #[test]
    fn pauses_depend_on_the_salt_and_on_nothing_else() {
        let of = |salt| LATER.after(3, salt);
        assert_eq!(of(7), of(7));
        let all: std::collections::BTreeSet<_> = (0..100).map(of).collect();
        assert!(all.len() > 20, "{all:?}");
    }
}
