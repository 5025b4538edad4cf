//! The FTP(S) application of the module (docs/module/at-ftp.md): one session, one command at a time.

mod codes;
mod control;
mod download;
mod events;
mod moving;
mod session;
mod settings;
mod start;
mod upload;

use std::time::{Duration, Instant};

use crate::cmd::Handler;
use crate::fault::Knob;
use crate::module::{Module, Outcome, Refusal};
use crate::remote::Failure;
use codes::code;
use control::Shape;
use moving::Moving;
use settings::Settings;

/// The handler of an FTP command.
pub(crate) fn handler(name: &str) -> Option<Handler> {
    Some(match name {
        "+QFTPCFG" => settings::qftpcfg,
        "+QFTPOPEN" => session::qftpopen,
        "+QFTPCLOSE" => session::qftpclose,
        "+QFTPSTAT" => session::qftpstat,
        "+QFTPLEN" => session::qftplen,
        "+QFTPCWD" => control::qftpcwd,
        "+QFTPPWD" => control::qftppwd,
        "+QFTPSIZE" => control::qftpsize,
        "+QFTPDEL" => control::qftpdel,
        "+QFTPMKDIR" => control::qftpmkdir,
        "+QFTPRMDIR" => control::qftprmdir,
        "+QFTPMDTM" => control::qftpmdtm,
        "+QFTPRENAME" => control::qftprename,
        "+QFTPPUT" => start::qftpput,
        "+QFTPGET" => start::qftpget,
        "+QFTPLIST" => start::qftplist,
        "+QFTPNLST" => start::qftpnlst,
        "+QFTPMLSD" => start::qftpmlsd,
        _ => return None,
    })
}

/// Longest path of the server.
const PATH_LIMIT: usize = 255;
/// Longest local name.
const LOCAL_LIMIT: usize = 60;

/// The command whose URC has not come yet.
#[derive(Debug)]
enum Pending {
    None,
    Open,
    Control { command: &'static str, shape: Shape },
    Transfer(Box<Moving>),
    Close,
}

/// An upload whose last command was not the last segment (`beof` 0): its data connection is still open.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Segment {
    path: Vec<u8>,
    next: u64,
}

/// Settings and session.
#[derive(Debug)]
pub(crate) struct Ftp {
    settings: Settings,
    /// `rsptimeout` at the time of the last open.
    timeout: Duration,
    context: u8,
    /// Numbers the sessions, so that late answers to an old one are known.
    number: u32,
    open: bool,
    pending: Pending,
    segment: Option<Segment>,
    /// A data connection failed: everything is refused until a close (docs/module/quirks.md F2).
    wedged: bool,
    /// Bytes of the last transfer, for QFTPLEN.
    moved: u64,
    tls_sessions: u64,
    /// When the pending command runs out of `rsptimeout`.
    pub(crate) deadline: Option<Instant>,
}

impl Default for Ftp {
    fn default() -> Self {
        Self {
            settings: Settings::default(),
            timeout: Duration::from_secs(90),
            context: 1,
            number: 0,
            open: false,
            pending: Pending::None,
            segment: None,
            wedged: false,
            moved: 0,
            tls_sessions: 0,
            deadline: None,
        }
    }
}

impl Ftp {
    /// `<ftpstat>` of docs/module/at-ftp.md §2.17.
    pub(crate) fn state(&self) -> u8 {
        match self.pending {
            Pending::Open => 0,
            Pending::Close => 3,
            Pending::Transfer(_) => 2,
            _ if self.segment.is_some() => 2,
            _ if self.open => 1,
            _ => 4,
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.open
    }

    /// A command's URC is still to come.
    pub(crate) fn is_busy(&self) -> bool {
        !matches!(self.pending, Pending::None)
    }

    /// Settings are volatile, a session dies with its power.
    pub(crate) fn power_loss(&mut self) {
        let wear = self.tls_sessions;
        *self = Self {
            number: self.number,
            tls_sessions: wear,
            ..Self::default()
        };
    }

    /// Power was really off: the wear of many TLS sessions is gone (docs/module/quirks.md N3).
    pub(crate) fn rest(&mut self) {
        self.tls_sessions = 0;
    }

    fn moving(&self) -> Option<&Moving> {
        match &self.pending {
            Pending::Transfer(moving) => Some(moving),
            _ => None,
        }
    }

    fn moving_mut(&mut self) -> Option<&mut Moving> {
        match &mut self.pending {
            Pending::Transfer(moving) => Some(moving),
            _ => None,
        }
    }
}

impl Module {
    /// What every FTP command needs: a SIM (plain ERROR without, docs/module/at-ftp.md §1.2).
    fn needs_sim(&self) -> Result<(), Refusal> {
        if self.sim.is_ready() {
            Ok(())
        } else {
            Err(Refusal::Error)
        }
    }

    /// What a command on a session needs: nothing else running (603), and the session (606).
    fn needs_session(&self) -> Result<(), Refusal> {
        if self.ftp.is_busy() || self.ftp.wedged || self.ftp.segment.is_some() {
            return Err(Refusal::Cme(code::BUSY));
        }
        if !self.ftp.open {
            return Err(Refusal::Cme(code::NOT_OPEN));
        }
        Ok(())
    }

    /// A command is on its way: its URC comes within `rsptimeout`.
    fn await_answer(&mut self, pending: Pending) {
        self.ftp.pending = pending;
        self.ftp.deadline = Some(self.now + self.ftp.timeout);
    }

    /// The pending command is over.
    fn answered(&mut self) -> Pending {
        self.ftp.deadline = None;
        std::mem::replace(&mut self.ftp.pending, Pending::None)
    }

    /// The URC of an FTP command, unless a fault loses or delays it.
    fn ftp_urc(&mut self, text: String) {
        if self.faults.strike(Knob::NoUrc) {
            self.te.transcript.note(&format!("not sent: {text}"));
        } else if let Some(late) = self.faults.number(Knob::LateUrc, 0) {
            let at = self.now + Duration::from_millis(late);
            self.agenda.plan(at, crate::module::Action::Urc(text));
        } else {
            self.urc(&text);
        }
    }

    /// A failure as `<err>,<protocol_error>`; some of them end the session.
    fn ftp_failure(&mut self, failure: Failure) -> (u16, u16) {
        let (err, reply) = codes::of(failure);
        if codes::ends_session(err) {
            self.drop_session();
        }
        (err, reply)
    }

    /// A scripted failure of a command that answers OK first.
    fn scripted_failure(&mut self, command: &str) -> Option<Outcome> {
        let (err, reply) = self.faults.failure(command)?;
        if codes::ends_session(err) {
            self.drop_session();
        }
        let text = format!("{command}: {err},{reply}");
        self.agenda.plan(self.now, crate::module::Action::Urc(text));
        Some(Outcome::Ok)
    }
}

/// Texts of the test forms.
fn test(module: &mut Module, text: &str) -> Result<Outcome, Refusal> {
    if text.is_empty() {
        Ok(Outcome::Ok)
    } else {
        module.say([text])
    }
}
