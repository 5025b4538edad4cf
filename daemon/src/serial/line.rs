//! [`Line`]: the tty as the event loop sees it, there or not. It never blocks, keeps what is
//! written in order, and opens the tty again when it comes back.

use std::io;
use std::time::{Duration, Instant};

use mio::unix::SourceFd;
use mio::{Interest, Registry, Token};

use super::outgoing::{Mark, Outgoing};
use super::port::{Port, Setup};
use super::wire::Wire;
use crate::files::{Block, Blocks};

/// First and longest pause between two attempts to open a tty that is not there.
const PAUSE: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));
/// Bounds between two looks at the kernel's count of unsent bytes.
const LOOK: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(50));

/// The tty.
#[derive(Debug)]
pub struct Line {
    setup: Setup,
    token: Token,
    port: Option<Port>,
    outgoing: Outgoing,
    wire: Wire,
    /// When the queue's mark is looked at again.
    look_at: Option<Instant>,
    /// Since when the kernel has nothing to send, plus the time of the UART's own buffer.
    settled_at: Option<Instant>,
    open_at: Option<Instant>,
    pause: Duration,
    /// Why the last attempt to open failed; told once.
    failure: String,
}

/// What [`Line::open_if_due`] came to.
#[derive(Debug, PartialEq, Eq)]
pub enum Opening {
    /// The tty is open; whether it has modem lines.
    Opened(bool),
    /// It is not there, for another reason than last time.
    Failed(String),
}

/// What [`Line::read`] came to.
#[derive(Debug, PartialEq, Eq)]
pub enum Reading {
    /// So many bytes are in the buffer.
    Bytes(usize),
    /// Nothing more for now; the poller will tell.
    Nothing,
    /// The tty is gone.
    Gone(String),
}

/// What [`Line::send`] came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Payload bytes the kernel took.
    pub payload: u64,
    /// A [`Mark::Drained`] was passed: everything before it has left.
    pub drained: bool,
}

impl Line {
    /// A line to be opened at once; its events will bear `token`.
    pub fn new(now: Instant, setup: Setup, token: Token) -> Self {
        Self {
            wire: Wire::new(now, setup.baud),
            setup,
            token,
            port: None,
            outgoing: Outgoing::default(),
            look_at: None,
            settled_at: None,
            open_at: Some(now),
            pause: PAUSE.0,
            failure: String::new(),
        }
    }

    /// When something is due.
    pub fn deadline(&self) -> Option<Instant> {
        self.open_at.into_iter().chain(self.look_at).min()
    }

    /// Opens the tty if it is time to try; `None` if there is nothing to tell.
    pub fn open_if_due(&mut self, now: Instant, registry: &Registry) -> Option<Opening> {
        if self.open_at.is_none_or(|at| at > now) {
            return None;
        }
        let opened = Port::open(&self.setup).and_then(|port| {
            let interest = Interest::READABLE | Interest::WRITABLE;
            registry
                .register(&mut SourceFd(&port.raw_fd()), self.token, interest)
                .map_err(|error| error.to_string())?;
            Ok(port)
        });
        match opened {
            Ok(port) => {
                let modem_lines = port.has_modem_lines();
                self.port = Some(port);
                self.wire = Wire::new(now, self.setup.baud);
                self.open_at = None;
                self.pause = PAUSE.0;
                self.failure.clear();
                Some(Opening::Opened(modem_lines))
            }
            Err(reason) => {
                self.open_at = Some(now + self.pause);
                self.pause = (self.pause * 2).min(PAUSE.1);
                let reason = format!("{}: {reason}", self.setup.device);
                (self.failure != reason).then(|| {
                    self.failure.clone_from(&reason);
                    Opening::Failed(reason)
                })
            }
        }
    }

    /// Closes the tty, drops what was to be sent, and opens it again in a moment, perhaps
    /// in another way.
    pub fn close(&mut self, now: Instant, registry: &Registry, spare: &mut Blocks) {
        if let Some(port) = self.port.take() {
            // A descriptor that is already gone from the poller needs no taking out.
            let _ = registry.deregister(&mut SourceFd(&port.raw_fd()));
        }
        self.outgoing.clear(spare);
        self.look_at = None;
        self.settled_at = None;
        self.open_at = Some(now + self.pause);
    }

    /// Takes another setup, to be used from the next opening on.
    pub fn set_setup(&mut self, setup: Setup) {
        self.setup = setup;
    }

