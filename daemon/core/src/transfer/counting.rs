//! [`Counting`]: while this guard lives, payload that moves counts as the progress of the active
//! transfer.

use super::handle::Transfers;
use super::queue::Way;

/// Payload that moves counts as progress.
pub(super) struct Counting(Transfers);

impl Counting {
    /// Begins to count payload that moves on this way.
    pub(super) fn begin(transfers: &Transfers, way: Way) -> Self {
        transfers
            .queue
            .change_with(way, |queue, way| queue.counting = Some(way));
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
