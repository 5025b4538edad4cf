//! The end of transfers that wait past their `expires`. It is Unix time: a clock that is set forward
//! ends them when the engine is called next, at the latest after [`LONGEST_SLEEP`].

use std::time::{Duration, Instant};

use modem_ftp_dbus::errors::ErrorName;

use super::ending;
use super::handle::Transfers;
use super::queue::Queue;
use crate::api::now::Now;
use crate::api::settings::Limits;
use crate::api::status::TransferState;

/// The Unix clock is looked at again after so long, because it may have been set.
const LONGEST_SLEEP: Duration = Duration::from_secs(600);

impl Transfers {
    /// Ends every transfer that waits past its `expires`.
    pub fn expire(&self) {
        let (now, limits) = (self.link().now(), self.link().settings().limits);
        self.queue.change_with((now, limits), expire);
    }

    /// When [`Transfers::expire`] has something to do, or has to look at the clock again.
    pub fn next_expiry(&self) -> Option<Instant> {
        let now = self.link().now();
        let expires = self.queue.get(Queue::next_expiry)?;
        let left = u64::try_from(expires.saturating_sub(now.unix)).unwrap_or(0);
        Some(now.instant + Duration::from_secs(left).min(LONGEST_SLEEP))
    }
}

fn expire(queue: &mut Queue, (now, limits): (Now, Limits)) {
    while let Some(id) = queue.first_expired(now.unix) {
        queue.change(id, |transfer| {
            let before = transfer.status.error.take();
            let mut text = format!("{}: it expired before it could be done", transfer.label());
            if let Some((_, before)) = before {
                text = format!("{text}; last failure: {before}");
            }
            tracing::warn!(transfer = transfer.status.id.0, "{text}");
            transfer.status.error = Some((ErrorName::Timeout, text));
            transfer.status.state = TransferState::Failed;
            transfer.status.finished = now.unix;
        });
        ending::conclude(queue, id, now, limits);
    }
}
