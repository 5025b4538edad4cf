//! [`Closer`]: closes descriptors that callers passed, on a disk thread: closing a file may take as long
//! as its file system does not answer, and a socket as long as its other end does not read. The bus
//! thread must not wait for that.

use std::sync::Arc;

use modem_ftp_core::api::request::CallerId;
use zbus::message::Message;

use super::caller;
use crate::files::{Disk, Owner};
use crate::limits::Received;
use crate::messages::{Inbox, Message as ToLoop};

/// Closes what callers passed. Clones do the same.
#[derive(Clone, Debug)]
pub struct Closer {
    /// The disk threads.
    pub disk: Disk,
    /// The event loop, which keeps their deadlines.
    pub inbox: Inbox,
}

impl Closer {
    /// Drops what holds a descriptor. `uid`: whose it is, if that is known.
    pub fn close(&self, uid: Option<u32>, what: impl Send + 'static) {
        let lane = self
            .disk
            .lane(Owner::Closing(uid), "a file that was passed");
        lane.drop_silently(what);
        self.inbox.send(ToLoop::DiskUsed);
    }
}

/// A message whose descriptors nobody takes. Wherever it is dropped, they are closed by a [`Closer`].
pub struct Refused {
    closer: Closer,
    message: Option<(Message, Arc<Received>)>,
}

impl Refused {
    /// A message, with what counts its descriptors.
    pub fn new(closer: Closer, message: Message, received: Arc<Received>) -> Self {
        Self {
            closer,
            message: Some((message, received)),
        }
    }

    /// Who has sent it.
    pub fn sender(&self) -> CallerId {
        let message = self.message.as_ref();
        message.map_or_else(CallerId::default, |(it, _)| caller::id(&it.header()))
    }

    /// Closes its descriptors. `uid`: whose they are, if that is known.
    pub fn close(mut self, uid: Option<u32>) {
        self.hand_over(uid);
    }

    fn hand_over(&mut self, uid: Option<u32>) {
        if let Some(message) = self.message.take() {
            self.closer.close(uid, message);
        }
    }
}

impl Drop for Refused {
    fn drop(&mut self) {
        self.hand_over(None);
    }
}
