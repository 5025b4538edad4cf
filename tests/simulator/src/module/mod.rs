//! The module as a state machine: input are the host's bytes, the responses of the remote side and
//! the current time; output are bytes for the host and requests to the remote side. It uses no
//! thread, no clock and no file descriptor, and therefore runs in virtual time as well as in real
//! time.

mod config;
mod data_mode;
mod execute;
mod injection;
mod input;
mod modem_lines;
mod output;
mod power;
mod statistics;
mod timers;

use std::collections::VecDeque;
use std::time::Instant;

use crate::at::command_line::CommandLineReader;
use crate::at::dce::Dce;
use crate::at::parse::Command;
use crate::at::profile::Profile;
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
pub use config::{Config, PortName};
pub(crate) use data_mode::{DataMode, DataTransfer};
pub(crate) use execute::{CommandError, CommandResult, Outcome};
pub use injection::Injection;
pub(crate) use power::Power;
pub use statistics::{Condition, DataModeUse, Statistics};
pub(crate) use timers::{TimedAction, Timers};

/// The mode of the port.
#[derive(Debug)]
pub(crate) enum Mode {
    /// Command lines are read.
    Command,
    /// A command is running whose result code has not been printed; input is discarded.
    Busy,
    /// Bytes are data.
    Data(DataMode),
}

/// A BG96 with one AT port.
pub struct Module {
    pub(crate) now: Instant,
    pub(crate) config: Config,
    pub(crate) faults: Faults,
    pub(crate) dce: Dce,
    /// The profile stored by AT&W.
    pub(crate) stored_profile: Profile,
    pub(crate) line_rate: u32,
    /// The rate stored by AT&W.
    pub(crate) stored_rate: u32,
    pub(crate) mode: Mode,
    pub(crate) power: Power,
    pub(crate) timers: Timers,
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
    line_reader: CommandLineReader,
    last_line: Vec<u8>,
    /// Commands of the current line that have not been executed yet.
    line_commands: VecDeque<Command>,
    dtr: bool,
    /// The fault `slow`: when the next output is available.
    next_output: Option<Instant>,
    /// End of the last RI pulse.
    ri_until: Option<Instant>,
    /// No command line was answered since the last start.
    unanswered_since_boot: bool,
    /// When the module last printed RDY.
    pub(crate) booted_at: Option<Instant>,
}

impl Module {
    /// Creates a module that is switched on at `now` and answers after its boot delay.
    pub fn new(now: Instant, config: Config, storage: Box<dyn Storage>) -> Self {
        let mut module = Self {
            now,
            faults: Faults::default(),
            dce: Dce::new(config.transcript),
            stored_profile: Profile::default(),
            line_rate: config.line_rate,
            stored_rate: config.line_rate,
            mode: Mode::Command,
            power: Power::Off,
            timers: Timers::default(),
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
            line_reader: CommandLineReader::default(),
            last_line: Vec::new(),
            line_commands: VecDeque::new(),
            dtr: true,
            next_output: None,
            ri_until: None,
            unanswered_since_boot: true,
            booted_at: None,
            config,
        };
        module.start();
        module
    }

    /// Processes a response of the remote side.
    pub fn handle_remote(&mut self, now: Instant, event: Event) {
        self.now = now;
        if self.power == Power::On {
            self.remote_event(event);
        }
        self.settle();
    }

    /// Runs everything that is due at `now`.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.now = now;
        self.settle();
    }

    /// The faults that are on.
    pub fn faults(&self) -> Vec<String> {
        self.faults.list().collect()
    }

    /// Whether a fault is on; for those that the transport has to implement.
    pub fn has_fault(&self, knob: Knob) -> bool {
        self.faults.is_on(knob)
    }

    /// The next request to the remote side.
    pub fn poll_remote_request(&mut self) -> Option<Request> {
        self.requests.pop_front()
    }

    /// The next finished line of the transcript, if the configuration enables it.
    pub fn poll_transcript(&mut self) -> Option<String> {
        self.dce.transcript.poll()
    }

    /// The number of bytes queued for the host.
    pub fn backlog(&self) -> usize {
        self.dce.backlog()
    }

    /// The byte counters.
    pub fn statistics(&self) -> Statistics {
        Statistics {
            bytes_out: self.dce.sent_total(),
            ..self.statistics
        }
    }

    /// The state of the module.
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

    /// When [`Module::handle_timeout`] must be called next.
    pub fn deadline(&self) -> Option<Instant> {
        let data = match &self.mode {
            Mode::Data(data) => data.deadline(),
            _ => None,
        };
        [
            self.timers.deadline(),
            data,
            self.ftp.deadline,
            self.output_deadline(),
            self.ri_deadline(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Runs what is due, then moves the data that can move.
    fn settle(&mut self) {
        while let Some(action) = self.timers.pop_due(self.now) {
            self.act(action);
        }
        self.data_mode_timeout();
        self.ftp_timeout();
        self.pump_ftp();
        self.pump_file_download();
        self.update_ri();
    }

    /// Prints a URC if URCs are routed to this port (docs/module/at-network.md §7).
    pub(crate) fn urc(&mut self, text: &str) {
        if self.configuration.urc_port == self.config.port {
            self.dce.urc(text);
        }
    }
}
