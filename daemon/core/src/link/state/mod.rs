//! [`LinkState`]: the state of the conversation with the module. Only this floor changes it.

mod abort;
mod data;
mod local;
mod payload;
mod port;
mod quiet;
mod server_facts;
mod set_up;
mod suspicion;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use modem_ftp_dbus::errors::ErrorName;

use crate::api::failure::{Failure, Retry, Scope};
use crate::api::line::LineReport;
use crate::api::local::{Extent, Handle, LocalFile};
use crate::api::now::Now;
use crate::api::output::Output;
use crate::api::settings::Settings;
use crate::at::answer::Answer;
use crate::at::channel::Channel;
use crate::at::urc::Urc;
pub use abort::Abort;
pub use data::DataConnections;
pub(in crate::link) use local::LocalState;
pub(in crate::link) use payload::{PumpState, ReceptionState};
use server_facts::ServerFacts;

pub use port::{Losses, OPENING, Port};
pub(in crate::link) use quiet::Quiet;
pub(in crate::link) use set_up::SetUp;
pub use suspicion::Sign;
pub(in crate::link) use suspicion::Suspicion;

/// The conversation with the module.
pub(in crate::link) struct LinkState {
    /// The time of the input being handled.
    pub now: Now,
    /// The configuration in force.
    pub settings: Arc<Settings>,
    /// What the shell is to do, in order.
    pub outputs: VecDeque<Output>,
    /// When the procedure that waits is to be polled again.
    pub deadline: Option<Instant>,

    /// The serial port.
    pub port: Port,
    /// What was lost since the module was set up.
    pub losses: Losses,
    /// When the last byte came in.
    pub received_at: Instant,
    /// Since when the line has been silent but for URCs.
    pub quiet: Quiet,
    /// Bytes that came in, in all.
    pub received: u64,

    /// The AT conversation.
    pub channel: Channel,
    /// The answer to the outstanding command, once complete.
    pub answer: Option<Answer>,
    /// Whether CONNECT came for the outstanding command.
    pub connected: bool,
    /// Acknowledgements of ACK mode not yet acted upon (docs/module/at-file.md §3.4).
    pub acknowledged: u32,
    /// The answer to the exchange that was parked (a transfer between server and module).
    pub parked_answer: Option<Answer>,
    /// URCs not yet interpreted.
    pub urcs: VecDeque<Urc>,

    /// `rsptimeout` of the server in use.
    pub response_timeout: Duration,
    /// `negotiatetime` of the server in use; zero without TLS.
    pub handshake_timeout: Duration,

    /// What is known of the module's data connections.
    pub data: DataConnections,
    /// What was seen of the server that the session is with.
    pub facts: ServerFacts,
    /// FTP commands in a row that were not answered although the module answers `AT`.
    pub unanswered: u32,
    /// Whether the local file keeps payload from moving.
    pub local: LocalState,

    /// The running pump.
    pub pump: PumpState,
    /// The payload being received.
    pub reception: Option<ReceptionState>,
    /// Bytes that the last reception gave to its local file.
    pub delivered: u64,
    /// Whether [`Output::Drain`] was answered.
    pub drained: bool,
    /// Whether the module refused something that was no command, since payload was sent last.
    pub refused: bool,
    /// The answer to [`Output::CheckLine`].
    pub line_checked: Option<LineReport>,
    /// The local file that was pumped last.
    pub pumped: Option<Handle>,
    /// The file that is being opened, or is open.
    pub opening: Option<Handle>,
    /// The answer to [`Output::Open`].
    pub opened: Option<(Handle, Result<LocalFile, Failure>)>,
    /// The answer to [`Output::Digest`].
    pub digested: Option<(Extent, Result<String, Failure>)>,
    /// The answer to [`Output::Commit`], or the failure of a sink.
    pub committed: Option<(Handle, Result<(), Failure>)>,

    /// Whether the module is known not to echo: if it echoes again, it has restarted since.
    pub echo_off: bool,
    /// When a command was last answered.
    pub answered_at: Instant,
    /// Settings as the module gave them when it had just been set up, to be compared later.
    pub set_up: Option<SetUp>,
    /// Whether the PDP context is active as far as we know, so that one that is not shows a restart.
    pub is_serving: bool,
    /// Signs that it may have restarted.
    pub suspicion: Suspicion,
    /// Serial number of the module in use; empty while not known.
    pub serial_number: String,

    /// Why the running transfer has to stop, if it has to.
    pub abort: Option<Abort>,
    /// Whether a Cancel, Pause or Stop may break off the command that is outstanding.
    pub is_breakable: bool,
    /// The exchange was broken off and still goes on in the module: until when its end is awaited
    /// before another command is sent.
    pub left: Option<Instant>,
    /// Whether the daemon is stopping, and until when it then waits for answers.
    pub stop_by: Option<Instant>,
}

impl LinkState {
    /// No port yet, nothing outstanding.
    pub(in crate::link) fn new(now: Now, settings: Arc<Settings>) -> Self {
        Self {
            now,
            settings,
            outputs: VecDeque::new(),
            deadline: None,
            port: Port::Opening,
            losses: Losses::default(),
            received_at: now.instant,
            quiet: Quiet::new(now.instant),
            received: 0,
            channel: Channel::new(),
            answer: None,
            connected: false,
            acknowledged: 0,
            parked_answer: None,
            urcs: VecDeque::new(),
            response_timeout: Duration::from_secs(90),
            handshake_timeout: Duration::ZERO,
            data: DataConnections::default(),
            facts: ServerFacts::default(),
            unanswered: 0,
            local: LocalState::default(),
            pump: PumpState::default(),
            reception: None,
            delivered: 0,
            drained: false,
            refused: false,
            line_checked: None,
            pumped: None,
            opening: None,
            opened: None,
            digested: None,
            committed: None,
            echo_off: false,
            answered_at: now.instant,
            set_up: None,
            is_serving: false,
            suspicion: Suspicion::default(),
            serial_number: String::new(),
            abort: None,
            is_breakable: false,
            left: None,
            stop_by: None,
        }
    }
}

impl LinkState {
    /// Gives the exchange up: the next command waits for proof of command mode.
    pub(in crate::link) fn abandon(&mut self) {
        self.channel.abandon();
        self.quiet.await_from(self.received_at);
        self.left = None;
    }

    /// What makes the outstanding command pointless, if anything does.
    pub(in crate::link) fn interruption(&self) -> Option<Failure> {
        let closed = match &self.port {
            Port::Opening => Some(OPENING),
            Port::Closed(reason) => Some(reason.as_str()),
            Port::Open { .. } => None,
        };
        if let Some(reason) = closed {
            return Some(
                Failure::new(ErrorName::ModemUnavailable, reason)
                    .retry(Retry::Later)
                    .scope(Scope::Line),
            );
        }
        if self.losses.reset {
            return Some(
                Failure::new(
                    ErrorName::ModemReset,
                    "the module restarted by itself while it was in use",
                )
                .retry(Retry::Soon)
                .scope(Scope::Module),
            );
        }
        if self.losses.context {
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
}
