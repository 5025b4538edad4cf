//! [`Inbox`]: how other threads send messages to the event loop. Every message wakes the loop.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};

use mio::Waker;

use super::message::Message;

/// The sending side of the event loop's queue of messages.
#[derive(Clone, Debug)]
pub struct Inbox {
    sender: Sender<Message>,
    waker: Arc<Waker>,
}

impl Inbox {
    /// An inbox and its receiving side, which belongs to the thread that `waker` wakes.
    pub fn new(waker: Waker) -> (Self, Receiver<Message>) {
        let (sender, messages) = mpsc::channel();
        let waker = Arc::new(waker);
        (Self { sender, waker }, messages)
    }

    /// Queues a message and wakes the event loop. Once the loop has ended, the message is dropped.
    pub fn send(&self, message: Message) {
        if self.sender.send(message).is_ok()
            && let Err(error) = self.waker.wake()
        {
            tracing::error!("the event loop cannot be woken: {error}");
        }
    }
}
