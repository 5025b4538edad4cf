//! [`State`]: everything the procedures and the engine's door share: what goes out, what came
//! in, what is known of the module, what is queued.

use std::collections::{HashMap, HashSet, VecDeque};
use std::rc::Rc;
use std::time::{Duration, Instant};

use modem_ftp_dbus::errors::ErrorName;

use crate::api::failure::{Failure, Retry, Scope};
use crate::api::local::Handle;
use crate::api::now::Now;
use crate::api::output::Output;
use crate::api::settings::Settings;
use crate::api::status::{ModemState, ModemStatus};
use crate::at::answer::Answer;
use crate::at::channel::Channel;
use crate::at::checksum::Checksum;
use crate::at::urc::{Domain, RegistrationStatus};
use crate::modem::urc_port::Results;
use crate::transfer::queue::Queue;

/// What is shown before the shell has said anything of the line.
const OPENING: &str = "opening the serial port";

/// The serial line as the shell reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// The shell has not said yet whether it is there.
    Opening,
    /// Not there, and why.
    Closed(String),
    /// Open.
    Open {
        /// Whether DTR can be set.
        modem_lines: bool,
    },
}

/// What the module reported about itself, still to be acted upon.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Notices {
    /// It started anew (`RDY`) or said good-bye (`POWERED DOWN`).
    pub reset: bool,
    /// The network dropped our context.
    pub context_lost: bool,
    /// A registration or SIM URC came: what is shown is out of date.
    pub network_changed: bool,
    /// The SIM went away (`+CPIN: NOT READY`).
    pub sim_lost: bool,
    /// The modem's or network's configuration changed: set everything anew.
    pub reconfigured: bool,
}

/// How the running pump stands.
#[derive(Debug, Default)]
pub struct Pump {
    /// Whether one runs.
    pub running: bool,
    /// Bytes the tty took so far.
    pub sent: u64,
    /// Its end, once it came: bytes and checksum.
    pub ended: Option<Result<(u64, u16), Failure>>,
}

/// Why the payload that moves now has to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Abort {
    /// `Cancel`.
    Cancel,
    /// `Pause`.
    Pause,
    /// The daemon ends.
    Stop,
}

/// What the procedures and the door share.
pub struct State {
    /// The time of the call being served.
    pub now: Now,
    /// The configuration in force.
    pub settings: Rc<Settings>,
    /// Things to do, in order.
    pub outputs: VecDeque<Output>,
    /// The AT conversation.
    pub channel: Channel,
    /// The answer to the command that is out, once complete.
    pub answer: Option<Answer>,
    /// Whether CONNECT came for the command that is out, and the length it announced.
    pub connected: Option<Option<u64>>,
    /// Whether the command that is out moves payload: its CONNECT may take as long as a result.
    pub payload: bool,
    /// Acknowledgements of ACK mode not yet acted upon (docs/module/at-file.md §3.4).
    pub acknowledged: u32,
    /// `rsptimeout` of the server in use.
    pub response_timeout: Duration,
    /// `negotiatetime` of the server in use; zero without TLS.
    pub handshake_timeout: Duration,
    /// When the procedure that waits wants to be woken.
    pub deadline: Option<Instant>,
    /// The serial line.
    pub line: Line,
    /// When the last byte came in.
    pub received_at: Instant,
    /// The sink of the running download.
    pub receiving: Option<Handle>,
    /// Payload bytes of the running download, and their checksum.
    pub received: u64,
    /// Checksum of those bytes (docs/module/at-file.md §3.6).
    pub received_sum: Checksum,
    /// The running pump.
    pub pump: Pump,
    /// Whether [`Output::Drain`] was answered.
    pub drained: bool,
    /// The answer to [`Output::Commit`], or the failure of a sink.
    pub committed: Option<(Handle, Result<(), Failure>)>,
    /// What the module reported by itself.
    pub notices: Notices,
    /// The answer of the exchange put aside (a transfer through the module's files).
    pub settled: Option<Answer>,
    /// What `Modem1` shows.
    pub modem: ModemStatus,
    /// What was published of it last.
    pub published: ModemStatus,
    /// When progress was published last.
    pub progress_at: Option<Instant>,
    /// Transfers and calls that wait.
    pub queue: Queue,
    /// Whether received payload is summed only and goes to no sink.
    pub diverted: bool,
    /// Whether the module was told not to echo: if it does again, it has restarted since.
    pub echo_off: bool,
    /// Whether a login worked since the ladder was climbed last.
    pub logged_in: bool,
    /// Whether the module's list of SSL settings has `sni` (docs/module/at-ssl.md §2), once asked.
    pub knows_sni: Option<bool>,
    /// Certificates on the module whose content was compared in this life.
    pub proven_files: HashSet<String>,
    /// Whether payload that moves now counts as the active transfer's progress.
    pub counting: bool,
    /// Whether a file of a transfer may still be on the module.
    pub left_overs: bool,
    /// Whether results of FTP commands reach us.
    pub results: Results,
    /// Last word on each registration.
    pub registrations: HashMap<Domain, RegistrationStatus>,
    /// What stands in the way of being online, if it does not mend by itself soon.
    pub trouble: Option<Failure>,
    /// Working directory per server, once `ChangeDirectory` set one; restored at every login.
    pub directories: HashMap<String, String>,
    /// Whether calls and transfers are being served (a session may be open).
    pub serving: bool,
    /// Why the running job has to stop, if it has to.
    pub abort: Option<Abort>,
    /// Whether the daemon ends.
    pub stopping: bool,
    /// Until when answers are waited for then.
    pub stop_by: Option<Instant>,
    /// Makes temporary names unlike those of other runs.
    pub seed: u64,
}

