//! Bounds of the queue: how many transfers wait, in all and of one user, and how many that have ended
//! are kept, and for how long.

use modem_ftp_dbus::errors::ErrorName;

use super::Queue;
use crate::api::failure::Failure;
use crate::api::settings::Limits;
use crate::api::status::TransferId;

/// Seconds of a day.
const DAY: i64 = 86_400;

impl Queue {
    /// Refuses one more transfer of `uid` when too many wait. A user other than root may not have
    /// more of them than there are places left, so that a user who has none always finds one: the
    /// first user may have half of the queue, a second one a quarter.
    ///
    /// # Errors
    /// `QueueFull`.
    pub fn check_room(&self, uid: u32, limits: Limits) -> Result<(), Failure> {
        let most = limits.max_queued;
        let pending: usize = self.pending.values().sum();
        if pending >= most {
            return Err(Failure::new(
                ErrorName::QueueFull,
                format!(
                    "{most} transfers wait already (max_queued); try again when some have ended"
                ),
            ));
        }
        let own = self.pending.get(&uid).copied().unwrap_or(0);
        let left = most - pending;
        if uid != 0 && own >= left {
            return Err(Failure::new(
                ErrorName::QueueFull,
                format!(
                    "{own} transfers of uid {uid} wait already; {left} more places (max_queued) are \
                     left for other users"
                ),
            ));
        }
        Ok(())
    }

    /// The ended transfer to be forgotten because too many ended ones are kept, or for too long.
    pub fn surplus(&self, limits: Limits, unix: i64) -> Option<TransferId> {
        let first = self.ended.first()?;
        let age = unix.saturating_sub(self.get(first)?.status.finished);
        let is_old = age > i64::from(limits.keep_days) * DAY;
        let surplus = self.ended.surplus(limits.keep_number);
        is_old.then_some(first).or(surplus)
    }
}
