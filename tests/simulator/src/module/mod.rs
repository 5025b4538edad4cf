//! The module itself: bytes, remote answers and the time go in; bytes and remote requests come out.
//! No thread, no clock and no descriptor is inside, so it runs in virtual time as well as in real time.

mod agenda;
mod config;
mod data_mode;
mod execute;
mod injection;
mod input;
mod output;
mod power;
mod ring;
mod statistics;

use std::collections::VecDeque;
use std::time::Instant;

use crate::at::line::LineReader;
use crate::at::parse::Command;
use crate::at::profile::Profile;
use crate::at::terminal::Terminal;
use crate::cmd::clock::Clock;
use crate::cmd::config::Configuration;
use crate::cmd::context::Contexts;
use crate::cmd::dns::Lookups;
use crate::cmd::registration::Network;
use crate::cmd::sim::Sim;
use crate::cmd::ssl::SslContexts;
use crate::fault::{Faults, Knob};
use crate::ftp::Ftp;
use crate::remote::{Event, Request};
use crate::ufs::{Storage, Ufs};

pub use crate::cmd::sim::SimState;
pub(crate) use agenda::{Action, Agenda};
pub use config::{Config, PortName};
pub(crate) use data_mode::{DataMode, Kind};
pub(crate) use execute::{Answer, Outcome, Refusal};
pub use injection::Injection;
pub(crate) use power::Power;
pub use statistics::{Condition, DataModeUse, Statistics};

/// What the port is doing.
#[derive(Debug)]
pub(crate) enum Mode {
    /// Lines are read.
    Command,
    /// A command runs whose result has not come; input is lost.
    Busy,
    /// Bytes are data.
    Data(DataMode),
}

/// A BG96 at one AT port.
pub struct Module {
    pub(crate) now: Instant,
    pub(crate) config: Config,
    pub(crate) faults: Faults,
    pub(crate) te: Terminal,
    pub(crate) stored: Profile,
    pub(crate) line_rate: u32,
    pub(crate) stored_rate: u32,
    pub(crate) mode: Mode,
    pub(crate) power: Power,
    pub(crate) agenda: Agenda,
    pub(crate) clock: Clock,
    pub(crate) sim: Sim,
    pub(crate) network: Network,
    pub(crate) contexts: Contexts,
    pub(crate) configuration: Configuration,
    pub(crate) lookups: Lookups,
    pub(crate) ssl: SslContexts,
    pub(crate) ufs: Ufs,
    pub(crate) ftp: Ftp,
    pub(crate) requests: VecDeque<Request>,
    pub(crate) statistics: Statistics,
    line: LineReader,
    last_line: Vec<u8>,
    waiting: VecDeque<Command>,
    dtr: bool,
    next_output: Option<Instant>,
    /// End of the last RI pulse.
    rings_until: Option<Instant>,
    /// Nothing was answered since the start.
    fresh: bool,
    /// When the module was last ready.
    pub(crate) booted_at: Option<Instant>,
}

impl Module {
    /// Presses PWRKEY at `now`: the module starts and will answer after its boot delay.
    pub fn new(now: Instant, config: Config, storage: Box<dyn Storage>) -> Self {
        let mut module = Self {
            now,
            faults: Faults::default(),
            te: Terminal::new(config.transcript),
            stored: Profile::default(),
            line_rate: config.line_rate,
            stored_rate: config.line_rate,
            mode: Mode::Command,
            power: Power::Off,
            agenda: Agenda::default(),
            clock: Clock::new(now, &config),
            sim: Sim::new(&config),
            network: Network::new(config.registration),
            contexts: Contexts::default(),
            configuration: Configuration::new(config.port),
            lookups: Lookups::default(),
            ssl: SslContexts::default(),
            ufs: Ufs::new(storage, config.storage_limit),
            ftp: Ftp::default(),
            requests: VecDeque::new(),
            statistics: Statistics::default(),
            line: LineReader::default(),
            last_line: Vec::new(),
            waiting: VecDeque::new(),
            dtr: true,
            next_output: None,
            rings_until: None,
            fresh: true,
            booted_at: None,
            config,
        };
        module.start();
        module
    }

    /// An answer of the remote side.
    pub fn handle_remote(&mut self, now: Instant, event: Event) {
        self.now = now;
        if self.power == Power::On {
            self.remote_event(event);
        }
        self.settle();
    }

    /// Lets everything happen that is due at `now`.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.now = now;
        self.settle();
    }

    /// The host moved DTR; `asserted` is the state of TIOCM_DTR.
    pub fn set_dtr(&mut self, now: Instant, asserted: bool) {
        self.now = now;
        let dropped = std::mem::replace(&mut self.dtr, asserted) && !asserted;
        if dropped && !self.faults.is_on(Knob::DtrIgnored) && self.te.profile.dtr != 0 {
            self.interrupt_data_mode("DTR");
        }
        self.settle();
    }

    /// DCD as the host should see it: on during data mode, or always with AT&C0.
    pub fn dcd(&self) -> bool {
        self.te.profile.carrier == 0 || matches!(self.mode, Mode::Data(_))
    }

    /// The faults that are on.
    pub fn faults(&self) -> Vec<String> {
        self.faults.list().collect()
    }

    /// Whether a fault is on that the transport has to act out.
    pub fn has_fault(&self, knob: Knob) -> bool {
        self.faults.is_on(knob)
    }

    /// The next thing the module wants from the remote side.
    pub fn poll_remote_request(&mut self) -> Option<Request> {
        self.requests.pop_front()
    }

    /// The next finished line of the dialogue, if the configuration asked for one.
    pub fn poll_transcript(&mut self) -> Option<String> {
        self.te.transcript.poll()
    }

    /// Bytes that wait for the host.
    pub fn backlog(&self) -> usize {
        self.te.backlog()
    }

    /// What the module has counted.
    pub fn statistics(&self) -> Statistics {
        Statistics {
            bytes_out: self.te.taken(),
            ..self.statistics
        }
    }

    /// What the module is doing.
    pub fn condition(&self) -> Condition {
        Condition {
            running: self.power == Power::On,
            data_mode: matches!(self.mode, Mode::Data(_)),
            ftp: self.ftp.state(),
            registration: self.network.status,
            dtr: self.dtr,
            line_rate: self.line_rate,
        }
    }

    /// When [`Module::handle_timeout`] wants to be called.
    pub fn deadline(&self) -> Option<Instant> {
        let data = match &self.mode {
            Mode::Data(data) => data.deadline(),
            _ => None,
        };
        [
            self.agenda.deadline(),
            data,
            self.ftp.deadline,
            self.output_deadline(),
            self.ring_deadline(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Runs what is due, then moves what can move.
    fn settle(&mut self) {
        while let Some(action) = self.agenda.due(self.now) {
            self.act(action);
        }
        self.data_mode_timeout();
        self.ftp_timeout();
        self.pump();
        self.pump_file_down();
        self.ring();
    }

    /// Prints a URC of the general kind if URCs are routed to this port (docs/module/at-network.md §7).
    pub(crate) fn urc(&mut self, text: &str) {
        if self.configuration.urc_port == self.config.port {
            self.te.urc(text);
        }
    }

    /// Whether an electrically high DTR puts the module to sleep (AT+QSCLK=1, docs/module/at-serial.md §8).
    fn asleep(&self) -> bool {
        self.configuration.sleep && !self.dtr
    }
}