impl State {
    /// At the start: no line, nothing known, nothing queued.
    pub fn new(now: Now, settings: Rc<Settings>, seed: u64) -> Self {
        let modem = ModemStatus {
            device: settings.modem.device.clone(),
            state: ModemState::Starting,
            state_reason: OPENING.into(),
            ..ModemStatus::default()
        };
        Self {
            now,
            settings,
            outputs: VecDeque::new(),
            channel: Channel::new(),
            answer: None,
            connected: None,
            payload: false,
            acknowledged: 0,
            response_timeout: Duration::from_secs(90),
            handshake_timeout: Duration::ZERO,
            deadline: None,
            line: Line::Opening,
            received_at: now.instant,
            receiving: None,
            received: 0,
            received_sum: Checksum::new(),
            pump: Pump::default(),
            drained: false,
            committed: None,
            notices: Notices::default(),
            settled: None,
            modem,
            published: ModemStatus::default(),
            progress_at: None,
            queue: Queue::default(),
            diverted: false,
            echo_off: false,
            logged_in: false,
            knows_sni: None,
            proven_files: HashSet::new(),
            counting: false,
            left_overs: false,
            results: Results::default(),
            registrations: HashMap::new(),
            trouble: None,
            directories: HashMap::new(),
            serving: false,
            abort: None,
            stopping: false,
            stop_by: None,
            seed,
        }
    }

    /// Forgets what was true of the module before it was found (again): it may be another.
    pub fn forget_module(&mut self) {
        self.modem = ModemStatus {
            device: std::mem::take(&mut self.modem.device),
            state: self.modem.state,
            state_reason: std::mem::take(&mut self.modem.state_reason),
            bytes_sent: self.modem.bytes_sent,
            bytes_received: self.modem.bytes_received,
            ..ModemStatus::default()
        };
        self.registrations.clear();
        self.results.forget();
        self.proven_files.clear();
        self.knows_sni = None;
        self.echo_off = false;
    }

    /// What interrupts the work if the module echoes although it was told not to: it restarted, and
    /// its `RDY` was lost among the late bytes that are discarded (docs/module/quirks.md N6).
    pub fn restarted_unheard(&mut self) -> Option<Failure> {
        if !self.echo_off || !self.channel.echoed() {
            return None;
        }
        self.notices.reset = true;
        self.channel.abandon();
        self.interruption()
    }

    /// What makes the command that is out pointless, if anything does.
    pub fn interruption(&self) -> Option<Failure> {
        let closed = match &self.line {
            Line::Opening => Some(OPENING),
            Line::Closed(reason) => Some(reason.as_str()),
            Line::Open { .. } => None,
        };
        if let Some(reason) = closed {
            return Some(
                Failure::new(ErrorName::ModemUnavailable, reason)
                    .retry(Retry::Later)
                    .scope(Scope::Line),
            );
        }
        if self.notices.reset {
            return Some(
                Failure::new(
                    ErrorName::ModemReset,
                    "the module restarted by itself in the middle of the work",
                )
                .retry(Retry::Soon)
                .scope(Scope::Module),
            );
        }
        if self.notices.context_lost {
            return Some(
                Failure::new(
                    ErrorName::BearerFailed,
                    "the network dropped the PDP context (+QIURC: \"pdpdeact\")",
                )
                .retry(Retry::Soon)
                .scope(Scope::Context),
            );
        }
        None
    }

    /// Whether the port has a DTR that can be set.
    pub fn has_modem_lines(&self) -> bool {
        matches!(self.line, Line::Open { modem_lines: true })
    }
}
