//! The local file of the transfer that is to run next is opened before its attempt begins: as long as
//! the disk takes for it, calls are served, and another transfer may come first.

use std::time::Instant;

use super::handle::Transfers;
use super::opening::{Ahead, OPEN};
use crate::api::local::{Handle, LocalKey};
use crate::api::output::Output;
use crate::api::status::{Direction, TransferId};

impl Transfers {
    /// The transfer that is to run at `now` and whose local file is open, or whose attempt begins
    /// anyway because that takes too long.
    pub fn next(&self, now: Instant) -> Option<TransferId> {
        let id = self
            .queue
            .change_with(now, |queue, now| queue.next_transfer(now));
        if self.ahead().is_some_and(|ahead| Some(ahead.id) != id) {
            self.forget_ahead();
        }
        id.filter(|id| self.is_open(*id, now))
    }

    fn is_open(&self, id: TransferId, now: Instant) -> bool {
        let Some((handle, key, uid, direction)) = self.queue.get_with(id, |queue, id| {
            let transfer = queue.get(id)?;
            let (local, status) = (&transfer.local, &transfer.status);
            let key = local.key.clone()?;
            Some((local.handle, key, status.uid, status.direction))
        }) else {
            // Nothing is opened again.
            return true;
        };
        let mut ahead = self.ahead().unwrap_or(Ahead {
            id,
            handle,
            direction,
            facts: self.ledger.last(),
            is_begun: false,
            until: now + OPEN,
        });
        if !ahead.is_begun && self.ledger.answered() >= ahead.facts {
            self.open(handle, key, uid, direction);
            ahead.is_begun = true;
        }
        self.ahead
            .change_with(ahead, |state, ahead| *state = Some(ahead));
        (ahead.is_begun && self.link().is_opened(handle)) || now >= ahead.until
    }

    /// Has the shell open a file; [`Link::take_opened`](crate::link::Link::take_opened) has the
    /// answer.
    pub(super) fn open(&self, handle: Handle, key: LocalKey, uid: u32, direction: Direction) {
        self.link().begin_opening(handle);
        self.link().put(Output::Open {
            handle,
            key,
            uid,
            direction,
        });
    }

    /// The file that is being opened, or is open.
    pub(super) fn ahead(&self) -> Option<Ahead> {
        self.ahead.get(|ahead| *ahead)
    }

    /// The same for the attempt that begins.
    pub(super) fn take_ahead(&self, id: TransferId) -> Option<Ahead> {
        let ahead = self.ahead.change(Option::take);
        ahead.filter(|ahead| ahead.id == id && ahead.is_begun)
    }

    /// The file is not needed now: another transfer comes first, or the module is not in use.
    pub fn forget_ahead(&self) {
        let Some(ahead) = self.ahead.change(Option::take) else {
            return;
        };
        // What a download has received by an earlier attempt is kept.
        let is_source = ahead.direction == Direction::Upload;
        let exists = |id| self.queue.get_with(id, |queue, id| queue.get(id).is_some());
        if ahead.is_begun && is_source && exists(ahead.id) {
            self.link().put(Output::Discard(ahead.handle));
        }
    }
}
