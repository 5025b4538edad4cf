//! [`PipeWatch`]: pipes that handlers of the bus read, each until it is readable again.

use std::collections::HashMap;
use std::os::fd::{AsRawFd, OwnedFd};

use futures_channel::oneshot;
use mio::unix::SourceFd;
use mio::{Interest, Registry, Token};

/// The pipes that are not readable yet.
#[derive(Debug)]
pub struct PipeWatch {
    registry: Registry,
    /// The token of the next pipe.
    next: usize,
    waiting: HashMap<Token, (OwnedFd, oneshot::Sender<()>)>,
}

impl PipeWatch {
    /// No pipes. Tokens are `first` and those after it.
    pub fn new(registry: Registry, first: Token) -> Self {
        Self {
            registry,
            next: first.0,
            waiting: HashMap::new(),
        }
    }

    /// Replies when the pipe is readable, at its end, or at once if it cannot be polled.
    pub fn add(&mut self, pipe: OwnedFd, reply: oneshot::Sender<()>) {
        let token = Token(self.next);
        self.next += 1;
        let registered =
            self.registry
                .register(&mut SourceFd(&pipe.as_raw_fd()), token, Interest::READABLE);
        match registered {
            Ok(()) => {
                self.waiting.insert(token, (pipe, reply));
            }
            // Dropping the sender tells the handler.
            Err(error) => tracing::warn!("a passed pipe cannot be polled: {error}"),
        }
    }

    /// The poller has reported a token.
    pub fn ready(&mut self, token: Token) {
        if let Some((pipe, reply)) = self.waiting.remove(&token) {
            // An error means that the pipe was not registered.
            let _ = self.registry.deregister(&mut SourceFd(&pipe.as_raw_fd()));
            // An error means that the handler has ended.
            let _ = reply.send(());
        }
    }
}
