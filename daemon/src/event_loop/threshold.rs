//! [`Threshold`]: before the loop. Nothing is touched, the tty least of all, until the bus name
//! is ours: two daemons never share a module.

use std::io;
use std::process::ExitCode;
use std::sync::mpsc::Receiver;

use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Waker};
use nix::sys::signal::Signal;

use super::{EventLoop, Letter, MAIL, Mailbox, Parts, SIGNALS};

/// A loop that waits for the bus.
pub struct Threshold {
    /// What the loop will be made of.
    pub(super) parts: Parts,
    pub(super) poll: Poll,
    pub(super) mailbox: Mailbox,
    pub(super) letters: Receiver<Letter>,
    /// Calls that came before the word that they can.
    pub(super) early: Vec<Letter>,
}

impl Threshold {
    /// A loop to be, and the way to it for the bus thread.
    ///
    /// # Errors
    /// The system has no descriptor left.
    pub fn new(parts: Parts) -> io::Result<(Self, Mailbox)> {
        let poll = Poll::new()?;
        let (mailbox, letters) = Mailbox::new(Waker::new(poll.registry(), MAIL)?);
        let mut signals = SourceFd(&parts.signals.raw_fd());
        let registry = poll.registry();
        registry.register(&mut signals, SIGNALS, Interest::READABLE)?;
        let threshold = Self {
            parts,
            poll,
            mailbox: mailbox.clone(),
            letters,
            early: Vec::new(),
        };
        Ok((threshold, mailbox))
    }

    /// Waits for the bus, then runs until the daemon is told to end, or cannot go on.
    ///
    /// # Errors
    /// The poller failed.
    pub fn run(mut self) -> io::Result<ExitCode> {
        let mut events = Events::with_capacity(4);
        loop {
            match self.poll.poll(&mut events, None) {
                Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
                _ => {}
            }
            while let Some(signal) = self.parts.signals.next() {
                if matches!(signal, Signal::SIGTERM | Signal::SIGINT) {
                    return Ok(ExitCode::SUCCESS);
                }
            }
            while let Ok(letter) = self.letters.try_recv() {
                match letter {
                    Letter::BusReady => return EventLoop::new(self).run(),
                    Letter::BusLost(reason) => {
                        tracing::error!("{reason}");
                        return Ok(ExitCode::FAILURE);
                    }
                    early => self.early.push(early),
                }
            }
        }
    }
}
