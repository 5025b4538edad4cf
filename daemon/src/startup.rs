//! Startup: creates the threads, goes on with what was stored, waits until the daemon owns its bus
//! name, then runs the event loop. The serial port is not opened before that, so two daemons never
//! use the same module; and when the name appears, every stored transfer is on the bus.

use std::io;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Waker};
use nix::sys::signal::Signal;

use crate::arguments::Arguments;
use crate::config::Config;
use crate::event_loop::{EventLoop, INBOX, Parts, SIGNALS};
use crate::files::{Disk, Roots};
use crate::limits::Descriptors;
use crate::messages::{Found, Inbox, Message, publications};
use crate::signals::Signals;
use crate::spool::Spool;
use crate::store::Storage;
use crate::{bus, descendants, limits, log};

/// How long the other threads may take to finish their work when the event loop has ended.
const THREADS_TIME: Duration = Duration::from_secs(2);

/// Runs the daemon until a signal stops it or it fails.
///
/// # Errors
/// The system has no descriptor or thread left, or the poller failed.
pub fn run(arguments: Arguments, config: Config) -> io::Result<ExitCode> {
    // Before any thread is created: threads inherit the signal mask.
    let signals = Signals::block()?;
    log::start();
    let descriptors = Descriptors::new(limits::raise_descriptors());
    if let Err(error) = descendants::adopt() {
        tracing::warn!(
            "processes that leave the power-cycle command are not found: {}",
            error.desc()
        );
    }
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    let poll = Poll::new()?;
    let (inbox, messages) = Inbox::new(Waker::new(poll.registry(), INBOX)?);
    let mut signals_fd = SourceFd(&signals.raw_fd());
    poll.registry()
        .register(&mut signals_fd, SIGNALS, Interest::READABLE)?;

    let (alive, ended) = mpsc::channel();
    let disk = Disk::new(alive.clone());
    let storage = Storage::start(config.state_directory.clone(), inbox.clone(), alive.clone())?;
    let spool = Spool::new(&config.state_directory, config.spool_limit);
    let private = vec![config.state_directory.clone(), spool.directory().to_owned()];
    let roots = Arc::new(Roots::find(&config.roots, &private));
    let (publications, unpublished) = publications();
    let bus = bus::Parts {
        address: arguments.bus,
        inbox: inbox.clone(),
        disk: disk.clone(),
        storage: storage.clone(),
        spool: Arc::clone(&spool),
        roots: Arc::clone(&roots),
        publications: unpublished,
        descriptors,
    };
    bus::start(bus, alive)?;
    let mut starting = Starting {
        poll,
        signals,
        messages,
    };
    let found = match starting.wait()? {
        Ok(found) => found,
        Err(exit) => return Ok(exit),
    };
    let exit = EventLoop::new(Parts {
        config,
        config_path: arguments.config,
        poll: starting.poll,
        signals: starting.signals,
        inbox,
        messages: starting.messages,
        disk,
        roots,
        private,
        storage,
        found: *found,
        spool,
        bus: publications,
    })?
    .run()?;
    // The event loop has dropped its ends of the channels to the other threads, so that they end
    // when they have finished. A disk or bus that hangs must not keep the daemon from ending.
    if ended.recv_timeout(THREADS_TIME) == Err(RecvTimeoutError::Timeout) {
        tracing::warn!("ending while the disk, the store or the bus thread is busy");
    }
    Ok(exit)
}

/// What is needed while the other threads start.
struct Starting {
    poll: Poll,
    signals: Signals,
    messages: Receiver<Message>,
}

impl Starting {
    /// Waits until the store is open and the bus connected. `Err`: the daemon is to end before.
    fn wait(&mut self) -> io::Result<Result<Box<Found>, ExitCode>> {
        let mut events = Events::with_capacity(4);
        let (mut found, mut connected) = (None, false);
        loop {
            match self.poll.poll(&mut events, None) {
                Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
                _ => {}
            }
            while let Some(signal) = self.signals.next() {
                if matches!(signal, Signal::SIGTERM | Signal::SIGINT) {
                    return Ok(Err(ExitCode::SUCCESS));
                }
            }
            while let Ok(message) = self.messages.try_recv() {
                match message {
                    Message::Found(store) => found = Some(store),
                    Message::BusConnected => connected = true,
                    Message::BusLost(reason) => {
                        tracing::error!("{reason}");
                        return Ok(Err(ExitCode::FAILURE));
                    }
                    // Nothing else can come before the name is requested.
                    _ => {}
                }
            }
            if connected && let Some(found) = found.take() {
                return Ok(Ok(found));
            }
        }
    }
}
