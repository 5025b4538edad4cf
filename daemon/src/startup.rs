//! Startup: creates the threads, waits until the daemon owns its bus name, then runs the event
//! loop. The serial port is not opened before that, so two daemons never use the same module.

use std::io;
use std::process::ExitCode;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Waker};
use nix::sys::signal::Signal;

use crate::arguments::Arguments;
use crate::config::Config;
use crate::event_loop::{EventLoop, INBOX, Parts, SIGNALS};
use crate::files::Disk;
use crate::messages::{Inbox, Message};
use crate::signals::Signals;
use crate::{bus, limits, log};

/// How long the bus and disk threads may take to finish their work when the event loop has ended.
const THREADS_TIME: Duration = Duration::from_secs(2);

/// Runs the daemon until a signal stops it or it fails.
///
/// # Errors
/// The system has no descriptor or thread left, or the poller failed.
pub fn run(arguments: Arguments, config: Config) -> io::Result<ExitCode> {
    // Before any thread is created: threads inherit the signal mask.
    let signals = Signals::block()?;
    log::start();
    limits::raise_descriptors();
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    let poll = Poll::new()?;
    let (inbox, messages) = Inbox::new(Waker::new(poll.registry(), INBOX)?);
    let mut signals_fd = SourceFd(&signals.raw_fd());
    poll.registry()
        .register(&mut signals_fd, SIGNALS, Interest::READABLE)?;

    let (alive, ended) = mpsc::channel();
    let disk = Disk::start(alive.clone())?;
    let (publications, published) = futures_channel::mpsc::unbounded();
    let bus = bus::Parts {
        address: arguments.bus,
        inbox: inbox.clone(),
        disk: disk.clone(),
        roots: config.roots.clone(),
        publications: published,
    };
    bus::start(bus, alive)?;

    let exit = serve(Parts {
        config,
        config_path: arguments.config,
        poll,
        signals,
        inbox,
        messages,
        early: Vec::new(),
        disk,
        bus: publications,
    })?;
    // The event loop has dropped its ends of the channels to both threads, so that they end when
    // they have finished. A disk or bus that hangs must not keep the daemon from ending.
    if ended.recv_timeout(THREADS_TIME) == Err(RecvTimeoutError::Timeout) {
        tracing::warn!("ending while the disk or the bus thread is busy");
    }
    Ok(exit)
}

/// Waits for the bus name, then runs the event loop.
fn serve(mut parts: Parts) -> io::Result<ExitCode> {
    let mut events = Events::with_capacity(4);
    loop {
        match parts.poll.poll(&mut events, None) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
            _ => {}
        }
        while let Some(signal) = parts.signals.next() {
            if matches!(signal, Signal::SIGTERM | Signal::SIGINT) {
                return Ok(ExitCode::SUCCESS);
            }
        }
        match bus_state(&parts.messages, &mut parts.early) {
            BusState::Connecting => {}
            BusState::Ready => return EventLoop::new(parts)?.run(),
            BusState::Lost(reason) => {
                tracing::error!("{reason}");
                return Ok(ExitCode::FAILURE);
            }
        }
    }
}

/// How far the bus thread is.
enum BusState {
    /// It connects, or waits for the reply about the name.
    Connecting,
    /// The daemon owns its bus name.
    Ready,
    /// It failed, and why.
    Lost(String),
}

/// Reads messages until one is about the bus; others are added to `early`.
fn bus_state(messages: &Receiver<Message>, early: &mut Vec<Message>) -> BusState {
    while let Ok(message) = messages.try_recv() {
        match message {
            Message::BusReady => return BusState::Ready,
            Message::BusLost(reason) => return BusState::Lost(reason),
            other => early.push(other),
        }
    }
    BusState::Connecting
}
