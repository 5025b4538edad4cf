//! [`PipeWatch`]: pipes of callers that somebody waits for, each until it is readable.

use std::collections::HashMap;
use std::os::fd::{AsRawFd, OwnedFd};

use futures_channel::oneshot;
use mio::unix::SourceFd;
use mio::{Interest, Registry, Token};
use modem_ftp_core::api::local::Handle;

/// Who waits for a pipe.
#[derive(Debug)]
pub enum Waiter {
    /// A handler of the bus, which reads it.
    Handler(oneshot::Sender<()>),
    /// The engine, which sends it.
    Engine(Handle),
}

/// The pipes that are not readable yet.
#[derive(Debug)]
pub struct PipeWatch {
    registry: Registry,
    /// The token of the next pipe.
    next: usize,
    waiting: HashMap<Token, (OwnedFd, Waiter)>,
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

    /// Has [`PipeWatch::ready`] tell who waited when the pipe is readable or at its end. `false`: it
    /// cannot be polled, and nobody is told.
    pub fn add(&mut self, pipe: OwnedFd, waiter: Waiter) -> bool {
        let token = Token(self.next);
        self.next += 1;
        let registered =
            self.registry
                .register(&mut SourceFd(&pipe.as_raw_fd()), token, Interest::READABLE);
        match registered {
            Ok(()) => {
                self.waiting.insert(token, (pipe, waiter));
                true
            }
            // Dropping the sender tells a handler.
            Err(error) => {
                tracing::warn!("a passed pipe cannot be polled: {error}");
                false
            }
        }
    }

    /// The poller has reported a token. A handler that waited is told; the pipe that the engine waited
    /// for is returned.
    pub fn ready(&mut self, token: Token) -> Option<Handle> {
        match self.remove(token)? {
            Waiter::Handler(reply) => {
                // An error means that the handler has ended.
                let _ = reply.send(());
                None
            }
            Waiter::Engine(handle) => Some(handle),
        }
    }

    /// The engine does not wait for this pipe any more.
    pub fn forget(&mut self, handle: Handle) {
        let waits = |(_, waiter): &(OwnedFd, Waiter)| matches!(waiter, Waiter::Engine(awaited) if *awaited == handle);
        let found = self.waiting.iter().find(|(_, pipe)| waits(pipe));
        if let Some(token) = found.map(|(token, _)| *token) {
            self.remove(token);
        }
    }

    fn remove(&mut self, token: Token) -> Option<Waiter> {
        let (pipe, waiter) = self.waiting.remove(&token)?;
        // An error means that the pipe was not registered.
        let _ = self.registry.deregister(&mut SourceFd(&pipe.as_raw_fd()));
        Some(waiter)
    }
}
