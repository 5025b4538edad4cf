//! [`Closer`]: closes descriptors that callers passed, on a disk thread: closing a file may take as long
//! as its file system does not answer, and the bus thread must not wait for that.

use crate::files::{Disk, Owner};
use crate::limits::Slot;
use crate::messages::{Inbox, Message};

/// Closes what callers passed. Clones do the same.
#[derive(Clone, Debug)]
pub struct Closer {
    /// The disk threads.
    pub disk: Disk,
    /// The event loop, which keeps their deadlines.
    pub inbox: Inbox,
}

impl Closer {
    /// Drops what holds a descriptor, which counts until then. `uid`: whose it is, if that is known.
    pub fn close(&self, uid: Option<u32>, slot: Option<Slot>, what: impl Send + 'static) {
        let owner = uid.map_or(Owner::Unknown, Owner::User);
        let lane = self.disk.lane(owner, "a file that was passed");
        lane.run_silently(move || drop((what, slot)));
        self.inbox.send(Message::DiskUsed);
    }
}
