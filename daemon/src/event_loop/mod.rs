//! The event loop: the only place that sees the poller and the clock. It moves bytes between
//! the tty and local files, carries out what the engine wants, in order, and sleeps when
//! nothing happens: there is no tick.

mod calls;
mod incoming;
mod mailbox;
mod outputs;
mod power;
mod pump;
mod threshold;
mod timers;
mod tty;

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc::Receiver;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use mio::{Events, Poll, Token};
use modem_ftp_core::api::failure::Failure;
use modem_ftp_core::api::local::Handle;
use modem_ftp_core::api::now::Now;
use modem_ftp_core::api::request::Ticket;
use modem_ftp_core::api::status::{ModemState, TransferId, TransferState};
use modem_ftp_core::engine::Engine;

use crate::bus::{Publication, Publications};
use crate::config::Config;
use crate::files::{Blocks, Disk, Local, random};
use crate::notify::Notify;
use crate::serial::{Line, Setup};
use crate::signals::Signals;
use incoming::Incoming;
pub use mailbox::{Call, Letter, Mailbox, ReplyTo};
use power::Power;
use pump::Pump;
pub use threshold::Threshold;

const TTY: Token = Token(0);
const MAIL: Token = Token(1);
const SIGNALS: Token = Token(2);
const PIPE_IN: Token = Token(3);
const PIPE_OUT: Token = Token(4);

/// One read takes so many bytes at most; a pty gives 4095 at a time.
const READ_SIZE: usize = 8 * 1024;

/// A call that waits for the engine's reply.
#[derive(Debug)]
struct Waiting {
    /// `None`: nobody waits (SIGHUP).
    reply: Option<ReplyTo>,
    /// The local file of a transfer that is not accepted yet.
    local: Option<Handle>,
}

/// The loop and all it owns.
pub struct EventLoop {
    poll: Poll,
    engine: Engine,
    line: Line,
    /// Whether the tty may have something to read.
    readable: bool,
    buffer: Box<[u8]>,
    incoming: Incoming,
    /// Whether the pipe a download goes to may have room.
    writable: bool,
    /// A commit that waits for that pipe to take everything.
    commit: Option<Handle>,
    /// The sink that failed last, and why.
    failed: Option<(Handle, Failure)>,
    pump: Option<Pump>,
    blocks: Blocks,
    locals: HashMap<Handle, Local>,
    waiting: HashMap<Ticket, Waiting>,
    states: HashMap<TransferId, TransferState>,
    modem: ModemState,
    /// Source of tickets, handles and pump numbers.
    numbers: u64,
    letters: Receiver<Letter>,
    mailbox: Mailbox,
    disk: Disk,
    bus: Publications,
    signals: Signals,
    notify: Notify,
    power: Power,
    config: Config,
    config_path: PathBuf,
    /// When stopping must have come to its end.
    stop_by: Option<Instant>,
    exit: ExitCode,
    ended: bool,
}

/// What the loop is made of.
pub struct Parts {
    /// The configuration, and where it came from.
    pub config: Config,
    /// Its path, for `Reload`.
    pub config_path: PathBuf,
    /// Blocked signals.
    pub signals: Signals,
    /// The disk thread.
    pub disk: Disk,
    /// The way to the bus thread.
    pub bus: Publications,
}

impl EventLoop {
    /// The loop, once callers can come: the tty is opened at once.
    fn new(threshold: Threshold) -> Self {
        let Threshold {
            parts,
            poll,
            mailbox,
            letters,
            early,
        } = threshold;
        let now = now();
        let settings = parts.config.settings.clone();
        let mut event_loop = Self {
            poll,
            engine: Engine::new(now, settings, random()),
            line: Line::new(now.instant, setup(&parts.config), TTY),
            readable: false,
            buffer: vec![0; READ_SIZE].into_boxed_slice(),
            incoming: Incoming::default(),
            writable: false,
            commit: None,
            failed: None,
            pump: None,
            blocks: Blocks::default(),
            locals: HashMap::new(),
            waiting: HashMap::new(),
            states: HashMap::new(),
            modem: ModemState::Absent,
            numbers: 0,
            letters,
            mailbox,
            disk: parts.disk,
            bus: parts.bus,
            signals: parts.signals,
            notify: Notify::new(),
            power: Power::default(),
            config: parts.config,
            config_path: parts.config_path,
            stop_by: None,
            exit: ExitCode::SUCCESS,
            ended: false,
        };
        event_loop.notify.ready(now.instant);
        for letter in early {
            event_loop.read_letter(now, letter);
        }
        event_loop
    }

    /// Runs until the daemon is told to end, or cannot go on.
    ///
    /// # Errors
    /// The poller failed.
    fn run(mut self) -> io::Result<ExitCode> {
        let mut events = Events::with_capacity(16);
        loop {
            let now = now();
            self.timers(now);
            self.settle(now);
            if self.ended {
                return Ok(self.exit);
            }
            let timeout = self
                .deadline()
                .map(|deadline| deadline.saturating_duration_since(now.instant));
            match self.poll.poll(&mut events, timeout) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            }
            for event in &events {
                match event.token() {
                    // A tty that is hung up may say so without being readable.
                    TTY => {
                        self.readable |=
                            event.is_readable() || event.is_read_closed() || event.is_error();
                    }
                    MAIL => self.read_letters(),
                    SIGNALS => self.read_signals(),
                    PIPE_OUT => self.writable = true,
                    // The pump tries to read in any case.
                    _ => {}
                }
            }
            self.read_tty();
        }
    }

    /// Does everything there is to do now.
    fn settle(&mut self, now: Now) {
        loop {
            while let Some(output) = self.engine.poll() {
                self.carry_out(now, output);
            }
            let told = self.send(now) | self.fill_pump(now) | self.fill_sinks(now);
            if !told {
                return;
            }
        }
    }

    fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    /// Hands something to the bus thread. When that has ended, so has the loop, nearly.
    fn publish(&self, publication: Publication) {
        if self.bus.unbounded_send(publication).is_err() {
            tracing::debug!("the bus thread has ended: nothing is published any more");
        }
    }
}

/// The clock.
fn now() -> Now {
    let unix = match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
        Err(before) => -i64::try_from(before.duration().as_secs()).unwrap_or(i64::MAX),
    };
    Now {
        instant: Instant::now(),
        unix,
    }
}

/// How the tty is to be opened.
fn setup(config: &Config) -> Setup {
    let modem = &config.settings.modem;
    Setup {
        device: modem.device.clone(),
        baud: modem.baud,
        hardware_flow_control: modem.hardware_flow_control,
    }
}
