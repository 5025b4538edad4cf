//! [`EventLoop`]: the only place that polls descriptors. It sleeps until an event or a deadline;
//! there is no periodic tick.

mod active_config;
mod bus_progress;
mod bus_side;
mod clock;
mod controller;
mod data_path;
mod disk_jobs;
mod incoming;
mod local_files;
mod openings;
mod pipe_watch;
mod power_cycle;
mod pump;
mod range_hashes;
mod receiving;
mod restore;
mod shutdown;
mod status_log;
mod tokens;
mod told;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError};

use mio::{Events, Poll, Token};
use modem_ftp_core::engine::Engine;
use nix::sys::signal::Signal;

use crate::config::Config;
use crate::files::{Disk, Roots};
use crate::messages::Found;
use crate::messages::{Inbox, Message, Publications};
use crate::signals::Signals;
use crate::spool::Spool;
use crate::store::Storage;
use active_config::ActiveConfig;
use bus_side::BusSide;
use clock::now;
use controller::Controller;
use data_path::DataPath;
use disk_jobs::DiskJobs;
use pipe_watch::PipeWatch;
use tokens::Tokens;

/// The poller's token for the inbox's waker.
pub const INBOX: Token = Token(0);
/// The poller's token for the signals.
pub const SIGNALS: Token = Token(1);
const TTY: Token = Token(2);
const SOURCE_PIPE: Token = Token(3);
const SINK_PIPE: Token = Token(4);
/// The first token for pipes that handlers of the bus wait for.
const AWAITED_PIPES: Token = Token(5);

/// What an event loop consists of.
pub struct Parts {
    /// The configuration.
    pub config: Config,
    /// Its path, for `Reload`.
    pub config_path: PathBuf,
    /// A poller that reports [`INBOX`] and [`SIGNALS`].
    pub poll: Poll,
    /// The blocked signals.
    pub signals: Signals,
    /// The sending side of `messages`.
    pub inbox: Inbox,
    /// Messages from other threads.
    pub messages: Receiver<Message>,
    /// The disk threads.
    pub disk: Disk,
    /// The configured roots.
    pub roots: Arc<Roots>,
    /// Directories that must not be reached through roots.
    pub private: Vec<PathBuf>,
    /// The store thread.
    pub storage: Storage,
    /// What the store thread found.
    pub found: Found,
    /// Copies of passed descriptors.
    pub spool: Arc<Spool>,
    /// The way to the bus thread.
    pub bus: Publications,
}

/// The event loop.
pub struct EventLoop {
    poll: Poll,
    signals: Signals,
    messages: Receiver<Message>,
    controller: Controller,
}

impl EventLoop {
    /// An event loop that has taken over what was stored and published it. The serial port is
    /// opened when it runs.
    ///
    /// # Errors
    /// The system has no descriptor left, or no random numbers.
    pub fn new(parts: Parts) -> io::Result<Self> {
        let now = now();
        let config = ActiveConfig::new(parts.config_path, parts.config, parts.roots, parts.private);
        let disk = DiskJobs::new(parts.disk, parts.inbox);
        let tokens = Tokens {
            tty: TTY,
            source_pipe: SOURCE_PIPE,
            sink_pipe: SINK_PIPE,
        };
        let registry = || parts.poll.registry().try_clone();
        let mut controller = Controller::new(controller::Parts {
            engine: Engine::new(now, config.settings().clone(), getrandom::u64()?),
            path: DataPath::new(now, config.port(), tokens, disk.clone(), registry()?),
            bus: BusSide::new(parts.bus),
            pipes: PipeWatch::new(registry()?, AWAITED_PIPES),
            storage: parts.storage,
            spool: parts.spool,
            config,
            disk,
        });
        controller.restore(now, parts.found);
        Ok(Self {
            poll: parts.poll,
            signals: parts.signals,
            messages: parts.messages,
            controller,
        })
    }

    /// Waits until the daemon owns its bus name, then runs until a signal stops the daemon or the
    /// bus connection is lost.
    ///
    /// # Errors
    /// The poller failed.
    pub fn run(mut self) -> io::Result<ExitCode> {
        if let Some(exit) = self.wait_for_bus()? {
            return Ok(exit);
        }
        self.controller.ready(now());
        self.serve()
    }

    /// Waits for the bus name; `Some`: the daemon is to end before.
    fn wait_for_bus(&mut self) -> io::Result<Option<ExitCode>> {
        let mut events = Events::with_capacity(4);
        loop {
            match self.poll.poll(&mut events, None) {
                Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
                _ => {}
            }
            while let Some(signal) = self.signals.next() {
                if matches!(signal, Signal::SIGTERM | Signal::SIGINT) {
                    return Ok(Some(ExitCode::SUCCESS));
                }
            }
            while let Ok(message) = self.messages.try_recv() {
                let now = now();
                match message {
                    Message::BusReady => return Ok(None),
                    Message::BusLost(reason) => {
                        tracing::error!("{reason}");
                        return Ok(Some(ExitCode::FAILURE));
                    }
                    other => self.controller.handle_message(now, other),
                }
                self.controller.settle(now);
            }
        }
    }

    fn serve(mut self) -> io::Result<ExitCode> {
        // Messages that came together with that about the bus have woken the poller already.
        self.handle_messages();
        let mut events = Events::with_capacity(16);
        loop {
            let now = now();
            self.controller.handle_deadlines(now);
            self.controller.settle(now);
            if let Some(exit) = self.controller.exit() {
                return Ok(exit);
            }
            let timeout = self
                .controller
                .deadline()
                .map(|deadline| deadline.saturating_duration_since(now.instant));
            match self.poll.poll(&mut events, timeout) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            }
            for event in &events {
                match event.token() {
                    INBOX => self.handle_messages(),
                    SIGNALS => self.handle_signals(),
                    // A tty that was hung up may be reported without being readable.
                    TTY if event.is_readable() || event.is_read_closed() || event.is_error() => {
                        self.controller.path().tty().set_readable();
                    }
                    SINK_PIPE => self.controller.path().set_sink_pipe_writable(),
                    token if token >= AWAITED_PIPES => {
                        self.controller.pipe_ready(clock::now(), token)
                    }
                    // The source pipe is read, and the tty written, in any case.
                    _ => {}
                }
            }
            self.controller.read_tty();
        }
    }

    fn handle_messages(&mut self) {
        loop {
            match self.messages.try_recv() {
                Ok(message) => self.controller.handle_message(now(), message),
                // Never disconnected: the controller has a sender itself.
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => return,
            }
        }
    }

    fn handle_signals(&mut self) {
        while let Some(signal) = self.signals.next() {
            self.controller.handle_signal(now(), signal);
        }
    }
}
