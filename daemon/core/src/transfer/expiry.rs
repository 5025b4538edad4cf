//! The end of transfers that wait past their `expires`. It is Unix time: a clock that is set forward
//! ends them when the engine is called next, at the latest after [`LONGEST_SLEEP`].

use std::time::{Duration, Instant};

use super::ending;
use super::handle::Transfers;
use super::in_doubt::end_unanswered;
use super::inquiry::{Inquiry, Wanted};
use super::queue::Queue;
use crate::api::now::Now;
use crate::api::settings::Limits;

/// The Unix clock is looked at again after so long, because it may have been set.
const LONGEST_SLEEP: Duration = Duration::from_secs(600);

impl Transfers {
    /// Ends every transfer that waits past its `expires`, or for an answer past its deadline.
    pub fn expire(&self) {
        let (now, limits) = (self.link().now(), self.link().settings().limits);
        self.queue.change_with((now, limits), expire);
    }

    /// When [`Transfers::expire`] has something to do, or has to look at the clock again.
    pub fn next_expiry(&self) -> Option<Instant> {
        let now = self.link().now();
        let expiry = self.queue.get(Queue::next_expiry).map(|expires| {
            let left = u64::try_from(expires.saturating_sub(now.unix)).unwrap_or(0);
            now.instant + Duration::from_secs(left).min(LONGEST_SLEEP)
        });
        let unanswered = self.queue.get(Queue::next_unanswered);
        expiry.into_iter().chain(unanswered).min()
    }
}

fn expire(queue: &mut Queue, (now, limits): (Now, Limits)) {
    while let Some(id) = queue.first_expired(now.unix) {
        let ended = queue.change(id, |transfer| {
            if transfer.is_in_doubt() {
                transfer.inquiry = Some(Inquiry::new(Wanted::Expiry, now.instant));
                return false;
            }
            transfer.expire("");
            transfer.status.finished = now.unix;
            true
        });
        if ended == Some(true) {
            ending::conclude(queue, id, now, limits);
        }
    }
    end_unanswered(queue, now, limits);
}
