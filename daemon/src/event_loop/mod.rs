//! [`EventLoop`]: the only place that polls descriptors. It sleeps until an event or a deadline;
//! there is no periodic tick.

mod active_config;
mod bus_side;
mod clock;
mod controller;
mod data_path;
mod disk_jobs;
mod local_files;
mod power_cycle;
mod pump;
mod receiving;
mod shutdown;
mod status_log;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, TryRecvError};

use mio::{Events, Poll, Token};
use modem_ftp_core::engine::Engine;

use crate::config::Config;
use crate::files::Disk;
use crate::messages::{Inbox, Message, Publications};
use crate::signals::Signals;
use active_config::ActiveConfig;
use bus_side::BusSide;
use clock::now;
use controller::Controller;
use data_path::{DataPath, Tokens};
use disk_jobs::DiskJobs;

/// The poller's token for the inbox's waker.
pub const INBOX: Token = Token(0);
/// The poller's token for the signals.
pub const SIGNALS: Token = Token(1);
const TTY: Token = Token(2);
const SOURCE_PIPE: Token = Token(3);
const SINK_PIPE: Token = Token(4);

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
    /// Messages that were received before the event loop started.
    pub early: Vec<Message>,
    /// The disk thread.
    pub disk: Disk,
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
    /// An event loop whose serial port is opened at once.
    ///
    /// # Errors
    /// The system has no descriptor left, or no random numbers.
    pub fn new(parts: Parts) -> io::Result<Self> {
        let now = now();
        let config = ActiveConfig::new(parts.config_path, parts.config);
        let disk = DiskJobs::new(parts.disk, parts.inbox);
        let tokens = Tokens {
            tty: TTY,
            source_pipe: SOURCE_PIPE,
            sink_pipe: SINK_PIPE,
        };
        let registry = parts.poll.registry().try_clone()?;
        let path = DataPath::new(now, config.port(), tokens, disk.clone(), registry);
        let engine = Engine::new(now, config.settings().clone(), getrandom::u64()?);
        let bus = BusSide::new(parts.bus);
        let mut controller = Controller::new(now, engine, path, bus, config, disk);
        for message in parts.early {
            controller.handle_message(now, message);
        }
        Ok(Self {
            poll: parts.poll,
            signals: parts.signals,
            messages: parts.messages,
            controller,
        })
    }

    /// Runs until a signal stops the daemon or the bus connection is lost.
    ///
    /// # Errors
    /// The poller failed.
    pub fn run(mut self) -> io::Result<ExitCode> {
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