    /// Reads what has arrived.
    pub fn read(&self, buffer: &mut [u8]) -> Reading {
        let Some(port) = &self.port else {
            return Reading::Nothing;
        };
        loop {
            return match port.read(buffer) {
                Ok(count) => Reading::Bytes(count),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => Reading::Nothing,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Reading::Gone(self.gone(&error)),
            };
        }
    }

    fn gone(&self, error: &io::Error) -> String {
        let device = &self.setup.device;
        if error.kind() == io::ErrorKind::UnexpectedEof {
            format!("{device}: the port was hung up")
        } else {
            format!("{device}: the port is gone ({error})")
        }
    }

    /// Queues bytes of a command.
    pub fn write(&mut self, bytes: Vec<u8>) {
        if self.port.is_some() {
            self.outgoing.push_command(bytes);
        }
    }

    /// Queues payload.
    pub fn write_payload(&mut self, block: Block) {
        self.outgoing.push_payload(block);
    }

    /// Payload bytes that wait for the kernel.
    pub fn payload_queued(&self) -> usize {
        self.outgoing.payload()
    }

    /// Drops payload the kernel has not taken.
    pub fn drop_payload(&mut self, spare: &mut Blocks) {
        self.outgoing.drop_payload(spare);
    }

    /// Asks for [`Progress::drained`] once everything queued has left.
    pub fn drain(&mut self) {
        self.outgoing.push_mark(Mark::Drained);
    }

    /// Changes the rate once everything queued has left.
    pub fn set_rate(&mut self, baud: u32) {
        self.outgoing.push_mark(Mark::Rate(baud));
    }

    /// Asserts or deasserts DTR at once.
    ///
    /// # Errors
    /// The port is gone, in words.
    pub fn set_dtr(&self, on: bool) -> Result<(), String> {
        match &self.port {
            Some(port) if port.has_modem_lines() => {
                port.set_dtr(on).map_err(|error| self.gone(&error))
            }
            _ => Ok(()),
        }
    }

    /// Throws away what was received and not read, and everything not sent.
    ///
    /// # Errors
    /// The port is gone, in words.
    pub fn flush(&mut self, now: Instant, spare: &mut Blocks) -> Result<(), String> {
        self.outgoing.drop_bytes(spare);
        let Some(port) = &self.port else {
            return Ok(());
        };
        port.flush().map_err(|error| self.gone(&error))?;
        self.wire.cleared(now);
        Ok(())
    }

    /// Hands to the kernel what it takes and passes the marks whose time has come.
    ///
    /// # Errors
    /// The port is gone, in words.
    pub fn send(&mut self, now: Instant, spare: &mut Blocks) -> Result<Progress, String> {
        let mut progress = Progress::default();
        self.look_at = None;
        loop {
            let Some(port) = &self.port else {
                return Ok(progress);
            };
            let sent = match self.outgoing.send(port, spare) {
                Ok(sent) => sent,
                Err(error) => return Err(self.gone(&error)),
            };
            progress.payload += sent.payload;
            if sent.bytes > 0 {
                self.wire.sent(now, sent.bytes);
                self.settled_at = None;
            }
            let Some(mark) = sent.mark else {
                return Ok(progress);
            };
            if let Some(wait) = self.unsent(now)? {
                self.look_at = Some(now + wait);
                return Ok(progress);
            }
            self.pass(now, mark, &mut progress)?;
        }
    }

    fn pass(&mut self, now: Instant, mark: Mark, progress: &mut Progress) -> Result<(), String> {
        self.outgoing.pass_mark();
        match (mark, &self.port) {
            (Mark::Rate(baud), Some(port)) => {
                port.set_rate(baud).map_err(|error| self.gone(&error))?;
                self.wire.set_rate(now, baud);
            }
            (Mark::Rate(_), None) => {}
            (Mark::Drained, _) => progress.drained = true,
        }
        Ok(())
    }

    /// How long to wait before looking again whether everything has left; `None` if it has.
    fn unsent(&mut self, now: Instant) -> Result<Option<Duration>, String> {
        let Some(port) = &self.port else {
            return Ok(None);
        };
        let bytes = port.bytes_to_send().map_err(|error| self.gone(&error))?;
        if bytes > 0 {
            self.settled_at = None;
            let time = self.wire.time(bytes as u64);
            return Ok(Some(time.clamp(LOOK.0, LOOK.1)));
        }
        let empty_at = if port.has_modem_lines() {
            let settled_at = now + self.wire.fifo_time();
            *self.settled_at.get_or_insert(settled_at)
        } else {
            self.wire.empty_at()
        };
        Ok(Some(empty_at.saturating_duration_since(now)).filter(|wait| !wait.is_zero()))
    }
}
