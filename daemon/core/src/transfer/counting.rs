//! [`Counting`]: while this guard lives, payload that moves counts as the progress of the active
//! transfer.

use std::time::Duration;

use super::handle::Transfers;
use super::queue::Way;
use crate::api::status::Direction;

/// How often the progress of an upload is stored while it moves, so that it can be continued after
/// the daemon was killed: a few times a minute, to spare the flash.
const CHECKPOINT: Duration = Duration::from_secs(20);

/// Payload that moves counts as progress.
pub(super) struct Counting(Transfers);

impl Counting {
    /// Begins to count payload that moves on this way.
    pub(super) fn begin(transfers: &Transfers, way: Way) -> Self {
        let checkpoint = transfers.link().after(CHECKPOINT);
        transfers
            .queue
            .change_with((way, checkpoint), |queue, (way, checkpoint)| {
                queue.counting = Some(way);
                queue.checkpoint.get_or_insert(checkpoint);
            });
        Self(transfers.clone())
    }
}

impl Drop for Counting {
    fn drop(&mut self) {
        self.0.queue.change(|queue| queue.counting = None);
    }
}

impl Transfers {
    /// So many more bytes of payload moved over the serial line. The progress of the active
    /// transfer is published only if `due`.
    pub fn moved(&self, bytes: u64, due: bool) {
        self.queue.change_with((bytes, due), |queue, (bytes, due)| {
            let counting = queue.counting;
            let Some(transfer) = queue.active() else {
                return;
            };
            transfer.traffic.line += bytes;
            let Some(way) = counting else {
                return;
            };
            if way == Way::LineAndAir {
                transfer.traffic.air += bytes;
            }
            transfer.status.transferred += bytes;
            let id = transfer.status.id;
            if due {
                queue.touch(id);
            }
        });
        self.store_progress();
    }

    /// Stores the progress of an upload now and then. Without flow control only what the module has
    /// counted is progress, and that is noted where it is counted.
    fn store_progress(&self) {
        let now = self.link().now().instant;
        let is_safe = self.link().longest_segment() == u64::MAX;
        self.queue
            .change_with((now, is_safe), |queue, (now, is_safe)| {
                let counts = queue.counting == Some(Way::LineAndAir);
                if !counts || queue.checkpoint.is_none_or(|due| now < due) {
                    return;
                }
                queue.checkpoint = Some(now + CHECKPOINT);
                let Some(transfer) = queue.active() else {
                    return;
                };
                let is_ours = transfer.traces.content.is_some();
                if transfer.status.direction == Direction::Download || !is_ours {
                    return;
                }
                if is_safe {
                    transfer.traces.confirmed = transfer.status.transferred;
                }
                let id = transfer.status.id;
                queue.store(id);
            });
    }

    /// The module counted so many bytes of the active transfer in all. It is asked less often than
    /// progress may be published.
    pub(super) fn counted(&self, bytes: u64) {
        self.queue.change_with(bytes, |queue, bytes| {
            let counting = queue.counting;
            let Some(transfer) = queue.active().filter(|_| counting.is_some()) else {
                return;
            };
            // Before the transfer has begun the count may still be that of the one before.
            let bytes = transfer.status.size.map_or(bytes, |size| bytes.min(size));
            if transfer.status.transferred != bytes {
                transfer.status.transferred = bytes;
                let id = transfer.status.id;
                queue.touch(id);
            }
        });
    }
}
